//! Reading a run: whoever comes, from wherever they stand, ends with the whole text and no character twice.

use crate::support::{
    person::Person,
    reader::{Reader, fold, fold_onto},
    test_app::TestApp,
    upstream::counted,
};
use inspireai::model::{
    chat::{FinishReason, RunState},
    event::RunEvent,
    ids::RunId,
    transcript::Transcript,
};
use reqwest::{Method, header};

const DONE: RunState = RunState::Finished {
    reason: FinishReason::Stop,
};

/// Attaches as a browser's `EventSource` does when it comes back.
async fn come_back(person: &Person, run: RunId, last: u64) -> Reader {
    let request = person
        .request(Method::GET, &format!("/api/runs/{run}/events"))
        .header("last-event-id", last.to_string());
    Reader::new(person.open(request).await)
}

#[tokio::test]
async fn who_attaches_gets_a_snapshot_and_then_what_follows_it() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=100 rate=200").await;
    let mut first = ada.follow(sent.run_id, Some(0)).await;
    first
        .until(|event| matches!(event, RunEvent::Text(text) if text.contains("0030")))
        .await;

    let events = ada.events(sent.run_id, None).await;
    let (snapshot, rest) = events.split_first().expect("events");
    assert!(matches!(snapshot.event, RunEvent::Snapshot { .. }));
    for (index, event) in rest.iter().enumerate() {
        assert_eq!(event.seq, snapshot.seq + 1 + index as u64);
        assert!(!matches!(event.event, RunEvent::Snapshot { .. }));
    }
    assert_eq!(fold(&events).text, counted(100));
}

#[tokio::test]
async fn a_stream_is_neither_kept_nor_held_back_nor_compressed() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("silence", "after=1").await;
    let request = ada
        .request(Method::GET, &format!("/api/runs/{}/events", sent.run_id))
        .header(header::ACCEPT_ENCODING, "br, gzip");
    let response = ada.open(request).await;
    let value = |name: &str| {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().expect("text"))
    };
    assert_eq!(value("content-type"), Some("text/event-stream"));
    assert_eq!(value("cache-control"), Some("no-store"));
    assert_eq!(value("x-accel-buffering"), Some("no"));
    assert_eq!(value("content-encoding"), None);
}

#[tokio::test]
async fn a_reader_who_is_cut_off_at_any_point_loses_and_doubles_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=600 rate=400").await;
    let mut transcript = Transcript::default();
    let mut hops = 0_u64;
    while !transcript.state.is_end() {
        hops += 1;
        let after = transcript.seq;
        let mut reader = if hops.is_multiple_of(2) {
            come_back(&ada, sent.run_id, after).await
        } else {
            ada.follow(sent.run_id, Some(after)).await
        };
        for _ in 0..=(hops * 7) % 5 {
            let Some(event) = reader.next().await else {
                break;
            };
            assert_eq!(event.seq, transcript.seq + 1);
            transcript = fold_onto(transcript, &[event]);
        }
    }
    assert!(hops > 10, "{hops}");
    assert_eq!((transcript.text, transcript.state), (counted(600), DONE));
}

#[tokio::test]
async fn a_number_beyond_the_end_is_answered_with_a_snapshot() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let open = ada.send_new("silence", "after=3").await;
    let mut reader = ada.follow(open.run_id, Some(u64::MAX)).await;
    let first = reader.next().await.expect("an event").event;
    assert!(matches!(
        first,
        RunEvent::Snapshot {
            state: RunState::Running | RunState::Queued { .. },
            ..
        }
    ));

    let (ended, _) = ada.ask("count", "tokens=3").await;
    let events = ada.events(ended.run_id, Some(1_000_000)).await;
    assert_eq!(events.len(), 1);
    let transcript = fold(&events);
    assert_eq!((transcript.text, transcript.state), (counted(3), DONE));
}

#[tokio::test]
async fn a_number_that_is_none_counts_as_none_in_the_header_and_is_refused_in_the_address() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("count", "tokens=3").await;
    let path = format!("/api/runs/{}/events", sent.run_id);
    let request = ada
        .request(Method::GET, &path)
        .header("last-event-id", "x7");
    let events = Reader::new(ada.open(request).await).rest().await;
    assert_eq!(fold(&events).text, counted(3));
    assert_eq!(ada.get(&format!("{path}?after=-1")).await.status, 400);
}

#[tokio::test]
async fn two_readers_at_once_see_the_same() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=150 rate=300").await;
    let phone = app.visitor();
    phone.set_cookie("session", &ada.cookie("session").expect("a session"));
    let phone = Person::new(phone);
    let (left, right) = tokio::join!(
        ada.events(sent.run_id, Some(0)),
        phone.events(sent.run_id, Some(0))
    );
    assert_eq!(left, right);
    assert_eq!(fold(&left).text, counted(150));
}

#[tokio::test]
async fn who_comes_after_the_end_gets_all_of_it_at_once() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, seen) = ada.ask("count", "tokens=50").await;
    let events = ada.events(sent.run_id, None).await;
    assert_eq!(events.len(), 1);
    let transcript = fold(&events);
    assert_eq!(transcript, seen);
    assert_eq!(transcript.usage.expect("usage").output_tokens, 50);
}

#[tokio::test]
async fn who_has_seen_the_end_already_is_not_kept_waiting() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, seen) = ada.ask("count", "tokens=50").await;
    let events = come_back(&ada, sent.run_id, seen.seq).await.rest().await;
    assert_eq!(fold_onto(seen.clone(), &events), seen);
}

#[tokio::test]
async fn the_first_words_are_not_held_back_for_the_next() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("silence", "after=1").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    let first = reader
        .until(|event| matches!(event, RunEvent::Text(_)))
        .await;
    assert_eq!(first.event, RunEvent::Text("0000 ".to_owned()));
}

#[tokio::test]
async fn words_that_come_close_together_travel_together() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=400 rate=800").await;
    let events = ada.events(sent.run_id, Some(0)).await;
    let deltas = events
        .iter()
        .filter(|event| matches!(event.event, RunEvent::Text(_)))
        .count();
    assert!(
        (2..=60).contains(&deltas),
        "{deltas} deltas in half a second"
    );
}

#[tokio::test]
async fn one_event_is_never_larger_than_sixteen_kilobytes() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("huge-delta", "bytes=300000").await;
    let events = ada.events(sent.run_id, Some(0)).await;
    for event in &events {
        if let RunEvent::Text(text) = &event.event {
            assert!(text.len() <= 16 * 1024, "{}", text.len());
        }
    }
    assert_eq!(fold(&events).text, "ä".repeat(150_000));
}
