//! The voice call: the button that begins it, its panel, and what carries out its effects. Who speaks when is decided in
//! `model::speech::call`. The button and what it shares with the page stand in `button` and `state`; the rest is one lazy
//! part. Devices and requests are the browser's wrappers' business.

mod answer;
pub(super) mod button;
mod driver;
mod keeping;
mod line;
mod panel;
pub(super) mod place;
pub mod state;
mod talk_button;
mod told;
