//! Whatever the service behind a tool does: a sentence that helps, the text that came is kept, and another try only where
//! it can help and nobody has seen a word.

use crate::support::{
    person::Person,
    reader::fold,
    test_app::TestApp,
    upstream::{Ending, counted},
};
use futures::future::join_all;
use inspireai::model::{
    AppError, ErrorKind,
    chat::{FinishReason, RunState, Sent},
    event::{RunEvent, SequencedEvent},
};

/// What an answer came to: its text, how it failed, and how often it said it would try again.
struct Failure {
    text: String,
    error: AppError,
    retries: usize,
}

async fn failure(person: &Person, sent: &Sent) -> Failure {
    let events = person.events(sent.run_id, Some(0)).await;
    let transcript = fold(&events);
    let RunState::Failed { error } = transcript.state else {
        panic!("it did not fail: {transcript:?}");
    };
    let stored = person.last_message(sent.conversation_id).await;
    assert_eq!(
        stored.text, transcript.text,
        "what is stored is what was seen"
    );
    assert_eq!(
        stored.run.expect("a run").state,
        RunState::Failed {
            error: error.clone()
        }
    );
    Failure {
        text: transcript.text,
        error,
        retries: events.iter().filter(|event| is_retrying(event)).count(),
    }
}

fn is_retrying(event: &SequencedEvent) -> bool {
    matches!(event.event, RunEvent::Retrying { .. })
}

#[tokio::test]
async fn a_refusal_is_told_at_once_and_never_asked_again() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (tool, kind, sentence) in [
        (
            "status-400",
            ErrorKind::Invalid,
            "It says: This model's limits were not respected",
        ),
        ("status-401", ErrorKind::Upstream, "did not accept the key"),
        ("status-404", ErrorKind::Upstream, "no such model"),
        ("html", ErrorKind::Upstream, "not a stream of events"),
    ] {
        let sent = ada.send_new(tool, "hello").await;
        let failure = failure(&ada, &sent).await;
        assert_eq!(failure.error.kind, kind, "{tool}");
        let message = &failure.error.message;
        assert!(message.contains(sentence), "{tool}: {message}");
        assert!(!message.contains("sk-"), "{tool} tells the key: {message}");
        assert_eq!((failure.text.as_str(), failure.retries), ("", 0), "{tool}");
    }
    assert_eq!(app.upstream.exchanges().len(), 4);
}

#[tokio::test]
async fn what_breaks_in_the_middle_keeps_the_words_and_is_never_asked_again() {
    let app = TestApp::builder()
        .env("INSPIREAI_UPSTREAM_IDLE_SECONDS", "0.4")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    for (tool, sentence) in [
        ("die-after", "broke before its answer was complete"),
        ("half-json", "could not be read"),
        ("silence", "silent for 0.4 seconds"),
        ("error-in-stream", "The engine is overloaded"),
    ] {
        let sent = ada.send_new(tool, "after=3").await;
        let failure = failure(&ada, &sent).await;
        assert_eq!(failure.text, counted(3), "{tool}");
        let error = &failure.error;
        assert!(
            error.message.contains(sentence),
            "{tool}: {}",
            error.message
        );
        assert_eq!(
            (error.kind, failure.retries),
            (ErrorKind::Upstream, 0),
            "{tool}"
        );
    }
    let exchanges = app
        .upstream
        .wait_until(|all| all.iter().all(|one| one.ending.is_some()))
        .await;
    assert_eq!(exchanges.len(), 4);
    assert_eq!(
        exchanges[2].ending,
        Some(Ending::Cancelled),
        "a silent service is hung up on"
    );
}

#[tokio::test]
async fn what_fails_before_a_word_is_asked_again_visibly_and_told_when_it_stays() {
    let app = TestApp::builder()
        .env("INSPIREAI_UPSTREAM_IDLE_SECONDS", "0.2")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let cases = [
        (
            "die-before",
            ErrorKind::Upstream,
            "broke before its answer was complete",
        ),
        (
            "status-500",
            ErrorKind::Upstream,
            "having trouble at the moment",
        ),
        ("silence", ErrorKind::Upstream, "silent for 0.2 seconds"),
        (
            "rate-limited-bare",
            ErrorKind::RateLimited,
            "asked too often",
        ),
    ];
    let answers = cases.map(|(tool, kind, sentence)| {
        let ada = &ada;
        async move {
            let sent = ada.send_new(tool, "times=9 hello").await;
            let failure = failure(ada, &sent).await;
            assert_eq!((failure.error.kind, failure.retries), (kind, 4), "{tool}");
            let message = &failure.error.message;
            assert!(message.contains(sentence), "{tool}: {message}");
            assert!(!message.contains("secret-internals"), "{tool}: {message}");
        }
    });
    join_all(answers).await;
    assert_eq!(app.upstream.exchanges().len(), 4 * 5);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_with_what_to_check() {
    let app = TestApp::builder()
        .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("gpt-5", "hello").await;
    let failure = failure(&ada, &sent).await;
    assert!(
        failure.error.message.contains("could not be reached"),
        "{}",
        failure.error.message
    );
    assert!(failure.retries > 0);
}

#[tokio::test]
async fn a_service_that_recovers_answers_after_visible_tries() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (tool, tries) in [("flaky", 2), ("rate-limited-bare", 1)] {
        let sent = ada.send_new(tool, "hello again").await;
        let events = ada.events(sent.run_id, Some(0)).await;
        assert_eq!(
            events.iter().filter(|event| is_retrying(event)).count(),
            tries,
            "{tool}"
        );
        let RunEvent::Retrying { after_ms, reason } = &events[0].event else {
            panic!("{tool}: {:?}", events[0]);
        };
        assert!((250..=500).contains(after_ms), "{after_ms}");
        assert!(
            reason.starts_with("The service is") && !reason.contains("Try again"),
            "{reason}"
        );
        let transcript = fold(&events);
        assert_eq!(transcript.text, "hello again");
        assert_eq!(
            transcript.state,
            RunState::Finished {
                reason: FinishReason::Stop
            }
        );
    }
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("rate-limited", "s=1 hello").await;
    let events = ada.events(sent.run_id, Some(0)).await;
    assert!(
        matches!(events[0].event, RunEvent::Retrying { after_ms: 1000, .. }),
        "{:?}",
        events[0]
    );
    assert_eq!(fold(&events).text, "s=1 hello");
    let exchanges = app.upstream.exchanges();
    let waited = exchanges[1].received_at - exchanges[0].received_at;
    assert!(waited >= 990, "{waited} ms");
}

#[tokio::test]
async fn who_is_asked_to_wait_too_long_is_told_how_long() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("rate-limited", "s=3600 times=9").await;
    let failure = failure(&ada, &sent).await;
    assert_eq!(
        (failure.error.kind, failure.retries),
        (ErrorKind::RateLimited, 0)
    );
    assert_eq!(failure.error.retry_after_s, Some(3600));
}

#[tokio::test]
async fn characters_cut_across_packets_arrive_whole() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (_, transcript) = ada.ask("split", "hello").await;
    assert_eq!(transcript.text, "Grüße, 世界! 👩🏽‍🚀 naïve façade ✓");
    assert_eq!(
        transcript.state,
        RunState::Finished {
            reason: FinishReason::Stop
        }
    );
}

#[tokio::test]
async fn oddities_of_compatible_services_are_read_over() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (_, transcript) = ada.ask("odd", "hello").await;
    assert_eq!(transcript.text, "odd but fine");
    assert_eq!(
        transcript.state,
        RunState::Finished {
            reason: FinishReason::Other
        }
    );
    assert_eq!(transcript.usage, None);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_at_four_megabytes() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=9 bytes=600000").await;
    let failure = failure(&ada, &sent).await;
    assert!(
        failure.error.message.contains("4 MB"),
        "{}",
        failure.error.message
    );
    assert!(failure.text.len() <= 5 * 1024 * 1024);
}
