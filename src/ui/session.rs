//! Who is logged in, as every component sees it, and the actions that change it. They live as long as the page, so that a
//! person who logs in is known to what they are sent on to.

use crate::{
    api::accounts::{LogIn, LogOut, SignUp, current_user},
    model::user::UserView,
    ui::load::{Loaded, load},
};
use leptos::prelude::*;

/// The person and how that changes.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who is there.
    pub user: Loaded<Option<UserView>>,
    /// Makes an account and logs in.
    pub sign_up: ServerAction<SignUp>,
    /// Logs in.
    pub log_in: ServerAction<LogIn>,
    /// Logs out.
    pub log_out: ServerAction<LogOut>,
    /// Changes whenever somebody may have come or gone.
    pub version: Signal<usize>,
}

/// Makes the session known to everything below.
pub fn provide_session() {
    let sign_up = ServerAction::<SignUp>::new();
    let log_in = ServerAction::<LogIn>::new();
    let log_out = ServerAction::<LogOut>::new();
    let version = Signal::derive(move || {
        sign_up.version().get() + log_in.version().get() + log_out.version().get()
    });
    provide_context(Session {
        user: load(move || version.get(), |_| current_user()),
        sign_up,
        log_in,
        log_out,
        version,
    });
}

/// Who is logged in, if anybody.
#[must_use]
pub fn use_session() -> Loaded<Option<UserView>> {
    use_session_actions().user
}

/// The person and how that changes.
#[must_use]
pub fn use_session_actions() -> Session {
    expect_context()
}
