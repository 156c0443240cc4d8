//! Backup files that are not what was written, and those of other versions. What cannot be restored changes nothing.

use super::{Installation, text};
use crate::support::{database::Database, person::Person, process::Process};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use inspireai::model::chat::Sent;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{fs, io::Read, path::Path};

/// A backup with what Ada wrote, and an installation where Grace has something that must stay.
struct Setting {
    target: Installation,
    backup: Vec<u8>,
    ada: Person,
    grace: Person,
    kept: Sent,
    _server: Process,
}

impl Setting {
    async fn new(target: Database) -> Self {
        let source = Installation::new(Database::Sqlite).await;
        let server = Process::serve(&source.variables).await;
        let ada = server.sign_up("ada").await;
        for text in ["one", "two", "three"] {
            ada.ask("echo", text).await;
        }
        let file = source.path("a.backup");
        source.succeeds(&["backup", text(&file)]).await;

        let target = Installation::new(target).await;
        let server = Process::serve(&target.variables).await;
        let grace = server.sign_up("grace").await;
        let (kept, _) = grace.ask("echo", "only here").await;
        Self {
            backup: fs::read(&file).expect("the backup"),
            target,
            ada,
            grace,
            kept,
            _server: server,
        }
    }

    /// Holds that a file is refused for a reason, and that all is as it was.
    async fn refuses(&self, content: &[u8], words: &str) {
        let file = self.target.path("other.backup");
        fs::write(&file, content).expect("a file");
        self.target
            .refuses(&["restore", text(&file), "--replace"], words)
            .await;
        let answer = self.grace.last_message(self.kept.conversation_id).await;
        assert_eq!(answer.text, "only here");
        assert_eq!(self.grace.conversations().await.len(), 1);
    }
}

#[tokio::test]
async fn a_file_that_was_cut_short_or_altered_or_is_something_else_changes_nothing() {
    let setting = Setting::new(Database::Sqlite).await;
    let whole = &setting.backup;
    for length in [0, 5, 20, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        setting
            .refuses(&whole[..length], "was cut short or altered")
            .await;
    }
    // Beyond the first bytes, which say when and by what it was compressed.
    for part in 1..8 {
        let mut altered = whole.clone();
        altered[(whole.len() - 1) * part / 7] ^= 0x20;
        setting.refuses(&altered, "was cut short or altered").await;
    }
    let longer = [whole.as_slice(), b"more"].concat();
    setting.refuses(&longer, "something follows its end").await;
    setting
        .refuses(b"Dear diary", "is no backup of InspireAI")
        .await;
    let missing = setting.target.path("missing");
    setting
        .target
        .refuses(&["restore", text(&missing)], "cannot be read")
        .await;
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_left_alone_with_a_sentence() {
    let setting = Setting::new(Database::Sqlite).await;
    for (field, value) in [
        ("schema", Value::from(29_990_101_000_000_i64)),
        ("format", Value::from(2)),
    ] {
        let newer = rewritten(&setting.backup, |manifest, _| {
            manifest[field] = value.clone();
            manifest["program"] = Value::from("9.8.7");
        });
        setting
            .refuses(
                &newer,
                "made by InspireAI 9.8.7, which is newer than this one",
            )
            .await;
    }
}

#[tokio::test]
async fn a_backup_of_an_older_version_gets_the_defaults_of_what_is_new_since() {
    let setting = Setting::new(Database::Sqlite).await;
    let older = rewritten(&setting.backup, |manifest, entries| {
        manifest["schema"] = Value::from(20_261_123_000_003_i64);
        let tables = manifest["tables"].as_array_mut().expect("tables");
        tables.retain(|table| table["name"] != "tool_category");
        entries.retain(|(name, _)| !name.starts_with("tables/tool_category/"));
        let message = tables.iter_mut().find(|table| table["name"] == "message");
        let columns = message.expect("the table")["columns"].as_array_mut();
        let columns = columns.expect("columns");
        let number = columns
            .iter()
            .position(|column| column["name"] == "run_seq")
            .expect("the column");
        columns.remove(number);
        let (_, rows) = entries
            .iter_mut()
            .find(|(name, _)| name.starts_with("tables/message/"))
            .expect("rows");
        let shorter = rows.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let mut row: Vec<Value> = serde_json::from_slice(line).expect("a row");
            row.remove(number);
            Value::from(row).to_string() + "\n"
        });
        *rows = shorter.collect::<String>().into_bytes();
    });
    let file = setting.target.path("older.backup");
    fs::write(&file, older).expect("a file");
    let arguments = ["restore", text(&file), "--replace"];
    setting.target.succeeds(&arguments).await;
    let ada = setting.ada.moved_to(setting.grace.address());
    let conversations = ada.conversations().await;
    assert_eq!(conversations.len(), 3);
    let page = ada.open_conversation(conversations[0].id).await;
    assert_eq!(page.messages[1].text, "three");
    assert_eq!(ada.ask("echo", "goes on").await.1.text, "goes on");
}

#[tokio::test]
async fn a_restore_that_fails_half_way_leaves_sqlite_as_it_was() {
    fails_half_way(Setting::new(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_fails_half_way_leaves_postgres_as_it_was() {
    fails_half_way(Setting::new(Database::postgres().await).await).await;
}

/// Files whose checksums are right and whose rows are not.
async fn fails_half_way(setting: Setting) {
    let table = |entries: &mut Vec<(String, Vec<u8>)>, name: &str| {
        let prefix = format!("tables/{name}/");
        entries
            .iter()
            .position(|(entry, _)| entry.starts_with(&prefix))
            .expect("the table")
    };
    let twice = rewritten(&setting.backup, |_, entries| {
        let index = table(entries, "run");
        entries[index].1 = entries[index].1.repeat(2);
    });
    setting.refuses(&twice, "The database failed").await;

    let orphans = rewritten(&setting.backup, |_, entries| {
        let index = table(entries, "message");
        entries.remove(index);
    });
    setting.refuses(&orphans, "Nothing was changed").await;

    let fewer = rewritten(&setting.backup, |_, entries| {
        let index = table(entries, "session");
        entries.remove(index);
    });
    setting
        .refuses(&fewer, "Of 1 rows of the table session, 0 arrived")
        .await;

    let nonsense = rewritten(&setting.backup, |_, entries| {
        let index = table(entries, "message");
        entries[index].1.extend_from_slice(b"[1, 2]\n");
    });
    setting
        .refuses(&nonsense, "a row does not fit its table")
        .await;

    let unknown = rewritten(&setting.backup, |manifest, _| {
        manifest["tables"][0]["columns"][0]["name"] = Value::from("no_such_column");
    });
    setting.refuses(&unknown, "there is no table").await;
}

/// The same backup with other contents, and checksums that are right for them.
fn rewritten(
    backup: &[u8],
    change: impl FnOnce(&mut Value, &mut Vec<(String, Vec<u8>)>),
) -> Vec<u8> {
    let mut archive = tar::Archive::new(GzDecoder::new(backup));
    let mut entries = Vec::new();
    for entry in archive.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        entries.push((name, content));
    }
    let (name, manifest) = entries.pop().expect("entries");
    assert_eq!(name, "manifest.json");
    let mut manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    change(&mut manifest, &mut entries);
    let listed = entries.iter().map(|(name, content)| {
        let sha256 = Sha256::digest(content);
        serde_json::json!({ "name": name, "bytes": content.len(), "sha256": format!("{sha256:x}") })
    });
    manifest["entries"] = listed.collect();
    entries.push((name, manifest.to_string().into_bytes()));
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in &entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        let added = archive.append_data(&mut header, Path::new(name), content.as_slice());
        added.expect("an entry");
    }
    let compressed = archive.into_inner().expect("an archive");
    compressed.finish().expect("a file")
}
