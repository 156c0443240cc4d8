//! What became of a file that was imported.

use super::ids::ConversationId;
use serde::{Deserialize, Serialize};

/// Largest file of threads that is read, in bytes.
pub const MAX_IMPORT_BYTES: usize = 16 * 1024 * 1024;

/// What became of the threads of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Threads that are conversations now.
    pub imported: u32,
    /// Threads that were imported before and stayed as they are.
    pub known: u32,
    /// Messages in the new conversations.
    pub messages: u32,
    /// The first of the new conversations.
    pub first: Option<ConversationId>,
    /// What to know of single threads.
    pub notes: Vec<String>,
}

impl ImportReport {
    /// What happened, in a sentence or two.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |count: u32, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        match (self.imported, self.known) {
            (0, 0) => "There are no messages in this file.".to_owned(),
            (0, known) => format!(
                "{} imported before; nothing was changed.",
                match known {
                    1 => "1 thread was".to_owned(),
                    known => format!("{known} threads were"),
                }
            ),
            (imported, known) => {
                let also = match known {
                    0 => String::new(),
                    known => format!(" {} imported before.", count(known, "thread")),
                };
                format!(
                    "Imported {} with {}.{also}",
                    count(imported, "thread"),
                    count(self.messages, "message")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_imported_is_told_in_words() {
        let report = |imported, known, messages| ImportReport {
            imported,
            known,
            messages,
            ..ImportReport::default()
        };
        assert_eq!(
            report(1, 0, 2).summary(),
            "Imported 1 thread with 2 messages."
        );
        assert_eq!(
            report(0, 2, 0).summary(),
            "2 threads were imported before; nothing was changed."
        );
        assert_eq!(
            report(3, 1, 1).summary(),
            "Imported 3 threads with 1 message. 1 thread imported before."
        );
    }
}
