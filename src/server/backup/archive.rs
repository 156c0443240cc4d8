//! The file itself: a compressed tar archive that is written in one go, and read twice, the first time to see whether it is
//! whole.

use super::{
    BackupError,
    manifest::{Entry, FORMAT, MANIFEST, Manifest},
};
use crate::server::db::dump::hex;
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

/// What a tar archive consists of.
const BLOCK: u64 = 512;
/// What a file that gzip compressed begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How much is read at a time.
pub(super) const PIECE: usize = 64 * 1024;

/// An archive in the making.
pub(super) struct Writer<W: Write> {
    out: GzEncoder<W>,
    modified_at_s: u64,
    entries: Vec<Entry>,
}

/// An entry in the making.
pub(super) struct EntryWriter<'a, W: Write> {
    archive: &'a mut Writer<W>,
    name: String,
    size: u64,
    written: u64,
    hash: Sha256,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, modified_at_ms: i64) -> Self {
        Self {
            // A server that answers people may run beside this: better a bigger file than a busy machine.
            out: GzEncoder::new(out, Compression::fast()),
            modified_at_s: u64::try_from(modified_at_ms / 1000).unwrap_or(0),
            entries: Vec::new(),
        }
    }

    /// Adds an entry that is all there.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut entry = self.begin(name, content.len() as u64)?;
        entry.write(content)?;
        entry.end()
    }

    /// Begins an entry of `size` bytes.
    pub(super) fn begin(&mut self, name: &str, size: u64) -> io::Result<EntryWriter<'_, W>> {
        let mut header = tar::Header::new_gnu();
        header.set_path(name)?;
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.modified_at_s);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        self.out.write_all(header.as_bytes())?;
        Ok(EntryWriter {
            archive: self,
            name: name.to_owned(),
            size,
            written: 0,
            hash: Sha256::new(),
        })
    }

    /// Adds the list of contents and ends the archive.
    pub(super) fn finish(mut self, manifest: impl FnOnce(Vec<Entry>) -> Manifest) -> io::Result<W> {
        let manifest = manifest(std::mem::take(&mut self.entries));
        self.add(MANIFEST, &serde_json::to_vec_pretty(&manifest)?)?;
        self.out.write_all(&[0; 2 * BLOCK as usize])?;
        self.out.finish()
    }
}

impl<W: Write> EntryWriter<'_, W> {
    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hash.update(piece);
        self.written += piece.len() as u64;
        self.archive.out.write_all(piece)
    }

    pub(super) fn end(self) -> io::Result<()> {
        if self.written != self.size {
            return Err(io::Error::other(format!(
                "{} was to have {} bytes and has {}",
                self.name, self.size, self.written
            )));
        }
        let rest = usize::try_from(self.size % BLOCK).map_or(0, |tail| match tail {
            0 => 0,
            tail => BLOCK as usize - tail,
        });
        self.archive.out.write_all(&[0; BLOCK as usize][..rest])?;
        self.archive.entries.push(Entry {
            name: self.name,
            bytes: self.size,
            sha256: hex(&self.hash.finalize()),
        });
        Ok(())
    }
}

/// An archive to be read.
pub(super) type Archive = tar::Archive<GzDecoder<BufReader<File>>>;

/// Opens a file as an archive.
pub(super) fn open(path: &Path) -> Result<Archive, BackupError> {
    let unreadable = |source| BackupError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let beginning = file.fill_buf().map_err(unreadable)?;
    if !beginning.is_empty() && !beginning.starts_with(&GZIP) {
        return Err(BackupError::Foreign(path.to_owned()));
    }
    Ok(tar::Archive::new(GzDecoder::new(file)))
}

/// Reads all of a file and compares it with its own list of contents.
pub(super) fn verify(path: &Path) -> Result<Manifest, BackupError> {
    let damaged = |why: String| BackupError::Damaged {
        path: path.to_owned(),
        why,
    };
    let mut archive = open(path)?;
    let (found, manifest) =
        read_through(&mut archive).map_err(|error| damaged(error.to_string()))?;
    let mut decoder = archive.into_inner();
    // Compression has a checksum of its own, which stands at the end.
    io::copy(&mut decoder, &mut io::sink()).map_err(|error| damaged(error.to_string()))?;
    let mut file = decoder.into_inner();
    let rest = file
        .fill_buf()
        .map_err(|error| damaged(error.to_string()))?;
    if !rest.is_empty() {
        return Err(damaged("something follows its end".to_owned()));
    }
    let text = manifest.ok_or_else(|| damaged("its list of contents is missing".to_owned()))?;
    let manifest = parse_manifest(&text, path)?;
    let difference = manifest
        .entries
        .iter()
        .zip(&found)
        .find(|(listed, found)| listed != found);
    if let Some((listed, _)) = difference {
        return Err(damaged(format!("{} is not what was written", listed.name)));
    }
    if manifest.entries.len() != found.len() {
        return Err(damaged(format!(
            "{} entries instead of {}",
            found.len(),
            manifest.entries.len()
        )));
    }
    Ok(manifest)
}

/// Every entry with its checksum, and the text of the list of contents, which must come last.
fn read_through(archive: &mut Archive) -> io::Result<(Vec<Entry>, Option<String>)> {
    let mut found = Vec::new();
    let mut manifest = None;
    let mut piece = vec![0; PIECE];
    for entry in archive.entries()? {
        let mut entry = entry?;
        if manifest.is_some() {
            return Err(io::Error::other("something follows its list of contents"));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if name == MANIFEST {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            manifest = Some(text);
            continue;
        }
        let mut hash = Sha256::new();
        let mut bytes = 0;
        loop {
            let read = entry.read(&mut piece)?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
            bytes += read as u64;
        }
        found.push(Entry {
            name,
            bytes,
            sha256: hex(&hash.finalize()),
        });
    }
    Ok((found, manifest))
}

/// Reads the list of contents, if its layout is one that this program knows.
fn parse_manifest(text: &str, path: &Path) -> Result<Manifest, BackupError> {
    #[derive(Deserialize)]
    struct Layout {
        format: u32,
        program: String,
    }
    let foreign = |_| BackupError::Foreign(path.to_owned());
    let layout: Layout = serde_json::from_str(text).map_err(foreign)?;
    if layout.format > FORMAT {
        return Err(BackupError::Newer {
            program: layout.program,
        });
    }
    serde_json::from_str(text).map_err(foreign)
}
