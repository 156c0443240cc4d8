//! An S3 server that somebody else wrote: moto, in a process of its own, with one bucket, and one key that may use it.

use super::{client::http_client, within};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use std::process::Stdio;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

/// The bucket that is there.
pub const BUCKET: &str = "some-bucket";

/// A running S3 server; it is killed when this is dropped.
pub struct S3 {
    endpoint: String,
    key_id: String,
    secret: String,
    _child: Child,
}

impl S3 {
    /// Starts one. From then on it refuses whoever does not sign with its key.
    pub async fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "where the server is installed concerns the tests, not the product's configuration"
        )]
        let program = std::env::var("TEST_S3_SERVER")
            .expect("this test needs an S3 server: run `make test`, or set TEST_S3_SERVER to moto's program moto_server");
        let mut child = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("moto_server starts");
        let stderr = child.stderr.take().expect("its output");
        let mut lines = BufReader::new(stderr).lines();
        let endpoint = within("the S3 server to be ready", endpoint(&mut lines)).await;
        // It tells of every request, and would wait when nobody read that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (key_id, secret) = prepare(&endpoint).await;
        Self {
            endpoint,
            key_id,
            secret,
            _child: child,
        }
    }

    /// What a program is configured with to keep its files here.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("STORAGE_URL", format!("s3://{BUCKET}/test/files")),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", self.key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret.clone()),
        ]
    }
}

async fn endpoint(lines: &mut Lines<BufReader<ChildStderr>>) -> String {
    loop {
        let line = lines.next_line().await.expect("readable output");
        let line = line.expect("it says where it listens");
        if let Some((_, address)) = line.split_once("Running on ") {
            return address.trim().to_owned();
        }
    }
}

/// Makes the bucket and the key, and has requests checked from then on.
async fn prepare(endpoint: &str) -> (String, String) {
    const ACCOUNT: &str = "AWS4-HMAC-SHA256 Credential=anybody/20260101/us-east-1/iam/aws4_request, \
        SignedHeaders=host, Signature=none";
    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let http = http_client();
    let accounts = async |form: &[(&str, &str)]| {
        let form = reqwest::Url::parse_with_params("http://x/", form).expect("a form");
        let request = http
            .post(endpoint)
            .header(AUTHORIZATION, ACCOUNT)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("a body")
    };
    let user = ("UserName", "inspireai");
    accounts(&[("Action", "CreateUser"), user]).await;
    let policy = [("PolicyName", "all"), ("PolicyDocument", POLICY)];
    accounts(&[("Action", "PutUserPolicy"), user, policy[0], policy[1]]).await;
    let key = accounts(&[("Action", "CreateAccessKey"), user]).await;
    let bucket = http.put(format!("{endpoint}/{BUCKET}")).send().await;
    assert_eq!(bucket.expect("an answer").status(), 200);
    let checking = http
        .post(format!("{endpoint}/moto-api/reset-auth"))
        .header(CONTENT_TYPE, "text/plain")
        .body("0");
    let checking = checking.send().await.expect("an answer");
    assert_eq!(checking.status(), 200);
    (
        within_tag(&key, "AccessKeyId"),
        within_tag(&key, "SecretAccessKey"),
    )
}

fn within_tag(xml: &str, tag: &str) -> String {
    let (_, after) = xml.split_once(&format!("<{tag}>")).expect("the tag");
    let (text, _) = after.split_once("</").expect("its end");
    text.to_owned()
}
