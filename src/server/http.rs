//! The doors: every route on one page, sessions and cookies, the event stream, health, and how errors become statuses.
//! No rules of any domain.

mod client;
mod cross_origin;
pub mod error;
mod events;
mod fallback;
mod headers;
mod health;
pub mod router;
pub mod session;
