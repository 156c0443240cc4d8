//! The doors: every route on one page, sessions and cookies, the event stream, health and numbers, what is told of each
//! request, and how errors become statuses.
//! No rules of any domain.

mod access;
mod answers;
mod body;
mod client;
mod cross_origin;
pub mod error;
mod events;
mod fallback;
mod files;
pub mod flash;
mod headers;
mod health;
pub mod import;
mod metrics;
pub mod router;
pub mod session;
pub mod speech;
pub mod uploads;
mod v1;
