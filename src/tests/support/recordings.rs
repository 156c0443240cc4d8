//! Speech, and what is none, as files that people send.
//!
//! `recordings/speech.*` are one sentence of a reading of *Sense and Sensibility* that is in the public domain, taken from
//! Debian's `pocketsphinx-testdata` and packed by ffmpeg in each form that browsers and people send: `webm` with Opus as a
//! browser records it (no length, no index), `mp4` with AAC and its index at the end, `opus` and `ogg` (Vorbis), `mp3` without
//! any header (so that it can be repeated), `flac`.

use std::path::{Path, PathBuf};

/// The words that are said in `speech.*`.
pub const SENTENCE: &str = "he might even have been made amiable himself";

/// One of the files in `recordings`.
pub fn recording(name: &str) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/recordings");
    std::fs::read(directory.join(name)).expect("a recording")
}

/// Where the models are that `.ci/setup-models` fetches.
pub fn models_dir() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the models are concerns the tests, not the product's configuration"
    )]
    let directory = std::env::var("INSPIREAI_MODELS_DIR");
    directory.map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models"),
        PathBuf::from,
    )
}

/// A clip that somebody read, and the words that they read.
pub struct Clip {
    pub name: String,
    pub wav: Vec<u8>,
    pub words: Vec<String>,
}

/// The five clips of Debian's `pocketsphinx-testdata`.
pub fn clips() -> Vec<Clip> {
    let directory = Path::new("/usr/share/pocketsphinx/test/data/librivox");
    let transcripts = std::fs::read_to_string(directory.join("transcription"))
        .expect("Debian's pocketsphinx-testdata, which .ci/setup-system installs");
    let clip = |line: &str| {
        let (said, name) = line.rsplit_once('(').expect("words and a name");
        let name = name.trim_end().trim_end_matches(')').to_owned();
        Clip {
            wav: std::fs::read(directory.join(&name).with_extension("wav")).expect("a clip"),
            words: words(&said.replace("<s>", "").replace("</s>", "")),
            name,
        }
    };
    let clips: Vec<_> = transcripts.lines().map(clip).collect();
    assert_eq!(clips.len(), 5);
    clips
}

/// The words of a text without how they are written: no capitals, no punctuation, no abbreviations.
pub fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace("mr.", "mister");
    text.split(|character: char| !character.is_alphanumeric() && character != '\'')
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// How many words must be left out, put in or exchanged to make `heard` of `said`.
pub fn word_errors(said: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (index, said) in said.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, heard) in heard.iter().enumerate() {
            let exchanged = diagonal + usize::from(said != heard);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[heard.len()]
}

/// 16-bit samples of one channel as a WAV file.
pub fn wav(rate: u32, samples: impl IntoIterator<Item = f32>) -> Vec<u8> {
    let data: Vec<u8> = samples
        .into_iter()
        .flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes())
        .collect();
    let size = u32::try_from(data.len()).expect("a small file");
    let mut file = b"RIFF".to_vec();
    file.extend((36 + size).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(data);
    file
}

/// Steady noise between -1 and 1.
pub fn noise() -> impl Iterator<Item = f32> {
    let mut state = 7_u32;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    })
}

/// Hours of silence as MP3: frames of MPEG 2.5, layer III, at 8 kHz and 8 kbit/s, each 72 bytes for 72 ms.
pub fn silent_mp3(seconds: usize) -> Vec<u8> {
    let mut frame = [0; 72];
    frame[..4].copy_from_slice(&[0xff, 0xe3, 0x18, 0xc4]);
    frame.repeat(seconds * 1_000 / 72)
}
