//! The client, as `main.rs` is the server: the WASM module that every page loads. It is the library's `hydrate`, as a program
//! because only programs are optimised as a whole.
#![no_main]

use inspireai as _;
