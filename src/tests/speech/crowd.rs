//! Many at once.

use super::{BYTES_A_CHARACTER, give_voice, say, speak, transcribe};
use crate::support::{
    program::Program, recordings::wav, test_app::TestApp, upstream::SpeechScript, within,
};
use futures::future::join_all;
use inspireai::model::{ErrorKind, speech::Transcription};
use serde_json::json;
use std::time::Instant;

fn second() -> Vec<u8> {
    wav(16_000, vec![0.1; 16_000])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_recordings_and_twenty_texts_at_once_all_come_through() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 30,
        die_after: None,
    });
    let texts: Vec<_> = (0..20)
        .map(|index| format!("Text number {index}."))
        .collect();
    let said = join_all(texts.iter().map(|text| say(&ada, text)));
    let heard = join_all((0..20).map(|_| transcribe(&ada, second(), &[])));
    let (said, heard) = within("all of them", async { futures::join!(said, heard) }).await;
    assert!(said.iter().all(|sound| !sound.is_empty()));
    for reply in heard {
        assert_eq!(reply.value::<Transcription>().heard_ms, 1_000);
    }
    let (speaking, listening) = app.upstream.most_audio_at_once();
    assert!(speaking <= 4 && listening <= 2, "{speaking} {listening}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_and_pages_of_a_person_take_turns_with_each_other() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let program = Program::of(&ada).await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 30,
        die_after: None,
    });
    let body = json!({ "model": "tts-1", "voice": "alloy", "input": "Some text.", "response_format": "pcm" });
    let by_program = join_all((0..10).map(|_| async {
        let request = program.json("/v1/audio/speech", &body);
        let response = request.send().await.expect("an answer");
        response.bytes().await.expect("all of it").len()
    }));
    let texts: Vec<_> = (0..10).map(|index| format!("Text {index}.")).collect();
    let by_page = join_all(texts.iter().map(|text| say(&ada, text)));
    let (by_program, _) =
        within("all of them", async { futures::join!(by_program, by_page) }).await;
    assert!(
        by_program
            .iter()
            .all(|bytes| *bytes == body["input"].as_str().expect("text").len() * BYTES_A_CHARACTER)
    );
    assert!(app.upstream.most_audio_at_once().0 <= 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_much_to_say_holds_nobody_up() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let (ada, ben) = (app.sign_up("ada").await, app.sign_up("ben").await);
    app.upstream.script_speech(SpeechScript {
        piece_ms: 100,
        die_after: None,
    });
    let texts: Vec<_> = (0..20)
        .map(|index| format!("A text of one second, more or less, number {index}."))
        .collect();
    let began = Instant::now();
    let much = join_all(texts.iter().map(|text| say(&ada, text)));
    let much = async {
        much.await;
        began.elapsed()
    };
    let little = async {
        say(&ben, "A text of one second, more or less, of Ben's.").await;
        began.elapsed()
    };
    let (much, little) = within("both", async { futures::join!(much, little) }).await;
    assert!(little * 2 < much, "{little:?} {much:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_more_than_can_wait_is_told_so() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 50,
        die_after: None,
    });
    let texts = (0..60).map(|index| {
        let request = json!({ "text": format!("Text {index}.") });
        let ada = &ada;
        async move { speak(ada, &request).await }
    });
    let said = within("all of them", join_all(texts)).await;
    let refused: Vec<_> = said.into_iter().filter_map(Result::err).collect();
    assert!((1..=16).contains(&refused.len()), "{}", refused.len());
    for (status, error) in refused {
        assert_eq!((status, error.kind), (429, ErrorKind::RateLimited));
        assert!(
            error.message.contains("44 of your texts"),
            "{}",
            error.message
        );
    }
}
