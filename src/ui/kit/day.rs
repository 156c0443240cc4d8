//! Dates as people read them.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026-10-23` as `23 October 2026`; what is no such day stays as it is.
#[must_use]
pub fn day_label(day: &str) -> String {
    let mut parts = day.splitn(3, '-');
    let read = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
    let (year, month, of_month) = (parts.next(), read(parts.next()), read(parts.next()));
    let name = month.and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (year, name, of_month) {
        (Some(year), Some(name), Some(of_month)) => format!("{of_month} {name} {year}"),
        _ => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::day_label;

    #[test]
    fn a_day_reads_in_words_and_anything_else_as_it_is() {
        assert_eq!(day_label("2026-10-03"), "3 October 2026");
        assert_eq!(day_label("2026-13-03"), "2026-13-03");
        assert_eq!(day_label("2026-00-03"), "2026-00-03");
        assert_eq!(day_label("soon"), "soon");
    }
}
