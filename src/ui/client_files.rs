//! What makes a page look and live: a style, a script and its WASM module, whose names carry a hash of their content.

use leptos::{nonce::use_nonce, prelude::*};

/// The paths of what every page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFiles {
    style: String,
    script: String,
    module: String,
}

impl ClientFiles {
    /// Finds them through the list that the build makes: lines of `kind: hash`. A kind that is not listed has no hash.
    #[must_use]
    pub fn new(options: &LeptosOptions, hashes: &str) -> Self {
        let path = |kind: &str| {
            let hash = hashes
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(listed, _)| listed.trim() == kind)
                .map(|(_, hash)| format!(".{}", hash.trim()))
                .unwrap_or_default();
            let (directory, name) = (&options.site_pkg_dir, &options.output_name);
            format!("/{directory}/{name}{hash}.{kind}")
        };
        Self {
            style: path("css"),
            script: path("js"),
            module: path("wasm"),
        }
    }
}

/// Loads them, in a document's head. Leptos' own components look the hashes up in a file beside the program, three times a
/// page; a program that brings its files along has none.
#[component]
pub fn ClientFileLinks(
    /// What to load.
    files: ClientFiles,
) -> impl IntoView {
    let ClientFiles {
        style,
        script,
        module,
    } = files;
    let start = format!(
        "import load, {{ hydrate }} from {script:?}; await load({{ module_or_path: {module:?} }}); hydrate();"
    );
    view! {
        <link rel="stylesheet" href=style />
        <link rel="modulepreload" href=script />
        <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
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
