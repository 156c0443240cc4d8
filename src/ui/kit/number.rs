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

#[cfg(test)]
mod tests {
    use super::decimal;

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
