//! One formula: LaTeX to `MathML` through `pulldown-latex`, made safe for text from anyone.
//! Nothing here knows markdown. The server links it; the client does not, but loads it as a module
//! of its own (`browser/math_module.rs`) once a page shows math.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{
    ArrayColumn, Content, Dimension, DimensionUnit, EnvironmentFlow, Event, Grouping, ScriptType,
    Visual,
};
use pulldown_latex::{Parser, Storage, push_mathml};

use super::latex::{BOX_COLOR, in_known_commands, is_within_limits};

/// What a formula may grow to: every event is a few dozen bytes of `MathML`.
const MAX_EVENTS: usize = 10_000;

/// The `MathML` of a formula; `None` if it is not valid LaTeX.
#[must_use]
pub fn to_mathml(latex: &str, is_display: bool) -> Option<String> {
    // Lines without an environment around them are no LaTeX, but what models write.
    let lines = || {
        let has_bare_lines = is_display && latex.contains(r"\\") && !latex.contains(r"\begin");
        let aligned = || format!(r"\begin{{aligned}}{latex}\end{{aligned}}");
        has_bare_lines.then(aligned)
    };
    typeset(latex, is_display).or_else(|| lines().and_then(|aligned| typeset(&aligned, is_display)))
}

fn typeset(latex: &str, is_display: bool) -> Option<String> {
    if !is_within_limits(latex) {
        return None;
    }
    let latex = in_known_commands(latex);
    let storage = Storage::new();
    let mut shape = Shape::default();
    let mut events = Vec::new();
    for event in Parser::new(&latex, &storage) {
        let event = made_safe(event.ok()?)?;
        shape.read(&event)?;
        if events.len() == MAX_EVENTS {
            return None;
        }
        events.push(Ok::<_, std::fmt::Error>(event));
    }
    if !shape.open.is_empty() || events.is_empty() {
        return None;
    }
    let mut mathml = String::new();
    let config = RenderConfig {
        display_mode: if is_display {
            DisplayMode::Block
        } else {
            DisplayMode::Inline
        },
        ..RenderConfig::default()
    };
    push_mathml(&mut mathml, events.into_iter(), config).ok()?;
    Some(without_styles(&escape_stray(&mathml)))
}

/// An event that the `MathML` writer can be trusted with.
fn made_safe(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Content(Content::Function(name)) => {
            let name = [r"\mathrm{", r"\text{", r"\rm "]
                .into_iter()
                .find_map(|command| name.strip_prefix(command))
                .map_or(name, |name| name.strip_suffix('}').unwrap_or(name));
            // The writer does not escape the names of functions.
            name.chars()
                .all(|character| character.is_alphanumeric() || " -".contains(character))
                .then_some(Event::Content(Content::Function(name)))
        }
        // The parser's `~`, which the writer would show as these letters.
        Event::Content(Content::Text("&nbsp;")) => Some(Event::Space {
            width: Some(Dimension::new(0.333, DimensionUnit::Em)),
            height: None,
            depth: None,
        }),
        // Negative spaces and the heights of rows would be inline styles, which the content
        // security policy refuses.
        Event::Space {
            width: Some(width), ..
        } if width.value < 0.0 => Some(Event::Space {
            width: Some(Dimension::new(0.0, DimensionUnit::Em)),
            height: None,
            depth: None,
        }),
        // The writer leaves the element of a space without a width unopened.
        Event::Space {
            width: None,
            height,
            depth,
        } => Some(Event::Space {
            width: Some(Dimension::new(0.0, DimensionUnit::Em)),
            height,
            depth,
        }),
        Event::EnvironmentFlow(EnvironmentFlow::NewLine {
            horizontal_lines, ..
        }) => Some(Event::EnvironmentFlow(EnvironmentFlow::NewLine {
            spacing: None,
            horizontal_lines,
        })),
        // The writer panics on a column list with no column in it, or two rules side by side.
        Event::Begin(Grouping::Array(columns)) => {
            let mut kept: Vec<ArrayColumn> = Vec::with_capacity(columns.len());
            for &column in &columns {
                let is_rule = matches!(column, ArrayColumn::Separator(_));
                if !(is_rule && matches!(kept.last(), Some(ArrayColumn::Separator(_)))) {
                    kept.push(column);
                }
            }
            kept.iter()
                .any(|column| matches!(column, ArrayColumn::Column(_)))
                .then(|| Event::Begin(Grouping::Array(kept.into())))
        }
        other => Some(other),
    }
}

/// Checks that events nest as the writer takes for granted; it panics on those that do not.
#[derive(Default)]
struct Shape {
    open: Vec<Open>,
}

enum Open {
    /// Braces, or `\left` and `\right`.
    Group,
    /// An environment with cells; in an array, a row has so many more of them, and so many in all.
    Environment { cells: Option<(usize, usize)> },
    /// A script, fraction or root that still wants this many parts.
    Parts(u8),
}

impl Shape {
    /// Takes an event into account; `None` if it cannot stand where it does.
    fn read(&mut self, event: &Event<'_>) -> Option<()> {
        match event {
            Event::Begin(grouping) => {
                self.open.push(match grouping {
                    Grouping::Normal | Grouping::LeftRight(..) => Open::Group,
                    Grouping::Array(columns) => {
                        let is_column = |column: &&_| matches!(column, ArrayColumn::Column(_));
                        let more = columns.iter().filter(is_column).count() - 1;
                        Open::Environment {
                            cells: Some((more, more)),
                        }
                    }
                    _ => Open::Environment { cells: None },
                });
                return Some(());
            }
            Event::End => match self.open.pop()? {
                Open::Group | Open::Environment { .. } => {}
                Open::Parts(_) => return None,
            },
            Event::Script { ty, .. } => {
                self.open.push(Open::Parts(match ty {
                    ScriptType::Subscript | ScriptType::Superscript => 2,
                    ScriptType::SubSuperscript => 3,
                }));
                return Some(());
            }
            Event::Visual(visual) => {
                self.open.push(Open::Parts(match visual {
                    Visual::Root | Visual::Fraction(_) => 2,
                    Visual::SquareRoot | Visual::Negation => 1,
                }));
                return Some(());
            }
            Event::EnvironmentFlow(flow) => return self.flow(flow),
            Event::StateChange(_) => {
                return (!matches!(self.open.last(), Some(Open::Parts(_)))).then_some(());
            }
            Event::Content(_) | Event::Space { .. } => {}
        }
        self.part_is_complete();
        Some(())
    }

    /// Cells and rows end only directly in the environment that they belong to.
    fn flow(&mut self, flow: &EnvironmentFlow) -> Option<()> {
        let Some(Open::Environment { cells }) = self.open.last_mut() else {
            return None;
        };
        match (flow, cells) {
            (EnvironmentFlow::Alignment, Some((left, _))) => *left = left.checked_sub(1)?,
            (EnvironmentFlow::NewLine { .. }, Some((left, all))) => *left = *all,
            _ => {}
        }
        Some(())
    }

    fn part_is_complete(&mut self) {
        while let Some(Open::Parts(wanted)) = self.open.last_mut() {
            *wanted -= 1;
            if *wanted > 0 {
                return;
            }
            self.open.pop();
        }
    }
}

/// Escapes the `<` and `&` that the writer left as they are: those of no tag and no entity.
fn escape_stray(mathml: &str) -> String {
    let mut escaped = String::with_capacity(mathml.len());
    let mut rest = mathml;
    while let Some(special) = rest.find(['<', '&']) {
        escaped.push_str(&rest[..special]);
        let (mark, after) = rest[special..].split_at(1);
        let is_tag = after
            .strip_prefix('/')
            .unwrap_or(after)
            .starts_with(|first: char| first.is_ascii_lowercase());
        let is_entity = ["amp;", "lt;", "gt;", "nbsp;"]
            .into_iter()
            .any(|name| after.starts_with(name));
        escaped.push_str(match mark {
            "<" if !is_tag => "&lt;",
            "&" if !is_entity => "&amp;",
            _ => mark,
        });
        rest = after;
    }
    escaped + rest
}

/// Puts attributes in the place of inline styles, which the content security policy refuses.
fn without_styles(mathml: &str) -> String {
    let mut plain = String::with_capacity(mathml.len());
    let mut parts = mathml.split(" style=\"");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (styles, rest) = part.split_once('"').unwrap_or((part, ""));
        for style in styles.split("; ") {
            match style.split_once(": ") {
                Some(("color", BOX_COLOR)) => plain.push_str(r#" class="math-boxed""#),
                Some(("color", color)) => push_attribute(&mut plain, "mathcolor", color),
                Some(("background-color", color)) => {
                    push_attribute(&mut plain, "mathbackground", color);
                }
                _ => {}
            }
        }
        plain.push_str(rest);
    }
    plain
}

fn push_attribute(html: &mut String, name: &str, value: &str) {
    for part in [" ", name, "=\"", value, "\""] {
        html.push_str(part);
    }
}
