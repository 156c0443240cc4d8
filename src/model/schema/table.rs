//! A list of objects as a table, and the table as CSV.

use super::{
    json::Json,
    tree::{Tree, Value},
};

/// Most columns of a table; values with more names go into one cell.
const MAX_COLUMNS: usize = 60;
/// How many levels of objects in a row become columns of their own.
const FLAT_LEVELS: usize = 3;

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The JSON pointer of the list it shows; empty for the root.
    pub pointer: String,
    /// The names of its columns: those of objects in a row are joined by a dot.
    pub columns: Vec<String>,
    /// Rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a row under a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text; empty for `null` and for what is missing. Lists are JSON.
    pub text: String,
    /// Whether it is a number.
    pub is_number: bool,
    /// The value in the tree.
    pub node: Option<usize>,
}

impl Table {
    /// The table in a tree: the root, where it is a list; the longest list of objects in it; an object without any is a table of
    /// one row. Nothing for everything else.
    #[must_use]
    pub fn of(tree: &Tree) -> Option<Self> {
        let list = longest_list(tree);
        let rows: Vec<usize> = match (list, &tree.root()?.value) {
            (Some(list), _) => tree.children(list).collect(),
            (None, Value::Object) => vec![0],
            (None, _) => return None,
        };
        let mut table = Self {
            pointer: list.map(|list| tree.pointer(list)).unwrap_or_default(),
            ..Self::default()
        };
        for row in rows {
            let mut cells = Vec::new();
            flatten(tree, row, "", 0, &mut cells);
            table.add(cells);
        }
        (!table.columns.is_empty()).then_some(table)
    }

    fn add(&mut self, cells: Vec<(String, Cell)>) {
        let mut row = vec![Cell::default(); self.columns.len()];
        for (name, cell) in cells {
            let column = self.columns.iter().position(|column| *column == name);
            match column {
                Some(column) => row[column] = cell,
                None if self.columns.len() < MAX_COLUMNS => {
                    self.columns.push(name);
                    row.push(cell);
                }
                None => {}
            }
        }
        for earlier in &mut self.rows {
            earlier.resize(self.columns.len(), Cell::default());
        }
        self.rows.push(row);
    }

    /// The table as CSV (RFC 4180): names first, lines end with CR LF. A text that a spreadsheet would take for a formula
    /// begins with an apostrophe.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = String::new();
        let names = self.columns.iter().map(|name| field(name, false));
        push_line(&mut csv, names);
        for row in &self.rows {
            push_line(
                &mut csv,
                row.iter().map(|cell| field(&cell.text, cell.is_number)),
            );
        }
        csv
    }
}

fn push_line(csv: &mut String, fields: impl Iterator<Item = String>) {
    csv.push_str(&fields.collect::<Vec<_>>().join(","));
    csv.push_str("\r\n");
}

/// A field of CSV. What begins a formula: <https://owasp.org/www-community/attacks/CSV_Injection>.
fn field(text: &str, is_number: bool) -> String {
    let is_formula = !is_number
        && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = match is_formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    let is_plain = !text.contains([',', '"', '\n', '\r', ';', '\t']) && text.trim() == text;
    match is_plain {
        true => text,
        false => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}

/// The root where it is a list that is not empty, or the list with the most objects in it.
fn longest_list(tree: &Tree) -> Option<usize> {
    if tree.root()?.value == Value::Array {
        return (tree.root()?.len > 0).then_some(0);
    }
    let lists = tree.nodes().iter().enumerate().filter(|(index, node)| {
        node.value == Value::Array
            && node.len > 0
            && tree
                .children(*index)
                .all(|child| tree.nodes()[child].value == Value::Object)
    });
    // The outer of two with as many rows comes first in the tree.
    lists
        .rev()
        .max_by_key(|(_, node)| node.len)
        .map(|(index, _)| index)
}

/// The cells of a row: plain values under their names, objects in it under names of theirs.
fn flatten(tree: &Tree, node: usize, name: &str, level: usize, cells: &mut Vec<(String, Cell)>) {
    let is_row = level == 0;
    match &tree.nodes()[node].value {
        Value::Object if level < FLAT_LEVELS && (is_row || tree.nodes()[node].len > 0) => {
            for child in tree.children(node) {
                let key = tree.nodes()[child].key.as_deref().unwrap_or_default();
                let name = match is_row {
                    true => key.to_owned(),
                    false => format!("{name}.{key}"),
                };
                flatten(tree, child, &name, level + 1, cells);
            }
        }
        _ => {
            let name = if is_row { "value" } else { name };
            cells.push((name.to_owned(), cell(tree, node)));
        }
    }
}

fn cell(tree: &Tree, node: usize) -> Cell {
    let (text, is_number) = match &tree.nodes()[node].value {
        Value::String(text) => (text.clone(), false),
        Value::Number(text) => (text.clone(), true),
        Value::Word(word) if word.starts_with('n') => (String::new(), false),
        Value::Word(word) => (word.clone(), false),
        Value::Array => (list_text(tree, node), false),
        Value::Object => (Json::of(tree, node).compact(), false),
    };
    Cell {
        text,
        is_number,
        node: Some(node),
    }
}

/// A list of texts and numbers is read more easily without its brackets.
fn list_text(tree: &Tree, node: usize) -> String {
    let plain: Option<Vec<&str>> = tree
        .children(node)
        .map(|child| match &tree.nodes()[child].value {
            Value::String(text) | Value::Number(text) => {
                Some(text.as_str()).filter(|text| !text.contains(';'))
            }
            _ => None,
        })
        .collect();
    match plain {
        Some(items) => items.join("; "),
        None => Json::of(tree, node).compact(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::of(&Tree::of(text)).expect("a table")
    }

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn objects_become_rows_and_what_one_lacks_is_empty() {
        let table = table(r#"[{"a":1,"b":{"c":"x","d":null}},{"e":[1,"y"],"a":true},7]"#);
        assert_eq!(table.columns, ["a", "b.c", "b.d", "e", "value"]);
        assert_eq!(texts(&table.rows[0]), ["1", "x", "", "", ""]);
        assert_eq!(texts(&table.rows[1]), ["true", "", "", "1; y", ""]);
        assert_eq!(texts(&table.rows[2]), ["", "", "", "", "7"]);
    }

    #[test]
    fn the_longest_list_of_objects_is_the_table_of_an_object() {
        let text = r#"{"total":2,"tags":["a","b","c"],"short":[{"x":1}],"rows":[{"n":1},{"n":2}]}"#;
        let longest = table(text);
        assert_eq!((longest.pointer.as_str(), longest.rows.len()), ("/rows", 2));
        assert_eq!(table(r#"{"name":"Ada","born":1815}"#).rows.len(), 1);
        assert_eq!(Table::of(&Tree::of("[]")), None);
    }

    #[test]
    fn a_table_of_an_answer_that_grows_has_the_rows_so_far() {
        let growing = table(r#"{"rows":[{"n":1},{"n":2"#);
        assert_eq!(growing.rows.len(), 2);
    }

    #[test]
    fn csv_quotes_what_must_be_and_makes_no_formulas() {
        let table = table(r#"[{"a":"x,\"y\"\nz","b":"=1+1","c":-5,"d":"-5","e":" s ","=f":"@x"}]"#);
        assert_eq!(
            table.csv(),
            "a,b,c,d,e,'=f\r\n\"x,\"\"y\"\"\nz\",'=1+1,-5,'-5,\" s \",'@x\r\n"
        );
    }
}
