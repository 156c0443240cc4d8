//! What the browser's tab says of a page.

use leptos::{leptos_dom::helpers::is_server, prelude::*};
use leptos_meta::Title;

/// The title of the page, with the product's name behind it.
#[component]
pub fn PageTitle(
    /// What the page is about; people's own words may stand in it.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    view! { <Title text=written(&format!("{title} · InspireAI"), is_server()) /> }.into_any()
}

/// The server's part of a title goes into the page as it is, so it must be HTML; the browser's is text.
fn written(text: &str, is_html: bool) -> String {
    match is_html {
        true => text.replace('&', "&amp;").replace('<', "&lt;"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_title_ends_where_it_ends() {
        assert_eq!(written("</title>&", true), "&lt;/title>&amp;");
        assert_eq!(written("</title>&", false), "</title>&");
    }
}
