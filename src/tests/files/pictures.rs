//! Pictures: opened within bounds, shown small, and sent without what a camera wrote into them.

use super::stored;
use crate::support::{
    person::Person,
    pictures::{camera_jpeg, clear_png, jpeg, packed, photo, png_bomb},
    test_app::TestApp,
};
use image::{DynamicImage, GenericImageView, ImageFormat};
use inspireai::{
    model::{
        ErrorKind,
        catalog::{ApiType, Capability, ModelFeatures},
        file::{Attach, Crop, FileKind, FileView, ImageDetail, ImageEdit},
        ids::RunId,
        params::Parameters,
    },
    server::{
        files::Recipient,
        providers::{ChatMessage, ChatPart, ChatRequest, ProviderErrorKind, Role, Source},
    },
};

/// A question with attachments.
pub(super) async fn question(app: &TestApp, person: &Person, attach: &[Attach]) -> ChatRequest {
    let user = super::documents::user(person).await;
    let attachments = app.server().state().files.attachments(user, attach).await;
    let mut message = ChatMessage::text(Role::User, "What is this?");
    let attachments = attachments.expect("fitting attachments");
    message.parts.extend(
        attachments
            .into_iter()
            .map(|one| ChatPart::Attachment(Box::new(one))),
    );
    ChatRequest {
        model: "any".to_owned(),
        features: ModelFeatures::default(),
        messages: vec![message],
        parameters: Parameters::default(),
        output: None,
        tools: None,
        thread: None,
        continue_last: false,
        run_id: RunId::new(),
    }
}

pub(super) fn tool(capabilities: &[Capability]) -> Recipient {
    Recipient {
        name: "Watcher".to_owned(),
        api_type: ApiType::Openai,
        capabilities: capabilities.to_vec(),
        takes_references: true,
    }
}

fn attach(file: &FileView, detail: ImageDetail, edit: ImageEdit) -> Attach {
    Attach {
        file: file.id,
        detail,
        edit,
    }
}

/// What a model that sees is sent of one picture.
async fn sent(app: &TestApp, person: &Person, attach: Attach) -> (String, DynamicImage, Vec<u8>) {
    let request = question(app, person, &[attach]).await;
    let user = super::documents::user(person).await;
    let files = &app.server().state().files;
    let resolved = files
        .resolve(
            user,
            request,
            &tool(&[Capability::Text, Capability::ImageInput]),
        )
        .await
        .expect("resolved");
    let ChatPart::Image {
        source: Source::Inline { media_type, bytes },
        ..
    } = resolved.messages[0].parts[1].clone()
    else {
        panic!("{:?}", resolved.messages[0].parts[1]);
    };
    let picture = image::load_from_memory(&bytes).expect("a picture");
    (media_type, picture, bytes.to_vec())
}

fn is_red(picture: &DynamicImage, x: u32, y: u32) -> bool {
    let pixel = picture.get_pixel(x, y).0;
    pixel[0] > 200 && pixel[1] < 90
}

#[tokio::test]
async fn a_camera_picture_is_seen_upright_and_nothing_of_the_camera_goes_along() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let original = camera_jpeg(1200, 800);
    let file = ada.upload("IMG_1.JPG", original.clone()).await;
    assert_eq!(
        (file.kind, file.pixels),
        (FileKind::Image, Some((800, 1200)))
    );

    for (size, side) in [(96, 96), (512, 512)] {
        let path = format!("/api/files/{}/preview?size={size}", file.id);
        let reply = ada.open(ada.request(reqwest::Method::GET, &path)).await;
        assert_eq!(
            reply.headers()["cache-control"],
            "private, max-age=31536000, immutable"
        );
        let bytes = reply.bytes().await.expect("a body");
        let picture = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!(picture.height(), side);
        // Turned clockwise, the upper left is the upper right.
        assert!(is_red(&picture, picture.width() - 5, 5) && !is_red(&picture, 5, 5));
        assert!(!bytes.windows(6).any(|window| window == b"camera"));
    }
    let (media_type, picture, bytes) = sent(
        &app,
        &ada,
        attach(&file, ImageDetail::Original, ImageEdit::default()),
    )
    .await;
    assert_eq!(
        (media_type.as_str(), picture.dimensions()),
        ("image/jpeg", (800, 1200))
    );
    assert!(
        !bytes
            .windows(6)
            .any(|window| window == b"camera" || window == b"Exif\0\0")
    );
    // What was uploaded stays as it came.
    assert_eq!(
        ada.bytes(&format!("/api/files/{}", file.id)).await,
        original
    );
}

#[tokio::test]
async fn a_picture_is_sent_in_the_size_that_its_detail_asks_for() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("wide.jpg", jpeg(3000, 1500)).await;
    for (detail, pixels) in [
        (ImageDetail::Low, (512, 256)),
        (ImageDetail::High, (2048, 1024)),
        (ImageDetail::Auto, (2048, 1024)),
        (ImageDetail::Original, (3000, 1500)),
    ] {
        let (_, picture, _) = sent(&app, &ada, attach(&file, detail, ImageEdit::default())).await;
        assert_eq!(picture.dimensions(), pixels, "{detail:?}");
    }
    // The file, two previews, three sizes: what is asked for again is not made again.
    assert_eq!(stored(&app).await.len(), 6);
    assert_eq!(ada.delete_file(file.id).await.status, 200);
    assert!(stored(&app).await.is_empty());
}

#[tokio::test]
async fn a_picture_is_turned_then_cut_and_an_edit_that_does_not_fit_is_refused() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("photo.jpg", jpeg(600, 400)).await;
    // Turned by a quarter it is 400 x 600, red in the upper right.
    let edit = |x, y, width, height| ImageEdit {
        rotate: 90,
        crop: Some(Crop {
            x,
            y,
            width,
            height,
        }),
    };
    let (_, red, _) = sent(
        &app,
        &ada,
        attach(&file, ImageDetail::High, edit(210, 10, 180, 250)),
    )
    .await;
    assert_eq!(red.dimensions(), (180, 250));
    assert!(is_red(&red, 5, 5) && is_red(&red, 170, 240));
    let (_, other, _) = sent(
        &app,
        &ada,
        attach(&file, ImageDetail::High, edit(0, 0, 180, 250)),
    )
    .await;
    assert!(!is_red(&other, 90, 120));

    let user = super::documents::user(&ada).await;
    let unfit = attach(&file, ImageDetail::High, edit(300, 0, 180, 250));
    let error = app.server().state().files.attachments(user, &[unfit]).await;
    let error = error.expect_err("refused");
    assert_eq!(error.field.as_deref(), Some("attachments"));
}

#[tokio::test]
async fn what_shines_through_stays_png_and_a_photo_becomes_jpeg_whatever_it_was() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let photo: DynamicImage = photo(300, 200).into();
    for (name, content, media_type) in [
        ("clear.png", clear_png(300, 200), "image/png"),
        ("photo.png", packed(&photo, ImageFormat::Png), "image/jpeg"),
        (
            "photo.webp",
            packed(&photo, ImageFormat::WebP),
            "image/jpeg",
        ),
        (
            "still.gif",
            packed(&DynamicImage::new_rgb8(30, 20), ImageFormat::Gif),
            "image/png",
        ),
    ] {
        let file = ada.upload(name, content).await;
        let detail = attach(&file, ImageDetail::Auto, ImageEdit::default());
        let (sent_as, picture, _) = sent(&app, &ada, detail).await;
        assert_eq!(sent_as, media_type, "{name}");
        assert_eq!(Some(picture.dimensions()), file.pixels);
    }
}

#[tokio::test]
async fn a_picture_that_would_fill_the_memory_or_is_broken_is_refused_in_words() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let whole = jpeg(800, 600);
    let damaged = b"\x89PNG\r\n\x1a\n and then something else".to_vec();
    for (name, content, kind, words) in [
        (
            "bomb.png",
            png_bomb(30_000, 30_000),
            ErrorKind::TooLarge,
            "30000 × 30000 pixels",
        ),
        (
            "half.jpg",
            whole[..whole.len() / 2].to_vec(),
            ErrorKind::Invalid,
            "is cut off",
        ),
        ("damaged.png", damaged, ErrorKind::Invalid, "is damaged"),
    ] {
        let error = ada.try_upload(name, content).await.error();
        assert_eq!(error.kind, kind, "{}", error.message);
        assert!(error.message.contains(words), "{}", error.message);
    }
    assert!(stored(&app).await.is_empty());
}

#[tokio::test]
async fn a_model_that_cannot_see_is_named_and_an_earlier_picture_becomes_words() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("photo.jpg", jpeg(60, 40)).await;
    let request = question(
        &app,
        &ada,
        &[attach(&file, ImageDetail::Auto, ImageEdit::default())],
    )
    .await;
    let user = super::documents::user(&ada).await;
    let files = &app.server().state().files;
    let blind = tool(&[Capability::Text]);
    let error = files
        .resolve(user, request.clone(), &blind)
        .await
        .expect_err("refused");
    assert_eq!(error.kind, ProviderErrorKind::BadRequest);
    assert!(
        error.message.contains("Watcher cannot see pictures"),
        "{error}"
    );

    let mut later = request.clone();
    later
        .messages
        .push(ChatMessage::text(Role::Assistant, "A photo."));
    later.messages.push(ChatMessage::text(Role::User, "Thanks"));
    let resolved = files.resolve(user, later, &blind).await.expect("resolved");
    assert!(
        resolved.messages[0]
            .words()
            .contains("photo.jpg was attached here")
    );

    ada.delete_file(file.id).await;
    let resolved = files
        .resolve(user, request, &blind)
        .await
        .expect("resolved");
    assert!(
        resolved.messages[0]
            .words()
            .contains("it was deleted since")
    );
}
