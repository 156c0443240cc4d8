//! Files in forms that are posted without a script: every mistake is told in words, and nothing is lost by it.

use super::stored;
use crate::support::{
    client::Reply,
    documents::{archive, pdf, protected_pdf},
    person::Person,
    pictures::{jpeg, png_bomb},
    test_app::TestApp,
};
use inspireai::model::ids::ConversationId;
use reqwest::{
    Method,
    header::{ACCEPT, REFERER},
    multipart::{Form, Part},
};

/// A file that is not taken: its name, its bytes, what is said of it, and the status.
type Mistake = (&'static str, Vec<u8>, &'static str, u16);

/// Everything that can be wrong with a file; what is too large is so for the limits of [`narrow`].
fn mistakes() -> Vec<Mistake> {
    let whole = jpeg(800, 600);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec();
    vec![
        (
            "cat.png",
            archive(&[("a.txt", "hi")]),
            "is a ZIP archive",
            422,
        ),
        (
            "bomb.png",
            png_bomb(30_000, 30_000),
            "30000 × 30000 pixels",
            413,
        ),
        (
            "half.jpg",
            whole[..whole.len() / 2].to_vec(),
            "is cut off",
            422,
        ),
        (
            "bank.pdf",
            protected_pdf(&["Secret"], "password"),
            "password",
            422,
        ),
        ("IMG_1.HEIC", heic, "export it as JPEG", 422),
        ("nothing.txt", Vec::new(), "nothing.txt is empty", 422),
        ("large.txt", vec![b'x'; 2_100_000], "larger than 2 MB", 413),
    ]
}

/// Somebody with little room: 2 MB a file, 3 MB together.
async fn narrow() -> (TestApp, Person) {
    let app = TestApp::builder()
        .env("INSPIREAI_UPLOAD_LIMIT_MB", "2")
        .env("INSPIREAI_STORAGE_QUOTA_MB", "3")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    (app, ada)
}

fn file(name: &str, content: impl Into<Vec<u8>>) -> Part {
    Part::bytes(content.into()).file_name(name.to_owned())
}

/// Posts files from the page of files, and opens the page that the answer leads to.
async fn post_files(app: &TestApp, person: &Person, form: Form) -> Reply {
    let request = person
        .request(Method::POST, "/api/upload_files")
        .header(ACCEPT, "text/html")
        .header(REFERER, format!("http://{}/files", app.address()))
        .multipart(form);
    let reply = person.send(request).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    let location = reply.header("location");
    let path = location.split_once("/files").expect("the page of files").1;
    person.get(&format!("/files{path}")).await
}

/// Posts a message from a page of the chat.
async fn post_message(person: &Person, page: &str, form: Form) -> Reply {
    let request = person.request(Method::POST, page).multipart(form);
    person.send(request).await
}

/// The words of a page, as a reader sees them.
fn words(page: &Reply) -> String {
    page.body.replace("&#x27;", "'").replace("<!>", "")
}

#[tokio::test]
async fn the_form_of_the_files_page_tells_every_mistake_in_words() {
    let (app, ada) = narrow().await;
    for (name, content, told, _) in mistakes() {
        let page = post_files(&app, &ada, Form::new().part("file", file(name, content))).await;
        assert_eq!(page.status, 200);
        assert!(words(&page).contains(told), "{name}: {}", page.body);
    }
    assert!(stored(&app).await.is_empty(), "nothing is left of them");

    // The room ends in the middle: what fitted is there, what did not is told of.
    let form = Form::new()
        .part("file", file("first.txt", vec![b'x'; 1_800_000]))
        .part("file", file("second.txt", vec![b'x'; 1_800_000]));
    let page = post_files(&app, &ada, form).await;
    let told = words(&page);
    assert!(told.contains("There is no room for second.txt"), "{told}");
    assert!(told.contains("Delete files that you do not need"), "{told}");
    let kept = ada.files("", 1).await;
    assert_eq!(
        (kept.total, kept.files[0].file.name.as_str()),
        (1, "first.txt")
    );

    // A name that is a path or endless becomes a name.
    let form = Form::new()
        .part("file", file("../../etc/passwd", "root"))
        .part("file", file(&format!("{}.md", "x".repeat(300)), "# hi"));
    let page = post_files(&app, &ada, form).await;
    assert_eq!(page.status, 200);
    let names: Vec<_> = ada.files("", 1).await.files;
    let names: Vec<_> = names.iter().map(|entry| entry.file.name.as_str()).collect();
    assert_eq!(names[1], "passwd");
    assert!(
        names[0].ends_with("….md") && names[0].chars().count() < 300,
        "{names:?}"
    );
}

#[tokio::test]
async fn the_form_of_the_chat_gives_a_message_back_with_why_and_what_was_stored() {
    let (app, ada) = narrow().await;
    for (name, content, told, status) in mistakes() {
        let form = Form::new()
            .text("text", "Dear <b>model</b>,\r\nlook")
            .part("file", file("notes.txt", "some notes"))
            .part("file", file(name, content))
            .text("tool", "echo");
        let page = post_message(&ada, "/chat?tool=echo", form).await;
        assert_eq!(page.status, status, "{name}");
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(words(&page).contains(told), "{name}: {}", page.body);
        assert!(
            page.body.contains("Dear &lt;b>model&lt;/b>,"),
            "{}",
            page.body
        );
        let notes = ada.files("notes", 1).await.files.remove(0).file;
        assert!(
            page.body.contains(&format!("value=\"{}\"", notes.id)),
            "{}",
            page.body
        );
        ada.delete_file(notes.id).await;
    }
    assert!(ada.conversations().await.is_empty());
    assert!(app.upstream.exchanges().is_empty());
    assert!(stored(&app).await.is_empty());
}

#[tokio::test]
async fn a_message_that_came_back_is_sent_with_the_files_that_were_stored() {
    let (app, ada) = narrow().await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let page = format!("/chat/{}", sent.conversation_id);
    let conversation = sent.conversation_id.to_string();
    let form = Form::new()
        .text("text", "and now with files")
        .part("file", file("notes.txt", "some notes"))
        .part("file", file("cut.jpg", jpeg(80, 60)[..400].to_vec()))
        .text("conversation", conversation.clone());
    let shown = post_message(&ada, &page, form).await;
    assert_eq!(shown.status, 422);
    assert!(
        shown.body.contains(&format!("action=\"{page}\"")),
        "{}",
        shown.body
    );
    assert_eq!(
        shown.body.matches("<article").count(),
        2,
        "it stands on its conversation"
    );

    let notes = ada.files("notes", 1).await.files.remove(0).file;
    let form = Form::new()
        .text("text", "and now with files")
        .text("stored", notes.id.to_string())
        .part("file", file("plan.pdf", pdf(&["A plan"])))
        .text("conversation", conversation);
    let reply = post_message(&ada, &page, form).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, page.as_str())
    );
    let id: ConversationId = sent.conversation_id;
    let messages = ada.open_conversation(id).await.messages;
    let names: Vec<_> = messages[2]
        .attachments
        .iter()
        .map(|one| one.file.name.as_str())
        .collect();
    assert_eq!(names, ["notes.txt", "plan.pdf"]);
    assert_eq!(app.upstream.exchanges().len(), 2);
}

#[tokio::test]
async fn a_file_of_the_address_and_somebody_elses_are_told_apart_without_a_script() {
    let (app, ada) = narrow().await;
    let bob = app.sign_up("bob").await;
    let notes = ada.upload("notes.txt", "some notes").await;
    let value = format!("value=\"{}\"", notes.id);
    let page = format!("/chat?tool=echo&file={}", notes.id);
    assert!(ada.get(&page).await.body.contains(&value));
    assert!(!bob.get(&page).await.body.contains(&value));
    let form = Form::new()
        .text("text", "mine?")
        .text("stored", notes.id.to_string())
        .text("tool", "echo");
    let reply = post_message(&bob, "/chat?tool=echo", form).await;
    assert_eq!(reply.status, 422);
    assert!(
        words(&reply).contains("One of the attached files was deleted"),
        "{}",
        reply.body
    );
}
