//! Files on messages: what is put on one that is being written (button, drop, paste, camera, chips, crop), and how sent
//! ones show them. What every chat page needs is small and stands in `attach_button`, `drop_zone`, `draft_files` and
//! `attachment_list`; the rest is one lazy part and is fetched with the first file.

pub mod all_drafts;
pub(super) mod attach_button;
pub(super) mod attachment_list;
mod camera_dialog;
mod chip;
mod chip_controls;
mod crop_dialog;
mod crop_fields;
mod crop_stage;
pub mod draft_files;
pub(super) mod drop_zone;
mod lightbox;
mod objection;
mod picture;
pub mod row;
pub(super) mod stored_fields;
mod transcribe;
mod uploads;
