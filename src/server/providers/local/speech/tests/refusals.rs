//! What the voice does not say, and how it says so.

use super::*;

async fn refusal(speech: &LocalSpeech, request: SpeechRequest) -> ProviderError {
    match timeout(PATIENCE, speech.speak(request))
        .await
        .expect("in time")
    {
        Ok(_) => panic!("it was said"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_in_words_before_a_sound_comes() {
    let speech = local_speech();
    for (wrong, told) in [
        (request(""), "nothing to say"),
        (request(" *** 🙂 \n"), "nothing to say"),
        (request("你好，世界。"), "in Chinese"),
        (request("Доброе утро, Bob."), "in Cyrillic"),
        (request(&"a ".repeat(60_000)), "100000 characters"),
        (
            SpeechRequest {
                voice: "alloy".to_owned(),
                ..request("Hello.")
            },
            "called `heart`",
        ),
        (
            SpeechRequest {
                format: SpeechFormat::Mp3,
                ..request("Hello.")
            },
            "`wav` and `pcm`",
        ),
    ] {
        let error = refusal(&speech, wrong).await;
        assert_eq!(error.kind, ProviderErrorKind::BadRequest);
        assert!(error.message.contains(told), "{}", error.message);
    }
}

#[tokio::test]
async fn foreign_words_in_an_english_text_are_announced() {
    let speech = local_speech();
    let with = say(&speech, request("The word 你好 means hello."))
        .await
        .expect("said");
    let without = say(&speech, request("The word means hello."))
        .await
        .expect("said");
    assert!(with.len() > without.len());
}

#[tokio::test]
async fn a_file_that_is_missing_or_damaged_is_named_and_works_once_it_is_there() {
    let directory = tempfile::TempDir::new().expect("a temporary directory");
    let path = directory.path().join("hibari.onnx");
    let speech = speech_of(path.clone(), 1);
    assert!(
        speech
            .problem()
            .is_some_and(|problem| problem.contains("hibari.onnx"))
    );
    let missing = refusal(&speech, request("Hello.")).await;
    assert_eq!(missing.kind, ProviderErrorKind::Unavailable);
    assert!(
        missing.message.contains("make models"),
        "{}",
        missing.message
    );

    let whole = model_path();
    for name in ["oov.onnx", "oov.json", "vocab.json"] {
        std::fs::copy(whole.with_file_name(name), path.with_file_name(name)).expect("a copy");
    }
    let bytes = std::fs::read(&whole).expect("the voice");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("half of the voice");
    let damaged = refusal(&speech, request("Hello.")).await;
    assert!(damaged.message.contains("damaged"), "{}", damaged.message);

    std::fs::write(&path, &bytes).expect("all of the voice");
    assert!(speech.problem().is_none());
    assert!(
        !say(&speech, request("Hello."))
            .await
            .expect("said")
            .is_empty()
    );
}

#[tokio::test]
async fn who_comes_when_the_line_is_full_is_told_when_to_come_again() {
    let speech = speech_of(model_path(), 1);
    let asked = join_all((0..4).map(|_| say(&speech, request("Hello there.")))).await;
    let refused: Vec<_> = asked
        .iter()
        .filter_map(|said| said.as_ref().err())
        .collect();
    assert_eq!(refused.len(), 2);
    assert!(
        refused
            .iter()
            .all(|error| error.kind == ProviderErrorKind::Busy && error.retry_after.is_some())
    );
    assert!(
        say(&speech, request("Hello.")).await.is_ok(),
        "the line is free again"
    );
}

#[tokio::test]
async fn speech_that_nobody_listens_to_any_more_holds_nobody_up() {
    let speech = speech_of(model_path(), 1);
    let long = "A long story that nobody wants to hear to its end. ".repeat(500);
    for _ in 0..5 {
        let said = timeout(PATIENCE, speech.speak(request(&long)))
            .await
            .expect("in time");
        drop(said.expect("said"));
    }
    assert!(say(&speech, request("Hello.")).await.is_ok());
}
