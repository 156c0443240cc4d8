//! Text out of documents, for models that take no files.

use super::{
    pictures::{question, tool},
    stored,
};
use crate::support::{
    documents::{circular_pdf, docx, odt, pdf, pdf_bomb, pptx, protected_pdf, xlsx},
    person::Person,
    test_app::TestApp,
};
use inspireai::{
    model::{
        catalog::Capability,
        file::{Attach, FileKind, FileView, ImageDetail, ImageEdit},
        ids::UserId,
        user::UserView,
    },
    server::providers::{ChatPart, ProviderError},
};

/// Who somebody is to the services.
pub(super) async fn user(person: &Person) -> UserId {
    let user: Option<UserView> = person.call("current_user", &[]).await.value();
    user.expect("logged in").id
}

/// What a model that reads only words is told of a file.
async fn told(app: &TestApp, person: &Person, file: &FileView) -> Result<String, ProviderError> {
    let attach = Attach {
        file: file.id,
        detail: ImageDetail::Auto,
        edit: ImageEdit::default(),
    };
    let request = question(app, person, &[attach]).await;
    let files = &app.server().state().files;
    let resolved = files
        .resolve(user(person).await, request, &tool(&[Capability::Text]))
        .await?;
    match &resolved.messages[0].parts[1] {
        ChatPart::Text(text) => Ok(text.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_words_of_documents_reach_a_model_that_takes_no_files() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (name, content, kind, words) in [
        (
            "a.pdf",
            pdf(&["Hello from page one", "And two"]),
            FileKind::Pdf,
            vec!["[Page 1]", "Hello from page one", "[Page 2]", "And two"],
        ),
        (
            "open.pdf",
            protected_pdf(&["Nobody may print"], ""),
            FileKind::Pdf,
            vec!["Nobody may print"],
        ),
        (
            "a.docx",
            docx("Dear Bob"),
            FileKind::Office,
            vec!["Dear Bob", "left & first  | right"],
        ),
        (
            "a.pptx",
            pptx(),
            FileKind::Office,
            vec![
                "## Slide 1\nFirst",
                "## Slide 2\nSecond",
                "Notes: Say it slowly",
            ],
        ),
        (
            "a.odt",
            odt("An open letter"),
            FileKind::Office,
            vec!["Heading\nAn open letter"],
        ),
        (
            "a.xlsx",
            xlsx(),
            FileKind::Office,
            vec!["## Prices", "\"Bread, dark\",,2.5\nMilk"],
        ),
        (
            "a.csv",
            b"caf\xe9;1\n".to_vec(),
            FileKind::Text,
            vec!["café;1"],
        ),
        (
            "a.json",
            b"\xff\xfe{\0}\0".to_vec(),
            FileKind::Text,
            vec!["{}"],
        ),
    ] {
        let file = ada.upload(name, content).await;
        assert_eq!(file.kind, kind, "{name}");
        let text = told(&app, &ada, &file).await.expect(name);
        assert!(
            text.starts_with(&format!("Content of the file {name}:")),
            "{text}"
        );
        for word in words {
            assert!(text.contains(word), "{word:?} is missing in {text:?}");
        }
        assert!(!text.contains("never"), "{text}");
        // Read once, kept from then on.
        assert_eq!(told(&app, &ada, &file).await.expect(name), text);
    }
    assert_eq!(stored(&app).await.len(), 8 + 6);
}

#[tokio::test]
async fn a_long_text_is_cut_to_what_the_model_can_read_and_says_so() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("long.txt", "0123456789".repeat(200_000)).await;
    let text = told(&app, &ada, &file).await.expect("text");
    assert!(text.len() < 401_000, "{}", text.len());
    assert!(
        text.contains("characters of long.txt were left out"),
        "{}",
        &text[text.len() - 200..]
    );
}

#[tokio::test]
async fn a_pdf_with_a_password_is_refused_with_the_way_out() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let error = ada
        .try_upload("secret.pdf", protected_pdf(&["x"], "hush"))
        .await
        .error();
    assert!(
        error
            .message
            .contains("secret.pdf is protected with a password"),
        "{}",
        error.message
    );
    assert!(stored(&app).await.is_empty());
}

#[tokio::test]
async fn documents_that_are_made_to_do_harm_do_none() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let word = "x".repeat(200 * 1024 * 1024);
    for (name, content, words) in [
        ("packed.docx", docx(&word), "packed so densely"),
        (
            "packed.pdf",
            pdf_bomb(300 * 1024 * 1024),
            "packed so densely",
        ),
        ("circle.pdf", circular_pdf(), "No text could be read"),
        (
            "broken.pdf",
            b"%PDF-1.7\nnothing of the kind".to_vec(),
            "could not be read",
        ),
        ("blank.pdf", pdf(&[""]), "No text could be read"),
    ] {
        let file = ada.upload(name, content).await;
        let error = told(&app, &ada, &file).await.expect_err(name);
        assert!(error.message.contains(words), "{name}: {error}");
    }
    // The server is still there.
    assert_eq!(ada.files("", 1).await.total, 5);
}
