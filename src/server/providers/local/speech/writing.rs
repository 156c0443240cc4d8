//! What is written short, in the words that one says: signs, times, percentages, units.
//!
//! Plain numbers, years, ordinals and amounts of money are left to the dictionary's own rules.

/// Signs that stand for words, and spellings that the reader takes for something else.
const SIGNS: [(char, &str); 28] = [
    ('’', "'"),
    ('‘', "'"),
    ('=', " equals "),
    ('<', " less than "),
    ('>', " greater than "),
    ('≤', " at most "),
    ('≥', " at least "),
    ('≠', " is not "),
    ('≈', " about "),
    ('±', " plus or minus "),
    ('×', " times "),
    ('÷', " divided by "),
    ('√', " the root of "),
    ('∞', " infinity "),
    ('°', " degrees "),
    ('§', " section "),
    ('©', " copyright "),
    ('½', " one half "),
    ('¼', " one quarter "),
    ('¾', " three quarters "),
    ('²', " squared "),
    ('³', " cubed "),
    ('→', " to "),
    ('•', " "),
    ('|', ", "),
    ('*', " "),
    ('`', " "),
    ('_', " "),
];

/// What may follow a number, one of it and many.
const UNITS: [(&str, &str, &str); 26] = [
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("ft", "foot", "feet"),
    ("ml", "milliliter", "milliliters"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("ms", "millisecond", "milliseconds"),
    ("sec", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("hrs", "hour", "hours"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
];

const DECADES: [&str; 10] = [
    "hundreds",
    "tens",
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
];

/// A sentence with what is written short in words.
pub fn written_out(sentence: &str) -> String {
    let sentence = sentence
        .replace("°C", " degrees Celsius ")
        .replace("°F", " degrees Fahrenheit ")
        .replace("<=", " at most ")
        .replace(">=", " at least ");
    let mut written = String::with_capacity(sentence.len());
    for character in sentence.chars() {
        match SIGNS.iter().find(|(sign, _)| *sign == character) {
            Some((_, words)) => written.push_str(words),
            None if character.is_control() => written.push(' '),
            None => written.push(character),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for word in written.split_whitespace() {
        let core = word.trim_matches(|edge: char| !edge.is_alphanumeric() && edge != '%');
        let said = match core {
            "" if matches!(word, "-" | "–" | "--") => "—".to_owned(),
            "" => word.to_owned(),
            _ => {
                let before = words.last().map_or("", String::as_str);
                let said = core_words(core, before).unwrap_or_else(|| core.to_owned());
                word.replacen(core, &said, 1)
            }
        };
        words.push(said);
    }
    words.join(" ").replace(" ,", ",").replace(" .", ".")
}

/// What a word is said as, if not as it is written.
fn core_words(word: &str, before: &str) -> Option<String> {
    if let Some(number) = word.strip_suffix('%').filter(|number| is_number(number)) {
        return Some(format!("{number} percent"));
    }
    unit(word, before)
        .or_else(|| time(word))
        .or_else(|| decade(word))
        .or_else(|| fraction(word))
        .or_else(|| range(word))
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .chars()
            .all(|each| each.is_ascii_digit() || matches!(each, '.' | ','))
}

/// `5km`, or `km` after `5`.
fn unit(word: &str, before: &str) -> Option<String> {
    let at = word.find(|each: char| !each.is_ascii_digit() && !matches!(each, '.' | ','))?;
    let (number, unit) = word.split_at(at);
    let (_, one, many) = UNITS.iter().find(|(short, _, _)| *short == unit)?;
    let counted = if number.is_empty() { before } else { number };
    let name = if counted == "1" { one } else { many };
    match number {
        "" => is_number(before).then(|| (*name).to_owned()),
        _ => Some(format!("{number} {name}")),
    }
}

/// `7:30`, `7:05`, `7:00`.
fn time(word: &str) -> Option<String> {
    let (hour, minute) = word.split_once(':')?;
    let (hour, value) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
    if hour > 24 || value > 59 || minute.len() != 2 {
        return None;
    }
    Some(match value {
        0 => format!("{hour} o'clock"),
        1..10 => format!("{hour} oh {value}"),
        _ => format!("{hour} {value}"),
    })
}

/// `1990s`.
fn decade(word: &str) -> Option<String> {
    let year = word.strip_suffix('s').or_else(|| word.strip_suffix("'s"))?;
    if year.len() != 4 || !year.ends_with('0') {
        return None;
    }
    let (century, decade) = (
        year.get(..2)?.parse::<u8>().ok()?,
        year.get(2..3)?.parse::<usize>().ok()?,
    );
    match (century % 10, decade) {
        (0, 0) => Some(format!("{} thousands", century / 10)),
        _ => Some(format!("{century} {}", DECADES.get(decade)?)),
    }
}

/// `1/2`.
fn fraction(word: &str) -> Option<String> {
    const PARTS: [&str; 9] = [
        "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ];
    let (count, parts) = word.split_once('/')?;
    let (count, parts) = (count.parse::<usize>().ok()?, parts.parse::<usize>().ok()?);
    if count == 0 || count >= parts {
        return None;
    }
    let name = PARTS.get(parts.checked_sub(2)?)?;
    Some(match count {
        1 => format!("one {name}"),
        _ => format!("{count} {name}s"),
    })
}

/// `3-4`, but not the parts of a telephone number.
fn range(word: &str) -> Option<String> {
    let (from, to) = word.split_once(['-', '–'])?;
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(|each| each.is_ascii_digit());
    let is_telephone = from.len() == 3 && to.len() == 4;
    (is_plain(from) && is_plain(to) && from.len() <= 4 && to.len() <= 4 && !is_telephone)
        .then(|| format!("{from} to {to}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_short_is_said_in_words() {
        for (written, said) in [
            (
                "At 7:30 pm, 8:05 and 9:00.",
                "At 7 30 pm, 8 oh 5 and 9 o'clock.",
            ),
            (
                "About 50% (or 12.5%).",
                "About 50 percent (or 12.5 percent).",
            ),
            (
                "5 km, 1 kg and 20ms at 20 °C.",
                "5 kilometers, 1 kilogram and 20 milliseconds at 20 degrees Celsius.",
            ),
            ("The 1990s and 2000s.", "The 19 nineties and 2 thousands."),
            (
                "1/2 cup, 3-4 eggs, 2/3 done.",
                "one half cup, 3 to 4 eggs, 2 thirds done.",
            ),
            ("a >= b, x = y", "a at least b, x equals y"),
            ("get_user - it’s *good*", "get user — it's good"),
        ] {
            assert_eq!(written_out(written), said);
        }
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for text in [
            "555-1234 is 3:4 or 25:99.",
            "and/or 5/2 0/3",
            "min and max, a ms",
            "well-known 1990 items",
        ] {
            assert_eq!(written_out(text), text);
        }
    }
}
