//! Turns: of each person only so much goes on at once, so that whoever has much to be done holds nobody else up.

use crate::model::{AppError, AppResult, ErrorKind, ids::UserId};
use futures::{StreamExt, stream::BoxStream};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of all people.
#[derive(Clone)]
pub(super) struct Turns {
    people: Arc<Mutex<HashMap<UserId, Weak<Person>>>>,
    /// What takes turns, in the plural.
    what: &'static str,
    at_once: usize,
    waiting: usize,
}

struct Person {
    /// What goes on and what waits for it.
    places: Arc<Semaphore>,
    /// What goes on. Turns are given in the order in which they are asked for.
    turns: Arc<Semaphore>,
}

/// A turn of somebody's; it ends when it is dropped.
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    /// Who has turns stays known.
    _person: Arc<Person>,
}

impl Turn {
    /// A stream that is the turn: it ends with it.
    pub(super) fn during<T: Send + 'static>(
        self,
        stream: BoxStream<'static, T>,
    ) -> BoxStream<'static, T> {
        stream
            .map(move |item| {
                let _lasts = &self;
                item
            })
            .boxed()
    }
}

impl Turns {
    /// Each person has so many at once, and so many that wait.
    pub(super) fn new(what: &'static str, at_once: usize, waiting: usize) -> Self {
        Self {
            people: Arc::default(),
            what,
            at_once,
            waiting,
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// `RateLimited` where too many of the person's wait already.
    pub(super) async fn take(&self, user: UserId) -> AppResult<Turn> {
        let person = self.person(user);
        let place = Arc::clone(&person.places).try_acquire_owned();
        let place = place.map_err(|_| self.too_many())?;
        let turn = Arc::clone(&person.turns).acquire_owned().await;
        Ok(Turn {
            _turn: turn.map_err(|_| AppError::internal())?,
            _place: place,
            _person: person,
        })
    }

    fn person(&self, user: UserId) -> Arc<Person> {
        // Valid after every statement, so a panic elsewhere does not spoil it.
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get(&user).and_then(Weak::upgrade) {
            return person;
        }
        people.retain(|_, person| person.strong_count() > 0);
        let person = Arc::new(Person {
            places: Arc::new(Semaphore::new(self.at_once + self.waiting)),
            turns: Arc::new(Semaphore::new(self.at_once)),
        });
        people.insert(user, Arc::downgrade(&person));
        person
    }

    fn too_many(&self) -> AppError {
        let message = format!(
            "{} of your {} are being worked on or waiting. Wait until some of them are done.",
            self.at_once + self.waiting,
            self.what
        );
        AppError::new(ErrorKind::RateLimited, message).retry_after(5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn whoever_has_much_to_do_waits_for_themselves_alone() {
        let turns = Turns::new("recordings", 2, 1);
        let (ada, ben) = (UserId::new(), UserId::new());
        let first = turns.take(ada).await.expect("a turn");
        let _second = turns.take(ada).await.expect("another");
        let mut third = Box::pin(turns.take(ada));
        assert!(third.as_mut().now_or_never().is_none(), "it waits");
        let refused = turns.take(ada).await.err().expect("no place left");
        assert_eq!(refused.kind, ErrorKind::RateLimited);
        assert!(refused.message.starts_with("3 of your recordings"));
        assert!(turns.take(ben).now_or_never().is_some(), "ben has none");
        drop(first);
        assert!(third.now_or_never().is_some(), "its turn has come");
    }

    #[tokio::test]
    async fn whoever_has_no_turn_any_more_is_forgotten() {
        let turns = Turns::new("texts", 1, 0);
        for _ in 0..3 {
            drop(turns.take(UserId::new()).await.expect("a turn"));
        }
        assert_eq!(turns.people.lock().expect("whole").len(), 1);
    }
}
