//! A tool's message: rendered by the server, taken over while its run is open.

use super::{
    answer_text::AnswerText,
    attachments::attachment_list::AttachmentList,
    message_actions::{CopyButton, RegenerateButton, SiblingSwitch},
    output_view::{Growing, output_view},
    reasoning::{AnsweredBy, Reasoning},
    run_status::{RunEnd, RunWait, end_word},
    session::{ChatSession, OpenConversation},
    stream_view::{StreamView, render_open},
};
use crate::{
    browser::{
        event_stream::{Connection, Next, follow_run},
        spotlight::words_id,
    },
    model::{
        AppError,
        assistant::ChatAssistant,
        chat::{AnswerExtras, ChatTool, FinishReason, Message, RunState, RunView, Usage},
        event::SequencedEvent,
        ids::MessageId,
        markdown,
        transcript::{Applied, Transcript},
    },
    ui::{
        assistants::avatar::Avatar,
        kit::{mark::Mark, notice::ErrorNotice},
        lazy::Lazy,
        reading::{Asked, Reader, read_button::ReadButton, use_reader},
        speech::usage::spoken,
    },
};
use futures::future::abortable;
use leptos::{html, prelude::*, task::spawn_local};

/// Longest answer that is read out by a screen reader at its end, in characters; a longer one is only said to be there.
const ANNOUNCED_CHARS: usize = 1_000;

/// How an answer stands that needs nothing more.
const COMPLETE: RunState = RunState::Finished {
    reason: FinishReason::Stop,
};

/// What an answer's view keeps of its run.
#[derive(Clone, Copy)]
struct Live {
    message: MessageId,
    open: OpenConversation,
    session: ChatSession,
    state: RwSignal<RunState>,
    usage: RwSignal<Option<Usage>>,
    extras: RwSignal<AnswerExtras>,
    text: StoredValue<String>,
    /// The same for the view of an answer in a shape.
    growing: RwSignal<Growing>,
    has_text: RwSignal<bool>,
    connection: RwSignal<Connection>,
    announcement: RwSignal<String>,
    author: StoredValue<String>,
    reader: Reader,
}

/// What the tool said.
#[component]
pub(super) fn Answer(
    /// The message.
    message: Message,
    /// Who said it.
    tool: ChatTool,
    /// The conversation it is in.
    open: OpenConversation,
    /// Where its end is announced.
    announcement: RwSignal<String>,
) -> impl IntoView {
    let run = message.run.clone();
    let is_open = message.is_open();
    let live = Live {
        message: message.id,
        open,
        session: ChatSession::of_page(),
        state: RwSignal::new(
            run.as_ref()
                // What no run made, as an imported answer, is whole.
                .map_or(COMPLETE, |run| run.state.clone()),
        ),
        usage: RwSignal::new(run.as_ref().and_then(|run| run.usage)),
        extras: RwSignal::new(message.extras.clone()),
        text: StoredValue::new(message.text.clone()),
        growing: RwSignal::new(match message.output {
            Some(_) => Growing::new(&message.text),
            None => Growing::default(),
        }),
        has_text: RwSignal::new(!message.text.is_empty()),
        connection: RwSignal::new(Connection::Open),
        announcement,
        author: StoredValue::new(tool.name.clone()),
        reader: use_reader(),
    };
    let open_run = run.filter(|_| is_open);
    let problem = RwSignal::new(None::<AppError>);
    let body = match message.output.clone() {
        Some(output) => {
            if let Some(run) = open_run {
                Effect::new(move || live.follow(&run, AnswerText::Shape(live.growing)));
            }
            let view = output_view(message.id, output, live.growing, live.state, open, problem);
            view! { <Lazy view waiting=|| () /> }.into_any()
        }
        None => prose(&message.text, live, open_run),
    };
    let is_busy = move || (!live.state.with(RunState::is_end)).then_some("true");
    view! {
        <article class="message message-assistant" aria-label=tool.name.clone() aria-busy=is_busy>
            <AnswerHead name=tool.name.clone() />
            <AnsweredBy extras=live.extras asked=tool.name.clone() />
            <Reasoning extras=live.extras state=live.state has_text=live.has_text.into() />
            {body}
            <AnswerFiles extras=live.extras />
            <RunEnd state=live.state message=live.message open problem has_text=live.has_text.into() />
            {move || problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
            <AnswerFoot live message model=tool.model problem />
            {is_open.then(|| view! { <noscript inner_html=RELOAD></noscript> })}
        </article>
    }
}

/// The files that the answer brought.
#[component]
fn AnswerFiles(
    /// What there is besides the text.
    extras: RwSignal<AnswerExtras>,
) -> impl IntoView {
    let files = Memo::new(move |_| extras.with(|extras| extras.files.clone()));
    move || {
        let attachments = files.get();
        view! { <AttachmentList attachments label="Files of the answer" tokens=None /> }
    }
}

/// Words, followed to the end of the run that is open.
fn prose(text: &str, live: Live, open_run: Option<RunView>) -> AnyView {
    let prose = NodeRef::<html::Div>::new();
    let html = match open_run {
        Some(_) => render_open(text),
        None => markdown::render(text),
    };
    if let Some(run) = open_run {
        Effect::new(move || {
            let text = live.text.get_value();
            if let Some(view) = prose
                .get()
                .and_then(|prose| StreamView::new(prose.into(), &text))
            {
                live.follow(&run, AnswerText::Prose(view));
            }
        });
    }
    view! { <div class="prose" id=words_id(live.message) node_ref=prose inner_html=html></div> }
        .into_any()
}

/// Who said it.
#[component]
fn AnswerHead(
    /// The tool's name.
    name: String,
) -> impl IntoView {
    let assistant = use_context::<Option<ChatAssistant>>().flatten();
    let mark = match assistant {
        Some(ChatAssistant {
            version,
            definition,
            ..
        }) => {
            let (hue, picture) = (definition.hue, definition.picture.is_some());
            view! { <Avatar of=version name=name.clone() hue picture class="mark-s" /> }.into_any()
        }
        None => view! { <Mark name=name.clone() class="mark-s" /> }.into_any(),
    };
    view! {
        <header class="message-head">
            {mark}
            {name}
        </header>
    }
    .into_any()
}

/// What is waited for; in the end what it took, how it ended, and what can be done with it.
#[component]
fn AnswerFoot(
    /// The run's part of the view.
    live: Live,
    /// The message.
    message: Message,
    /// The model that answered.
    model: Option<String>,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let model = StoredValue::new(model);
    let message = StoredValue::new(message);
    let is_end = Memo::new(move |_| live.state.with(RunState::is_end));
    let usage = move || {
        live.usage
            .get()
            .map(|usage| format!("{} in, {} out", usage.input_tokens, usage.output_tokens))
    };
    let facts = move || {
        is_end.get().then(|| {
            let said = spoken(message.with_value(|message| message.spoken_chars));
            view! {
                <p class="usage">
                    <span>{model.get_value()}</span>
                    {usage().map(|usage| view! { <span title="Tokens">{usage}</span> })}
                    {said.map(|words| view! { <span>{words}</span> })}
                    <span>{end_word(&live.state.get())}</span>
                </p>
            }
            .into_any()
        })
    };
    let text = Callback::new(move |()| live.text.get_value());
    // Prose can be heard from its first words on.
    let is_prose = message.with_value(|message| message.output.is_none());
    let read = move || {
        (is_prose && live.has_text.get())
            .then(|| view! { <ReadButton asked=live.asked() text /> }.into_any())
    };
    let actions = move || {
        is_end.get().then(|| {
            view! {
                <SiblingSwitch message=message.get_value() kind="answer" problem />
                <CopyButton text />
                <RegenerateButton message=live.message open=live.open problem />
            }
            .into_any()
        })
    };
    // What is waited for stands in the row that has the facts in the end, so nothing moves when the first word comes.
    view! {
        <footer class="message-foot">
            <RunWait state=live.state has_text=live.has_text.into() connection=live.connection />
            {facts}
            <div class="message-actions">{read} {actions}</div>
        </footer>
    }
    .into_any()
}

/// Without a script the page asks again by itself until the answer is whole. As HTML, because a browser that runs scripts
/// takes it for text then; as elements made by the client, the refresh would be carried out.
const RELOAD: &str = "<meta http-equiv=\"refresh\" content=\"2\"><p class=\"message-status\">The answer is being \
     written; this page reloads by itself.</p>";

impl Live {
    /// The answer, for whoever is to read it aloud.
    fn asked(self) -> Asked {
        Asked {
            message: self.message,
            conversation: self.open.id,
            author: self.author.get_value(),
            speed: untrack(|| self.session.speed()),
        }
    }

    /// Follows the run to its end, painting what comes.
    fn follow(self, run: &RunView, view: AnswerText) {
        let text = self.text.get_value();
        let is_new = run.seq == 0 && text.is_empty() && matches!(view, AnswerText::Prose(_));
        // In a call it is read in any case, by whoever makes the call go.
        let is_call = self.session.call.is_on.get_untracked();
        if is_new && !is_call && self.reader.reads_automatically() {
            self.reader.read_open_answer(self.asked());
        }
        let extras = self.extras.get_untracked();
        let mut transcript = Transcript::new(text, run.seq).with_extras(extras);
        let id = run.id;
        let on_event = move |event| self.take(&mut transcript, &view, &event, id);
        let on_connection = move |connection| {
            let _ = self.connection.try_set(connection);
        };
        let (following, stop) = abortable(follow_run(run.id, run.seq, on_event, on_connection));
        spawn_local(async move {
            let _ = following.await;
        });
        on_cleanup(move || {
            stop.abort();
            self.reader.leave(self.message);
        });
    }

    fn take(
        self,
        transcript: &mut Transcript,
        view: &AnswerText,
        event: &SequencedEvent,
        run: crate::model::ids::RunId,
    ) -> Next {
        let painted = move || self.session.follow.keep_up();
        match transcript.apply(event) {
            Applied::Appended { from } => view.push(&transcript.text[from..], painted),
            Applied::Replaced => view.replace(&transcript.text, painted),
            Applied::State => {}
            Applied::Duplicate => return Next::After(transcript.seq),
            Applied::Gap => return Next::Snapshot,
        }
        self.reader.tell(self.message, run, transcript, true);
        self.has_text.maybe_update(|has_text| {
            let had = std::mem::replace(has_text, !transcript.text.is_empty());
            had != *has_text
        });
        self.extras.maybe_update(|extras| {
            let is_new = *extras != transcript.extras;
            if is_new {
                extras.clone_from(&transcript.extras);
            }
            is_new
        });
        self.state.maybe_update(|state| {
            let is_new = *state != transcript.state;
            if is_new {
                state.clone_from(&transcript.state);
            }
            is_new
        });
        if !transcript.state.is_end() {
            return Next::After(transcript.seq);
        }
        self.end(transcript, view, run);
        Next::Done
    }

    /// The run is over: everything on the page is told, once.
    fn end(self, transcript: &Transcript, view: &AnswerText, run: crate::model::ids::RunId) {
        view.finish(move || self.session.follow.keep_up());
        self.text.set_value(transcript.text.clone());
        self.usage.set(transcript.usage);
        // Who is in a call hears it already.
        if !self.session.call.is_on.get_untracked() {
            self.announcement.set(self.announce(transcript));
        }
        let run = RunView {
            id: run,
            state: transcript.state.clone(),
            seq: transcript.seq,
            usage: transcript.usage,
        };
        self.open.keep(self.message, transcript, run);
    }

    fn announce(self, transcript: &Transcript) -> String {
        let author = self.author.get_value();
        let word = end_word(&transcript.state);
        if transcript.text.chars().count() > ANNOUNCED_CHARS {
            format!("{author}: {word}. A long answer is on the page.")
        } else {
            format!("{author}: {word}. {}", transcript.text)
        }
    }
}
