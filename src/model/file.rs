//! Files that people store, and how they hang on messages.

use super::ids::FileId;
use serde::{Deserialize, Serialize};

/// What a file is to the page and to a model. Sniffed from its bytes, never believed from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture that browsers and models can show.
    Image,
    /// A PDF.
    Pdf,
    /// Text: prose, code, CSV, JSON.
    Text,
    /// A document, a sheet or slides of an office program.
    Office,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// Anything else: stored and given back, read by no model.
    Other,
}

/// A file as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Identifier.
    pub id: FileId,
    /// Its name, without any path.
    pub name: String,
    /// What it is by its bytes, for example `image/png`.
    pub media_type: String,
    /// What it is to the page and to a model.
    pub kind: FileKind,
    /// How long it is.
    pub size_bytes: u64,
    /// Width and height in pixels, as it is seen (after its orientation), for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
    /// Whether a tool made it.
    #[serde(default)]
    pub is_generated: bool,
}

/// How closely a model looks at a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageDetail {
    /// As the model thinks right.
    #[default]
    Auto,
    /// One small view of it.
    Low,
    /// Closely.
    High,
    /// Every pixel, where the model can.
    Original,
}

impl ImageDetail {
    /// The words a person reads.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => "Auto",
            Self::Low => "Low",
            Self::High => "High",
            Self::Original => "Original",
        }
    }
}

/// A part of a picture, in pixels of the picture as it is seen after it was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Crop {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

/// What is done to a picture before it is sent; the stored file stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageEdit {
    /// Clockwise: 0, 90, 180 or 270 degrees.
    pub rotate: u16,
    /// The part that is sent; all of it where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
}

/// A file on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file, as it was when it was attached.
    pub file: FileView,
    /// How closely to look, for pictures.
    #[serde(default)]
    pub detail: ImageDetail,
    /// What is done to it before it is sent, for pictures.
    #[serde(default)]
    pub edit: ImageEdit,
}

/// A file that is to be put on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// Which of the person's files.
    pub file: FileId,
    /// How closely to look, for pictures.
    #[serde(default)]
    pub detail: ImageDetail,
    /// What is done to it before it is sent, for pictures.
    #[serde(default)]
    pub edit: ImageEdit,
}

impl From<FileId> for Attach {
    /// As it is stored, looked at as the model thinks right.
    fn from(file: FileId) -> Self {
        Self {
            file,
            detail: ImageDetail::default(),
            edit: ImageEdit::default(),
        }
    }
}

impl From<&Attachment> for Attach {
    fn from(attachment: &Attachment) -> Self {
        Self {
            file: attachment.file.id,
            detail: attachment.detail,
            edit: attachment.edit,
        }
    }
}

/// A file in a person's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file.
    pub file: FileView,
    /// The day on which it was stored, `YYYY-MM-DD`, UTC.
    pub created_on: String,
    /// Whether a provider holds a copy, which goes with the file.
    pub is_shared: bool,
}

/// One page of a person's files, the newest first, and how much room they take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePage {
    /// The files.
    pub files: Vec<FileEntry>,
    /// How many there are on all pages.
    pub total: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// What all of the person's files take.
    pub used_bytes: u64,
    /// What they may take.
    pub quota_bytes: u64,
    /// Longest file that is taken.
    pub upload_limit_bytes: u64,
}

/// Where a file is used, told before it is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUse {
    /// Titles of conversations that it was sent in, at most three.
    pub titles: Vec<String>,
    /// How many conversations there are.
    pub conversations: u32,
}

/// Files on one page of the list.
pub const FILES_PER_PAGE: u32 = 30;
/// Most files on one message.
pub const MAX_ATTACHMENTS: usize = 20;
/// The field that an error is about when all of a person's files together are too large.
pub const QUOTA_FIELD: &str = "quota";
/// Longest name of a file, in characters.
pub const MAX_NAME_CHARS: usize = 120;
