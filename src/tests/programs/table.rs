//! Markdown tables, and the few statistics that go into them.

use std::fmt;

/// A table under a heading.
pub struct Table {
    heading: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// One without rows.
    pub fn new(heading: impl Into<String>, columns: &[&'static str]) -> Self {
        Self {
            heading: heading.into(),
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: what was measured, and a value for each further column.
    pub fn row(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let row: Vec<_> = std::iter::once(name.to_owned()).chain(values).collect();
        assert_eq!(row.len(), self.columns.len(), "a value for each column");
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "## {}\n", self.heading)?;
        writeln!(out, "| {} |", self.columns.join(" | "))?;
        writeln!(out, "|---{}|", "|--:".repeat(self.columns.len() - 1))?;
        for row in &self.rows {
            writeln!(out, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// The value that a share of all values does not exceed; the median is that of one half.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// The value in the middle.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// A number as tables show it: three digits are enough to compare. Nothing was measured where there is none.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => "–".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
