//! Server functions: what pages ask of the server. A body takes the state and the person, makes one call of a service and
//! returns; rules live in the services, transport in `server::http`.

#![expect(
    missing_docs,
    reason = "the server macro makes public structs of the arguments, which cannot carry docs"
)]

pub mod accounts;
pub mod assistants;
pub mod catalog;
pub mod chat;
pub mod files;
pub mod import;
pub mod presets;
pub mod schemas;
pub mod speech;
pub mod tokens;
