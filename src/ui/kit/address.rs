//! Addresses with a query, written alike on both sides.

/// An address with what it asks for; what is empty is left out.
#[must_use]
pub fn with_query(path: &str, parts: &[(&str, &str)]) -> String {
    let query: Vec<String> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// Percent-encodes a text. The router's own differs between server and client, and both must write the same link.
#[must_use]
pub fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.extend(["%", &format!("{byte:02X}")]);
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_only_what_was_asked_for_and_escapes_it() {
        assert_eq!(with_query("/x", &[("q", ""), ("p", "")]), "/x");
        assert_eq!(
            with_query("/x", &[("q", "draw & sing é"), ("p", "2")]),
            "/x?q=draw%20%26%20sing%20%C3%A9&p=2"
        );
    }
}
