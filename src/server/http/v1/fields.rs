//! The fields of a request, read by name. What is wrong with one is told with its place, as `messages[1].role`.

use super::error::{ApiError, ApiResult};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// An object somewhere in a request. A field that is `null` is not there.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    /// Where the object is; empty for the request itself.
    place: String,
    values: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The object at a place.
    pub(super) fn at(value: &'a Value, place: impl Into<String>) -> ApiResult<Self> {
        let place = place.into();
        match value {
            Value::Object(values) => Ok(Self { place, values }),
            _ => Err(ApiError::invalid(
                place.clone(),
                format!("`{place}` must be an object."),
            )),
        }
    }

    /// The place of a field.
    pub(super) fn place(&self, name: &str) -> String {
        match self.place.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.place),
        }
    }

    /// What is wrong with a field; `problem` goes on after its name.
    pub(super) fn wrong(&self, name: &str, problem: &str) -> ApiError {
        let place = self.place(name);
        ApiError::invalid(place.clone(), format!("`{place}` {problem}."))
    }

    /// A field of whatever kind.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
        problem: &str,
    ) -> ApiResult<Option<T>> {
        self.value(name)
            .map(|value| read(value).ok_or_else(|| self.wrong(name, problem)))
            .transpose()
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> ApiResult<Option<&'a str>> {
        self.read(name, Value::as_str, "must be a text")
    }

    /// A text that must be there.
    pub(super) fn needed_text(&self, name: &str) -> ApiResult<&'a str> {
        self.text(name)?
            .ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> ApiResult<Option<bool>> {
        self.read(name, Value::as_bool, "must be true or false")
    }

    /// A number within bounds.
    pub(super) fn number(&self, name: &str, range: RangeInclusive<f64>) -> ApiResult<Option<f32>> {
        let problem = format!(
            "must be a number between {} and {}",
            range.start(),
            range.end()
        );
        let number = self.read(
            name,
            |value| value.as_f64().filter(|number| range.contains(number)),
            &problem,
        )?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the bounds are small, and what is left out is beyond what a model tells apart"
        )]
        Ok(number.map(|number| number as f32))
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, name: &str, range: RangeInclusive<u64>) -> ApiResult<Option<u64>> {
        let problem = match *range.end() {
            u64::MAX => format!("must be a whole number from {} on", range.start()),
            end => format!("must be a whole number between {} and {end}", range.start()),
        };
        let read = |value: &Value| value.as_u64().filter(|number| range.contains(number));
        self.read(name, read, &problem)
    }

    /// How many tokens.
    pub(super) fn tokens(&self, name: &str) -> ApiResult<Option<u32>> {
        let tokens = self.whole(name, 1..=u64::from(u32::MAX))?;
        Ok(tokens.and_then(|tokens| u32::try_from(tokens).ok()))
    }

    /// A list.
    pub(super) fn list(&self, name: &str) -> ApiResult<Option<&'a [Value]>> {
        let list = self.read(name, Value::as_array, "must be a list")?;
        Ok(list.map(Vec::as_slice))
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> ApiResult<Option<Self>> {
        self.value(name)
            .map(|value| Self::at(value, self.place(name)))
            .transpose()
    }

    /// An object that must be there.
    pub(super) fn needed_object(&self, name: &str) -> ApiResult<Self> {
        self.object(name)?
            .ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// The objects of a list.
    pub(super) fn objects(&self, name: &str) -> ApiResult<Option<Vec<Self>>> {
        let Some(list) = self.list(name)? else {
            return Ok(None);
        };
        let place = self.place(name);
        let objects = list
            .iter()
            .enumerate()
            .map(|(index, value)| Self::at(value, format!("{place}[{index}]")));
        objects.collect::<ApiResult<_>>().map(Some)
    }

    /// One of a few words, as what it stands for.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> ApiResult<Option<T>> {
        let Some(word) = self.text(name)? else {
            return Ok(None);
        };
        let found = choices.iter().find(|(known, _)| *known == word);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let known: Vec<_> = choices
                .iter()
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            self.wrong(name, &format!("must be one of {}", known.join(", ")))
        })
    }

    /// One of a few words, of whose meaning nothing is made here.
    pub(super) fn check_choice(&self, name: &str, words: &[&str]) -> ApiResult<()> {
        let choices: Vec<_> = words.iter().map(|word| (*word, ())).collect();
        self.choice(name, &choices).map(|_| ())
    }

    /// Refuses a field that is there, with the reason.
    pub(super) fn refuse(&self, name: &str, reason: &str) -> ApiResult<()> {
        match self.value(name) {
            Some(_) => Err(self.wrong(name, reason)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn param<T>(outcome: ApiResult<T>) -> String {
        let error = outcome.err().expect("an error");
        error.body()["error"]["param"]
            .as_str()
            .expect("a place")
            .to_owned()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let body = json!({
            "temperature": 3, "stream": "yes", "n": null,
            "messages": [{ "role": "user" }, { "role": 7 }, "hello"],
        });
        let fields = Fields::at(&body, "").expect("an object");
        assert_eq!(
            param(fields.number("temperature", 0.0..=2.0)),
            "temperature"
        );
        assert_eq!(param(fields.flag("stream")), "stream");
        assert_eq!(param(fields.needed_text("model")), "model");
        assert_eq!(fields.whole("n", 1..=1).expect("absent"), None);
        assert_eq!(param(fields.objects("messages")), "messages[2]");
        let second = Fields::at(&body["messages"][1], "messages[1]").expect("an object");
        assert_eq!(param(second.text("role")), "messages[1].role");
    }

    #[test]
    fn a_word_is_one_of_those_that_are_known() {
        let body = json!({ "effort": "low", "detail": "blurry" });
        let fields = Fields::at(&body, "x").expect("an object");
        let choices = [("low", 1), ("high", 2)];
        assert_eq!(fields.choice("effort", &choices).expect("known"), Some(1));
        assert_eq!(param(fields.choice("detail", &choices)), "x.detail");
    }
}
