//! What the LaTeX parser is given: sources within limits that it survives, with the commands it
//! lacks put in other words. It knows LaTeX, but neither `MathML` nor markdown.

use std::borrow::Cow;

/// Longer formulas are shown as source.
const MAX_BYTES: usize = 4_000;
/// Braces, environments and `\left` inside one another, beyond which the source is shown.
const MAX_NESTING: usize = 32;
/// Commands in a row, each of which may be the argument of the one before.
const MAX_CHAIN: usize = 64;

/// Commands that define others, so that a short source can become a long output; `\char`, on
/// which the parser panics when no number follows; and the rare ones with arguments so many that
/// [`Depth`] would lose count.
const REFUSED: [&str; 11] = [
    "buildrel",
    "char",
    "def",
    "futurelet",
    "gdef",
    "genfrac",
    "sideset",
    "let",
    "newcommand",
    "providecommand",
    "renewcommand",
];

/// The colour that stands for a `\boxed` formula on the way through the parser, which can colour
/// any formula but put a box around text only.
pub(super) const BOX_COLOR: &str = "rgb(1 2 3)";

/// Whether the parser, which recurses, can take this source.
pub(super) fn is_within_limits(latex: &str) -> bool {
    let mut depth = Depth::default();
    let mut rest = latex;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => {
                let (name, after) = command_name(rest);
                if REFUSED.contains(&name) {
                    return false;
                }
                depth.command(name);
                rest = after;
            }
            // A comment up to the end of its line separates nothing.
            '%' => rest = rest.find('\n').map_or("", |end| &rest[end..]),
            _ => depth.character(first),
        }
        if depth.is_exceeded() {
            return false;
        }
    }
    // The parser reads what follows these byte by byte, and panics inside a longer character or on
    // a number too large.
    let is_risky = latex.contains("alignat")
        || latex.contains("alignedat")
        || (latex.contains('#') && !latex.is_ascii());
    latex.len() <= MAX_BYTES && !is_risky
}

/// How deep the parser would be at a point of the source, estimated from above.
#[derive(Default)]
struct Depth {
    /// The group that is open, and around it the ones that it is in.
    group: Group,
    around: Vec<Group>,
    environments: usize,
}

#[derive(Default)]
struct Group {
    /// `[…]` after a command rather than `{…}`.
    is_option: bool,
    /// How many commands may be arguments of one another: `\hat\hat x`, `\frac1\frac1 x`.
    chain: usize,
    /// How many characters and groups stand after the last command. No command has more than one
    /// of them before an argument that is a command, but for those that are refused.
    plain: usize,
}

impl Depth {
    fn command(&mut self, name: &str) {
        self.group.chain += 1;
        self.group.plain = 0;
        match name {
            "begin" | "left" => self.environments += 1,
            "end" | "right" => self.environments = self.environments.saturating_sub(1),
            _ => {}
        }
    }

    fn character(&mut self, character: char) {
        let follows_command = self.group.chain > 0 && self.group.plain == 0;
        match character {
            '{' => self.open(false),
            '[' if follows_command => self.open(true),
            ']' if self.group.is_option => self.close(),
            '}' => {
                while self.group.is_option {
                    self.close();
                }
                self.close();
                self.plain();
            }
            _ if character.is_whitespace() => {}
            _ => self.plain(),
        }
    }

    fn plain(&mut self) {
        self.group.plain += 1;
        if self.group.plain > 1 {
            self.group.chain = 0;
        }
    }

    fn open(&mut self, is_option: bool) {
        let group = Group {
            is_option,
            ..Group::default()
        };
        self.around.push(std::mem::replace(&mut self.group, group));
    }

    fn close(&mut self) {
        self.group = self.around.pop().unwrap_or_default();
    }

    fn is_exceeded(&self) -> bool {
        self.group.chain > MAX_CHAIN || self.around.len() + self.environments > MAX_NESTING
    }
}

/// The source with the commands that models write and the parser lacks put in other words.
pub(super) fn in_known_commands(latex: &str) -> Cow<'_, str> {
    if !latex.contains('\\') {
        return Cow::Borrowed(latex);
    }
    // White space of more than one byte is another thing on which the parser panics.
    let is_wide_space = |character: char| character.is_whitespace() && !character.is_ascii();
    let latex = latex.replace(is_wide_space, " ");
    let mut known = String::with_capacity(latex.len() + 16);
    let mut rest = latex.as_str();
    while let Some(start) = rest.find('\\') {
        known.push_str(&rest[..start]);
        let (name, after) = command_name(&rest[start + 1..]);
        rest = after;
        match name {
            "boxed" => known.push_str(r"\textcolor{#010203}"),
            "bm" => known.push_str(r"\boldsymbol"),
            "bold" => known.push_str(r"\mathbf"),
            "mbox" | "hbox" => known.push_str(r"\text"),
            "nonumber" | "notag" => {}
            "label" => rest = argument(rest).map_or(rest, |(_, after)| after),
            "tag" => rest = push_tag(&mut known, rest),
            "operatorname" | "mathop" => {
                known.push('\\');
                known.push_str(name);
                // `\operatorname*{arg\,max}`: no star, no thin space inside.
                rest = rest.strip_prefix('*').unwrap_or(rest);
                let end = rest.find('}').unwrap_or(0);
                known.push_str(&rest[..end].replace(r"\,", " "));
                rest = &rest[end..];
            }
            _ => {
                known.push('\\');
                known.push_str(name);
            }
        }
    }
    known.push_str(rest);
    Cow::Owned(known)
}

/// `\tag{1}` as a number beside the formula.
fn push_tag<'a>(known: &mut String, after: &'a str) -> &'a str {
    let plain = after.strip_prefix('*');
    let Some((number, rest)) = argument(plain.unwrap_or(after)) else {
        return after;
    };
    let (open, close) = match plain {
        Some(_) => ("", ""),
        None => ("(", ")"),
    };
    known.push_str(r"\qquad\text{");
    for part in [open, number, close, "}"] {
        known.push_str(part);
    }
    rest
}

/// A `{…}` without braces in it, and what follows.
fn argument(text: &str) -> Option<(&str, &str)> {
    let (argument, rest) = text.strip_prefix('{')?.split_once('}')?;
    (!argument.contains('{')).then_some((argument, rest))
}

/// The name of a command after its backslash, letters or a single other character, and the rest.
fn command_name(text: &str) -> (&str, &str) {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let length = match letters {
        0 => text.chars().next().map_or(0, char::len_utf8),
        _ => letters,
    };
    text.split_at(length)
}
