//! Files that people stored come back from a backup with everything about them.

use super::{Installation, text};
use crate::support::{database::Database, pictures::jpeg, process::Process};

async fn brings_uploads(from: Database, to: Database) {
    let (old, new) = (Installation::new(from).await, Installation::new(to).await);
    let server = Process::serve(&old.variables).await;
    let ada = server.sign_up("ada").await;
    let picture = ada.upload("photo.jpg", jpeg(640, 480)).await;
    let notes = ada.upload("Grüße.txt", "words").await;
    let address = format!("/api/files/{}", picture.id);
    let preview = format!("{address}/preview?size=512");
    let (original, small) = (ada.bytes(&address).await, ada.bytes(&preview).await);
    let backup = old.path("a.backup");
    old.succeeds(&["backup", text(&backup)]).await;

    new.succeeds(&["restore", text(&backup)]).await;
    let server = Process::serve(&new.variables).await;
    let ada = ada.moved_to(server.address());
    let names: Vec<_> = ada
        .files("", 1)
        .await
        .files
        .into_iter()
        .map(|entry| entry.file)
        .collect();
    assert_eq!(names, [notes, picture]);
    assert!(ada.bytes(&address).await == original);
    assert!(ada.bytes(&preview).await == small);
}

#[tokio::test]
async fn uploads_come_back_on_the_other_kind_of_database() {
    brings_uploads(Database::Sqlite, Database::postgres().await).await;
    brings_uploads(Database::postgres().await, Database::Sqlite).await;
}
