//! Accounts: signing up, logging in and out, and what a session's cookie is.

use crate::support::{
    client::Client,
    test_app::{PASSWORD, TestApp, log_in, sign_up},
};
use inspireai::model::{
    ErrorKind,
    user::{UserRole, UserView},
};
use reqwest::{Method, header};

async fn current_user(client: &Client) -> Option<UserView> {
    client.call("current_user", &[]).await.value()
}

#[tokio::test]
async fn somebody_signs_up_logs_out_and_logs_in_again() {
    let app = TestApp::start().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(current_user(&ada).await.expect("logged in").name, "Ada");

    ada.call("log_out", &[]).await;
    assert_eq!(current_user(&ada).await, None);

    let reply = log_in(&ada, " ada ", PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(current_user(&ada).await.expect("logged in").name, "Ada");
}

#[tokio::test]
async fn a_session_that_was_logged_out_opens_nothing_any_more() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let token = ada.cookie("session").expect("a session");
    ada.call("log_out", &[]).await;

    let thief = app.visitor();
    thief.set_cookie("session", &token);
    assert_eq!(current_user(&thief).await, None);
}

#[tokio::test]
async fn logging_in_takes_a_new_token_and_ends_the_session_that_was_open_in_the_browser() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let old = ada.cookie("session").expect("a session");
    log_in(&ada, "ada", PASSWORD).await;
    let new = ada.cookie("session").expect("a session");
    assert_ne!(old, new);

    let thief = app.visitor();
    thief.set_cookie("session", &old);
    assert_eq!(current_user(&thief).await, None);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_alike() {
    let app = TestApp::start().await;
    app.sign_up("ada").await;
    let wrong = log_in(&app.visitor(), "ada", "not the password").await;
    let unknown = log_in(&app.visitor(), "nobody", "not the password").await;
    assert_eq!(wrong.anonymous_error(), unknown.anonymous_error());
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.error().field.as_deref(), Some("password"));
    assert!(wrong.error().message.contains("Name or password is wrong"));
    assert!(wrong.header("set-cookie").is_empty());
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    let app = TestApp::start().await;
    app.sign_up("Ada").await;
    let reply = sign_up(&app.visitor(), "aDA").await;
    assert_eq!(reply.status, 409);
    let error = reply.error();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert_eq!(error.field.as_deref(), Some("name"));
    assert!(error.message.contains("taken"), "{}", error.message);
}

#[tokio::test]
async fn a_bad_name_and_a_short_password_are_refused_for_their_field() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (name, password, field) in [("a b", PASSWORD, "name"), ("ada", "short", "password")] {
        let form = [("name", name), ("password", password)];
        let reply = visitor.call("sign_up", &form).await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.error().field.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_first_account_is_an_administrator_even_when_many_sign_up_at_once() {
    let app = TestApp::start().await;
    let names: Vec<_> = (0..6).map(|index| format!("person{index}")).collect();
    let people = futures::future::join_all(names.iter().map(|name| app.sign_up(name))).await;
    let mut administrators = 0;
    for person in &people {
        let user = current_user(person).await.expect("logged in");
        administrators += usize::from(user.role == UserRole::Administrator);
    }
    assert_eq!(administrators, 1);
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let app = TestApp::start().await;
    let cookie = sign_up(&app.visitor(), "ada")
        .await
        .header("set-cookie")
        .to_owned();
    for part in [
        "session=",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    assert!(
        !cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure_and_bound_to_the_host() {
    let builder = TestApp::builder().env("INSPIREAI_PUBLIC_URL", "https://ai.example.org");
    let app = builder.start().await;
    let visitor = app.visitor();
    let reply = sign_up(&visitor, "ada").await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    assert!(
        cookie.contains("Secure") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(
        reply
            .header("strict-transport-security")
            .contains("max-age=")
    );
    assert!(current_user(&visitor).await.is_some());

    let token = visitor.cookie("__Host-session").expect("a session");
    let other = app.visitor();
    other.set_cookie("session", &token);
    assert_eq!(
        current_user(&other).await,
        None,
        "the bare name counts for nothing over https"
    );
}

#[tokio::test]
async fn malformed_cookies_are_nobody_and_break_nothing() {
    let app = TestApp::start().await;
    let headers: [&[u8]; 8] = [
        b"session=",
        b"session=short",
        b"session=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        b"session=\xff\xfe; theme=\x80",
        b";;;=;=x;session",
        b"session=%00%ff; session=\"",
        b"theme=<script>alert(1)</script>",
        b"session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ];
    for bytes in headers {
        let value = header::HeaderValue::from_bytes(bytes).expect("a header's bytes");
        let visitor = app.visitor();
        let request = visitor
            .request(Method::POST, "/api/current_user")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, value);
        let reply = visitor.send(request).await;
        assert_eq!(reply.value::<Option<UserView>>(), None);
    }
}

#[tokio::test]
async fn who_tries_too_often_is_told_when_to_come_back() {
    let app = TestApp::builder()
        .env("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "3")
        .start()
        .await;
    for _ in 0..3 {
        assert_eq!(log_in(&app.visitor(), "ada", "guess").await.status, 422);
    }
    let reply = log_in(&app.visitor(), "ada", "guess").await;
    assert_eq!(reply.status, 429);
    let error = reply.error();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    let seconds = error.retry_after_s.expect("a time");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(reply.header("retry-after"), seconds.to_string());
    assert!(
        error.message.contains(&seconds.to_string()),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn behind_a_trusted_proxy_attempts_count_for_the_visitor_and_not_for_the_proxy() {
    let app = TestApp::builder()
        .env("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "1")
        .env("INSPIREAI_TRUST_PROXY", "true")
        .start()
        .await;
    for (index, expected) in [("1", 422), ("2", 422), ("2", 429)] {
        let visitor = app.visitor();
        let form = [
            ("name", format!("name{index}{expected}")),
            ("password", "x".repeat(9)),
        ];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let request = visitor
            .form("log_in", &form)
            .header(header::ACCEPT, "application/json")
            .header("x-forwarded-for", format!("6.6.6.6, 10.0.0.{index}"));
        assert_eq!(visitor.send(request).await.status, expected);
    }
}

#[tokio::test]
async fn a_post_from_another_site_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let own = format!("http://{}", app.address());
    let cases = [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 200),
        ("sec-fetch-site", "same-origin", 200),
    ];
    for (name, value, status) in cases {
        let request = ada
            .form("set_theme", &[("theme", "dark")])
            .header(header::ACCEPT, "application/json")
            .header(name, value);
        let reply = ada.send(request).await;
        assert_eq!(reply.status, status, "{name}: {value}");
        assert_eq!(reply.header("set-cookie").is_empty(), status == 403);
        if status == 403 {
            assert_eq!(reply.error().kind, ErrorKind::Forbidden);
        }
    }
}

#[tokio::test]
async fn a_form_without_a_script_goes_on_to_a_path_of_this_site_only() {
    let app = TestApp::start().await;
    app.sign_up("ada").await;
    for (next, expected) in [
        ("/chat?tool=echo", "/chat?tool=echo"),
        ("//evil.example", "/"),
    ] {
        let visitor = app.visitor();
        let form = [("name", "ada"), ("password", PASSWORD), ("next", next)];
        let request = visitor
            .form("log_in", &form)
            .header(header::ACCEPT, "text/html");
        let reply = visitor.send(request).await;
        assert_eq!((reply.status, reply.header("location")), (302, expected));
        assert!(visitor.cookie("session").is_some());
    }
}
