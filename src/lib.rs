//! InspireAI: a self-hosted AI workbench. A catalogue of AI tools, and a chat in which people use them.
//!
//! The first level is where code runs, the second the domain noun, the same word in every place:
//!
//! - [`model`]: both sides; wire types and pure rules.
//! - [`api`]: server functions, the pages' way to the services.
//! - [`ui`]: components, one a file; `ui/app.rs` is the table of pages.
//! - [`browser`]: wrappers of browser APIs; compile on both sides, run only in the browser.
//! - `server`: everything that runs only on the server; `server/http/router.rs` lists every route.
//!
//! Arrows run one way: doors (`ui`, `api`, `server::http`) to services, to providers, database and run log, to `model`.

pub mod api;
pub mod browser;
// Two forms of one thing, here and below for `site`: which is compiled is decided here, so that no other file asks.
#[cfg(feature = "local")]
#[path = "server/providers/local/chat.rs"]
mod local_chat;
#[cfg(all(feature = "ssr", not(feature = "local")))]
#[path = "server/providers/without_local.rs"]
mod local_chat;
#[cfg(feature = "local")]
#[path = "server/providers/local/speech/provider.rs"]
mod local_speech;
#[cfg(all(feature = "ssr", not(feature = "local")))]
#[path = "server/providers/without_local/speech.rs"]
mod local_speech;
#[cfg(feature = "local")]
#[path = "server/providers/local/transcription/provider.rs"]
mod local_transcription;
#[cfg(all(feature = "ssr", not(feature = "local")))]
#[path = "server/providers/without_local_transcription.rs"]
mod local_transcription;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "embed")]
#[path = "server/site/embedded.rs"]
mod site;
#[cfg(all(feature = "ssr", not(feature = "embed")))]
#[path = "server/site/directory.rs"]
mod site;
pub mod ui;

/// Takes over the page that the server rendered, once everything that it shows is there.
///
/// # Errors
/// When a lazily loaded part of it did not come. The page stays as it is.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() -> Result<(), wasm_bindgen::JsValue> {
    console_error_panic_hook::set_once();
    ui::parts::load_shown()
        .await
        .map_err(|error| error.message)?;
    leptos::mount::hydrate_body(ui::app::App);
    Ok(())
}
