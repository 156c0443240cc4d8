//! What was found to be wrong, and the story of the run as it is told.

use std::{
    fmt::Display,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Everything that must not be. Copies share one list.
#[derive(Clone)]
pub struct Findings {
    began: Instant,
    list: Arc<Mutex<Vec<String>>>,
}

impl Findings {
    /// None yet; the clock of the story starts.
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            list: Arc::default(),
        }
    }

    /// Something that must not be.
    pub fn add(&self, finding: impl Display) {
        self.tell(format_args!("WRONG: {finding}"));
        self.lock().push(finding.to_string());
    }

    /// A line of the story.
    pub fn tell(&self, line: impl Display) {
        println!("{:7.1} s  {line}", self.began.elapsed().as_secs_f64());
    }

    /// All that was found.
    pub fn list(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// The list is valid after every statement, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
