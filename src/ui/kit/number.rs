//! Numbers as people read them.

/// A number with at most four decimals, and at least as many as asked for. It is printed from whole numbers: the standard
/// library's printing of fractions would be the largest function of the client.
#[must_use]
pub fn decimal(value: f64, least: usize) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "prices and parameters are small"
    )]
    let parts = (value * 10_000.0).round() as i64;
    let sign = if parts < 0 { "-" } else { "" };
    let (whole, mut decimals) = (parts.abs() / 10_000, format!("{:04}", parts.abs() % 10_000));
    while decimals.len() > least && decimals.ends_with('0') {
        decimals.pop();
    }
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

/// A whole number with its thousands apart: `12,345`.
#[must_use]
pub fn grouped(value: u32) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How long a file is, as people say it: `1.2 MB`.
#[must_use]
pub fn file_size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        ..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "KB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes * 10 / unit;
    // Below ten of a unit a decimal says something.
    if tenths < 100 && !tenths.is_multiple_of(10) {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}

/// A whole number from 0 on, which may be larger than [`decimal`] prints; `None` for any other.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole and not negative, and none is beyond 2^53"
)]
pub fn whole(value: f64) -> Option<String> {
    (value.fract() == 0.0 && value >= 0.0).then(|| (value as u64).to_string())
}

#[cfg(test)]
mod tests {
    use super::{decimal, file_size, grouped};

    #[test]
    fn thousands_stand_apart() {
        let words = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(words, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_size_has_a_unit_and_no_needless_digits() {
        let words = [0, 999, 1_000, 1_240_000, 12_900_000, 5_500_000_000].map(file_size);
        assert_eq!(words, ["0 B", "999 B", "1 KB", "1.2 MB", "12 MB", "5.5 GB"]);
    }

    #[test]
    fn a_number_has_no_needless_zeros() {
        assert_eq!(decimal(2.5, 2), "2.50");
        assert_eq!(decimal(15.0, 2), "15.00");
        assert_eq!(decimal(0.075, 2), "0.075");
        assert_eq!(decimal(0.6, 0), "0.6");
        assert_eq!(decimal(-1.0, 0), "-1");
        assert_eq!(decimal(-0.25, 0), "-0.25");
    }
}
