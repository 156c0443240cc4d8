//! What belongs to nothing is swept from the store, and nothing else.

use super::stored;
use crate::support::{
    database::on_both_databases, documents::pdf, pictures::jpeg, test_app::TestApp,
};
use inspireai::server::storage::{BlobKey, whole};

/// A key that was made up long ago.
fn old_key(last: u8) -> BlobKey {
    let text = format!("01800000-0000-7000-8000-0000000000{last:02x}");
    text.parse().expect("a key")
}

on_both_databases! {
    async fn old_bytes_that_belong_to_nothing_are_removed_when_they_are_found_twice(app: TestApp) {
        let state = app.server().state().clone();
        let ada = app.sign_up("ada").await;
        let picture = ada.upload("photo.jpg", jpeg(40, 30)).await;
        let document = ada.upload("a.pdf", pdf(&["words"])).await;
        // As if all of it had been stored long ago.
        let mut aged = Vec::new();
        for (number, key) in stored(&app).await.into_iter().enumerate() {
            let bytes = state.storage.get(key).await.expect("there").bytes().await.expect("read");
            let old = old_key(u8::try_from(number).expect("few"));
            state.storage.put(old, whole(bytes)).await.expect("stored");
            state.storage.delete(key).await.expect("deleted");
            for (table, column) in [("file", "blob_key"), ("file_rendition", "blob_key")] {
                let update = format!("update {table} set {column} = '{old}' where {column} = '{key}'");
                app.execute(&update).await;
            }
            aged.push(old);
        }
        let (left_over, under_way) = (old_key(0xff), BlobKey::new());
        for key in [left_over, under_way] {
            state.storage.put(key, whole("nobody's")).await.expect("stored");
        }

        let mut sweep = state.files.sweep();
        assert_eq!(sweep.pass().await.expect("swept"), 0, "a backup may still need it");
        assert_eq!(sweep.pass().await.expect("swept"), 1);
        assert_eq!(state.storage.find_size(left_over).await.expect("an answer"), None);
        assert_eq!(stored(&app).await.len(), aged.len() + 1);
        for file in [&picture, &document] {
            ada.bytes(&format!("/api/files/{}", file.id)).await;
        }
        ada.bytes(&format!("/api/files/{}/preview", picture.id)).await;

        // An account that goes takes its files along.
        app.execute("delete from app_user").await;
        assert_eq!(sweep.pass().await.expect("swept"), 0);
        assert_eq!(sweep.pass().await.expect("swept"), u64::try_from(aged.len()).expect("few"));
        assert_eq!(stored(&app).await, [under_way]);
    }
}
