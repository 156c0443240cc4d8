//! Views that are no part of what every page loads: they come when they are wanted. The build cuts the client where
//! `lazy_view!` says; here is what shows such a view, and what stands in its place while it comes or when it does not.
//! Which there are is listed in `ui::parts`; none of them is in here.

use crate::{
    browser::page::regain_focus,
    model::{AppError, AppResult, ErrorKind},
    ui::{
        kit::notice::{ErrorNotice, ReloadLink, RetryButton},
        shell::page::Page,
    },
};
use futures::{
    FutureExt,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// How long a page that was asked for is waited for before its place holder takes the place of the one before.
const GRACE_MS: u32 = 200;

/// How long after a page another part is fetched that will probably be wanted: what the page itself loads goes first.
const SOON: Duration = Duration::from_secs(1);

/// Something on its way to the browser; on the server it is there.
pub type Loading<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl From<SplitLoaderError> for AppError {
    fn from(_: SplitLoaderError) -> Self {
        Self::new(
            ErrorKind::Network,
            "This part of the page could not be loaded. Check the connection and try again. If it stays away, reload the page.",
        )
    }
}

/// What is known of a lazy view before it is there.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The view's name, which the server writes into pages that it rendered it in.
    pub name: &'static str,
    /// The file of the client that it comes in, together with others.
    pub file: &'static str,
    /// Fetches it.
    pub load: fn() -> Loading<AppResult<()>>,
    /// Where it is the page: addresses, and with a slash at the end all below one.
    pub addresses: &'static [&'static str],
}

impl Part {
    /// The same, as the page of some addresses.
    #[must_use]
    pub const fn at(self, addresses: &'static [&'static str]) -> Self {
        Self { addresses, ..self }
    }

    /// Whether it is the page of an address.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.addresses
            .iter()
            .any(|address| match address.strip_suffix('/') {
                Some(above) => path
                    .strip_prefix(above)
                    .is_some_and(|below| below.len() > 1 && below.starts_with('/')),
                None => path == *address,
            })
    }
}

/// A lazy view with what it shows.
#[derive(Clone)]
pub struct LazyView {
    part: Part,
    view: Arc<dyn Fn() -> Loading<AppResult<AnyView>> + Send + Sync>,
}

impl LazyView {
    /// What `lazy_view!` makes.
    pub fn new(
        part: Part,
        view: impl Fn() -> Loading<AppResult<AnyView>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            part,
            view: Arc::new(view),
        }
    }

    /// Fetches it before it is wanted: when a pointer or the focus comes near. A failure is told when it is wanted.
    pub fn prefetch(&self) {
        prefetch(self.part);
    }

    /// The view, once it was fetched.
    fn show(&self) -> AppResult<AnyView> {
        let view = (self.view)().now_or_never();
        let view = view.unwrap_or_else(|| Err(AppError::internal()))?;
        let name = self.part.name;
        Ok(view! {
            <span hidden data-part=name></span>
            {view}
        }
        .into_any())
    }
}

/// Fetches a part that the page does not need yet and probably will. Runs in effects.
pub fn prefetch_soon(part: Part) {
    set_timeout(move || prefetch(part), SOON);
}

/// Fetches a part before it is wanted. Runs in effects and event handlers.
pub fn prefetch(part: Part) {
    spawn_local(async move {
        let _ = (part.load)().await;
    });
}

/// Shows a lazy view: on the server, and in the browser where it was fetched before, at once; else as soon as it has come.
#[component]
pub fn Lazy(
    /// What to show.
    view: LazyView,
    /// Stands in its place while it comes.
    #[prop(into)]
    waiting: ViewFn,
    /// Surrounds what tells that it did not come, as a dialog or a panel would the view.
    #[prop(default = std::convert::identity)]
    problem: fn(AnyView) -> AnyView,
    /// Told when it is there after all, if it was not at once.
    #[prop(default = || {})]
    on_late: fn(),
) -> impl IntoView {
    let mut loading = (view.part.load)();
    if let Some(Ok(())) = (&mut loading).now_or_never() {
        return show(&view, problem);
    }
    let outcome = RwSignal::new(None);
    let wait_for = move |loading: Loading<AppResult<()>>| {
        spawn_local(async move {
            let loaded = loading.await;
            let is_there = loaded.is_ok();
            if outcome.try_set(Some(loaded)).is_none() && is_there {
                on_late();
            }
        });
    };
    wait_for(loading);
    let load = view.part.load;
    let on_retry = move |()| {
        outcome.set(None);
        wait_for(load());
    };
    (move || match outcome.get() {
        None => waiting.run(),
        Some(Ok(())) => show(&view, problem),
        Some(Err(error)) => problem(
            view! {
                <ErrorNotice error>
                    <RetryButton on_retry />
                    <ReloadLink />
                </ErrorNotice>
            }
            .into_any(),
        ),
    })
    .into_any()
}

fn show(view: &LazyView, problem: fn(AnyView) -> AnyView) -> AnyView {
    view.show()
        .unwrap_or_else(|error| problem(view! { <ErrorNotice error /> }.into_any()))
}

/// A page that is a lazy view, for the table of pages.
#[derive(Clone, Copy)]
pub struct LazyPage(
    /// Makes the view.
    pub fn() -> LazyView,
);

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        let view = (self.0)();
        view! { <Lazy view waiting=PageSkeleton problem=as_page on_late=focus_late_page /> }
            .into_any()
    }

    async fn preload(&self) {
        let mut loading = ((self.0)().part.load)();
        if (&mut loading).now_or_never().is_none() {
            match select(loading, TimeoutFuture::new(GRACE_MS)).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }
}

/// The shape of any page.
#[component]
fn PageSkeleton() -> impl IntoView {
    view! {
        <Page title="Loading">
            <p class="sr-only" role="status">
                "Loading the page"
            </p>
            <div class="page-head" aria-hidden="true">
                <span class="skeleton w-25"></span>
            </div>
            <span class="skeleton w-90" aria-hidden="true"></span>
            <span class="skeleton w-50" aria-hidden="true"></span>
        </Page>
    }
}

/// The place holder or the notice that held the focus is gone.
fn focus_late_page() {
    request_animation_frame(regain_focus);
}

fn as_page(problem: AnyView) -> AnyView {
    view! { <Page title="Not loaded">{problem}</Page> }.into_any()
}

/// Declares a lazy view:
///
/// ```text
/// lazy_view! {
///     /// What it is.
///     pub fn parameters_panel(tool: ChatTool) in workbench {
///         view! { <ParametersPanel tool /> }
///     }
/// }
/// ```
///
/// makes a function of that name, whose [`LazyView`](crate::ui::lazy::LazyView) is shown by
/// [`Lazy`](crate::ui::lazy::Lazy), and `parameters_panel::PART` for the list in `ui::parts`. What the body alone uses
/// comes with the file named after `in`. Arguments are cloned whenever the view is shown; they are `Send + Sync`.
macro_rules! lazy_view {
    (
        $(#[doc = $doc:literal])*
        $visibility:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) in $file:ident $body:block
    ) => {
        $(#[doc = $doc])*
        $visibility mod $name {
            use super::*;

            /// What is known of it before it is there.
            pub const PART: $crate::ui::lazy::Part = $crate::ui::lazy::Part {
                name: stringify!($name),
                file: stringify!($file),
                load: || Box::pin(async { Ok(load().await?) }),
                addresses: &[],
            };

            #[::leptos::wasm_split::wasm_split(
                $file,
                wasm_split_path = ::leptos::wasm_split,
                fallible,
                preload(#[doc(hidden)] load)
            )]
            pub(super) fn $name($($argument: $kind),*) -> $crate::model::AppResult<::leptos::prelude::AnyView> {
                Ok(::leptos::prelude::IntoAny::into_any($body))
            }
        }

        $(#[doc = $doc])*
        #[must_use]
        $visibility fn $name($($argument: $kind),*) -> $crate::ui::lazy::LazyView {
            $crate::ui::lazy::LazyView::new($name::PART, move || {
                Box::pin($name::$name($($argument.clone()),*))
            })
        }
    };
}

pub(crate) use lazy_view;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_the_page_of_its_addresses_and_of_all_below_one_that_ends_in_a_slash() {
        let part = |addresses| Part {
            name: "page",
            file: "file",
            load: || Box::pin(async { Ok(()) }),
            addresses,
        };
        for (addresses, path, expected) in [
            (&["/chat"] as &[_], "/chat", true),
            (&["/chat"], "/chat/1", false),
            (&["/chat/"], "/chat/1", true),
            (&["/chat/"], "/chat", false),
            (&["/chat/"], "/chat/", false),
            (&["/chat/"], "/chats/1", false),
            (&["/chat", "/chat/"], "/chat/1", true),
            (&[], "/chat", false),
        ] {
            assert_eq!(
                part(addresses).is_at(path),
                expected,
                "{addresses:?} {path}"
            );
        }
    }
}
