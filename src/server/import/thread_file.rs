//! Reading exported threads: the list of a thread's messages as the API gave it, a thread with its messages, or an array of
//! such. What cannot be read is told with its place in the file.

use super::content;
use crate::{
    model::{
        AppError, AppResult,
        chat::{Author, MAX_MESSAGE_BYTES, title_from},
    },
    server::db::imports::ImportedMessage,
};
use serde_json::Value;

/// Most threads in one file.
const MAX_THREADS: usize = 1_000;
/// Most messages in one file.
const MAX_MESSAGES: usize = 50_000;
/// Longest id of a thread, in bytes.
const MAX_ID_BYTES: usize = 200;

/// A thread as it will be stored.
#[derive(Debug)]
pub struct Thread {
    /// Its id where it comes from.
    pub id: String,
    /// Its title, or its first words.
    pub title: String,
    /// Oldest first.
    pub messages: Vec<ImportedMessage>,
    /// What to know of it.
    pub note: Option<String>,
}

impl Thread {
    /// When it began and when something last happened in it, milliseconds since 1970.
    pub fn times(&self) -> (i64, i64) {
        let at =
            |message: Option<&ImportedMessage>| message.map_or(0, |message| message.created_at);
        (at(self.messages.first()), at(self.messages.last()))
    }
}

/// Where in the file something stands, for people: `threads 2, message 5`.
#[derive(Clone)]
pub struct Place(String);

impl Place {
    fn within(&self, part: &str, index: usize) -> Self {
        let comma = if self.0.is_empty() { "" } else { ", " };
        Self(format!("{}{comma}{part} {}", self.0, index + 1))
    }

    /// What is wrong here.
    pub fn error(&self, what: &str) -> AppError {
        let place = match self.0.as_str() {
            "" => "The file".to_owned(),
            place => format!("In the file, {place}"),
        };
        AppError::field("file", format!("{place}: {what}"))
    }
}

/// The threads of a file.
///
/// # Errors
/// A sentence about `file`, with the place of the first thing that is wrong.
pub fn read(file: &[u8]) -> AppResult<Vec<Thread>> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let value: Value = serde_json::from_slice(file).map_err(|error| {
        AppError::field(
            "file",
            format!(
                "The file is no valid JSON: look at line {}, column {}.",
                error.line(),
                error.column()
            ),
        )
    })?;
    let top = Place(String::new());
    let mut exports = Vec::new();
    collect(&value, &top, &mut exports)?;
    if exports.len() > MAX_THREADS {
        return Err(top.error(&format!(
            "there are {} threads; at most {MAX_THREADS} are read at once.",
            exports.len()
        )));
    }
    let messages: usize = exports.iter().map(|export| export.messages.len()).sum();
    if messages > MAX_MESSAGES {
        return Err(top.error(&format!(
            "there are {messages} messages; at most {MAX_MESSAGES} are read at once."
        )));
    }
    let threads: AppResult<Vec<_>> = exports.into_iter().map(thread).collect();
    let mut threads = threads?;
    threads.retain(|thread| !thread.messages.is_empty());
    Ok(threads)
}

/// A thread's part of the file.
struct Export<'a> {
    id: String,
    title: Option<&'a str>,
    messages: Vec<(&'a Value, Place)>,
    has_more: bool,
}

/// Finds the threads in a value, whichever of the known shapes it has.
fn collect<'a>(value: &'a Value, place: &Place, found: &mut Vec<Export<'a>>) -> AppResult<()> {
    if let Some(items) = value.as_array() {
        if items.iter().any(is_message) {
            return group(items, place, found);
        }
        for (index, item) in items.iter().enumerate() {
            collect(item, &place.within("thread", index), found)?;
        }
        return Ok(());
    }
    if let Some(threads) = value.get("threads").and_then(Value::as_array) {
        for (index, item) in threads.iter().enumerate() {
            collect(item, &place.within("thread", index), found)?;
        }
        return Ok(());
    }
    if let Some(messages) = value.get("messages") {
        // The thread itself, or beside its messages.
        let thread = value.get("thread").unwrap_or(value);
        let (list, has_more) = list_of(messages)
            .ok_or_else(|| place.error("“messages” is neither a list nor an array."))?;
        let messages = placed(list, place);
        let id = match thread.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => thread_id(&messages, place)?,
        };
        let title = thread.pointer("/metadata/title").and_then(Value::as_str);
        found.push(Export {
            id,
            title,
            messages,
            has_more,
        });
        return Ok(());
    }
    match list_of(value) {
        Some((items, _)) if items.is_empty() => Ok(()),
        Some((items, has_more)) if items.iter().any(is_message) => {
            let before = found.len();
            group(items, place, found)?;
            for export in &mut found[before..] {
                export.has_more = has_more;
            }
            Ok(())
        }
        // A list of threads, each with its messages.
        Some((items, _)) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &place.within("thread", index), found)?;
            }
            Ok(())
        }
        None => Err(place.error(
            "this is no exported thread. Expected are a list of messages, a thread with “messages”, or an array of those.",
        )),
    }
}

/// The items of a list as the API gives it, or of an array, and whether there were more.
fn list_of(value: &Value) -> Option<(&Vec<Value>, bool)> {
    if let Some(items) = value.as_array() {
        return Some((items, false));
    }
    let items = value.get("data")?.as_array()?;
    let has_more = value.get("has_more").and_then(Value::as_bool);
    Some((items, has_more.unwrap_or(false)))
}

fn is_message(value: &Value) -> bool {
    value.get("object").and_then(Value::as_str) == Some("thread.message")
        || (value.get("role").is_some() && value.get("content").is_some())
}

fn placed<'a>(items: &'a [Value], place: &Place) -> Vec<(&'a Value, Place)> {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (item, place.within("message", index)))
        .collect()
}

/// Messages by the threads that they name, in the order in which the threads come.
fn group<'a>(items: &'a [Value], place: &Place, found: &mut Vec<Export<'a>>) -> AppResult<()> {
    let first = found.len();
    for (message, place) in placed(items, place) {
        let id = thread_id(&[(message, place.clone())], &place)?;
        match found[first..].iter_mut().find(|export| export.id == id) {
            Some(export) => export.messages.push((message, place)),
            None => found.push(Export {
                id,
                title: None,
                messages: vec![(message, place)],
                has_more: false,
            }),
        }
    }
    Ok(())
}

fn thread_id(messages: &[(&Value, Place)], place: &Place) -> AppResult<String> {
    let id = messages
        .first()
        .and_then(|(message, _)| message.get("thread_id")?.as_str());
    id.filter(|id| !id.is_empty())
        .map(ToOwned::to_owned)
        .ok_or_else(|| {
            place.error("“thread_id” is missing, so it cannot be told which thread this is.")
        })
}

fn thread(export: Export<'_>) -> AppResult<Thread> {
    if export.id.is_empty() || export.id.len() > MAX_ID_BYTES {
        let place = Place("a thread".to_owned());
        return Err(place.error(&format!("its id has not 1 to {MAX_ID_BYTES} characters.")));
    }
    let mut messages = Vec::with_capacity(export.messages.len());
    for (value, place) in &export.messages {
        messages.push(message(value, place)?);
    }
    // The API lists the latest first unless it was asked otherwise.
    if is_latest_first(&messages) {
        messages.reverse();
    }
    messages.sort_by_key(|message| message.created_at);
    messages.retain(|message| !message.text.is_empty());
    let title = export.title.filter(|title| !title.trim().is_empty());
    let said = messages
        .iter()
        .find(|message| message.author == Author::User)
        .or(messages.first());
    let title = title_from(
        title
            .or(said.map(|message| message.text.as_str()))
            .unwrap_or_default(),
    );
    let note = export.has_more.then(|| {
        format!("The export of “{title}” says that the thread has more messages than it holds.")
    });
    Ok(Thread {
        id: export.id,
        title,
        messages,
        note,
    })
}

fn is_latest_first(messages: &[ImportedMessage]) -> bool {
    match (messages.first(), messages.last()) {
        (Some(first), Some(last)) if first.created_at == last.created_at => {
            first.author == Author::Assistant
        }
        (Some(first), Some(last)) => first.created_at > last.created_at,
        _ => false,
    }
}

fn message(value: &Value, place: &Place) -> AppResult<ImportedMessage> {
    let author = match value.get("role").and_then(Value::as_str) {
        Some("user") => Author::User,
        Some("assistant") => Author::Assistant,
        Some(role) => {
            let role: String = role.chars().take(20).collect();
            return Err(place.error(&format!("its role is “{role}”, not “user” or “assistant”.")));
        }
        None => return Err(place.error("“role” is missing.")),
    };
    let created_at = value
        .get("created_at")
        .and_then(Value::as_i64)
        .filter(|seconds| (0..=253_402_300_799).contains(seconds))
        .ok_or_else(|| place.error("“created_at” is not a time in seconds since 1970."))?;
    let text = content::text(value, place)?.replace('\0', "");
    if text.len() > MAX_MESSAGE_BYTES {
        return Err(place.error(&format!(
            "its text has {} characters; at most about {MAX_MESSAGE_BYTES} fit.",
            text.chars().count()
        )));
    }
    Ok(ImportedMessage {
        author,
        text,
        created_at: created_at * 1_000,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(id: &str, role: &str, at: i64, text: &str) -> Value {
        json!({"id": id, "object": "thread.message", "created_at": at, "thread_id": "thread_1", "role": role,
            "content": [{"type": "text", "text": {"value": text, "annotations": []}}]})
    }

    fn read_json(value: &Value) -> AppResult<Vec<Thread>> {
        read(value.to_string().as_bytes())
    }

    fn words(thread: &Thread) -> Vec<&str> {
        thread.messages.iter().map(|m| m.text.as_str()).collect()
    }

    #[test]
    fn a_list_with_the_latest_first_is_turned_round() {
        let list = json!({"object": "list", "has_more": false, "data": [
            message("c", "user", 20, "third"), message("b", "assistant", 10, "second"), message("a", "user", 10, "first")]});
        let threads = read_json(&list).expect("it is a list");
        assert_eq!(words(&threads[0]), ["first", "second", "third"]);
        assert_eq!(
            (threads[0].title.as_str(), threads[0].times()),
            ("first", (10_000, 20_000))
        );
    }

    #[test]
    fn threads_come_with_their_messages_and_alone_or_in_an_array() {
        let thread = json!({"id": "thread_9", "object": "thread", "metadata": {"title": "Rome"},
            "messages": {"object": "list", "has_more": true, "data": [message("a", "user", 10, "hello")]}});
        let pair =
            json!({"thread": {"id": "thread_8"}, "messages": [message("a", "user", 10, "again")]});
        let threads = read_json(&json!([thread, pair])).expect("both are threads");
        assert_eq!(
            (threads[0].id.as_str(), threads[0].title.as_str()),
            ("thread_9", "Rome")
        );
        assert!(
            threads[0]
                .note
                .as_deref()
                .is_some_and(|note| note.contains("more messages"))
        );
        assert_eq!(threads[1].id, "thread_8");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let wrong = |value: &Value| read_json(value).expect_err("it is wrong").message;
        let broken = read(b"[\n {\"a\": }").expect_err("no JSON").message;
        assert!(broken.contains("line 2"), "{broken}");
        let mut bad = message("b", "tool", 10, "x");
        let list = json!([{"messages": [message("a", "user", 1, "x"), bad.clone()]}]);
        assert_eq!(
            wrong(&list),
            "In the file, thread 1, message 2: its role is “tool”, not “user” or “assistant”."
        );
        bad["role"] = json!("user");
        bad["created_at"] = json!("yesterday");
        assert!(wrong(&json!([bad])).contains("message 1: “created_at”"));
        assert!(wrong(&json!({"a": 1})).starts_with("The file: this is no exported thread"));
        assert!(wrong(&json!({"messages": 4})).contains("neither a list nor an array"));
    }

    #[test]
    fn messages_without_words_are_left_out_and_too_long_ones_are_refused() {
        let empty = json!([message("a", "user", 1, " "), message("b", "user", 2, "x")]);
        assert_eq!(read_json(&empty).expect("fine")[0].messages.len(), 1);
        let huge = json!([message("a", "user", 1, &"x".repeat(MAX_MESSAGE_BYTES + 1))]);
        assert!(read_json(&huge).is_err());
    }
}
