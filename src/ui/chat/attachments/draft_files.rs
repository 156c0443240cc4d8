//! The files on a message that is being written. They outlive the page that shows them, so that an upload goes on while its
//! person looks at something else.

use crate::{
    api,
    browser::drafts,
    model::{
        AppError,
        file::{Attach, Attachment, FileView, ImageDetail, ImageEdit, MAX_ATTACHMENTS},
        ids::{FileId, TranscriptionId},
    },
};
use futures::future::AbortHandle;
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*, task::spawn_local};
use web_sys::{Blob, File};

/// Where a file stands on its way to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum FileState {
    /// Others are before it.
    Waiting,
    /// So many percent of it have left.
    Uploading(u8),
    /// It is not stored.
    Failed(AppError),
    /// It is on the server.
    Stored(FileView),
}

/// What is still to be stored.
#[derive(Clone)]
pub struct Source {
    /// Its bytes; read in the browser alone.
    pub blob: SendWrapper<Blob>,
    /// Its name.
    pub name: String,
    /// How long it is.
    pub size_bytes: u64,
}

/// One file on the message.
#[derive(Clone)]
pub struct DraftFile {
    /// Tells it from the others on the page.
    pub key: u32,
    /// Where it comes from, unless it was stored before.
    pub source: Option<Source>,
    /// Where it stands.
    pub state: ArcRwSignal<FileState>,
    /// How closely a model is to look at it.
    pub detail: ArcRwSignal<ImageDetail>,
    /// What is done to it before it is sent.
    pub edit: ArcRwSignal<ImageEdit>,
    /// Breaks its upload off.
    pub abort: ArcStoredValue<Option<AbortHandle>>,
}

/// A kept draft whose files are being looked up.
#[derive(Clone)]
pub struct Kept {
    /// What was kept.
    pub files: Vec<Attach>,
    /// Why they are not there yet.
    pub problem: Option<AppError>,
}

/// Whether the message can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Everything on it is stored.
    Ready,
    /// Something is on its way.
    Underway,
    /// Something was not stored.
    Failed,
}

/// The files on one message, in the order in which they are sent.
#[derive(Clone)]
pub struct DraftFiles {
    /// The name that they are kept under in the browser; none for those that are not kept.
    place: Option<String>,
    /// The files.
    pub files: ArcRwSignal<Vec<DraftFile>>,
    /// What was kept and is being looked up.
    pub kept: ArcRwSignal<Option<Kept>>,
    /// What screen readers are told.
    pub said: ArcRwSignal<String>,
    next_key: ArcStoredValue<u32>,
    is_restored: ArcStoredValue<bool>,
}

impl PartialEq for DraftFiles {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

impl DraftFile {
    /// The file, once it is stored.
    #[must_use]
    pub fn view(&self) -> Option<FileView> {
        match self.state.get() {
            FileState::Stored(view) => Some(view),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.source, self.state.get_untracked()) {
            (_, FileState::Stored(view)) => view.name,
            (Some(source), _) => source.name.clone(),
            (None, _) => String::new(),
        }
    }
}

impl DraftFiles {
    /// None yet.
    pub(super) fn new(place: Option<String>) -> Self {
        Self {
            place,
            files: ArcRwSignal::default(),
            kept: ArcRwSignal::default(),
            said: ArcRwSignal::default(),
            next_key: ArcStoredValue::new(0),
            is_restored: ArcStoredValue::new(false),
        }
    }

    /// Those of a sent message, to be sent again with another text.
    #[must_use]
    pub fn of_message(attachments: &[Attachment]) -> Self {
        let files = Self::new(None);
        files.append(attachments.to_vec());
        files
    }

    /// Puts files on the message; each is stored as soon as its turn comes.
    pub fn add(&self, files: impl IntoIterator<Item = (Blob, String)>) {
        let mut added = Vec::new();
        for (blob, name) in files {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "browsers count bytes in fractions; they are whole"
            )]
            let size_bytes = blob.size() as u64;
            added.push(self.draft(
                Some(Source {
                    blob: SendWrapper::new(blob),
                    name,
                    size_bytes,
                }),
                FileState::Waiting,
                ImageDetail::default(),
                ImageEdit::default(),
            ));
        }
        self.files.update(|files| files.extend(added));
    }

    /// Puts on the message what was chosen, dropped or pasted.
    pub fn add_files(&self, files: Vec<File>) {
        self.add(files.into_iter().map(|file| {
            let name = file.name();
            (file.into(), name)
        }));
    }

    /// Puts files on the message that are stored already; the same one only once.
    pub fn add_stored(&self, ids: Vec<FileId>) {
        let there: Vec<FileId> = self.attaches().iter().map(|attach| attach.file).collect();
        let asked = ids
            .into_iter()
            .filter(|id| !there.contains(id))
            .map(Attach::from);
        let asked: Vec<Attach> = asked.collect();
        if !asked.is_empty() {
            let mut files = self
                .kept
                .get_untracked()
                .map_or_else(Vec::new, |kept| kept.files);
            files.retain(|kept| asked.iter().all(|asked| asked.file != kept.file));
            files.extend(asked);
            self.look_up(files);
        }
    }

    /// Brings back what was kept, once.
    pub fn restore(&self) {
        if self.is_restored.get_value() {
            return;
        }
        self.is_restored.set_value(true);
        let kept = self.place.as_deref().map(drafts::load_files);
        if let Some(kept) = kept.filter(|kept| !kept.is_empty()) {
            self.look_up(kept);
        }
    }

    /// Asks the server for the kept files.
    pub fn look_up(&self, files: Vec<Attach>) {
        self.kept.set(Some(Kept {
            files: files.clone(),
            problem: None,
        }));
        let this = self.clone();
        spawn_local(async move {
            let ids = files.iter().map(|attach| attach.file).collect();
            let found = api::files::find_files(ids).await;
            // Whoever asked for others meanwhile waits for those.
            let is_current = this
                .kept
                .with_untracked(|kept| kept.as_ref().is_some_and(|kept| kept.files == files));
            if !is_current {
                return;
            }
            match found {
                Ok(views) => this.found(&files, views),
                Err(error) => this.kept.set(Some(Kept {
                    files,
                    problem: Some(error),
                })),
            }
        });
    }

    fn found(&self, asked: &[Attach], views: Vec<FileView>) {
        let mut there = Vec::new();
        for attach in asked {
            if let Some(file) = views.iter().find(|view| view.id == attach.file) {
                there.push(Attachment {
                    file: file.clone(),
                    detail: attach.detail,
                    edit: attach.edit,
                });
            }
        }
        if there.len() < asked.len() {
            self.say("A file that was attached here has been deleted.");
        }
        self.kept.set(None);
        self.append(there);
        self.keep();
    }

    fn append(&self, attachments: Vec<Attachment>) {
        let added: Vec<DraftFile> = attachments
            .into_iter()
            .map(|it| self.draft(None, FileState::Stored(it.file), it.detail, it.edit))
            .collect();
        self.files.update(|files| files.extend(added));
    }

    fn draft(
        &self,
        source: Option<Source>,
        state: FileState,
        detail: ImageDetail,
        edit: ImageEdit,
    ) -> DraftFile {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        DraftFile {
            key,
            source,
            state: ArcRwSignal::new(state),
            detail: ArcRwSignal::new(detail),
            edit: ArcRwSignal::new(edit),
            abort: ArcStoredValue::new(None),
        }
    }

    /// Whether there is nothing on the message, nor about to be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.with(Vec::is_empty) && self.kept.with(Option::is_none)
    }

    /// Whether more are on the message than may be.
    #[must_use]
    pub fn are_too_many(&self) -> bool {
        self.files.with(Vec::len) > MAX_ATTACHMENTS
    }

    /// Whether the message can go.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let kept = self.kept.get();
        let states = self.files.get();
        let any = |is: fn(&FileState) -> bool| states.iter().any(|file| file.state.with(is));
        if kept.as_ref().is_some_and(|kept| kept.problem.is_some())
            || any(|state| matches!(state, FileState::Failed(_)))
        {
            Readiness::Failed
        } else if kept.is_some()
            || any(|state| matches!(state, FileState::Waiting | FileState::Uploading(_)))
        {
            Readiness::Underway
        } else {
            Readiness::Ready
        }
    }

    /// What is stored of the message's files, in order.
    #[must_use]
    pub fn attachments(&self) -> Vec<Attachment> {
        let stored = |file: DraftFile| {
            Some(Attachment {
                file: file.view()?,
                detail: file.detail.get(),
                edit: file.edit.get(),
            })
        };
        self.files.get().into_iter().filter_map(stored).collect()
    }

    /// The same, as a send names them.
    #[must_use]
    pub fn attaches(&self) -> Vec<Attach> {
        untrack(|| self.attachments())
            .iter()
            .map(Attach::from)
            .collect()
    }

    /// Words of a recording went into the message: it says so when it is sent.
    pub fn heard(&self, transcription: TranscriptionId) {
        if let Some(place) = self.place.as_deref() {
            let mut heard = drafts::load_heard(place);
            heard.push(transcription);
            drafts::save_heard(place, &heard);
        }
    }

    /// Takes what was sent off the message.
    pub fn sent(&self, sent: &[Attach]) {
        self.files.update(|files| {
            files.retain(|file| {
                let id = untrack(|| file.view()).map(|view| view.id);
                !sent.iter().any(|sent| Some(sent.file) == id)
            });
        });
        self.keep();
    }

    /// Keeps what is stored, for the next time the page is opened.
    pub fn keep(&self) {
        let is_settled = self.kept.with_untracked(Option::is_none);
        if let Some(place) = self.place.as_deref().filter(|_| is_settled) {
            drafts::save_files(place, &self.attaches());
        }
    }

    /// Has screen readers say something.
    pub fn say(&self, words: impl Into<String>) {
        self.said.set(words.into());
    }
}
