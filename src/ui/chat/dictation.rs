//! Dictation: the button that records, what is said of a recording while it goes on, and its words on their way into the
//! message. The button and what it shares with the page stand in `button` and `state`; the rest is one lazy part and is
//! fetched when somebody comes near the button. Devices, requests and storage are the browser's wrappers' business.

mod bar;
pub(super) mod button;
mod driver;
pub(super) mod explained;
pub(super) mod flow;
mod ghost;
mod keeping;
mod languages;
mod notices;
mod recording;
pub(super) mod row;
pub mod state;
mod work;
