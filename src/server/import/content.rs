//! The words of an exported message: its texts, with notes on the files that stayed where they were.

use super::thread_file::Place;
use crate::model::AppResult;
use serde_json::Value;

/// The words of a message; empty where it has none.
///
/// # Errors
/// A sentence with the place, where the content is of no known shape.
pub fn text(message: &Value, place: &Place) -> AppResult<String> {
    let mut parts = Vec::new();
    let mut notes = Vec::new();
    match message.get("content") {
        Some(Value::String(text)) => parts.push(text.trim().to_owned()),
        Some(Value::Array(content)) => {
            for part in content {
                parts.push(part_text(part, &mut notes, place)?.trim().to_owned());
            }
        }
        _ => return Err(place.error("“content” is neither a text nor an array.")),
    }
    let attachments = message.get("attachments").and_then(Value::as_array);
    for file in attachments.into_iter().flatten() {
        if let Some(id) = file.get("file_id").and_then(Value::as_str) {
            notes.push(format!("Attached: {}", file_name(id)));
        }
    }
    parts.retain(|part| !part.is_empty());
    if !notes.is_empty() {
        let lines: Vec<String> = notes.iter().map(|note| format!("*{note}*")).collect();
        parts.push(lines.join("  \n"));
    }
    Ok(parts.join("\n\n"))
}

fn part_text(part: &Value, notes: &mut Vec<String>, place: &Place) -> AppResult<String> {
    let string = |path: &str| part.pointer(path).and_then(Value::as_str);
    match part.get("type").and_then(Value::as_str) {
        Some("text") => {
            let value = string("/text/value").or_else(|| string("/text"));
            let value = value.ok_or_else(|| place.error("a text has no “value”."))?;
            let annotations = part.pointer("/text/annotations").and_then(Value::as_array);
            Ok(annotated(
                value,
                annotations.map_or(&[], Vec::as_slice),
                notes,
            ))
        }
        Some("refusal") => Ok(string("/refusal").unwrap_or_default().to_owned()),
        Some("image_file") => {
            let id = string("/image_file/file_id").unwrap_or("unknown");
            notes.push(format!("Picture: {}", file_name(id)));
            Ok(String::new())
        }
        Some("image_url") => Ok(string("/image_url/url")
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .map(|url| format!("[Picture](<{}>)", url.replace(['<', '>', '\n'], "")))
            .unwrap_or_default()),
        // What a later version of the API may have added says so, rather than stopping the whole file.
        Some(kind) => {
            let kind: String = kind
                .chars()
                .take(40)
                .filter(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            notes.push(format!("A part of the kind {kind} did not come along."));
            Ok(String::new())
        }
        None => Err(place.error("a part of its content has no “type”.")),
    }
}

/// A text whose marks for quoted files read as numbers, which are explained below it.
fn annotated(value: &str, annotations: &[Value], notes: &mut Vec<String>) -> String {
    let mut text = value.to_owned();
    for annotation in annotations {
        let of = |path: &str| annotation.pointer(path).and_then(Value::as_str);
        let Some(mark) = of("/text").filter(|mark| !mark.is_empty()) else {
            continue;
        };
        if let Some(id) = of("/file_citation/file_id") {
            let number = notes.len() + 1;
            text = text.replacen(mark, &format!(" [{number}]"), 1);
            notes.push(format!("[{number}] {}", file_name(id)));
        } else if let Some(id) = of("/file_path/file_id") {
            notes.push(format!("Made: {}", file_name(id)));
        }
    }
    text
}

fn file_name(id: &str) -> String {
    let id: String = id
        .chars()
        .take(80)
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    format!("`{id}`, a file that stayed at OpenAI")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::import::thread_file;
    use serde_json::json;

    fn read(content: &Value) -> String {
        let message = json!([{"thread_id": "t", "role": "assistant", "created_at": 1, "content": content,
            "attachments": [{"file_id": "file-7"}]}]);
        let threads = thread_file::read(message.to_string().as_bytes()).expect("it is readable");
        threads[0].messages[0].text.clone()
    }

    #[test]
    fn quoted_files_become_numbers_that_are_explained_below() {
        let text = read(
            &json!([{"type": "text", "text": {"value": "It rains【4:0†source】.", "annotations": [
            {"type": "file_citation", "text": "【4:0†source】", "file_citation": {"file_id": "file-abc"}}]}}]),
        );
        assert_eq!(
            text,
            "It rains [1].\n\n*[1] `file-abc`, a file that stayed at OpenAI*  \n*Attached: `file-7`, a file that stayed at OpenAI*"
        );
    }

    #[test]
    fn pictures_refusals_and_unknown_parts_are_kept_in_words() {
        let text = read(
            &json!([{"type": "refusal", "refusal": "I cannot."}, {"type": "image_file", "image_file": {"file_id": "file-p"}},
            {"type": "image_url", "image_url": {"url": "https://example.org/a b.png"}}, {"type": "hologram"}]),
        );
        assert!(text.starts_with("I cannot.\n\n[Picture](<https://example.org/a b.png>)"));
        assert!(text.contains("Picture: `file-p`") && text.contains("hologram did not come along"));
    }
}
