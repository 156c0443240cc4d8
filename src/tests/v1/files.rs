//! `/v1/files`.

use super::start;
use crate::support::{client::Reply, program::Program, test_app::TestApp};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

async fn upload(program: &Program, name: &str, content: &str, purpose: &str) -> Reply {
    let part = multipart::Part::text(content.to_owned()).file_name(name.to_owned());
    let form = multipart::Form::new()
        .text("purpose", purpose.to_owned())
        .part("file", part);
    let request = program.request(Method::POST, "/v1/files").multipart(form);
    program.send(request).await
}

#[tokio::test]
async fn a_file_is_stored_listed_given_back_and_deleted() {
    let (_app, program) = start().await;
    let file = upload(&program, "notes.txt", "one, two", "user_data")
        .await
        .json();
    assert_eq!(
        (&file["object"], &file["filename"]),
        (&json!("file"), &json!("notes.txt"))
    );
    assert_eq!(
        (&file["bytes"], &file["purpose"]),
        (&json!(8), &json!("user_data"))
    );
    let id = file["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/files/{id}");
    assert_eq!(program.get(&path).await.json(), file);
    assert_eq!(
        program.get(&format!("{path}/content")).await.body,
        "one, two"
    );
    assert_eq!(program.get("/v1/files").await.json()["data"], json!([file]));

    let deleted = program
        .send(program.request(Method::DELETE, &path))
        .await
        .json();
    assert_eq!(
        deleted,
        json!({ "id": id, "object": "file", "deleted": true })
    );
    assert_eq!(program.get(&path).await.failure().0, 404);
}

#[tokio::test]
async fn a_list_goes_on_after_a_file_in_either_order() {
    let (_app, program) = start().await;
    let mut ids = Vec::new();
    for name in ["1.txt", "2.txt", "3.txt"] {
        let file = upload(&program, name, name, "assistants").await.json();
        ids.push(file["id"].as_str().expect("an id").to_owned());
    }
    let names = |list: &Value| {
        let files = list["data"].as_array().cloned().unwrap_or_default();
        let names = files.iter().map(|file| file["filename"].to_string());
        names.collect::<Vec<_>>().join(" ")
    };
    let list = program.get("/v1/files?limit=2").await.json();
    assert_eq!(names(&list), "\"3.txt\" \"2.txt\"");
    assert_eq!(list["has_more"], true);
    let rest = program
        .get(&format!("/v1/files?after={}", ids[1]))
        .await
        .json();
    assert_eq!(
        (names(&rest).as_str(), &rest["has_more"]),
        ("\"1.txt\"", &json!(false))
    );
    let ascending = program
        .get(&format!("/v1/files?order=asc&after={}", ids[0]))
        .await
        .json();
    assert_eq!(names(&ascending), "\"2.txt\" \"3.txt\"");
    assert_eq!(program.get("/v1/files?limit=0").await.failure().0, 400);
}

#[tokio::test]
async fn somebody_elses_file_is_not_there() {
    let (app, program) = start().await;
    let file = upload(&program, "mine.txt", "mine", "user_data")
        .await
        .json();
    let path = format!("/v1/files/{}", file["id"].as_str().expect("an id"));
    let bob = Program::of(&app.sign_up("bob").await).await;
    assert_eq!(bob.get(&path).await.failure().0, 404);
    assert_eq!(bob.get(&format!("{path}/content")).await.failure().0, 404);
    let removal = bob.request(Method::DELETE, &path);
    assert_eq!(bob.send(removal).await.failure().0, 404);
    assert_eq!(program.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_wrong_purpose_no_file_no_form_and_too_much_leave_nothing_behind() {
    let app = TestApp::builder()
        .env("INSPIREAI_UPLOAD_LIMIT_MB", "1")
        .start()
        .await;
    let program = Program::of(&app.sign_up("ada").await).await;
    let (status, error) = upload(&program, "x.txt", "x", "fine-tune").await.failure();
    assert_eq!((status, &error["param"]), (400, &json!("purpose")));

    // A purpose that comes after its file.
    let late = multipart::Form::new()
        .part("file", multipart::Part::text("x").file_name("x.txt"))
        .text("purpose", "batch");
    let request = program.request(Method::POST, "/v1/files").multipart(late);
    assert_eq!(program.send(request).await.failure().0, 400);

    let empty = multipart::Form::new().text("purpose", "user_data");
    let request = program.request(Method::POST, "/v1/files").multipart(empty);
    assert_eq!(program.send(request).await.failure().1["param"], "file");
    let (status, _) = program.post("/v1/files", &json!({})).await.failure();
    assert_eq!(status, 400);
    let (status, error) = upload(&program, "x.txt", &"x".repeat(1_500_000), "user_data")
        .await
        .failure();
    assert_eq!(status, 413, "{error}");
    assert_eq!(program.get("/v1/files").await.json()["data"], json!([]));
}
