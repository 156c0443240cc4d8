//! Reads rendered markup the way a strict parser would, knowing only what may be in it.

use proptest::test_runner::TestCaseError;

/// Every element that a rendered text may have, with its attributes.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["href", "title", "rel", "target"]),
    ("blockquote", &[]),
    ("button", &["type", "class"]),
    ("code", &["class"]),
    ("del", &[]),
    ("div", &["class", "tabindex"]),
    ("em", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("li", &[]),
    ("math", &["display"]),
    ("mfrac", MATH),
    ("mi", MATH),
    ("mn", MATH),
    ("mo", MATH),
    ("mover", MATH),
    ("mroot", MATH),
    ("mrow", MATH),
    ("msqrt", MATH),
    ("msub", MATH),
    ("msubsup", MATH),
    ("msup", MATH),
    ("mtable", MATH),
    ("mtd", MATH),
    ("mtext", MATH),
    ("mtr", MATH),
    ("munder", MATH),
    ("munderover", MATH),
    ("ol", &["start"]),
    ("p", &[]),
    ("pre", &["tabindex"]),
    ("span", &["class"]),
    ("strong", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["class"]),
    ("th", &["scope", "class"]),
    ("thead", &[]),
    ("tr", &[]),
    ("ul", &[]),
];
const MATH: &[&str] = &[
    "class",
    "displaystyle",
    "height",
    "largeop",
    "linethickness",
    "mathbackground",
    "mathcolor",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "scriptlevel",
    "stretchy",
    "symmetric",
];
const VOID: &[(&str, &[&str])] = &[
    ("br", &[]),
    ("hr", &[]),
    ("img", &["src", "alt", "loading"]),
    ("input", &["type", "disabled", "checked", "aria-label"]),
    ("mspace", &["width", "height", "depth"]),
];

/// Fails unless `markup` is balanced and has only known elements, attributes and addresses.
pub(super) fn check_markup(markup: &str) -> Result<(), TestCaseError> {
    let mut open = Vec::new();
    let mut parts = markup.split('<');
    check_text(parts.next().unwrap_or_default(), markup)?;
    for part in parts {
        let Some((tag, text)) = part.split_once('>') else {
            return fail("a tag without an end", markup);
        };
        check_text(text, markup)?;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return fail(&format!("</{name}> closes something else"), markup);
            }
            continue;
        }
        let tag = tag.trim_end_matches('/').trim_end();
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let known = |elements: &[(&str, &'static [&'static str])]| {
            let element = elements.iter().find(|(known, _)| *known == name);
            element.map(|(_, attributes)| *attributes)
        };
        if let Some(allowed) = known(VOID) {
            check_attributes(attributes, allowed, markup)?;
        } else if let Some(allowed) = known(ELEMENTS) {
            check_attributes(attributes, allowed, markup)?;
            open.push(name);
        } else {
            return fail(&format!("<{name}> is not known"), markup);
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        fail(&format!("{open:?} stay open"), markup)
    }
}

fn check_text(text: &str, markup: &str) -> Result<(), TestCaseError> {
    let has_stand_in = text.contains(|character| ('\u{FDD0}'..='\u{FDEF}').contains(&character));
    if has_stand_in {
        return fail("a stand-in is shown", markup);
    }
    for entity in text.split('&').skip(1) {
        let names = ["amp;", "lt;", "gt;", "quot;", "#39;", "nbsp;"];
        if !names.into_iter().any(|name| entity.starts_with(name)) {
            return fail("a bare ampersand", markup);
        }
    }
    Ok(())
}

fn check_attributes(attributes: &str, allowed: &[&str], markup: &str) -> Result<(), TestCaseError> {
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = &rest[..end];
        if !allowed.contains(&name) {
            return fail(&format!("the attribute {name} is not known"), markup);
        }
        rest = match rest[end..].strip_prefix("=\"") {
            Some(value) => {
                let Some((value, after)) = value.split_once('"') else {
                    return fail("an attribute without an end", markup);
                };
                check_address(name, value, markup)?;
                after.trim_start()
            }
            None => rest[end..].trim_start(),
        };
    }
    Ok(())
}

fn check_address(name: &str, value: &str, markup: &str) -> Result<(), TestCaseError> {
    let starts = |start: &str| value.to_ascii_lowercase().starts_with(start);
    let is_safe = match name {
        "href" => {
            ["http://", "https://", "mailto:", "#"]
                .into_iter()
                .any(starts)
                || (starts("/") && !starts("//"))
        }
        "src" => starts("/files/"),
        _ => true,
    };
    if is_safe {
        Ok(())
    } else {
        fail(&format!("{name} leads to {value}"), markup)
    }
}

fn fail(reason: &str, markup: &str) -> Result<(), TestCaseError> {
    Err(TestCaseError::fail(format!("{reason} in {markup}")))
}
