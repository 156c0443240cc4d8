//! Sound that was made once.

use super::{BYTES_A_CHARACTER, give_voice, prefer, say};
use crate::support::{database::on_both_databases, test_app::TestApp};
use inspireai::server::Server;

async fn order(server: &Server) {
    server.state().speech.tidy().await.expect("in order");
}

/// How many files are kept.
fn kept(app: &TestApp) -> usize {
    let corner = app.data_dir().join("files/speech");
    std::fs::read_dir(corner).map_or(0, Iterator::count)
}

on_both_databases! {
    async fn a_second_play_asks_nobody_on_any_node(app: TestApp) {
        give_voice(&app).await;
        let (ada, ben) = (app.sign_up("ada").await, app.sign_up("ben").await);
        let sound = say(&ada, "Said once.").await;
        assert_eq!(say(&ada, "Said once.").await, sound);
        let other = app.join().await;
        assert_eq!(say(&ada.moved_to(other.address()), "Said once.").await, sound);
        assert_eq!(app.upstream.said().len(), 1);
        // Nobody learns what others had said to them.
        say(&ben, "Said once.").await;
        assert_eq!(app.upstream.said().len(), 2);
        prefer(&ada, &[("voice", "tts-1/nova")]).await;
        say(&ada, "Said once.").await;
        assert_eq!(app.upstream.said().len(), 3);
        order(app.server()).await;
        assert_eq!(kept(&app), 3);
        other.stop().await;
    }

    async fn what_is_said_twice_at_once_is_whole_both_times(app: TestApp) {
        give_voice(&app).await;
        let ada = app.sign_up("ada").await;
        let (one, other) = futures::join!(say(&ada, "At once."), say(&ada, "At once."));
        assert_eq!((one.len(), &one), (8 * BYTES_A_CHARACTER, &other));
        assert_eq!(say(&ada, "At once.").await, one);
        assert_eq!(kept(&app), 1);
    }

    async fn sound_whose_bytes_are_gone_is_made_again(app: TestApp) {
        give_voice(&app).await;
        let ada = app.sign_up("ada").await;
        let sound = say(&ada, "Gone.").await;
        std::fs::remove_dir_all(app.data_dir().join("files/speech")).expect("removed");
        assert_eq!(say(&ada, "Gone.").await, sound);
        assert_eq!(say(&ada, "Gone.").await, sound);
        assert_eq!(app.upstream.said().len(), 2);
    }
}

#[tokio::test]
async fn what_was_played_longest_ago_goes_first() {
    let app = TestApp::builder()
        .env("INSPIREAI_SPEECH_CACHE_MB", "1")
        .start()
        .await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    // Each is 0.4 MB.
    let texts = ["a", "b", "c"].map(|letter| letter.repeat(420));
    say(&ada, &texts[0]).await;
    say(&ada, &texts[1]).await;
    app.execute("update speech_cache set last_used_at = last_used_at - 100000")
        .await;
    // The first is played again, so the second is the oldest when the third comes.
    say(&ada, &texts[0]).await;
    say(&ada, &texts[2]).await;
    assert_eq!(app.upstream.said().len(), 3);
    say(&ada, &texts[0]).await;
    say(&ada, &texts[2]).await;
    assert_eq!((app.upstream.said().len(), kept(&app)), (3, 2));
    say(&ada, &texts[1]).await;
    assert_eq!((app.upstream.said().len(), kept(&app)), (4, 2));
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_is_to_be() {
    let app = TestApp::builder()
        .env("INSPIREAI_SPEECH_CACHE_MB", "0")
        .start()
        .await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    assert_eq!(say(&ada, "Twice.").await, say(&ada, "Twice.").await);
    assert_eq!((app.upstream.said().len(), kept(&app)), (2, 0));
}

#[tokio::test]
async fn what_cannot_be_kept_is_played_all_the_same() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let corner = app.data_dir().join("files/speech");
    std::fs::write(&corner, "no directory").expect("written");
    let sound = say(&ada, "Not kept.").await;
    assert_eq!(sound.len(), 9 * BYTES_A_CHARACTER);
    assert_eq!(say(&ada, "Not kept.").await, sound);
    assert_eq!(app.upstream.said().len(), 2);
}

#[tokio::test]
async fn bytes_that_belong_to_nothing_are_removed_in_time() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    say(&ada, "Kept.").await;
    let corner = app.data_dir().join("files/speech");
    // Names tell when they were made up: the first in 2023, the second in 2100.
    for name in [
        "0188a000-0000-7000-8000-000000000000",
        "03bb0000-0000-7000-8000-000000000000",
    ] {
        std::fs::write(corner.join(name), "left behind").expect("written");
    }
    order(app.server()).await;
    assert_eq!(kept(&app), 2);
    assert!(corner.join("03bb0000-0000-7000-8000-000000000000").exists());
    say(&ada, "Kept.").await;
    assert_eq!(app.upstream.said().len(), 1);
}
