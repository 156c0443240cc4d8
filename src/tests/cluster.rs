//! Several servers on one PostgreSQL: with a Redis they share runs as they happen, without one they share what is stored.
//! What is killed here is a process of its own.

use crate::support::{
    database::Database,
    person::{Person, message},
    process::{Process, run},
    reader::{fold, fold_onto},
    redis::RedisServer,
    test_app::{TestApp, log_in, sign_up},
    upstream::counted,
    within,
};
use inspireai::{
    model::{
        ErrorKind,
        chat::{FinishReason, RunState, Sent},
        event::{RunEvent, SequencedEvent},
        ids::RunId,
        transcript::Transcript,
    },
    server::Server,
};

const STOP: RunState = RunState::Finished {
    reason: FinishReason::Stop,
};

/// Two nodes, one person on each, and what they share.
struct Cluster {
    app: TestApp,
    second: Server,
    redis: RedisServer,
}

impl Cluster {
    async fn start() -> Self {
        Self::on(RedisServer::start().await).await
    }

    async fn on(redis: RedisServer) -> Self {
        let app = app(Some(&redis), "1").await;
        let second = app.join().await;
        Self { app, second, redis }
    }

    async fn person(&self, name: &str) -> (Person, Person) {
        let here = self.app.sign_up(name).await;
        let there = here.moved_to(self.second.address());
        (here, there)
    }

    async fn stop(mut self) {
        self.second.stop().await;
        self.app.stop().await;
    }
}

async fn app(redis: Option<&RedisServer>, lease_seconds: &str) -> TestApp {
    let builder = TestApp::builder()
        .database(Database::postgres().await)
        .env("INSPIREAI_LEASE_SECONDS", lease_seconds);
    match redis {
        Some(redis) => builder.env("REDIS_URL", &redis.url()),
        None => builder,
    }
    .start()
    .await
}

fn is_text(event: &RunEvent) -> bool {
    matches!(event, RunEvent::Text(_))
}

/// Asks a node until it says something about itself.
async fn ready_when(person: &Person, wanted: &str) {
    let asking = async {
        loop {
            let reply = person.get("/readyz").await;
            if reply.body.contains(wanted) {
                return;
            }
        }
    };
    within(&format!("/readyz to say {wanted}"), asking).await;
}

/// Follows a run to its end as a page does: what is there, then what comes.
async fn read_to_end(person: &Person, run: RunId) -> (Transcript, Vec<SequencedEvent>) {
    let events = person.events(run, Some(0)).await;
    (fold(&events), events)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_one_node_drives_streams_delta_by_delta_from_another() {
    let cluster = Cluster::start().await;
    let (ada, ada_there) = cluster.person("ada").await;
    let sent = ada.send_new("count", "tokens=300 rate=100").await;
    let mut reader = ada_there.follow(sent.run_id, Some(0)).await;
    let mut events = vec![reader.until(is_text).await];
    let before = events[0].seq;
    events.extend(reader.rest().await);
    let late = fold_onto(Transcript::new(String::new(), before - 1), &events);
    assert!(counted(300).ends_with(&late.text) && late.state == STOP);
    assert!(
        events.iter().filter(|event| is_text(&event.event)).count() > 20,
        "live deltas, not what was stored each second: {events:?}"
    );
    let (whole, _) = read_to_end(&ada_there, sent.run_id).await;
    assert_eq!(whole.text, counted(300));
    let resumed = ada_there.events(sent.run_id, Some(before)).await;
    assert_eq!(resumed.first().map(|event| event.seq), Some(before + 1));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_stopped_and_continued_on_another_node() {
    let cluster = Cluster::start().await;
    let (ada, ada_there) = cluster.person("ada").await;
    let sent = ada.send_new("length", "tokens=400 rate=50").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader.until(is_text).await;
    assert_eq!(ada_there.stop(sent.run_id).await.status, 200);
    let end = reader.rest().await.pop().expect("an end");
    assert_eq!(end.event, RunEvent::Stopped);
    cluster
        .app
        .upstream
        .wait_until(|all| all[0].ending.is_some())
        .await;
    let stopped = ada_there.read(sent.run_id).await;
    assert!(!stopped.text.is_empty());

    let more: Sent = ada_there.continue_answer(sent.message_id).await.value();
    let (whole, _) = read_to_end(&ada, more.run_id).await;
    let stored = ada.last_message(sent.conversation_id).await;
    assert!(stored.text.starts_with(&stopped.text) && stored.text.len() > stopped.text.len());
    assert!(whole.state.is_end());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_of_a_node_that_is_killed_is_told_within_15_seconds_and_keeps_all_it_saw() {
    let redis = RedisServer::start().await;
    let mut app = app(Some(&redis), "10").await;
    let first = Process::serve(&app.variables()).await;
    let ada = first.sign_up("ada").await;
    let ada_there = ada.moved_to(app.address());
    let sent = ada.send_new("silence", "after=30 rate=50").await;
    let mut reader = ada_there.follow(sent.run_id, Some(0)).await;
    let mut events = Vec::new();
    while !fold(&events).text.contains(&counted(30)) {
        events.push(reader.next().await.expect("an event"));
    }
    first.kill().await;
    let killed_at = std::time::Instant::now();
    let end = reader.until(|event| !is_text(event)).await;
    assert!(killed_at.elapsed().as_secs() < 15);
    events.push(end);
    let seen = fold(&events);
    assert_eq!(
        (seen.text.as_str(), &seen.state),
        (counted(30).as_str(), &RunState::Interrupted)
    );

    let stored = ada_there.last_message(sent.conversation_id).await;
    assert_eq!(stored.text, seen.text);
    let more: Sent = ada_there.continue_answer(sent.message_id).await.value();
    ada_there.stop(more.run_id).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_another_node_shows_what_is_stored_and_stops_what_runs() {
    let mut app = app(None, "1").await;
    let second = app.join().await;
    let ada = app.sign_up("ada").await;
    let ada_there = ada.moved_to(second.address());
    let (sent, _) = ada.ask("count", "tokens=5").await;
    assert_eq!(ada_there.read(sent.run_id).await.text, counted(5));

    let sent = ada.send_new("count", "tokens=100000 rate=100").await;
    let mut reader = ada_there.follow(sent.run_id, Some(0)).await;
    let mut events = vec![reader.next().await.expect("a snapshot")];
    while fold(&events).text.is_empty() {
        events.push(reader.next().await.expect("a later one"));
    }
    assert_eq!(ada_there.stop(sent.run_id).await.status, 200);
    events.extend(reader.rest().await);
    let seen = fold(&events);
    assert_eq!(seen.state, RunState::Stopped);
    assert_eq!(seen.text, ada.last_message(sent.conversation_id).await.text);
    second.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_redis_goes_the_run_goes_on_readers_elsewhere_see_what_is_stored_and_all_catch_up() {
    redis_goes_and_comes(Cluster::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_comes_back_with_its_old_data_catches_up_as_well() {
    let redis = RedisServer::start_keeping().await;
    redis_goes_and_comes(Cluster::on(redis).await).await;
}

async fn redis_goes_and_comes(mut cluster: Cluster) {
    let (ada, ada_there) = cluster.person("ada").await;
    let sent = ada.send_new("count", "tokens=1200 rate=100").await;
    let mut here = ada.follow(sent.run_id, Some(0)).await;
    let mut there = ada_there.follow(sent.run_id, Some(0)).await;
    let mut seen_there = vec![there.next().await.expect("an event")];
    here.until(is_text).await;

    cluster.redis.kill().await;
    ready_when(&ada, "\"run_log\":false").await;
    ready_when(&ada_there, "\"run_log\":false").await;
    assert_eq!(
        ada_there.get("/readyz").await.status,
        200,
        "it works without"
    );
    // Beside the open run, all the rest goes on as well.
    let (_, short) = ada_there.ask("echo", "meanwhile").await;
    assert_eq!(short.text, "meanwhile");
    let snapshot = |event: &RunEvent| matches!(event, RunEvent::Snapshot { .. });
    seen_there.push(there.until(snapshot).await);
    let meanwhile = ada.send_new("count", "tokens=900 rate=100").await;

    cluster.redis.start_again().await;
    ready_when(&ada, "\"run_log\":true").await;
    ready_when(&ada_there, "\"run_log\":true").await;
    let later = tokio::join!(read_to_end(&ada_there, meanwhile.run_id), async {
        seen_there.extend(there.rest().await)
    });
    let (begun_without, events) = later.0;
    assert_eq!(begun_without.text, counted(900));
    assert!(events.len() > 20, "live as well: {} events", events.len());
    let last_snapshot = seen_there.iter().rposition(|event| snapshot(&event.event));
    let live = &seen_there[last_snapshot.expect("one") + 1..];
    assert!(
        live.len() > 20,
        "live again after Redis came back: {} events",
        live.len()
    );
    let seen = fold_onto(Transcript::default(), &seen_there[1..]);
    assert_eq!((seen.text, seen.state), (counted(1200), STOP));
    drop(here);
    let (whole, _) = read_to_end(&ada, sent.run_id).await;
    assert_eq!(whole.text, counted(1200));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_not_there_at_the_start_is_told_and_used_once_it_comes() {
    let mut redis = RedisServer::planned();
    let mut app = app(Some(&redis), "1").await;
    let second = app.join().await;
    let ada = app.sign_up("ada").await;
    let ada_there = ada.moved_to(second.address());
    let ready = ada.get("/readyz").await;
    assert!(
        ready.status == 200 && ready.body.contains("\"run_log\":false"),
        "{}",
        ready.body
    );
    let (sent, answer) = ada.ask("count", "tokens=20").await;
    assert_eq!(answer.text, counted(20));
    assert_eq!(ada_there.read(sent.run_id).await.text, counted(20));

    let (process, log) = Process::serve_logged(&app.variables()).await;
    let told = log
        .until("the loss of Redis", |line| {
            line.contains("Redis cannot be reached")
        })
        .await;
    assert!(told.contains("Everything works but this"), "{told}");
    process.kill().await;

    redis.start_again().await;
    ready_when(&ada, "\"run_log\":true").await;
    ready_when(&ada_there, "\"run_log\":true").await;
    let sent = ada.send_new("count", "tokens=200 rate=100").await;
    let (whole, events) = read_to_end(&ada_there, sent.run_id).await;
    assert_eq!(whole.text, counted(200));
    assert!(events.len() > 20, "{} events", events.len());
    second.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_interrupts_nobody() {
    let mut app = app(None, "1").await;
    let second = app.join().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=400 rate=100").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    // What a driver writes whose clock stands at 1970, then a century ahead.
    for lease in ["5", "4102444800000"] {
        reader.until(is_text).await;
        app.execute(&format!("update run set lease_expires_at = {lease}"))
            .await;
    }
    reader.rest().await;
    let (whole, _) = read_to_end(&ada, sent.run_id).await;
    assert_eq!((whole.text, whole.state), (counted(400), STOP));
    second.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_to_log_in_are_counted_by_all_nodes_together_and_by_each_while_redis_is_away() {
    let mut redis = RedisServer::start().await;
    let mut app = TestApp::builder()
        .database(Database::postgres().await)
        .env("REDIS_URL", &redis.url())
        .env("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "4")
        .start()
        .await;
    let second = app.join().await;
    let here = app.visitor();
    let there = here.moved_to(second.address());
    assert_eq!(sign_up(&here, "ada").await.status, 200);
    for visitor in [&here, &there, &here] {
        assert_eq!(
            log_in(visitor, "ada", "wrong").await.error().kind,
            ErrorKind::Invalid
        );
    }
    let refused = log_in(&there, "ada", "wrong").await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert!((1..=60).contains(&refused.error().retry_after_s.expect("a time")));
    let keys = redis.command(&["keys", "inspireai:attempts:*"]).await;
    assert!(
        keys.contains("address:127.0.0.1") && !keys.contains("ada"),
        "{keys}"
    );

    redis.kill().await;
    let alone = log_in(&there, "ada", "wrong").await;
    assert_eq!(
        alone.error().kind,
        ErrorKind::Invalid,
        "counted anew, by this node"
    );
    second.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_is_repeated_on_another_node_is_the_same_send() {
    let cluster = Cluster::start().await;
    let (ada, ada_there) = cluster.person("ada").await;
    let request = message("count", "tokens=10");
    let (first, second) = tokio::join!(ada.try_send(&request), ada_there.try_send(&request));
    let (first, second): (Sent, Sent) = (first.value(), second.value());
    assert_eq!(first.run_id, second.run_id);
    assert_eq!(ada_there.read(first.run_id).await.text, counted(10));
    assert_eq!(ada.conversations().await.len(), 1);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_with_different_keys_are_told_which_variable_differs_and_no_key() {
    let mut app = app(None, "1").await;
    let mut variables = app.variables();
    variables.insert("INSPIREAI_NODE_ID".to_owned(), "alike".to_owned());
    let alike = Process::serve(&variables).await;
    variables.insert("INSPIREAI_NODE_ID".to_owned(), "odd one".to_owned());
    variables.insert("OPENAI_API_KEY".to_owned(), "sk-other".to_owned());
    let (different, log) = Process::serve_logged(&variables).await;
    let told = log
        .until("the difference", |line| {
            line.contains("configured differently")
        })
        .await;
    assert!(
        told.contains("OPENAI_API_KEY") && !told.contains("OPENAI_BASE_URL"),
        "{told}"
    );
    assert!(!told.contains("sk-"), "{told}");
    let checked = run("check", &app.variables()).await;
    let (said, failed) = (
        String::from_utf8_lossy(&checked.stderr).into_owned(),
        !checked.status.success(),
    );
    assert!(
        failed && said.contains("odd one") && said.contains("OPENAI_API_KEY"),
        "{said}"
    );
    different.kill().await;
    alike.kill().await;
    app.stop().await;
}
