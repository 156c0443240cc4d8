//! Long conversations: opening one costs what its visible end costs, however long it is.

use crate::support::{
    database::{self, Database, on_both_databases},
    numbers::Numbers,
    person::Person,
    process::{Process, variables},
    test_app::TestApp,
    upstream::Upstream,
};
use inspireai::model::{
    chat::{EarlierMessages, MESSAGES_PER_PAGE, Sent},
    ids::{ConversationId, MessageId},
};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TURNS: usize = 1_000;
/// Bytes of each message.
const LENGTH: usize = 1_000;

/// Makes a conversation of `sent` go on for [`TURNS`] more turns, behind the server's back.
async fn prolong(url: &str, sent: &Sent) {
    let filler = "x".repeat(LENGTH - 10);
    let mut parent = sent.message_id;
    let mut rows = Vec::new();
    for index in 0..2 * TURNS {
        let id = MessageId::new();
        let author = if index % 2 == 0 { "user" } else { "assistant" };
        rows.push(format!(
            "('{id}', '{}', '{parent}', '{author}', '{index:08}: {filler}', {index}, {index})",
            sent.conversation_id
        ));
        parent = id;
    }
    for rows in rows.chunks(200) {
        let statement = format!(
            "insert into message (message_id, conversation_id, parent_message_id, author, text, created_at, updated_at) values {}",
            rows.join(", ")
        );
        database::execute(url, statement).await;
    }
    let leaf = format!(
        "update conversation set leaf_message_id = '{parent}' where conversation_id = '{}'",
        sent.conversation_id
    );
    database::execute(url, leaf).await;
}

async fn earlier(
    person: &Person,
    conversation: ConversationId,
    before: MessageId,
) -> EarlierMessages {
    let form = [
        ("conversation", conversation.to_string()),
        ("before", before.to_string()),
    ];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    person.call("earlier_messages", &form).await.value()
}

on_both_databases! {
    async fn only_the_end_is_opened_and_the_rest_comes_page_by_page(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("echo", "the beginning").await;
        prolong(app.variable("DATABASE_URL"), &sent).await;
        let id = sent.conversation_id.to_string();
        let reply = ada.call("open_conversation", &[("id", &id)]).await;
        let bytes = reply.body.len();
        assert!(bytes < MESSAGES_PER_PAGE as usize * (LENGTH + 500) + 4_000, "{bytes} bytes");
        let page = ada.open_conversation(sent.conversation_id).await;
        assert!(page.has_earlier);
        assert_eq!(page.messages.len(), MESSAGES_PER_PAGE as usize);
        assert!(page.messages[59].text.starts_with(&format!("{:08}", 2 * TURNS - 1)));
        assert!(page.messages.iter().all(|message| message.siblings == [message.id]));

        let mut all = page.messages;
        loop {
            let before = earlier(&ada, sent.conversation_id, all[0].id).await;
            assert!(before.messages.len() <= MESSAGES_PER_PAGE as usize);
            all.splice(0..0, before.messages);
            if !before.has_earlier {
                break;
            }
        }
        assert_eq!(all.len(), 2 * TURNS + 2);
        assert_eq!((all[0].text.as_str(), all[0].id), ("the beginning", sent.user_message_id));
        let numbers: Vec<_> = all[2..].iter().map(|message| message.text[..8].parse::<usize>().expect("a number")).collect();
        assert_eq!(numbers, (0..2 * TURNS).collect::<Vec<_>>());
        let none = earlier(&ada, sent.conversation_id, all[0].id).await;
        assert_eq!((none.messages.len(), none.has_earlier), (0, false));

        let html = ada.get(&format!("/chat/{}", sent.conversation_id)).await;
        assert_eq!(html.status, 200);
        assert!(html.body.contains(&format!("{:08}", 2 * TURNS - 1)) && !html.body.contains(&format!("{:08}", 2 * TURNS - 61)));
        // Each message stands there twice: as a person sees it and as the client takes it over.
        let bytes = html.body.len();
        assert!(bytes < MESSAGES_PER_PAGE as usize * 2 * (LENGTH + 2_500) + 50_000, "{bytes} bytes");
        // Without a script one has the page show more.
        let more = ada.get(&format!("/chat/{}?shown=120", sent.conversation_id)).await;
        assert!(more.body.contains(&format!("{:08}", 2 * TURNS - 120)) && !more.body.contains(&format!("{:08}", 2 * TURNS - 121)));
        // The model is still asked with all of it.
        let next = ada.send_in(sent.conversation_id, "and on").await;
        assert_eq!(ada.read(next.run_id).await.text, "and on");
        let asked = app.upstream.exchanges().pop().expect("a question");
        assert_eq!(asked.messages().len(), 2 * TURNS + 3);
    }

    async fn versions_in_the_middle_of_a_long_conversation_are_found_and_selected(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("echo", "the beginning").await;
        prolong(app.variable("DATABASE_URL"), &sent).await;
        let page = ada.open_conversation(sent.conversation_id).await;
        let answer = &page.messages[57];
        let again: Sent = ada.regenerate(answer.id).await.value();
        ada.read(again.run_id).await;
        let shorter = ada.open_conversation(sent.conversation_id).await;
        let last = shorter.messages.last().expect("an answer");
        assert_eq!((last.id, &last.siblings), (again.message_id, &vec![answer.id, again.message_id]));
        let form = [("message", answer.id.to_string())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ada.call("select_branch", &form).await;
        let back = ada.open_conversation(sent.conversation_id).await;
        assert_eq!(back.messages.last().map(|message| message.id), page.messages.last().map(|message| message.id));
        assert_eq!(back.messages[57].siblings, [answer.id, again.message_id]);
    }
}

#[tokio::test]
async fn earlier_messages_are_for_those_whose_conversation_it_is() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let (sent, _) = ada.ask("echo", "mine").await;
    let (other, _) = ada.ask("echo", "another").await;
    for (person, before) in [
        (&bob, sent.message_id),
        (&ada, other.message_id),
        (&ada, MessageId::new()),
    ] {
        let form = [
            ("conversation", sent.conversation_id.to_string()),
            ("before", before.to_string()),
        ];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(person.call("earlier_messages", &form).await.status, 404);
    }
}

/// Opening a conversation of two thousand messages costs at most three statements, the look at who it is among them, and
/// less than 200 ms of the server's time, also in a program that was built for debugging.
async fn opening_is_cheap(database: Database) {
    const OPENINGS: usize = 20;
    let data_dir = TempDir::new().expect("a directory");
    let upstream = Upstream::start().await;
    let url = database.url(data_dir.path());
    let mut variables = variables(data_dir.path(), &upstream);
    variables.insert("DATABASE_URL".to_owned(), url.clone());
    let server = Process::serve(&variables).await;
    server.discovered().await;
    let ada = server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "the beginning").await;
    prolong(&url, &sent).await;

    let statements = async || {
        Numbers::of(&ada)
            .await
            .get("inspireai_database_statements_total", &[])
    };
    ada.open_conversation(sent.conversation_id).await;
    let (mut fewest, mut times) = (f64::MAX, Vec::new());
    for _ in 0..OPENINGS {
        let before = statements().await;
        let began = Instant::now();
        ada.open_conversation(sent.conversation_id).await;
        times.push(began.elapsed());
        // What the server does besides, such as renewing leases, falls into some of the openings only.
        fewest = fewest.min(statements().await - before);
    }
    assert!((1.0..=3.0).contains(&fewest), "{fewest} statements");
    times.sort_unstable();
    let median = times[OPENINGS / 2];
    assert!(median < Duration::from_millis(200), "{median:?}");
}

#[tokio::test]
async fn opening_a_long_conversation_costs_three_statements_and_little_time() {
    opening_is_cheap(Database::Sqlite).await;
    opening_is_cheap(Database::postgres().await).await;
}
