//! Personal tokens: making them, what they open, and that they open nothing once they are taken back.

use crate::support::{
    client::Client,
    database::{Database, on_both_databases},
    person::Person,
    process::{Process, run_with, told},
    program::{Program, make_token},
    redis::RedisServer,
    test_app::TestApp,
};
use inspireai::model::token::{NewToken, Scope, TokenList};
use reqwest::{Method, header};
use serde_json::json;

const MODELS: &str = "/v1/models";

async fn tokens(person: &Person) -> TokenList {
    person.call("list_tokens", &[]).await.value()
}

async fn revoke_first(person: &Person) -> u16 {
    let id = tokens(person).await.tokens[0].id.to_string();
    person.call("revoke_token", &[("token", &id)]).await.status
}

on_both_databases! {
    async fn a_token_is_shown_once_listed_without_itself_and_opens_what_its_scopes_say(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let made: NewToken = make_token(&ada, &["models"], "90").await.value();
        assert!(made.secret.starts_with("iai-") && made.secret.len() == 47);

        let list = ada.call("list_tokens", &[]).await;
        assert!(!list.body.contains(&made.secret));
        let view = list.value::<TokenList>().tokens.remove(0);
        assert_eq!((view.name.as_str(), view.scopes), ("a program", vec![Scope::Models]));
        assert!(view.expires_on.is_some() && view.last_used_on.is_none() && !view.is_expired);

        let program = Program::with(app.address(), &made.secret);
        assert_eq!(program.get(MODELS).await.status, 200);
        let used = tokens(&ada).await.tokens.remove(0);
        assert_eq!(used.last_used_on, Some(used.created_on));

        let question = json!({ "model": "echo", "messages": [{ "role": "user", "content": "hi" }] });
        let (status, error) = program.post("/v1/chat/completions", &question).await.failure();
        assert_eq!((status, &error["code"]), (403, &json!("insufficient_permissions")));
        assert!(error["message"].as_str().expect("a sentence").contains("`chat`"));
    }

    async fn a_token_that_was_revoked_opens_nothing_on_any_node_from_then_on(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let here = Program::of(&ada).await;
        let second = app.join().await;
        let there = Program::with(second.address(), &here.token);
        assert_eq!((here.get(MODELS).await.status, there.get(MODELS).await.status), (200, 200));

        assert_eq!(revoke_first(&ada).await, 200);
        for program in [&here, &there] {
            let (status, error) = program.get(MODELS).await.failure();
            assert_eq!((status, &error["code"]), (401, &json!("invalid_api_key")));
            assert!(error["message"].as_str().expect("a sentence").contains("revoked"));
        }
        assert!(tokens(&ada).await.tokens.is_empty());
        second.stop().await;
    }

    async fn a_token_that_has_expired_is_told_apart_from_one_that_nobody_made(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let program = Program::of(&ada).await;
        app.execute("update api_token set expires_at = 1000").await;
        let reply = program.get(MODELS).await;
        let (status, error) = reply.failure();
        assert_eq!(status, 401);
        assert!(error["message"].as_str().expect("a sentence").contains("expired"));
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        assert!(tokens(&ada).await.tokens[0].is_expired);

        for unknown in [format!("iai-{}", "a".repeat(43)), "sk-nonsense".to_owned()] {
            let (status, error) = Program::with(app.address(), &unknown).get(MODELS).await.failure();
            assert_eq!(status, 401);
            assert!(error["message"].as_str().expect("a sentence").contains("not known"));
        }
    }

    async fn somebody_elses_token_is_neither_listed_nor_revoked(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let program = Program::of(&ada).await;
        let id = tokens(&ada).await.tokens[0].id.to_string();
        let bob = app.sign_up("bob").await;
        assert!(tokens(&bob).await.tokens.is_empty());
        assert_eq!(bob.call("revoke_token", &[("token", &id)]).await.status, 404);
        assert_eq!(program.get(MODELS).await.status, 200);
    }

    async fn the_use_of_a_token_is_noted_once_a_minute(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let program = Program::of(&ada).await;
        program.get(MODELS).await;
        // Half a minute ago: not to be written again; two minutes ago: to be.
        app.execute("update api_token set last_used_at = created_at - 86400000").await;
        program.get(MODELS).await;
        let used = tokens(&ada).await.tokens.remove(0);
        assert_eq!(used.last_used_on, Some(used.created_on));
    }
}

#[tokio::test]
async fn a_token_needs_a_name_a_scope_and_a_known_lifetime() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (form, field) in [
        (
            vec![("name", " "), ("scopes[]", "chat"), ("days", "30")],
            "name",
        ),
        (vec![("name", "x"), ("days", "30")], "scopes"),
        (
            vec![("name", "x"), ("scopes[]", "chat"), ("days", "31")],
            "days",
        ),
    ] {
        let reply = ada.call("create_token", &form).await;
        assert_eq!(reply.status, 422, "{}", reply.body);
        assert_eq!(reply.error().field.as_deref(), Some(field));
    }
    let visitor = app.visitor();
    let form = [("name", "x"), ("scopes[]", "chat"), ("days", "30")];
    assert_eq!(visitor.call("create_token", &form).await.status, 401);
    assert_eq!(visitor.call("list_tokens", &[]).await.status, 401);
}

#[tokio::test]
async fn a_cookie_opens_nothing_of_the_interface_and_a_token_nothing_of_the_pages() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (status, _) = ada.send(ada.request(Method::GET, MODELS)).await.failure();
    assert_eq!(status, 401);

    let program = Program::of(&ada).await;
    let request = program
        .request(Method::POST, "/api/list_tokens")
        .header(header::ACCEPT, "application/json");
    assert_eq!(program.send(request).await.status, 401);
}

#[tokio::test]
async fn pages_of_other_sites_may_ask_the_interface_and_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let program = Program::of(&ada).await;
    let foreign = |request: reqwest::RequestBuilder| {
        request
            .header("origin", "https://elsewhere.example")
            .header("sec-fetch-site", "cross-site")
    };
    let question = json!({ "model": "echo", "messages": [{ "role": "user", "content": "hi" }] });
    let asked = foreign(program.json("/v1/chat/completions", &question));
    let reply = program.send(asked).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("access-control-allow-credentials"), "");

    let visitor = app.visitor();
    let beforehand = foreign(visitor.request(Method::OPTIONS, "/v1/chat/completions"))
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization, x-stainless-os",
        );
    let reply = visitor.send(beforehand).await;
    assert_eq!(reply.status, 204);
    assert_eq!(
        reply.header("access-control-allow-headers"),
        "authorization, x-stainless-os"
    );
    let page = foreign(ada.form("revoke_token", &[("token", "x")]));
    assert_eq!(ada.send(page).await.status, 403);
}

#[tokio::test]
async fn too_many_requests_of_a_token_and_of_a_person_are_refused_with_the_time_to_wait() {
    let app = TestApp::builder()
        .env("INSPIREAI_TOKEN_REQUESTS_PER_MINUTE", "2")
        .env("INSPIREAI_USER_REQUESTS_PER_MINUTE", "3")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let (first, second) = (Program::of(&ada).await, Program::of(&ada).await);
    assert_eq!(first.get(MODELS).await.status, 200);
    assert_eq!(first.get(MODELS).await.status, 200);
    let reply = first.get(MODELS).await;
    let (status, error) = reply.failure();
    assert_eq!(
        (status, &error["code"]),
        (429, &json!("rate_limit_exceeded"))
    );
    let wait: u32 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait));
    assert_eq!(
        second.get(MODELS).await.status,
        429,
        "the person has asked three times"
    );

    let bob = app.sign_up("bob").await;
    assert_eq!(Program::of(&bob).await.get(MODELS).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_share_a_redis_count_requests_together() {
    let redis = RedisServer::start().await;
    let mut app = TestApp::builder()
        .database(Database::postgres().await)
        .env("REDIS_URL", &redis.url())
        .env("INSPIREAI_TOKEN_REQUESTS_PER_MINUTE", "2")
        .start()
        .await;
    let second = app.join().await;
    let ada = app.sign_up("ada").await;
    let here = Program::of(&ada).await;
    let there = Program::with(second.address(), &here.token);
    assert_eq!(
        (
            here.get(MODELS).await.status,
            there.get(MODELS).await.status
        ),
        (200, 200)
    );
    assert_eq!(
        (
            here.get(MODELS).await.status,
            there.get(MODELS).await.status
        ),
        (429, 429)
    );
    let keys = redis.command(&["keys", "*"]).await;
    assert!(!keys.contains(&here.token), "{keys}");
    second.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn without_a_script_the_page_after_the_form_shows_the_token_once() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let form = [("name", "a script"), ("scopes[]", "models"), ("days", "0")];
    let request = ada
        .form("create_token", &form)
        .header(header::ACCEPT, "text/html")
        .header(
            header::REFERER,
            format!("http://{}/settings", app.address()),
        );
    let reply = ada.send(request).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    assert!(
        reply.header("location").contains("/settings"),
        "{:?}",
        reply.headers
    );

    let page = ada.get("/settings").await;
    let secret = page
        .body
        .split('"')
        .find(|piece| piece.starts_with("iai-"))
        .expect("the token is on the page")
        .to_owned();
    assert_eq!(
        Program::with(app.address(), &secret)
            .get(MODELS)
            .await
            .status,
        200
    );
    assert!(!ada.get("/settings").await.body.contains(&secret));
}

#[tokio::test]
async fn the_command_line_makes_a_token_and_prints_it_once() {
    let app = TestApp::start().await;
    let ada = app.sign_up("Ada").await;
    let arguments = [
        "token", "create", "ada", "--name", "backup", "--scope", "models", "--days", "30",
    ];
    let output = run_with(&arguments, &app.variables()).await;
    assert!(output.status.success(), "{}", told(&output));
    let secret = String::from_utf8(output.stdout).expect("UTF-8");
    let program = Program::with(app.address(), secret.trim());
    assert_eq!(program.get(MODELS).await.status, 200);
    assert_eq!(tokens(&ada).await.tokens[0].name, "backup");

    let output = run_with(&["token", "create", "nobody"], &app.variables()).await;
    assert!(!output.status.success() && told(&output).contains("nobody"));
}

#[tokio::test]
async fn a_request_without_a_token_is_told_how_to_show_one() {
    let app = TestApp::start().await;
    let visitor: Client = app.visitor();
    let (status, error) = visitor
        .send(visitor.request(Method::GET, MODELS))
        .await
        .failure();
    assert_eq!(status, 401);
    assert!(
        error["message"]
            .as_str()
            .expect("a sentence")
            .contains("Authorization: Bearer")
    );
}

#[tokio::test]
async fn a_token_stands_in_no_line_of_the_log() {
    let app = TestApp::start().await;
    let mut variables = app.variables();
    variables.insert("RUST_LOG".to_owned(), "debug".to_owned());
    let (server, log) = Process::serve_logged(&variables).await;
    let ada = server.sign_up("ada").await;
    let program = Program::of(&ada).await;
    assert_eq!(program.get(MODELS).await.status, 200);
    assert_eq!(revoke_first(&ada).await, 200);
    assert_eq!(program.get(MODELS).await.status, 401);
    log.until("the token's end", |line| line.contains("token revoked"))
        .await;
    let (_, secret) = program.token.split_at("iai-".len());
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains("/v1/models")));
    assert!(lines.iter().all(|line| !line.contains(secret)));
}
