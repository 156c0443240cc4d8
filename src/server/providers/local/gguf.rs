//! A look at a model file's header before llama.cpp maps the file.
//!
//! llama.cpp answers a damaged file with a bare null, or with an abort of the whole process; this
//! finds the usual damage first (not a model, an unknown version, a download that stopped half-way)
//! and says it in words. Whether the *contents* make a model is left to llama.cpp.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

const MAGIC: [u8; 4] = *b"GGUF";
const READABLE_VERSIONS: std::ops::RangeInclusive<u32> = 2..=3;
/// Far above any real model; a larger number is damage, and would only keep us reading.
const MOST_ENTRIES: u64 = 1 << 20;
const DEFAULT_ALIGNMENT: u64 = 32;
/// ggml tensors have at most four dimensions.
const MOST_DIMENSIONS: u32 = 4;

/// Why a file cannot be a model.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    #[error("it does not exist")]
    Missing,
    #[error("it is not a file")]
    NotAFile,
    #[error("it cannot be read ({0})")]
    Unreadable(io::Error),
    #[error("it is empty")]
    Empty,
    #[error("it is not a GGUF model")]
    NotGguf,
    #[error("its GGUF version {0} is not supported")]
    UnsupportedVersion(u32),
    #[error("it is incomplete or damaged ({actual} bytes, where {needed} are expected at least)")]
    Truncated { needed: u64, actual: u64 },
    #[error("its header is damaged ({0})")]
    Damaged(&'static str),
}

impl From<io::Error> for GgufError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::UnexpectedEof => Self::Damaged("it ends early"),
            _ => Self::Unreadable(error),
        }
    }
}

/// Checks that `path` holds a whole GGUF file, reading no more than its header.
pub fn validate(path: &Path) -> Result<(), GgufError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(GgufError::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(GgufError::Empty);
    }
    Header {
        reader: BufReader::new(file),
        position: 0,
        file_size: metadata.len(),
    }
    .validate()
}

struct Header<R> {
    reader: BufReader<R>,
    /// Counted here: asking the reader would be a system call for each of a vocabulary's words.
    position: u64,
    file_size: u64,
}

impl<R: Read + Seek> Header<R> {
    fn validate(mut self) -> Result<(), GgufError> {
        if self.array().map_err(|_| GgufError::NotGguf)? != MAGIC {
            return Err(GgufError::NotGguf);
        }
        let version = self.u32()?;
        if !READABLE_VERSIONS.contains(&version) {
            return Err(GgufError::UnsupportedVersion(version));
        }
        let tensors = self.count("the number of its tensors")?;
        if tensors == 0 {
            return Err(GgufError::Damaged("it lists no tensors"));
        }
        let entries = self.count("the number of its entries")?;
        let mut alignment = DEFAULT_ALIGNMENT;
        for _ in 0..entries {
            let key = self.string()?;
            let kind = self.u32()?;
            match (key.as_slice(), kind) {
                (b"general.alignment", value_type::U32) => alignment = u64::from(self.u32()?),
                (b"general.alignment", _) => {
                    return Err(GgufError::Damaged("its alignment is no number"));
                }
                (b"tokenizer.ggml.tokens", value_type::ARRAY) => self.vocabulary()?,
                _ => self.skip_value(kind)?,
            }
        }
        if !alignment.is_power_of_two() {
            return Err(GgufError::Damaged("its alignment is no power of two"));
        }
        let mut last_offset = 0;
        for _ in 0..tensors {
            last_offset = last_offset.max(self.tensor_offset()?);
        }
        self.require_data(last_offset, alignment)
    }

    /// The file must reach beyond the start of its last tensor. How long that tensor is depends on
    /// ggml's block sizes, which stay llama.cpp's business: it refuses a shorter file by itself.
    fn require_data(&self, last_offset: u64, alignment: u64) -> Result<(), GgufError> {
        let needed = self
            .position
            .checked_next_multiple_of(alignment)
            .and_then(|data_start| data_start.checked_add(last_offset))
            .and_then(|last_tensor| last_tensor.checked_add(1))
            .ok_or(GgufError::Damaged("a tensor lies beyond any file"))?;
        self.require_size(needed)
    }

    /// Reads one tensor's description and returns where its data starts.
    fn tensor_offset(&mut self) -> Result<u64, GgufError> {
        self.string()?;
        let dimensions = self.u32()?;
        if dimensions > MOST_DIMENSIONS {
            return Err(GgufError::Damaged("a tensor has too many dimensions"));
        }
        for _ in 0..dimensions {
            self.u64()?;
        }
        let _ggml_type = self.u32()?;
        self.u64()
    }

    fn skip_value(&mut self, kind: u32) -> Result<(), GgufError> {
        match kind {
            value_type::STRING => self.string().map(drop),
            value_type::ARRAY => self.skip_array(),
            scalar => {
                let size = value_type::scalar_size(scalar)?;
                self.skip(size)
            }
        }
    }

    /// llama.cpp aborts the process when two tokens are the same, up to a null byte in them. It
    /// names empty ones itself.
    fn vocabulary(&mut self) -> Result<(), GgufError> {
        if self.u32()? != value_type::STRING {
            return Err(GgufError::Damaged("its vocabulary is no text"));
        }
        let length = self.count("the size of its vocabulary")?;
        let mut known = HashSet::new();
        for _ in 0..length {
            let mut token = self.string()?;
            let end = token.iter().position(|byte| *byte == 0);
            token.truncate(end.unwrap_or(token.len()));
            if !token.is_empty() && !known.insert(token) {
                return Err(GgufError::Damaged("a token stands twice in its vocabulary"));
            }
        }
        Ok(())
    }

    fn skip_array(&mut self) -> Result<(), GgufError> {
        let kind = self.u32()?;
        let length = self.u64()?;
        match kind {
            value_type::STRING => {
                for _ in 0..length {
                    let size = self.u64()?;
                    self.skip(size)?;
                }
                Ok(())
            }
            value_type::ARRAY => Err(GgufError::Damaged("an array holds arrays")),
            scalar => {
                let size = value_type::scalar_size(scalar)?
                    .checked_mul(length)
                    .ok_or(GgufError::Damaged("an array is longer than any file"))?;
                self.skip(size)
            }
        }
    }

    fn count(&mut self, what: &'static str) -> Result<u64, GgufError> {
        let count = self.u64()?;
        if count > MOST_ENTRIES {
            return Err(GgufError::Damaged(what));
        }
        Ok(count)
    }

    fn string(&mut self) -> Result<Vec<u8>, GgufError> {
        let size = self.u64()?;
        self.advance(size)?;
        let mut bytes = Vec::new();
        self.reader.by_ref().take(size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn skip(&mut self, size: u64) -> Result<(), GgufError> {
        self.advance(size)?;
        let size = i64::try_from(size)
            .map_err(|_| GgufError::Damaged("a value is longer than any file"))?;
        self.reader.seek_relative(size)?;
        Ok(())
    }

    /// Counts the next `size` bytes as read, unless the file ends before them: nothing is
    /// allocated for a length that the file cannot hold.
    fn advance(&mut self, size: u64) -> Result<(), GgufError> {
        let end = self.position.saturating_add(size);
        self.require_size(end)?;
        self.position = end;
        Ok(())
    }

    fn require_size(&self, needed: u64) -> Result<(), GgufError> {
        if self.file_size < needed {
            return Err(GgufError::Truncated {
                needed,
                actual: self.file_size,
            });
        }
        Ok(())
    }

    fn u32(&mut self) -> Result<u32, GgufError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, GgufError> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        self.advance(N as u64)?;
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The numbers GGUF gives to the types of its metadata values.
mod value_type {
    use super::GgufError;

    pub const U32: u32 = 4;
    pub const STRING: u32 = 8;
    pub const ARRAY: u32 = 9;

    pub fn scalar_size(kind: u32) -> Result<u64, GgufError> {
        match kind {
            0 | 1 | 7 => Ok(1),
            2 | 3 => Ok(2),
            4..=6 => Ok(4),
            10..=12 => Ok(8),
            _ => Err(GgufError::Damaged("a value has an unknown type")),
        }
    }
}
