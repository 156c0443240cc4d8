//! The local voice through its public door, with the real model; and what it is made of against its package's own program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, future::join_all};
use tokio::time::timeout;

use super::LocalSpeech;
use super::vocoder::{BINS, Spectrum, Vocoder};
use super::voice::{Voice, VoiceFiles};
use super::wave::{SAMPLE_RATE, header};
use crate::server::config::LocalSpeechConfig;
use crate::server::providers::speech::{SpeechFormat, SpeechProvider, SpeechRequest};
use crate::server::providers::{ProviderError, ProviderErrorKind};

mod refusals;

/// Generous: the machine that runs the tests may be busy with a build.
const PATIENCE: Duration = Duration::from_mins(2);

fn model_path() -> PathBuf {
    let directory = std::env::var_os("INSPIREAI_MODELS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models"),
        PathBuf::from,
    );
    directory.join("hibari/hibari.onnx")
}

fn local_speech() -> LocalSpeech {
    speech_of(model_path(), 32)
}

fn speech_of(model_path: PathBuf, queue: usize) -> LocalSpeech {
    LocalSpeech::new(LocalSpeechConfig { model_path, queue })
}

fn voice() -> Voice {
    Voice::load(&VoiceFiles::beside(model_path())).expect("`make models` has fetched it")
}

fn request(text: &str) -> SpeechRequest {
    SpeechRequest {
        model: "hibari".to_owned(),
        text: text.to_owned(),
        voice: "heart".to_owned(),
        format: SpeechFormat::Pcm,
        speed: None,
        instructions: None,
    }
}

async fn say(speech: &LocalSpeech, request: SpeechRequest) -> Result<Vec<u8>, ProviderError> {
    let said = async {
        let speech = speech.speak(request).await?;
        speech.bytes.try_concat_bytes().await
    };
    timeout(PATIENCE, said).await.expect("in time")
}

trait ConcatBytes {
    async fn try_concat_bytes(self) -> Result<Vec<u8>, ProviderError>;
}

impl ConcatBytes for crate::server::providers::files::DownloadStream {
    async fn try_concat_bytes(self) -> Result<Vec<u8>, ProviderError> {
        self.try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await
    }
}

fn loudness(samples: &[f32]) -> f32 {
    let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
    (sum / samples.len() as f32).sqrt()
}

fn samples(pcm: &[u8]) -> Vec<f32> {
    let pairs = pcm.chunks_exact(2);
    pairs
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect()
}

fn seconds(pcm: &[u8]) -> f64 {
    pcm.len() as f64 / 2.0 / f64::from(SAMPLE_RATE)
}

/// What `hibari.dsp.synth` of the package hibari-tts 0.2.1 makes of the same numbers, without noise.
#[test]
fn the_vocoder_makes_the_samples_that_the_voices_own_package_makes() {
    const FRAMES: usize = 12;
    let rows = |value: fn(f32, f32) -> f32| -> Vec<f32> {
        (0..BINS * FRAMES)
            .map(|at| value((at / FRAMES) as f32, (at % FRAMES) as f32))
            .collect()
    };
    let spectrum = Spectrum {
        frames: FRAMES,
        lh: rows(|bin, frame| (bin * 0.01 + frame).sin() * 2.0 + 1.0),
        theta: rows(|bin, frame| (bin * 0.02 - frame).cos()),
        ln: rows(|_, _| -60.0),
        lr: rows(|bin, frame| (bin * 0.03 + frame * 0.5).cos() + 1.0),
        phi: rows(|bin, frame| bin * 0.1 + frame),
        f0: vec![
            0.0, 0.0, 110.0, 120.0, 130.0, 140.0, 150.0, 200.0, 210.0, 20.0, 0.0, 180.0,
        ],
    };
    let samples = Vocoder::new().samples(&spectrum);
    assert_eq!(samples.len(), 3600);
    for (at, expected) in [
        (0, -0.00354),
        (150, -0.002881),
        (700, 0.022151),
        (1000, 0.00959),
        (1500, -0.003107),
        (2222, -0.120802),
        (2999, 0.001367),
        (3599, 0.123656),
    ] {
        let found: f32 = samples[at];
        assert!(
            (found - expected).abs() < 1e-4,
            "{at}: {found}, not {expected}"
        );
    }
    assert!((loudness(&samples) - 0.143109).abs() < 1e-4);
}

/// What the package hibari-tts 0.2.1 says of these sounds: its length in samples, and how loud each 1,000 Hz are, in decibels.
#[test]
fn a_sentence_sounds_as_the_voices_own_package_says_it() {
    const SOUNDS: &str = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ.";
    const BANDS: [f32; 12] = [
        -27.98, -37.14, -44.51, -47.92, -52.08, -48.29, -48.37, -51.73, -49.45, -49.10, -49.63,
        -52.57,
    ];
    let voice = voice();
    assert_eq!(
        voice.read("The quick brown fox jumps over the lazy dog."),
        SOUNDS
    );
    let samples = voice.say(SOUNDS, 1.0).expect("said");
    assert_eq!(samples.len(), 73_800);
    let mut planner = realfft::RealFftPlanner::<f32>::new();
    let transform = planner.plan_fft_forward(samples.len());
    let (mut input, mut bins) = (samples.clone(), transform.make_output_vec());
    transform
        .process(&mut input, &mut bins)
        .expect("a transform");
    let width = samples.len() / 24;
    let square = samples.len() as f32 * samples.len() as f32;
    for (band, expected) in BANDS.into_iter().enumerate() {
        let power: f32 = bins[band * width..(band + 1) * width]
            .iter()
            .map(|bin| bin.norm_sqr())
            .sum();
        let found = 10.0 * (power / square * 2.0).log10();
        assert!(
            (found - expected).abs() < 1.0,
            "{band} kHz: {found} dB, not {expected} dB"
        );
    }
    for (speed, expected) in [
        (0.25, 296_400),
        (0.5, 148_800),
        (2.0, 40_200),
        (4.0, 33_000),
    ] {
        let said = voice.say(SOUNDS, speed).expect("said");
        assert_eq!(said.len(), expected, "at speed {speed}");
    }
}

/// What the package hibari-tts 0.2.1 reads.
#[test]
fn times_money_units_and_decades_are_read_as_the_voices_own_package_reads_them() {
    let voice = voice();
    for (text, sounds) in [
        (
            "The meeting is at 7:30 pm on March 3rd, 2024.",
            "ðə mˈiTɪŋ ɪz æt sˈɛvən θˈɜɹTi pˌiˈɛm ˌɔn mˈɑɹʧ θˈɜɹd, twˈɛnti twˈɛnti fˈɔɹ.",
        ),
        (
            "It costs $9.99, Dr. Smith.",
            "ˌɪt kˈɔsts nˈIn dˈɑləɹz ænd nˈIndi nˈIn sˈɛnts, dˈɑktəɹ smˈɪθ.",
        ),
        (
            "He ran 5 km in 25 min at 20 °C.",
            "hˌi ɹˈæn fˈIv kəlˈɑməTəɹz ɪn twˈɛnti fˈIv mˈɪnəts æt twˈɛnti dəɡɹˈiz sˈɛlsiəs.",
        ),
        (
            "The year 1984 and the 1990s.",
            "ðə jˈɪɹ nˌIntˈin ˈATi fˈɔɹ ænd ðə nˌIntˈin nˈIndiz.",
        ),
        (
            "I've read the book; they'll record a record.",
            &voice.read("I’ve read the book; they’ll record a record."),
        ),
    ] {
        assert_eq!(voice.read(text), sounds);
    }
}

#[test]
fn words_that_no_dictionary_has_are_read_and_never_left_as_a_question_mark() {
    let voice = voice();
    assert_eq!(voice.read("Kubernetes"), "kjˈubəɹnˌits");
    for text in [
        "zxqwv",
        "hibari-tts 0.2.1",
        "x86_64",
        "f(x)=y",
        "C++ & C#",
        "🙂 ok",
        "naïve Zoë",
        "_a_ word - another",
        "1/2",
        "7:30 pm",
        "3.14159",
        "a@b.org",
        "foo/bar\\baz",
        "ﬁve ½ €5",
    ] {
        let sounds = voice.read(text);
        assert!(
            !sounds.is_empty() && !sounds.contains('❓'),
            "{text}: {sounds}"
        );
    }
    assert!(voice.read(&"long".repeat(100)).chars().count() > 200);
}

#[tokio::test]
async fn speech_comes_sentence_by_sentence_and_its_length_fits_its_words() {
    let speech = local_speech();
    let said = speech.speak(request("Hello there. How are you today? I am fine."));
    let said = timeout(PATIENCE, said)
        .await
        .expect("in time")
        .expect("said");
    assert_eq!(said.media_type, "audio/pcm");
    let pieces: Vec<_> = said.bytes.try_collect().await.expect("all of it");
    assert_eq!(pieces.len(), 3);
    assert_eq!(pieces[0].len(), 2 * 33_000);
    assert!(pieces.iter().all(|piece| loudness(&samples(piece)) > 0.02));
    let again = say(&speech, request("Hello there.")).await.expect("said");
    assert_eq!(again, pieces[0], "the same words sound the same");
}

#[tokio::test]
async fn a_wav_begins_with_a_header_of_unknown_length() {
    let wav = SpeechRequest {
        format: SpeechFormat::Wav,
        ..request("Hello there.")
    };
    let said = say(&local_speech(), wav).await.expect("said");
    assert_eq!(said[..44], header()[..]);
    assert_eq!(
        (&said[..4], &said[8..16], &said[36..44]),
        (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data\xff\xff\xff\xff"[..])
    );
    assert_eq!(
        u32::from_le_bytes([said[24], said[25], said[26], said[27]]),
        24_000
    );
    assert_eq!(said.len(), 44 + 2 * 33_000);
}

#[tokio::test]
async fn a_sentence_without_an_end_is_cut_at_its_clauses_and_said_in_pieces() {
    let clause = "and then we walked along the river for a while, ";
    let text = clause.repeat(10_000 / clause.len() + 1);
    let speech = local_speech();
    let said = speech.speak(request(&text));
    let said = timeout(PATIENCE, said)
        .await
        .expect("in time")
        .expect("said");
    let pieces: Vec<_> = timeout(PATIENCE, said.bytes.take(4).try_collect())
        .await
        .expect("in time")
        .expect("said");
    for piece in pieces {
        assert!(
            (5.0..40.0).contains(&seconds(&piece)),
            "{} s",
            seconds(&piece)
        );
    }
}

#[tokio::test]
async fn twenty_at_once_take_turns_and_a_short_text_does_not_wait_for_a_long_one() {
    let speech = local_speech();
    let long = "This is a sentence of some length that takes its time. ".repeat(60);
    let mut long = speech.speak(request(&long)).await.expect("said").bytes;
    let short = join_all((0..20).map(|_| say(&speech, request("Hello there."))));
    let short = async {
        let said = short.await;
        assert!(
            said.iter()
                .all(|said| said.as_ref().is_ok_and(|pcm| pcm.len() == 2 * 33_000))
        );
    };
    let rest = async {
        let mut count = 0;
        while let Some(piece) = long.next().await {
            assert!(!piece.expect("said").is_empty());
            count += 1;
        }
        count
    };
    tokio::pin!(rest);
    tokio::select! {
        () = short => {}
        count = &mut rest => panic!("all {count} sentences of the long text came first"),
    }
}
