//! The choice of a speed, in forms.

use crate::{model::speech::SPEED_PERCENTS, ui::kit::number::decimal};
use leptos::prelude::*;

/// How fast answers are read.
#[component]
pub fn SpeedField(
    /// Its name in the form.
    name: &'static str,
    /// Its id.
    id: &'static str,
    /// What choosing none means, where none may be chosen.
    #[prop(optional)]
    usual: Option<&'static str>,
    /// Until now; the player may have set any.
    chosen: Option<f32>,
) -> impl IntoView {
    let mut speeds = SPEED_PERCENTS
        .map(|percent| f32::from(percent) / 100.0)
        .to_vec();
    if let Some(chosen) = chosen.filter(|chosen| !speeds.contains(chosen)) {
        speeds.push(chosen);
        speeds.sort_by(f32::total_cmp);
    }
    let usual = usual.map(|words| {
        view! {
            <option value="" selected=chosen.is_none()>
                {words}
            </option>
        }
    });
    let options = speeds
        .into_iter()
        .map(|speed| {
            let value = decimal(f64::from(speed), 0);
            view! {
                <option value=value.clone() selected=chosen == Some(speed)>
                    {format!("{value} ×")}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id>"Speed"</label>
            <select class="input" id=id name=name autocomplete="off">
                {usual}
                {options}
            </select>
        </div>
    }
    .into_any()
}
