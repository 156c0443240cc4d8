//! What is stored, on SQLite and on PostgreSQL: the same requests mean the same on both.

use crate::support::{
    database::on_both_databases,
    person::{message, reply},
    test_app::{PASSWORD, TestApp, log_in, sign_up},
    upstream::counted,
};
use futures::future::join_all;
use inspireai::model::{
    ErrorKind,
    catalog::ToolPage,
    chat::{RunState, Sent},
    event::RunEvent,
    ids::IdempotencyKey,
    user::{UserRole, UserView},
};

async fn search(app: &TestApp, q: &str, category: &str) -> ToolPage {
    let form = [
        ("query[q]", q),
        ("query[category]", category),
        ("query[page]", "1"),
    ];
    app.visitor().call("search_tools", &form).await.value()
}

fn names(page: &ToolPage) -> Vec<&str> {
    page.tools.iter().map(|tool| tool.slug.as_str()).collect()
}

on_both_databases! {
    async fn accounts_and_sessions_outlive_a_restart(mut_app: TestApp) {
        let mut app = mut_app;
        let ada = app.sign_up("Ada").await;
        app.restart().await;
        let ada = ada.moved_to(app.address());
        let user: Option<UserView> = ada.call("current_user", &[]).await.value();
        assert_eq!(user.expect("still logged in").role, UserRole::Administrator);
        assert_eq!(log_in(&app.visitor(), "ADA", PASSWORD).await.status, 200);
        assert_eq!(sign_up(&app.visitor(), "ada").await.status, 409);
    }

    async fn of_many_who_sign_up_with_one_name_at_once_one_gets_it(app: TestApp) {
        let visitors: Vec<_> = (0..5).map(|_| app.visitor()).collect();
        let replies = join_all(visitors.iter().map(|visitor| sign_up(visitor, "ada"))).await;
        let count = |status| replies.iter().filter(|reply| reply.status == status).count();
        assert_eq!((count(200), count(409)), (1, 4));
    }

    async fn the_same_send_many_times_at_once_is_stored_once(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "hello").await;
        for request in [message("count", "tokens=9"), reply(first.conversation_id, "again")] {
            let replies = join_all((0..8).map(|_| ada.try_send(&request))).await;
            let sent: Vec<Sent> = replies.iter().map(|reply| reply.value()).collect();
            assert!(sent.iter().all(|one| *one == sent[0]), "{sent:#?}");
            ada.read(sent[0].run_id).await;
        }
        assert_eq!(app.upstream.exchanges().len(), 3);
        assert_eq!(ada.conversations().await.len(), 2);
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages.len(), 4);
    }

    async fn the_same_regeneration_many_times_at_once_makes_one_answer(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("echo", "hello").await;
        let key = IdempotencyKey::new();
        let requests = (0..6).map(|_| ada.with_key("regenerate_answer", sent.message_id, key));
        let again: Vec<Sent> = join_all(requests).await.iter().map(|reply| reply.value()).collect();
        assert!(again.iter().all(|one| *one == again[0]), "{again:#?}");
        ada.read(again[0].run_id).await;
        assert_eq!(ada.last_message(sent.conversation_id).await.siblings.len(), 2);
    }

    async fn of_different_messages_at_once_in_one_conversation_one_is_taken(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("count", "tokens=200 rate=400").await;
        let requests: Vec<_> = ["a", "b", "c", "d"]
            .map(|text| reply(first.conversation_id, text))
            .into();
        let replies = join_all(requests.iter().map(|request| ada.try_send(request))).await;
        let taken: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 409).collect();
        assert_eq!((taken.len(), refused.len()), (1, 3));
        assert!(refused[0].error().message.contains("stop it first"));
        ada.read(taken[0].value::<Sent>().run_id).await;
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages.len(), 4);
    }

    async fn a_regenerated_answer_is_a_sibling_and_either_branch_can_be_opened(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "one").await;
        let second = ada.send_in(first.conversation_id, "two").await;
        ada.read(second.run_id).await;
        let again: Sent = ada.regenerate(first.message_id).await.value();
        ada.read(again.run_id).await;

        let page = ada.open_conversation(first.conversation_id).await;
        let shown: Vec<_> = page.messages.iter().map(|message| message.id).collect();
        assert_eq!(shown, [first.user_message_id, again.message_id]);
        assert_eq!(page.messages[1].siblings, [first.message_id, again.message_id]);

        let form = [("message", first.message_id.to_string())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(ada.call("select_branch", &form).await.status, 200);
        let page = ada.open_conversation(first.conversation_id).await;
        let shown: Vec<_> = page.messages.iter().map(|message| message.id).collect();
        assert_eq!(
            shown,
            [first.user_message_id, first.message_id, second.user_message_id, second.message_id]
        );
    }

    async fn deleting_a_conversation_takes_all_of_it_and_nothing_else(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (kept, _) = ada.ask("echo", "kept").await;
        let (gone, _) = ada.ask("count", "tokens=3").await;
        let again: Sent = ada.regenerate(gone.message_id).await.value();
        ada.read(again.run_id).await;
        let id = gone.conversation_id.to_string();
        assert_eq!(ada.call("delete_conversation", &[("id", &id)]).await.status, 200);

        assert_eq!(ada.call("open_conversation", &[("id", &id)]).await.status, 404);
        assert_eq!(ada.call("delete_conversation", &[("id", &id)]).await.status, 404);
        assert_eq!(ada.regenerate(gone.message_id).await.status, 404);
        assert_eq!(ada.stop(again.run_id).await.status, 404);
        let listed: Vec<_> = ada.conversations().await.iter().map(|one| one.id).collect();
        assert_eq!(listed, [kept.conversation_id]);
        assert_eq!(ada.open_conversation(kept.conversation_id).await.messages.len(), 2);
    }

    async fn conversations_are_listed_with_the_latest_first(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "first").await;
        let (second, _) = ada.ask("echo", "second").await;
        let sent = ada.send_in(first.conversation_id, "once more").await;
        ada.read(sent.run_id).await;
        let titles: Vec<_> = ada.conversations().await.into_iter().map(|one| one.title).collect();
        assert_eq!(titles, ["first", "second"]);
        assert_ne!(first.conversation_id, second.conversation_id);
    }

    async fn the_catalogue_is_the_same_after_every_start(mut_app: TestApp) {
        let mut app = mut_app;
        let before = search(&app, "", "").await;
        app.restart().await;
        let after = search(&app, "", "").await;
        assert_eq!(before, after);
        assert_eq!(search(&app, "chatgpt", "").await.tools[0].slug, "chatgpt");
    }

    async fn a_search_wants_all_words_in_any_case_and_order(app: TestApp) {
        let one = search(&app, "ChatGPT", "").await;
        assert_eq!(names(&one)[0], "chatgpt");
        let both = search(&app, "openai CHATGPT", "").await;
        let turned = search(&app, "chatgpt OpenAI", "").await;
        assert!(!both.tools.is_empty() && both.total <= one.total);
        assert_eq!(both.total, turned.total);
        let none = search(&app, "chatgpt nothing-has-this-word", "").await;
        assert_eq!(none.total, 0);
    }

    async fn wildcards_in_a_search_are_mere_characters(app: TestApp) {
        let all = search(&app, "", "").await.total;
        for q in ["_______", "%%%", "chat_gpt", "c%t", "\\"] {
            let found = search(&app, q, "").await;
            assert_eq!(found.total, 0, "{q} found {:?} of {all}", names(&found));
        }
    }

    async fn categories_count_what_the_words_find_in_them(app: TestApp) {
        for q in ["", "openai"] {
            let page = search(&app, q, "").await;
            assert!(!page.categories.is_empty());
            for category in &page.categories {
                let within = search(&app, q, &category.slug).await;
                assert_eq!(within.total, category.count, "{q:?} in {}", category.slug);
                assert_eq!(within.categories, page.categories);
                let all_in = |tool: &inspireai::model::catalog::ToolCard| tool.categories.contains(&category.slug);
                assert!(within.tools.iter().all(all_in));
            }
            let counts: Vec<_> = page.categories.iter().map(|category| category.count).collect();
            assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
        }
    }

    async fn a_nul_in_a_text_breaks_nothing(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, transcript) = ada.ask("echo", "a\0b c").await;
        assert_eq!(transcript.text, "ab c");
        let page = ada.open_conversation(sent.conversation_id).await;
        assert_eq!((page.title.as_str(), page.messages[0].text.as_str()), ("ab c", "ab c"));
        assert_eq!(search(&app, "\0", "\0").await.total, 0);
        for reply in [
            log_in(&app.visitor(), "a\0da", PASSWORD).await,
            ada.call("get_tool", &[("slug", "echo\0")]).await,
        ] {
            assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
        }
    }

    async fn the_text_so_far_is_stored_while_it_comes(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let sent = ada.send_new("count", "tokens=200 rate=100").await;
        let mut reader = ada.follow(sent.run_id, Some(0)).await;
        reader.until(|event| matches!(event, RunEvent::Text(text) if text.contains("0150"))).await;
        let answer = ada.last_message(sent.conversation_id).await;
        assert!(answer.is_open());
        assert!(answer.text.len() >= 250, "{} bytes after 1.5 s", answer.text.len());
        assert!(counted(200).starts_with(&answer.text));
        ada.stop(sent.run_id).await;
        reader.rest().await;
    }

    async fn what_ran_when_the_server_stopped_is_interrupted_with_its_text(mut_app: TestApp) {
        let mut app = mut_app;
        let ada = app.sign_up("ada").await;
        let sent = ada.send_new("silence", "after=10 rate=100").await;
        let mut reader = ada.follow(sent.run_id, Some(0)).await;
        reader.until(|event| matches!(event, RunEvent::Text(text) if text.contains("0009"))).await;
        app.restart().await;
        assert!(matches!(reader.rest().await.pop().map(|last| last.event), Some(RunEvent::Interrupted)));

        let ada = ada.moved_to(app.address());
        let answer = ada.last_message(sent.conversation_id).await;
        assert_eq!(answer.run.expect("a run").state, RunState::Interrupted);
        assert_eq!(answer.text, counted(10));
        let transcript = ada.read(sent.run_id).await;
        assert_eq!((transcript.text, transcript.state), (counted(10), RunState::Interrupted));
    }

    async fn a_run_whose_driver_is_gone_is_interrupted_by_whoever_notices(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, before) = ada.ask("count", "tokens=5").await;
        app.execute(
            "update run set is_ended = false, state = '{\"state\":\"running\"}', node_id = 'gone', lease_expires_at = 0",
        )
        .await;
        let blocked = ada.try_send(&reply(sent.conversation_id, "and?")).await;
        assert_eq!(blocked.error().kind, ErrorKind::Conflict);
        let transcript = ada.read(sent.run_id).await;
        assert_eq!((transcript.text, transcript.state), (before.text, RunState::Interrupted));
        let next = ada.try_send(&reply(sent.conversation_id, "and?")).await;
        assert_eq!(next.status, 200, "{}", next.body);
    }
}
