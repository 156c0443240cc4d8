//! Stored files made what a model takes: pictures in the size that is looked at, documents as files at the provider where it
//! has a store and as text where it has none.

use super::{Files, remote::Reference, renditions::rendition_name};
use crate::{
    model::{
        AppError, ErrorKind,
        catalog::{ApiType, Capability, ChatApi},
        file::{Attachment, FileKind},
        ids::UserId,
    },
    server::{
        db::{files::FileRecord, tools::ToolRecord},
        providers::{
            ChatPart, ChatRequest, ProviderError, ProviderErrorKind, Role, Source,
            files::FilesProvider,
        },
    },
};
use std::sync::Arc;

/// Pictures above this go to the provider's store, where it has one: they would be sent again with every message after them.
const MAX_INLINE_PICTURE: usize = 3_000_000;
/// Largest PDF that is sent within a question, in place of an id that the provider does not take: what OpenAI allows.
const MAX_INLINE_PDF: u64 = 32_000_000;
/// Largest recording that is sent within a question: what OpenAI allows of sound.
const MAX_INLINE_AUDIO: u64 = 20_000_000;
/// Most text of files in one question where nothing is known of the model's limits, in characters.
const DEFAULT_CHARS: usize = 400_000;
/// Characters of files for each token that a model can read: half of what it holds, at four characters a token.
const CHARS_A_TOKEN: usize = 2;
/// Less of a file than this is no use to anybody.
const LEAST_CHARS: usize = 200;

/// Whom a question goes to, and what that takes.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The tool's name, for people.
    pub name: String,
    /// How it is reached.
    pub api_type: ApiType,
    /// What it takes.
    pub capabilities: Vec<Capability>,
    /// Whether files may be named by the provider's ids. Where it forgot them twice, or takes none, their bytes are sent.
    pub takes_references: bool,
}

impl From<&ToolRecord> for Recipient {
    fn from(tool: &ToolRecord) -> Self {
        Self {
            name: tool.name.clone(),
            api_type: tool.api_type,
            capabilities: tool.capabilities.clone(),
            takes_references: true,
        }
    }
}

/// What is the same for all files of a question.
struct Context<'a> {
    user: UserId,
    to: &'a Recipient,
    api: ChatApi,
    /// The provider's store, if files may be named by its ids.
    store: Option<Arc<dyn FilesProvider>>,
    /// How many characters of files there is still room for.
    room: usize,
}

impl Files {
    /// Makes every stored file of a question what the model takes. Files that were deleted since are named in words; so are
    /// those of earlier messages that this model cannot take, while one on the message that is asked fails.
    ///
    /// The provider may forget an id: then [`Files::forget_remote`], and the same once more.
    ///
    /// # Errors
    /// As a provider fails: `BadRequest` with a sentence about a file that the model cannot take or nobody can read; what the
    /// provider's store says; `Unavailable` when the storage or the database does not answer.
    pub async fn resolve(
        &self,
        user: UserId,
        mut request: ChatRequest,
        to: &Recipient,
    ) -> Result<ChatRequest, ProviderError> {
        let store = self
            .providers
            .files(to.api_type)
            .filter(|store| to.takes_references && !store.is_known_to_lack_files());
        let room = request
            .features
            .context_tokens
            .and_then(|tokens| usize::try_from(tokens).ok())
            .map_or(DEFAULT_CHARS, |tokens| tokens * CHARS_A_TOKEN);
        let mut context = Context {
            user,
            to,
            api: request.features.api,
            store,
            room,
        };
        let asked = request
            .messages
            .iter()
            .rposition(|message| message.role == Role::User);
        for (index, message) in request.messages.iter_mut().enumerate() {
            for part in &mut message.parts {
                if let ChatPart::Attachment(attachment) = part {
                    let is_asked = Some(index) == asked;
                    let attachment = std::mem::replace(attachment, empty(attachment));
                    *part = self.part(&mut context, &attachment, is_asked).await?;
                }
            }
        }
        Ok(request)
    }

    async fn part(
        &self,
        context: &mut Context<'_>,
        attachment: &Attachment,
        is_asked: bool,
    ) -> Result<ChatPart, ProviderError> {
        let name = &attachment.file.name;
        let found = self.db.find_file(context.user, attachment.file.id).await;
        let Some(record) = found.map_err(AppError::from).map_err(told)? else {
            return Ok(deleted(name));
        };
        let made = match record.view.kind {
            FileKind::Image if !context.takes(Capability::ImageInput) => Err(refused(format!(
                "{} cannot see pictures. Remove {name}, or choose a tool that sees images.",
                context.to.name
            ))),
            FileKind::Image => self.picture(context, attachment, &record).await,
            FileKind::Pdf | FileKind::Text | FileKind::Office => {
                self.document(context, &record).await
            }
            FileKind::Audio if context.takes(Capability::AudioInput) => {
                self.recording(&record).await
            }
            FileKind::Audio => Err(refused(format!(
                "{} cannot hear sound. Have {name} written down (Transcribe), or choose a tool that hears.",
                context.to.name
            ))),
            FileKind::Video | FileKind::Other => Err(refused(format!(
                "{} cannot read {name} ({}). Remove it and send again.",
                context.to.name, record.view.media_type
            ))),
        };
        match made {
            // What was fine for the model that answered then must not end the conversation with another.
            Err(error) if !is_asked && error.kind == ProviderErrorKind::BadRequest => Ok(note(
                &format!("The file {name} was attached here; it cannot be shown to you."),
            )),
            made => made,
        }
    }

    async fn picture(
        &self,
        context: &Context<'_>,
        attachment: &Attachment,
        record: &FileRecord,
    ) -> Result<ChatPart, ProviderError> {
        let Attachment { detail, edit, .. } = *attachment;
        let made = self.view_for_model(context.user, record, detail, edit);
        let picture = made.await.map_err(told)?;
        let is_large = picture.bytes.len() > MAX_INLINE_PICTURE;
        if let Some(store) = context.store.as_ref()
            && is_large
            && context.api == ChatApi::Responses
        {
            let reference = Reference {
                user: context.user,
                record,
                rendition: &rendition_name(detail, edit),
            };
            if let Some(id) = self.picture_id(store.as_ref(), reference, &picture).await? {
                let source = Source::Remote(id);
                return Ok(ChatPart::Image { source, detail });
            }
        }
        let source = Source::Inline {
            media_type: picture.media_type,
            bytes: picture.bytes,
        };
        Ok(ChatPart::Image { source, detail })
    }

    async fn recording(&self, record: &FileRecord) -> Result<ChatPart, ProviderError> {
        let bytes = self.read(record, MAX_INLINE_AUDIO).await.map_err(told)?;
        Ok(ChatPart::Audio {
            media_type: record.view.media_type.clone(),
            bytes: bytes.into(),
            name: record.view.name.clone(),
        })
    }

    async fn document(
        &self,
        context: &mut Context<'_>,
        record: &FileRecord,
    ) -> Result<ChatPart, ProviderError> {
        let name = record.view.name.clone();
        let is_taken = context.takes(Capability::FileInput) && context.takes_document(record);
        if let Some(store) = context.store.as_ref()
            && is_taken
        {
            let reference = Reference {
                user: context.user,
                record,
                rendition: "",
            };
            if let Some(id) = self.document_id(store.as_ref(), reference).await? {
                let source = Source::Remote(id);
                return Ok(ChatPart::File { source, name });
            }
        }
        if is_taken && !context.to.takes_references && record.view.kind == FileKind::Pdf {
            let bytes = self.read(record, MAX_INLINE_PDF).await.map_err(told)?;
            let source = Source::Inline {
                media_type: record.view.media_type.clone(),
                bytes: bytes.into(),
            };
            return Ok(ChatPart::File { source, name });
        }
        let text = self.text(context.user, record).await.map_err(told)?;
        if text.is_empty() {
            return Err(refused(format!(
                "No text could be read out of {name}; its pages may be pictures. Send them as images, or choose a tool that reads files."
            )));
        }
        Ok(ChatPart::Text(context.quote(&name, &text)))
    }
}

impl Context<'_> {
    fn takes(&self, capability: Capability) -> bool {
        self.to.capabilities.contains(&capability)
    }

    /// Whether the interface takes such a document as a file: chat completions know PDFs alone.
    fn takes_document(&self, record: &FileRecord) -> bool {
        self.api == ChatApi::Responses || record.view.kind == FileKind::Pdf
    }

    /// A file's text as a part of a question, as far as there is room.
    fn quote(&mut self, name: &str, text: &str) -> String {
        let length = text.chars().count();
        if self.room < LEAST_CHARS.min(length) {
            return format!(
                "[The file {name} was left out: the files before it fill what you can read.]"
            );
        }
        let shown: String = text.chars().take(self.room).collect();
        self.room -= shown.chars().count();
        let left_out = length - shown.chars().count();
        let note = match left_out {
            0 => String::new(),
            left_out => format!("\n[{left_out} more characters of {name} were left out.]"),
        };
        format!("Content of the file {name}:\n\n{shown}{note}\n\n[End of {name}]")
    }
}

/// What stands in a part's place while it is made.
fn empty(attachment: &Attachment) -> Box<Attachment> {
    Box::new(Attachment {
        file: attachment.file.clone(),
        detail: attachment.detail,
        edit: attachment.edit,
    })
}

fn note(words: &str) -> ChatPart {
    ChatPart::Text(format!("[{words}]"))
}

fn deleted(name: &str) -> ChatPart {
    note(&format!(
        "The file {name} was attached here; it was deleted since, so its content is gone."
    ))
}

fn refused(message: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::BadRequest, message)
}

/// A failure of ours in the words in which runs fail.
fn told(error: AppError) -> ProviderError {
    let kind = match error.kind {
        ErrorKind::Unavailable | ErrorKind::Internal | ErrorKind::Network => {
            ProviderErrorKind::Unavailable
        }
        _ => ProviderErrorKind::BadRequest,
    };
    ProviderError::new(kind, error.message)
}
