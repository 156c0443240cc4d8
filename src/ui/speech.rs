//! Speech as more than one page shows it: who speaks, and how much was heard and said.

pub mod speed_field;
pub mod usage;
pub mod voice_field;
