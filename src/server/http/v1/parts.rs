//! What stands in messages: words, pictures and files, in the words of chat completions and of responses.

use super::{
    error::{ApiError, ApiResult},
    fields::Fields,
};
use crate::{
    model::{
        catalog::{ApiType, Capability},
        file::{Attach, ImageDetail},
        ids::{FileId, UserId},
    },
    server::{
        db::tools::ToolRecord,
        providers::{ChatPart, Source},
        state::AppState,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tokio_util::bytes::Bytes;

/// How closely to look, by name.
const DETAILS: [(&str, ImageDetail); 4] = [
    ("auto", ImageDetail::Auto),
    ("low", ImageDetail::Low),
    ("high", ImageDetail::High),
    ("original", ImageDetail::Original),
];
/// The forms of sound that the interface has, and what a browser calls them.
const AUDIO_FORMATS: [(&str, &str); 2] = [("wav", "audio/wav"), ("mp3", "audio/mpeg")];
/// What comes before a file's id.
pub(super) const FILE_PREFIX: &str = "file-";

/// Reads the parts of one request's messages.
pub(super) struct Parts<'a> {
    /// For files that are stored here.
    pub(super) state: &'a AppState,
    /// Whose they are.
    pub(super) user: UserId,
    /// Who is asked.
    pub(super) tool: &'a ToolRecord,
}

impl Parts<'_> {
    /// The parts in a field: a text, or a list of parts. None where there is nothing.
    pub(super) async fn read(&self, message: &Fields<'_>, name: &str) -> ApiResult<Vec<ChatPart>> {
        match message.value(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![ChatPart::Text(text.clone())]),
            Some(Value::Array(_)) => {
                let mut parts = Vec::new();
                for part in message.objects(name)?.unwrap_or_default() {
                    parts.push(self.part(&part).await?);
                }
                Ok(parts)
            }
            Some(_) => Err(message.wrong(name, "must be a text or a list of parts")),
        }
    }

    async fn part(&self, part: &Fields<'_>) -> ApiResult<ChatPart> {
        match part.needed_text("type")? {
            "text" | "input_text" | "output_text" => {
                Ok(ChatPart::Text(part.needed_text("text")?.to_owned()))
            }
            "refusal" => Ok(ChatPart::Text(part.needed_text("refusal")?.to_owned())),
            "image_url" => {
                let image = part.needed_object("image_url")?;
                let detail = image.choice("detail", &DETAILS)?.unwrap_or_default();
                self.image(&image, "url", detail)
            }
            "input_image" => {
                let detail = part.choice("detail", &DETAILS)?.unwrap_or_default();
                match part.text("file_id")? {
                    Some(id) => self.stored(part, id, detail).await,
                    None => self.image(part, "image_url", detail),
                }
            }
            "file" => self.file(&part.needed_object("file")?).await,
            "input_file" => self.file(part).await,
            "input_audio" => self.audio(part),
            _ => Err(part.wrong("type", "is no part of a message that is known here")),
        }
    }

    fn image(&self, fields: &Fields<'_>, name: &str, detail: ImageDetail) -> ApiResult<ChatPart> {
        if self.tool.api_type == ApiType::Local {
            return Err(fields.wrong(name, "is a picture, and this model does not look at any"));
        }
        let url = fields.needed_text(name)?;
        let source = match url.strip_prefix("data:") {
            Some(data) => inline(data)
                .ok_or_else(|| fields.wrong(name, "must be `data:<media type>;base64,<data>`"))?,
            // Whoever answers fetches it; nothing is fetched from here.
            None if url.starts_with("https://") => Source::Url(url.to_owned()),
            None => {
                return Err(fields.wrong(
                    name,
                    "must be an address that begins with `data:` or `https://`",
                ));
            }
        };
        Ok(ChatPart::Image { source, detail })
    }

    fn audio(&self, part: &Fields<'_>) -> ApiResult<ChatPart> {
        if !self.tool.capabilities.contains(&Capability::AudioInput) {
            return Err(part.wrong(
                "type",
                "is `input_audio`, and this model does not hear: send the recording to `/v1/audio/transcriptions` and its text here",
            ));
        }
        let audio = part.needed_object("input_audio")?;
        let format = audio.choice("format", &AUDIO_FORMATS)?;
        let media_type = format.ok_or_else(|| audio.wrong("format", "is missing"))?;
        let data = STANDARD.decode(audio.needed_text("data")?.trim());
        let bytes = data.map_err(|_| audio.wrong("data", "must be Base64"))?;
        Ok(ChatPart::Audio {
            media_type: media_type.to_owned(),
            bytes: bytes.into(),
            name: "the recording".to_owned(),
        })
    }

    async fn file(&self, file: &Fields<'_>) -> ApiResult<ChatPart> {
        if let Some(id) = file.text("file_id")? {
            return self.stored(file, id, ImageDetail::Auto).await;
        }
        let name = file.text("filename")?.unwrap_or("file").to_owned();
        if let Some(url) = file.text("file_url")? {
            if self.tool.api_type == ApiType::Local || !url.starts_with("https://") {
                return Err(file.wrong(
                    "file_url",
                    "is not fetched for this model: send `file_data` or a `file_id`",
                ));
            }
            let source = Source::Url(url.to_owned());
            return Ok(ChatPart::File { source, name });
        }
        let data = file.needed_text("file_data")?;
        let source = match data.strip_prefix("data:") {
            Some(data) => inline(data),
            None => STANDARD.decode(data).ok().map(sniffed),
        };
        let source = source.ok_or_else(|| file.wrong("file_data", "must be Base64"))?;
        Ok(ChatPart::File { source, name })
    }

    /// A file of the person's that is stored here.
    async fn stored(
        &self,
        fields: &Fields<'_>,
        id: &str,
        detail: ImageDetail,
    ) -> ApiResult<ChatPart> {
        let missing = || fields.wrong("file_id", "names no file of yours");
        let attach = Attach {
            detail,
            ..file_id(id).ok_or_else(missing)?.into()
        };
        let found = self.state.files.attachments(self.user, &[attach]).await;
        let found = found.map_err(|_| missing())?.pop();
        let attachment = found.ok_or_else(missing)?;
        Ok(ChatPart::Attachment(Box::new(attachment)))
    }
}

/// Our id of a file, out of the one that programs know.
pub(super) fn file_id(id: &str) -> Option<FileId> {
    id.strip_prefix(FILE_PREFIX)?.parse().ok()
}

/// What stands after `data:`.
fn inline(data: &str) -> Option<Source> {
    let (head, data) = data.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    let media_type = media_type.split(';').next().unwrap_or_default();
    Some(Source::Inline {
        media_type: media_type.to_ascii_lowercase(),
        bytes: Bytes::from(STANDARD.decode(data.trim()).ok()?),
    })
}

/// Bytes of which nobody says what they are.
fn sniffed(bytes: Vec<u8>) -> Source {
    let kind = infer::get(&bytes).map(|kind| kind.mime_type());
    let media_type = kind.unwrap_or("application/octet-stream").to_owned();
    Source::Inline {
        media_type,
        bytes: Bytes::from(bytes),
    }
}

/// A name that a function, a schema or a tool may have.
pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A function's or a schema's name.
pub(super) fn plain_name<'a>(fields: &Fields<'a>) -> ApiResult<&'a str> {
    let name = fields.needed_text("name")?;
    match is_plain_name(name) {
        true => Ok(name),
        false => Err(fields.wrong(
            "name",
            "must be made of letters, digits, `_` and `-`, 64 at most",
        )),
    }
}

/// A refusal of functions, for a model that calls none.
pub(super) fn check_tools(tool: &ToolRecord) -> ApiResult<()> {
    match tool.api_type {
        ApiType::Local => Err(ApiError::invalid(
            "tools",
            format!(
                "{} calls no functions. Leave `tools` out, or ask another model.",
                tool.name
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_in_an_address_is_taken_with_its_media_type() {
        let expected = Source::Inline {
            media_type: "image/png".to_owned(),
            bytes: Bytes::from_static(b"hi"),
        };
        assert_eq!(inline("image/png;base64,aGk="), Some(expected));
        assert_eq!(inline("image/png,hi"), None);
        assert_eq!(inline("image/png;base64,%%%"), None);
    }

    #[test]
    fn a_file_is_named_by_its_prefix_and_identifier() {
        let id = FileId::new();
        assert_eq!(file_id(&format!("file-{id}")), Some(id));
        assert_eq!(file_id(&id.to_string()), None);
        assert_eq!(file_id("file-../../etc/passwd"), None);
    }
}
