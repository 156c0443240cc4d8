//! `inspireai backup` and `inspireai restore`: what was there comes back, also when people wrote meanwhile, on either
//! database and across them; a file that is not whole changes nothing.

mod damage;
mod under_load;
mod uploads;

use crate::support::{
    database::Database,
    process::{
        Process, Variables, run, run_reading, run_with, run_with_file_limit, told, variables,
    },
    s3::S3,
    upstream::Upstream,
};
use futures::TryStreamExt;
use inspireai::server::{
    config::{Config, Environment},
    storage::{BlobKey, Storage, whole},
};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// An installation to back up or to fill: its directory and what its programs are configured with.
struct Installation {
    directory: TempDir,
    variables: Variables,
    _upstream: Upstream,
    _database: Database,
}

impl Installation {
    async fn new(database: Database) -> Self {
        let directory = TempDir::new().expect("a directory");
        let upstream = Upstream::start().await;
        let mut variables = variables(directory.path(), &upstream);
        let url = database.url(directory.path());
        variables.insert("DATABASE_URL".to_owned(), url);
        Self {
            directory,
            variables,
            _upstream: upstream,
            _database: database,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Its storage, as the programs see it.
    fn storage(&self) -> Storage {
        crate::support::client::http_client();
        let environment = self
            .variables
            .iter()
            .fold(Environment::default(), |environment, (name, value)| {
                environment.with(name, value.as_str())
            });
        let config = Config::from_env(&environment).expect("a valid configuration");
        Storage::open(&config.storage).expect("a storage")
    }

    async fn succeeds(&self, arguments: &[&str]) -> String {
        let output = run_with(arguments, &self.variables).await;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            told(&output)
        );
        told(&output)
    }

    async fn refuses(&self, arguments: &[&str], words: &str) {
        let output = run_with(arguments, &self.variables).await;
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: {}",
            told(&output)
        );
        assert!(
            told(&output).contains(words),
            "{words:?} is missing in {}",
            told(&output)
        );
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

#[tokio::test]
async fn a_backup_is_for_its_owner_alone_and_replaces_nothing_unasked() {
    let installation = Installation::new(Database::Sqlite).await;
    let file = installation.path("a.backup");
    installation
        .refuses(&["backup", text(&file)], "there is no database file")
        .await;
    assert!(!file.exists());

    let server = Process::serve(&installation.variables).await;
    server.sign_up("ada").await;
    let said = installation.succeeds(&["backup", text(&file)]).await;
    assert!(
        said.contains("app_user") && said.contains("a.backup: "),
        "{said}"
    );
    let mode = std::fs::metadata(&file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let before = std::fs::read(&file).expect("a file");
    installation
        .refuses(&["backup", text(&file)], "is there already")
        .await;
    assert!(std::fs::read(&file).expect("a file") == before);
    server.sign_up("grace").await;
    installation
        .succeeds(&["backup", text(&file), "--force"])
        .await;
    assert!(std::fs::read(&file).expect("a file") != before);

    let nowhere = installation.path("no/such/directory/a.backup");
    installation
        .refuses(&["backup", text(&nowhere)], "could not be written")
        .await;
}

#[tokio::test]
async fn restoring_replaces_what_people_have_only_when_it_is_said() {
    let (old, new) = (
        Installation::new(Database::Sqlite).await,
        Installation::new(Database::Sqlite).await,
    );
    let server = Process::serve(&old.variables).await;
    let ada = server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "from the backup").await;
    let file = old.path("a.backup");
    old.succeeds(&["backup", text(&file)]).await;

    let server = Process::serve(&new.variables).await;
    let grace = server.sign_up("grace").await;
    let (kept, _) = grace.ask("echo", "only here").await;
    new.refuses(&["restore", text(&file)], "Say --replace")
        .await;
    assert_eq!(
        grace.last_message(kept.conversation_id).await.text,
        "only here"
    );

    new.succeeds(&["restore", text(&file), "--replace"]).await;
    assert_eq!(grace.call("list_conversations", &[]).await.status, 401);
    let ada = ada.moved_to(server.address());
    assert_eq!(
        ada.last_message(sent.conversation_id).await.text,
        "from the backup"
    );
    assert_eq!(ada.conversations().await.len(), 1);
}

#[tokio::test]
async fn a_backup_may_go_through_standard_output_and_input() {
    let (old, new) = (
        Installation::new(Database::Sqlite).await,
        Installation::new(Database::Sqlite).await,
    );
    let server = Process::serve(&old.variables).await;
    let ada = server.sign_up("ada").await;
    ada.ask("echo", "hello").await;
    let output = run_with(&["backup", "-"], &old.variables).await;
    assert_eq!(output.status.code(), Some(0));
    let file = new.path("piped");
    std::fs::write(&file, &output.stdout).expect("a file");

    let restored = run_reading(&["restore", "-"], &new.variables, &file).await;
    assert_eq!(restored.status.code(), Some(0), "{}", told(&restored));
    let server = Process::serve(&new.variables).await;
    let ada = ada.moved_to(server.address());
    assert_eq!(ada.conversations().await.len(), 1);
    let left: Vec<_> = std::fs::read_dir(new.directory.path())
        .expect("the directory")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|name| name.contains("restore"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn on_a_full_disk_a_backup_leaves_nothing_and_says_so() {
    let installation = Installation::new(Database::Sqlite).await;
    let server = Process::serve(&installation.variables).await;
    let ada = server.sign_up("ada").await;
    // Something that compression cannot make small. What is stored of it is the question.
    let noise: String = (0..4_000)
        .map(|_| uuid::Uuid::new_v4().to_string())
        .collect();
    ada.ask("status-400", &noise).await;
    let file = installation.path("a.backup");
    let arguments = ["backup", text(&file)];
    let output = run_with_file_limit(&arguments, &installation.variables, 64).await;
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("could not be written"),
        "{}",
        told(&output)
    );
    assert!(told(&output).contains("Make room"), "{}", told(&output));
    assert!(!file.exists() && !installation.path("a.backup.part").exists());

    installation.succeeds(&arguments).await;
    assert!(std::fs::metadata(&file).expect("a file").len() > 64 * 1024);
}

#[tokio::test]
async fn on_a_full_disk_a_restore_leaves_what_was_there() {
    let (old, new) = (
        Installation::new(Database::Sqlite).await,
        Installation::new(Database::Sqlite).await,
    );
    let server = Process::serve(&old.variables).await;
    let ada = server.sign_up("ada").await;
    for _ in 0..8 {
        ada.ask("huge-delta", "bytes=300000").await;
    }
    let file = old.path("a.backup");
    old.succeeds(&["backup", text(&file)]).await;

    let server = Process::serve(&new.variables).await;
    let grace = server.sign_up("grace").await;
    let (kept, _) = grace.ask("echo", "only here").await;
    server.terminate().await;
    assert!(server.ended().await.success());
    let arguments = ["restore", text(&file), "--replace"];
    let output = run_with_file_limit(&arguments, &new.variables, 1_024).await;
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("full"), "{}", told(&output));
    let server = Process::serve(&new.variables).await;
    let grace = grace.moved_to(server.address());
    assert_eq!(
        grace.last_message(kept.conversation_id).await.text,
        "only here"
    );
}

/// Files go along, from one kind of storage to the other.
async fn brings_files(old: &Installation, new: &Installation) {
    run("migrate", &old.variables).await;
    let (small, large) = (BlobKey::new(), BlobKey::new());
    let content: Vec<u8> = (0..9_000_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let storage = old.storage();
    storage.put(small, whole("small")).await.expect("stored");
    storage
        .put(large, whole(content.clone()))
        .await
        .expect("stored");
    let file = old.path("a.backup");
    let said = old.succeeds(&["backup", text(&file)]).await;
    assert!(said.contains("2 files of 9.0 MB"), "{said}");

    let said = new.succeeds(&["restore", text(&file)]).await;
    assert!(said.contains("2 files of 9.0 MB"), "{said}");
    let storage = new.storage();
    let mut listed: Vec<_> = storage.list().try_collect().await.expect("a list");
    listed.sort();
    assert_eq!(listed, [small, large]);
    for (key, content) in [(small, b"small".to_vec()), (large, content)] {
        let blob = storage.get(key).await.expect("the file");
        let pieces: Vec<_> = blob.content.try_collect().await.expect("its content");
        assert!(pieces.concat() == content);
    }
}

#[tokio::test]
async fn files_come_back_from_a_directory_into_a_bucket_and_from_a_bucket_into_a_directory() {
    let s3 = S3::start().await;
    let in_directory = Installation::new(Database::Sqlite).await;
    let mut in_bucket = Installation::new(Database::Sqlite).await;
    for (name, value) in s3.variables() {
        in_bucket.variables.insert(name.to_owned(), value);
    }
    brings_files(&in_directory, &in_bucket).await;
    for key in in_bucket
        .storage()
        .list()
        .try_collect::<Vec<_>>()
        .await
        .expect("a list")
    {
        in_bucket.storage().delete(key).await.expect("deleted");
    }
    brings_files(&in_bucket, &Installation::new(Database::Sqlite).await).await;
}

#[tokio::test]
async fn a_bucket_that_refuses_the_key_fails_backup_and_restore_in_words() {
    let s3 = S3::start().await;
    let mut installation = Installation::new(Database::Sqlite).await;
    run("migrate", &installation.variables).await;
    let storage = installation.storage();
    storage
        .put(BlobKey::new(), whole("a file"))
        .await
        .expect("stored");
    let (whole_file, file) = (
        installation.path("whole.backup"),
        installation.path("a.backup"),
    );
    installation.succeeds(&["backup", text(&whole_file)]).await;
    for (name, value) in s3.variables() {
        installation.variables.insert(name.to_owned(), value);
    }
    let wrong = "AWS_SECRET_ACCESS_KEY".to_owned();
    installation.variables.insert(wrong, "wrong".to_owned());
    installation
        .refuses(&["backup", text(&file)], "S3 refuses the key")
        .await;
    assert!(!file.exists() && !installation.path("a.backup.part").exists());
    installation
        .refuses(&["restore", text(&whole_file)], "S3 refuses the key")
        .await;
}
