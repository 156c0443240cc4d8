//! The doors: every route on one page, sessions and cookies, the event stream, health and numbers, what is told of each
//! request, and how errors become statuses.
//! No rules of any domain.

mod access;
mod client;
mod cross_origin;
pub mod error;
mod events;
mod fallback;
pub mod flash;
mod headers;
mod health;
mod metrics;
pub mod router;
pub mod session;
mod v1;
