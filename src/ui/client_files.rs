//! What makes a page look and live: a style, a script, its WASM module and the parts of that which come when they are
//! wanted. Their names carry a hash of their content.

use super::{
    kit::{icon::Icon, notice::ReloadLink},
    parts::files_of,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_router::location::{RequestUrl, Url};

/// The id of what tells that they did not come.
const NOT_LOADED: &str = "not-loaded";

/// The paths of what pages load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFiles {
    style: String,
    script: String,
    module: String,
    /// Lazy parts, each with its modules.
    parts: Vec<(String, Vec<String>)>,
}

impl ClientFiles {
    /// Finds them through the list that the build makes: lines of `kind: hash`, and of `part name: files` for the lazy ones.
    /// A kind that is not listed has no hash.
    #[must_use]
    pub fn new(options: &LeptosOptions, hashes: &str) -> Self {
        let (directory, name) = (&options.site_pkg_dir, &options.output_name);
        let listed = || {
            let lines = hashes.lines().filter_map(|line| line.split_once(':'));
            lines.map(|(kind, value)| (kind.trim(), value.trim()))
        };
        let path = |kind: &str| {
            let hash = listed()
                .find(|(listed, _)| *listed == kind)
                .map(|(_, hash)| format!(".{hash}"))
                .unwrap_or_default();
            format!("/{directory}/{name}{hash}.{kind}")
        };
        let parts = listed().filter_map(|(kind, files)| {
            let files = files.split_whitespace();
            let paths = files.map(|file| format!("/{directory}/{file}"));
            Some((kind.strip_prefix("part ")?.to_owned(), paths.collect()))
        });
        Self {
            style: path("css"),
            script: path("js"),
            module: path("wasm"),
            parts: parts.collect(),
        }
    }

    /// The modules that the page at a path loads beside the one of every page, each once.
    fn parts_of(&self, path: &str) -> Vec<String> {
        let mut modules = Vec::new();
        for part in files_of(path) {
            let listed = self.parts.iter().filter(|(name, _)| name == part);
            for module in listed.flat_map(|(_, modules)| modules) {
                if !modules.contains(module) {
                    modules.push(module.clone());
                }
            }
        }
        modules
    }
}

/// Loads them, in a document's head. Leptos' own components look the hashes up in a file beside the program, three times a
/// page; a program that brings its files along has none.
#[component]
pub fn ClientFileLinks(
    /// What to load.
    files: ClientFiles,
) -> impl IntoView {
    let address = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let parts = files.parts_of(address.as_ref().map_or("", Url::path));
    let ClientFiles {
        style,
        script,
        module,
        ..
    } = files;
    let prepare = if parts.is_empty() {
        String::new()
    } else {
        format!("client.prepare({parts:?}); ")
    };
    let start = format!(
        "try {{ const client = await import({script:?}); {prepare}await client.default({{ module_or_path: {module:?} }}); \
         await client.hydrate(); }} catch (problem) {{ console.error(problem); \
         document.getElementById({NOT_LOADED:?}).hidden = false; }}"
    );
    let preload = |href: String| {
        view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
    };
    view! {
        <link rel="stylesheet" href=style />
        <link rel="modulepreload" href=script />
        {preload(module)}
        {parts.into_iter().map(preload).collect_view()}
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}

/// Tells, in a document's body, that they did not come, when they did not: what only a script can do does not react then.
#[component]
pub fn NotLoadedNotice() -> impl IntoView {
    view! {
        <div class="notice notice-danger not-loaded" id=NOT_LOADED role="alert" hidden>
            <Icon name="alert-triangle" />
            <p>
                "This page could not be loaded completely, so parts of it do not react. Check the connection and reload the page."
            </p>
            <ReloadLink />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_by(hashes: &str) -> [String; 3] {
        let options = LeptosOptions::builder().output_name("inspireai").build();
        let files = ClientFiles::new(&options, hashes);
        [files.style, files.script, files.module]
    }

    #[test]
    fn names_carry_the_hashes_of_the_list() {
        assert_eq!(
            named_by("js: 0a\nwasm: 1b\n css : 2c \n"),
            [
                "/pkg/inspireai.2c.css",
                "/pkg/inspireai.0a.js",
                "/pkg/inspireai.1b.wasm"
            ]
        );
    }

    #[test]
    fn a_page_loads_the_modules_of_its_lazy_parts_each_once() {
        let options = LeptosOptions::builder().output_name("inspireai").build();
        let hashes = "wasm: 1b\n\
            part settings: inspireai.settings.3d.wasm inspireai.shared-1.4e.wasm\n\
            part chat: inspireai.chat.5f.wasm inspireai.shared-1.4e.wasm\n\
            part transcript: inspireai.transcript.6a.wasm inspireai.shared-1.4e.wasm\n";
        let files = ClientFiles::new(&options, hashes);
        assert_eq!(
            files.parts_of("/settings"),
            [
                "/pkg/inspireai.settings.3d.wasm",
                "/pkg/inspireai.shared-1.4e.wasm"
            ]
        );
        assert_eq!(
            files.parts_of("/chat/1"),
            [
                "/pkg/inspireai.chat.5f.wasm",
                "/pkg/inspireai.shared-1.4e.wasm",
                "/pkg/inspireai.transcript.6a.wasm"
            ]
        );
        assert!(files.parts_of("/").is_empty());
        assert!(
            ClientFiles::new(&options, "")
                .parts_of("/settings")
                .is_empty()
        );
    }

    #[test]
    fn without_a_list_names_are_plain() {
        assert_eq!(
            named_by(""),
            [
                "/pkg/inspireai.css",
                "/pkg/inspireai.js",
                "/pkg/inspireai.wasm"
            ]
        );
    }
}
