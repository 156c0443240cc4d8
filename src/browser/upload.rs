//! Sending a file, with word of how far it is. `fetch` tells nothing of that, so this is `XMLHttpRequest`.

use crate::model::{AppError, AppResult, ErrorKind, file::FileView};
use futures::channel::oneshot;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Blob, FormData, ProgressEvent, XmlHttpRequest};

/// Where files go, and the field that they go in.
const ADDRESS: &str = "/api/upload_file";
const FIELD: &str = "file";

/// A request on its way. Dropping it breaks it off.
struct Sending {
    request: XmlHttpRequest,
    /// The browser calls these while the request is on its way.
    _on_progress: Closure<dyn FnMut(ProgressEvent)>,
    _on_end: Closure<dyn FnMut()>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        self.request.set_onloadend(None);
        // What has ended already takes no notice.
        let _ = self.request.abort();
    }
}

/// Stores a file under a name. `on_progress` is told the percentage that has left; whoever drops the future breaks the upload off.
///
/// # Errors
/// What the server says; `Network` when it could not be reached.
pub async fn upload(
    file: &Blob,
    name: &str,
    on_progress: impl Fn(u8) + 'static,
) -> AppResult<FileView> {
    let (sender, ended) = oneshot::channel();
    let sending = send(file, name, on_progress, sender).ok_or_else(unreachable)?;
    // The other end lives as long as the request does.
    let _ = ended.await;
    answer(&sending.request)
}

fn send(
    file: &Blob,
    name: &str,
    on_progress: impl Fn(u8) + 'static,
    ended: oneshot::Sender<()>,
) -> Option<Sending> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", ADDRESS).ok()?;
    request
        .set_request_header("Accept", "application/json")
        .ok()?;
    let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        on_progress(percent(event.loaded(), event.total()));
    });
    let ended = Rc::new(RefCell::new(Some(ended)));
    let on_end = Closure::<dyn FnMut()>::new(move || {
        if let Some(ended) = ended.borrow_mut().take() {
            let _ = ended.send(());
        }
    });
    request
        .upload()
        .ok()?
        .set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    request.set_onloadend(Some(on_end.as_ref().unchecked_ref()));
    let form = FormData::new().ok()?;
    form.append_with_blob_and_filename(FIELD, file, name).ok()?;
    request.send_with_opt_form_data(Some(&form)).ok()?;
    Some(Sending {
        request,
        _on_progress: on_progress,
        _on_end: on_end,
    })
}

fn answer(request: &XmlHttpRequest) -> AppResult<FileView> {
    let status = request.status().unwrap_or_default();
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        0 => Err(unreachable()),
        200..=299 => serde_json::from_slice(text.as_bytes()).map_err(|error| {
            AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
        }),
        // A proxy before the server may refuse by itself, in words of its own.
        status => Err(serde_json::from_slice(text.as_bytes()).unwrap_or_else(|_| refused(status))),
    }
}

fn refused(status: u16) -> AppError {
    match status {
        413 => AppError::new(
            ErrorKind::TooLarge,
            "The file is larger than this server takes.",
        ),
        502..=504 => AppError::new(
            ErrorKind::Unavailable,
            "The server does not answer at the moment. Try again shortly.",
        ),
        _ => AppError::internal(),
    }
}

fn unreachable() -> AppError {
    AppError::from_server_fn_error(ServerFnErrorErr::Request(String::new()))
}

/// Browsers count in fractions; whole percents are what people see.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100"
)]
fn percent(loaded: f64, total: f64) -> u8 {
    if total > 0.0 {
        (loaded / total * 100.0).clamp(0.0, 100.0) as u8
    } else {
        0
    }
}
