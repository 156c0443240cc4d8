//! What became of an answer that was asked for in a shape.

use serde::{Deserialize, Serialize};

/// Whether an answer has the shape it was asked for in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputCheck {
    /// In a word.
    pub verdict: Verdict,
    /// What is wrong, in the order of the answer.
    pub problems: Vec<OutputProblem>,
    /// How many problems more there are.
    #[serde(default)]
    pub more: u32,
}

/// Whether an answer has its shape, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has.
    Valid,
    /// It is JSON of another shape.
    Invalid,
    /// It is no JSON.
    NotJson,
    /// It is the beginning of JSON: the answer was cut off.
    CutOff,
    /// The model declined to answer.
    Declined,
    /// It could not be looked at.
    Unknown,
}

/// One thing that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputProblem {
    /// The JSON pointer of what it is about; empty for the whole.
    pub pointer: String,
    /// A sentence.
    pub message: String,
}

impl OutputCheck {
    /// Without problems.
    #[must_use]
    pub fn valid() -> Self {
        Self {
            verdict: Verdict::Valid,
            problems: Vec::new(),
            more: 0,
        }
    }

    /// With one problem, about the whole.
    #[must_use]
    pub fn whole(verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            verdict,
            problems: vec![OutputProblem {
                pointer: String::new(),
                message: message.into(),
            }],
            more: 0,
        }
    }

    /// Whether asking again with the problems makes sense.
    #[must_use]
    pub fn can_be_repaired(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::Invalid | Verdict::NotJson | Verdict::CutOff
        )
    }
}

impl OutputProblem {
    /// Where it is, as people write it: `items[2].price`; empty for the whole.
    #[must_use]
    pub fn place(&self) -> String {
        let mut place = String::new();
        for step in self.pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            match step.parse::<u32>() {
                Ok(index) => place.push_str(&format!("[{index}]")),
                Err(_) if place.is_empty() => place = step,
                Err(_) => {
                    place.push('.');
                    place.push_str(&step);
                }
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_people_write_it() {
        let place = |pointer: &str| {
            let (pointer, message) = (pointer.to_owned(), String::new());
            OutputProblem { pointer, message }.place()
        };
        assert_eq!(place("/items/2/unit~1price"), "items[2].unit/price");
        assert_eq!(place("/0/a"), "[0].a");
        assert_eq!(place(""), "");
    }
}
