//! The load's plot: one SVG, written by hand, that reads on light and on dark pages.

use crate::programs::table::number;
use std::fmt::Write;

/// What one level came to. Pairs are nginx's and the server's own.
pub struct Point {
    /// Streams at once.
    pub streams: usize,
    /// Tokens a second in each.
    pub rate: usize,
    /// What is added to a token's age, at the 99th percentile.
    pub added_p99_ms: [f64; 2],
    /// The most memory held.
    pub resident_mb: [f64; 2],
}

/// Who the lines belong to, with the class that draws them.
const LINES: [(&str, &str); 2] = [("nginx", "nginx"), ("InspireAI", "own")];

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 330.0;
/// Where a panel's axes begin, from the picture's edge and from its top.
const LEFTS: [f64; 2] = [52.0, 482.0];
const TOP: f64 = 64.0;
const PANEL_WIDTH: f64 = 290.0;
const PANEL_HEIGHT: f64 = 196.0;
const GRID_LINES: usize = 4;
/// Names of lines keep this distance from each other.
const LABEL_HEIGHT: f64 = 16.0;

const STYLE: &str = "<style>
  text { font: 12px system-ui, sans-serif; fill: #3f4654; }
  .title { font-size: 14px; font-weight: 600; fill: #171a21; }
  .card { fill: #ffffff; }
  .grid { stroke: #dfe3ea; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
  .line.own { stroke: #4f46e5; } .dot.own, .name.own { fill: #4f46e5; }
  .line.nginx { stroke: #57804f; stroke-dasharray: 6 4; } .dot.nginx, .name.nginx { fill: #466b3f; }
  .name { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #b6bdca; }
    .title { fill: #eef0f4; }
    .card { fill: #16181d; }
    .grid { stroke: #2e333d; }
    .line.own { stroke: #9b96ff; } .dot.own, .name.own { fill: #9b96ff; }
    .line.nginx { stroke: #8fbf85; } .dot.nginx, .name.nginx { fill: #8fbf85; }
  }
</style>";

/// Two panels beside each other: added latency and memory, over the number of streams.
pub fn svg(points: &[Point]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Added latency and memory over the number of streams, for nginx and InspireAI\">\n{STYLE}\n\
         <rect class=\"card\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"12\"/>\n"
    );
    let latency: Vec<_> = points.iter().map(|point| point.added_p99_ms).collect();
    let memory: Vec<_> = points.iter().map(|point| point.resident_mb).collect();
    let panels = [
        ("Added latency per token, p99, ms", latency),
        ("Resident memory at most, MB", memory),
    ];
    for (left, (title, values)) in LEFTS.into_iter().zip(panels) {
        panel(&mut svg, left, title, points, &values);
    }
    let rates: Vec<_> = points
        .iter()
        .map(|point| format!("{} × {}/s", point.streams, point.rate))
        .collect();
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">streams at once (streams × tokens a second: {})</text>\n</svg>",
        WIDTH / 2.0,
        HEIGHT - 16.0,
        rates.join(", ")
    );
    svg
}

fn panel(svg: &mut String, left: f64, title: &str, points: &[Point], values: &[[f64; 2]]) {
    let most_streams = points.iter().map(|point| point.streams).max().unwrap_or(1);
    let highest = values.iter().flatten().copied().fold(0.0, f64::max);
    let step = tidy_step(highest / GRID_LINES as f64);
    let top_value = step * (highest / step).ceil().max(1.0);
    let bottom = TOP + PANEL_HEIGHT;
    let x = |streams: usize| left + PANEL_WIDTH * streams as f64 / most_streams as f64;
    // A proxy may come out below the direct connection by chance: that is nothing added.
    let y = |value: f64| bottom - PANEL_HEIGHT * value.max(0.0) / top_value;

    let _ = writeln!(
        svg,
        "<text class=\"title\" x=\"{left}\" y=\"{}\">{title}</text>",
        TOP - 26.0
    );
    let mut value = 0.0;
    while value <= top_value + step / 2.0 {
        let (at, right) = (y(value), left + PANEL_WIDTH);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            at + 4.0,
            tick(value)
        );
        value += step;
    }
    for point in points {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(point.streams),
            bottom + 20.0,
            point.streams
        );
    }
    let mut ends = [0.0; 2];
    for (index, (_, class)) in LINES.iter().enumerate() {
        let places: Vec<_> = points
            .iter()
            .zip(values)
            .map(|(point, pair)| (x(point.streams), y(pair[index]), pair[index]))
            .collect();
        let _ = writeln!(svg, "{}", line(class, &places));
        ends[index] = places.last().map_or(bottom, |(_, y, _)| *y);
    }
    // Lines that end beside each other would have their names on top of each other.
    if (ends[0] - ends[1]).abs() < LABEL_HEIGHT {
        let middle = f64::midpoint(ends[0], ends[1]);
        let half = LABEL_HEIGHT / 2.0;
        let is_above = ends[0] < ends[1];
        let signs = if is_above { [-1.0, 1.0] } else { [1.0, -1.0] };
        ends = signs.map(|sign| middle + sign * half);
    }
    for ((name, class), at) in LINES.into_iter().zip(ends) {
        let _ = writeln!(
            svg,
            "<text class=\"name {class}\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
            left + PANEL_WIDTH + 10.0,
            at + 4.0
        );
    }
}

/// A line with a dot for each level, which tells its value to whoever points at it.
fn line(class: &str, places: &[(f64, f64, f64)]) -> String {
    let path: Vec<_> = places
        .iter()
        .map(|(x, y, _)| format!("{x:.1},{y:.1}"))
        .collect();
    let mut line = format!(
        "<polyline class=\"line {class}\" points=\"{}\"/>",
        path.join(" ")
    );
    for (x, y, value) in places {
        let value = number(*value);
        let _ = write!(
            line,
            "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{value}</title></circle>"
        );
    }
    line
}

/// The least of 1, 2, 2.5, 5 and their tenfolds that is no smaller.
fn tidy_step(least: f64) -> f64 {
    let least = if least > 0.0 { least } else { 1.0 };
    let power = 10.0_f64.powf(least.log10().floor());
    let tidy = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power);
    tidy.into_iter()
        .find(|step| *step >= least)
        .unwrap_or(least)
}

/// A value on an axis, without zeros that say nothing.
fn tick(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
