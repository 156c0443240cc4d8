//! The camera: what it sees, and a photo of it.

use futures::channel::oneshot;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

/// How a photo is kept, and how well: hardly to be told from what was seen.
const MEDIA_TYPE: &str = "image/jpeg";
const QUALITY: f64 = 0.92;
/// Asked of the camera; it gives what it has that is nearest.
const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;

/// Which way a camera looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// Away from the person.
    World,
    /// At the person.
    Person,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraProblem {
    /// The page did not come over a connection that browsers let use the camera.
    Insecure,
    /// The person, or their settings, said no.
    Denied,
    /// There is none.
    Missing,
    /// Something else uses it.
    Busy,
}

/// What the camera sees. It is let go of when this is dropped.
#[derive(Debug)]
pub struct Camera {
    stream: MediaStream,
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

impl Camera {
    /// Asks for the camera, and the person for leave.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(facing: Facing) -> Result<Self, CameraProblem> {
        let devices = web_sys::window()
            .and_then(|window| window.navigator().media_devices().ok())
            // Where the page is not secure there is no such thing, whatever the types say.
            .filter(|devices| devices.is_object())
            .ok_or(CameraProblem::Insecure)?;
        let asked = devices
            .get_user_media_with_constraints(&constraints(facing))
            .map_err(|error| problem(&error))?;
        let stream = JsFuture::from(asked)
            .await
            .map_err(|error| problem(&error))?;
        Ok(Self {
            stream: stream.unchecked_into(),
        })
    }

    /// Shows what the camera sees.
    pub fn show_in(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.stream));
        // It plays as soon as it can; being closed before that is no failure.
        if let Ok(playing) = video.play() {
            leptos::task::spawn_local(async move {
                let _ = JsFuture::from(playing).await;
            });
        }
    }
}

/// A photo of what a video shows now.
pub async fn shoot(video: &HtmlVideoElement) -> Option<Blob> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 || height == 0 {
        return None;
    }
    let canvas: HtmlCanvasElement = web_sys::window()?
        .document()?
        .create_element("canvas")
        .ok()?
        .unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    context
        .draw_image_with_html_video_element(video, 0.0, 0.0)
        .ok()?;
    let (sender, made) = oneshot::channel::<Option<Blob>>();
    let take = Closure::once_into_js(move |blob: Option<Blob>| {
        let _ = sender.send(blob);
    });
    canvas
        .to_blob_with_type_and_encoder_options(
            take.unchecked_ref(),
            MEDIA_TYPE,
            &JsValue::from_f64(QUALITY),
        )
        .ok()?;
    made.await.ok()?
}

fn constraints(facing: Facing) -> MediaStreamConstraints {
    let mode = match facing {
        Facing::World => "environment",
        Facing::Person => "user",
    };
    let video = js_sys::Object::new();
    for (name, value) in [
        ("facingMode", JsValue::from_str(mode)),
        ("width", ideal(WIDTH)),
        ("height", ideal(HEIGHT)),
    ] {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&video, &JsValue::from_str(name), &value);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&video);
    constraints
}

fn ideal(value: u32) -> JsValue {
    let object = js_sys::Object::new();
    let _ = Reflect::set(&object, &JsValue::from_str("ideal"), &JsValue::from(value));
    object.into()
}

fn problem(error: &JsValue) -> CameraProblem {
    let name = Reflect::get(error, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" => CameraProblem::Denied,
        "SecurityError" | "TypeError" => CameraProblem::Insecure,
        "NotReadableError" | "AbortError" => CameraProblem::Busy,
        _ => CameraProblem::Missing,
    }
}
