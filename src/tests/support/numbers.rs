//! Reading `/metrics`.

use super::client::Client;
use std::collections::BTreeMap;

/// A number's name and labels, in the order of their names.
type Series = (String, BTreeMap<String, String>);

/// What a server counts, at one moment.
#[derive(Debug)]
pub struct Numbers {
    values: BTreeMap<Series, f64>,
}

impl Numbers {
    /// Asks a server, as a program on the same machine.
    pub async fn of(client: &Client) -> Self {
        let reply = client.get("/metrics").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(
            reply.header("content-type"),
            "text/plain; version=0.0.4; charset=utf-8"
        );
        Self::parse(&reply.body)
    }

    /// Reads the text format of Prometheus; a line that is none of it fails the test.
    pub fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let values = lines.map(|line| {
            let (series, value) = line.rsplit_once(' ').expect("a name and a number");
            let value = value
                .parse()
                .unwrap_or_else(|error| panic!("{error}: {line}"));
            (series_of(series), value)
        });
        Self {
            values: values.collect(),
        }
    }

    /// A number; 0 where it is absent, for it may not have happened yet.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or(0.0)
    }

    /// A number, where it is present.
    pub fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.values.get(&(name.to_owned(), labels)).copied()
    }

    /// All of one name together.
    pub fn sum(&self, name: &str) -> f64 {
        let of_name = self.values.iter().filter(|((known, _), _)| known == name);
        of_name.map(|(_, value)| value).sum()
    }

    /// The value of every label.
    pub fn label_values(&self) -> Vec<&str> {
        let labels = self.values.keys().flat_map(|(_, labels)| labels.values());
        labels.map(String::as_str).collect()
    }
}

/// `name{label="value",…}`; no label's value here holds a comma or a quote.
fn series_of(text: &str) -> Series {
    let Some((name, labels)) = text.split_once('{') else {
        return (text.to_owned(), BTreeMap::new());
    };
    let labels = labels.strip_suffix('}').expect("closed").split(',');
    let labels = labels.map(|label| {
        let (name, value) = label.split_once('=').expect("a label with a value");
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    (name.to_owned(), labels.collect())
}
