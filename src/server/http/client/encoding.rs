//! Which compressed forms of a file a browser takes.

use axum::http::{HeaderMap, header};

/// A form that the build makes of each file worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

/// The smallest first.
const ALL: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

impl Encoding {
    /// Its name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the build adds to the file's name.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The forms that a request takes, the smallest first. Browsers take what they name without a preference that would matter.
pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Encoding> {
    let named: Vec<(&str, bool)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            (name.trim(), !is_zero(weight))
        })
        .collect();
    ALL.into_iter().filter(move |encoding| {
        let of = |wanted: &str| {
            named
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, is_taken)| *is_taken)
        };
        of(encoding.name()).or_else(|| of("*")).unwrap_or(false)
    })
}

/// Whether a weight such as `q=0` refuses what it stands behind.
fn is_zero(weight: &str) -> bool {
    weight
        .trim()
        .strip_prefix("q=")
        .and_then(|number| number.trim().parse::<f32>().ok())
        .is_some_and(|number| number <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn what_is_named_is_taken_and_what_weighs_nothing_is_not() {
        use Encoding::{Brotli, Gzip};
        for (header, expected) in [
            ("gzip, deflate, br, zstd", &[Brotli, Gzip][..]),
            ("gzip;q=1.0, BR;q=0.1", &[Brotli, Gzip]),
            ("gzip", &[Gzip]),
            ("br;q=0, gzip", &[Gzip]),
            ("br; q=0.000, *", &[Gzip]),
            ("*", &[Brotli, Gzip]),
            ("*;q=0, gzip", &[Gzip]),
            ("identity", &[]),
            ("", &[]),
        ] {
            let value = HeaderValue::from_static(header);
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]);
            assert_eq!(accepted(&headers).collect::<Vec<_>>(), expected, "{header}");
        }
        assert_eq!(accepted(&HeaderMap::new()).count(), 0);
    }
}
