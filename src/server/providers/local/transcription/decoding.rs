//! Containers and codecs: a recording on disk becomes samples of one channel, a packet at a time.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::OnceLock;
use std::time::Duration;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia_adapter_libopus::OpusDecoder;

use crate::server::providers::{ProviderError, ProviderErrorKind};

/// Rates that sound is recorded at, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Packets in a row that cannot be decoded before the rest of a recording is given up.
const MAX_BROKEN_PACKETS: u32 = 500;

/// A recording that is being decoded.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    max_duration: Duration,
    decoded: Duration,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
}

impl Decoder {
    /// Looks at what a file is and whether it is short enough.
    pub fn open(mut file: File, max_duration: Duration) -> Result<Self, ProviderError> {
        let ending = ending(&mut file)?;
        let format = read_container(&mut file, ending)?;
        let duration = match told_duration(audio_track(&*format)?) {
            Some(duration) if duration <= max_duration => duration,
            // A browser's recording does not say how long it is, and a program that writes as it goes says nonsense.
            _ => counted_duration(&mut *read_container(&mut file, ending)?, max_duration)?,
        };
        if duration > max_duration {
            return Err(too_long(max_duration));
        }
        // Counting moved the one position that all handles of a file share.
        let format = read_container(&mut file, ending)?;
        let track = audio_track(&*format)?;
        let parameters = track.codec_params.as_ref().and_then(|codec| codec.audio());
        let decoder = parameters
            .and_then(|parameters| {
                let options = AudioDecoderOptions::default();
                codecs().make_audio_decoder(parameters, &options).ok()
            })
            .ok_or_else(unsupported_codec)?;
        Ok(Self {
            track_id: track.id,
            decoder,
            format,
            max_duration,
            decoded: Duration::ZERO,
            interleaved: Vec::new(),
            mono: Vec::new(),
        })
    }

    /// How much of the recording has been decoded.
    pub fn decoded(&self) -> Duration {
        self.decoded
    }

    /// The next samples, as one channel, and their rate in Hz; `None` at the end. A recording that was cut off ends where it
    /// was cut, and broken packets in it are left out.
    pub fn next(&mut self) -> Result<Option<(&[f32], u32)>, ProviderError> {
        let mut broken = 0;
        while broken < MAX_BROKEN_PACKETS {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track_id => packet,
                Ok(Some(_)) => continue,
                Ok(None) | Err(_) => break,
            };
            let Ok(buffer) = self.decoder.decode(&packet) else {
                broken += 1;
                continue;
            };
            let (rate, channels) = (buffer.spec().rate(), buffer.num_planes());
            if !RATES.contains(&rate) {
                return Err(unsupported_codec());
            }
            buffer.copy_to_vec_interleaved(&mut self.interleaved);
            if self.interleaved.is_empty() || channels == 0 {
                continue;
            }
            mix(&self.interleaved, channels, &mut self.mono);
            self.decoded += Duration::from_secs_f64(self.mono.len() as f64 / f64::from(rate));
            if self.decoded > self.max_duration + Duration::from_secs(1) {
                return Err(too_long(self.max_duration));
            }
            return Ok(Some((&self.mono, rate)));
        }
        if self.decoded.is_zero() {
            return Err(no_sound());
        }
        Ok(None)
    }
}

/// The mean of all channels.
fn mix(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    mono.clear();
    let frames = interleaved.chunks_exact(channels);
    mono.extend(frames.map(|frame| {
        let sum: f32 = frame.iter().filter(|sample| sample.is_finite()).sum();
        sum / channels as f32
    }));
}

/// What a container is, by its first bytes, as the ending that its files have. Names and media types are often wrong, and a
/// search for the next thing that looks like MP3 finds it in every picture.
fn ending(file: &mut File) -> Result<&'static str, ProviderError> {
    let mut head = Vec::new();
    file.by_ref()
        .take(12)
        .read_to_end(&mut head)
        .map_err(|_| unreadable())?;
    match head.as_slice() {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Ok("wav"),
        [b'O', b'g', b'g', b'S', ..] => Ok("ogg"),
        [b'f', b'L', b'a', b'C', ..] => Ok("flac"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Ok("webm"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Ok("mp4"),
        // Layer bits 00 are AAC's own frames; MP3 has 01.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Ok("aac"),
        [b'I', b'D', b'3', ..] => Ok("mp3"),
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Ok("mp3"),
        _ => Err(unknown_container()),
    }
}

fn read_container(file: &mut File, ending: &str) -> Result<Box<dyn FormatReader>, ProviderError> {
    file.rewind().map_err(|_| unreadable())?;
    let source = file.try_clone().map_err(|_| unreadable())?;
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let mut hint = Hint::new();
    hint.with_extension(ending);
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    symphonia::default::get_probe()
        .probe(&hint, stream, format, metadata)
        .map_err(|_| unreadable())
}

fn audio_track(format: &dyn FormatReader) -> Result<&Track, ProviderError> {
    format.default_track(TrackType::Audio).ok_or_else(no_sound)
}

/// What the container says.
fn told_duration(track: &Track) -> Option<Duration> {
    let time = track.time_base?.calc_duration(track.duration?)?;
    Duration::try_from_secs_f64(time.as_secs_f64()).ok()
}

/// What its packets sum up to, as far as one must know.
fn counted_duration(
    format: &mut dyn FormatReader,
    enough: Duration,
) -> Result<Duration, ProviderError> {
    let track = audio_track(format)?;
    let (track_id, time_base) = (track.id, track.time_base);
    let mut end = Duration::ZERO;
    while let Ok(Some(packet)) = format.next_packet() {
        let (true, Some(time_base)) = (packet.track_id == track_id, time_base) else {
            continue;
        };
        let start = time_base.calc_time_saturating(packet.pts).as_secs_f64();
        let length = time_base.calc_duration_saturating(packet.dur).as_secs_f64();
        end = end.max(Duration::try_from_secs_f64(start + length).unwrap_or_default());
        if end > enough {
            break;
        }
    }
    Ok(end)
}

/// All codecs that are compiled in, and Opus.
fn codecs() -> &'static CodecRegistry {
    static CODECS: OnceLock<CodecRegistry> = OnceLock::new();
    CODECS.get_or_init(|| {
        let mut codecs = CodecRegistry::new();
        symphonia::default::register_enabled_codecs(&mut codecs);
        codecs.register_audio_decoder::<OpusDecoder>();
        codecs
    })
}

fn refused(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::BadRequest, message)
}

fn unknown_container() -> ProviderError {
    refused(
        "This is no recording in a format that is known here. Send WebM, MP4, Ogg, WAV, MP3 or FLAC.",
    )
}

fn unreadable() -> ProviderError {
    refused(
        "The recording cannot be read: it is damaged, or its end is missing. Record or export it again.",
    )
}

fn unsupported_codec() -> ProviderError {
    refused(
        "The sound in this file is packed in a way that is not known here. Send Opus, Vorbis, AAC, MP3, FLAC or WAV.",
    )
}

fn no_sound() -> ProviderError {
    refused("There is no sound in this file.")
}

fn too_long(max_duration: Duration) -> ProviderError {
    refused(format!(
        "The recording is longer than the {} minutes that are listened to at once. Send it in parts.",
        max_duration.as_secs() / 60
    ))
}
