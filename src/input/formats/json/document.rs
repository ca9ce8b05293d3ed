//! Tables that are one JSON value, as pandas and others write them: by columns, by the index, split
//! into names and rows, or as an array beside other facts.

use crate::input::formats::columns::knows_names;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How deep in a document the rows are looked for.
const DEEPEST: usize = 3;

/// A row: fields by their names, or in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Row {
    Object(Map<String, Value>),
    Array(Vec<Value>),
}

impl Row {
    /// The row that a value is.
    pub fn of(value: Value) -> Option<Row> {
        match value {
            Value::Object(object) => Some(Row::Object(object)),
            Value::Array(values) => Some(Row::Array(values)),
            _ => None,
        }
    }

    /// The fields of the columns called `names`.
    pub fn fields(&self, names: &[String]) -> Vec<Vec<u8>> {
        let field = |(at, name): (usize, &String)| match self {
            Row::Object(object) => text(object.get(name)),
            Row::Array(values) => text(values.get(at)),
        };
        names.iter().enumerate().map(field).collect()
    }
}

/// A value as the text of a field. Arrays and objects are their JSON.
fn text(value: Option<&Value>) -> Vec<u8> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    }
}

/// The rows in a value that holds a whole table; None if it is no table.
pub(super) fn rows_of(value: Value) -> Option<Vec<Row>> {
    let Value::Object(object) = value else {
        return None;
    };
    rows_in(object, DEEPEST)
}

fn rows_in(mut object: Map<String, Value>, depth: usize) -> Option<Vec<Row>> {
    if let Some(rows) = split(&object) {
        return Some(rows);
    }
    if !object.is_empty() && object.values().all(is_filled_object) && holds_fields(&object) {
        return Some(by_column_or_index(object));
    }
    let lists = object.values().filter_map(Value::as_array);
    let lengths: Vec<usize> = lists
        .filter(|list| !list.iter().any(Value::is_object))
        .map(Vec::len)
        .collect();
    if lengths.len() > 1 && lengths.iter().all(|&length| length == lengths[0]) {
        return Some(by_lists(&object, lengths[0]));
    }
    let is_rows = |list: &Vec<Value>| !list.is_empty() && list.iter().all(Value::is_object);
    let mut rows = Vec::new();
    for value in object.values_mut() {
        if value.as_array().is_some_and(is_rows)
            && let Value::Array(list) = value.take()
        {
            rows.extend(list.into_iter().filter_map(Row::of));
        }
    }
    if !rows.is_empty() {
        return Some(rows);
    }
    let inner = object.into_iter().map(|(_, value)| value);
    let mut inner = inner.filter_map(|value| match value {
        Value::Object(inner) if depth > 0 => rows_in(inner, depth - 1),
        _ => None,
    });
    inner.next()
}

fn is_filled_object(value: &Value) -> bool {
    value.as_object().is_some_and(|object| !object.is_empty())
}

/// Whether anything in the objects of an object is a field, not again an object or an array.
fn holds_fields(object: &Map<String, Value>) -> bool {
    let mut inner = object
        .values()
        .filter_map(Value::as_object)
        .flat_map(Map::values);
    inner.any(|value| !value.is_object() && !value.is_array())
}

/// `{"columns": ["label", "text"], "data": [["ham", "at noon"]]}`.
fn split(object: &Map<String, Value>) -> Option<Vec<Row>> {
    let names: Option<Vec<&str>> = object
        .get("columns")?
        .as_array()?
        .iter()
        .map(Value::as_str)
        .collect();
    let (names, rows) = (names?, object.get("data")?.as_array()?);
    let row = |row: &Value| {
        let pairs = names.iter().map(|&name| name.to_owned());
        Some(Row::Object(
            pairs.zip(row.as_array()?.iter().cloned()).collect(),
        ))
    };
    rows.iter().map(row).collect()
}

/// `{"label": ["ham"], "text": ["at noon"]}`.
fn by_lists(object: &Map<String, Value>, length: usize) -> Vec<Row> {
    let row = |at: usize| {
        let fields = object.iter().filter_map(|(name, list)| {
            let list = list.as_array()?;
            (list.len() == length).then(|| (name.clone(), list[at].clone()))
        });
        Row::Object(fields.collect())
    };
    (0..length).map(row).collect()
}

/// `{"label": {"0": "ham"}, "text": {"0": "at noon"}}`, or the other way round: names of columns
/// are those that are known, or else those that are fewer.
fn by_column_or_index(object: Map<String, Value>) -> Vec<Row> {
    let by_column = object
        .values()
        .find_map(Value::as_object)
        .is_some_and(|inner| {
            let (outer_known, inner_known) =
                (names_known(object.keys()), names_known(inner.keys()));
            outer_known > inner_known || outer_known == inner_known && object.len() <= inner.len()
        });
    let mut rows: BTreeMap<(usize, String), Map<String, Value>> = BTreeMap::new();
    for (outer, fields) in object {
        // All are objects, as was asked before.
        let Value::Object(fields) = fields else {
            continue;
        };
        for (inner, value) in fields {
            let (row, name) = if by_column {
                (inner, outer.clone())
            } else {
                (outer.clone(), inner)
            };
            rows.entry((order(&row), row))
                .or_default()
                .insert(name, value);
        }
    }
    rows.into_values().map(Row::Object).collect()
}

/// The place of a row by its index: numbers in their order, then all else.
fn order(index: &str) -> usize {
    index.parse().unwrap_or(usize::MAX)
}

fn names_known<'a>(names: impl Iterator<Item = &'a String>) -> u8 {
    let names: Vec<Vec<u8>> = names.map(|name| name.clone().into_bytes()).collect();
    knows_names(&names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// By the documentation of pandas' `DataFrame.to_json` and its `orient`.
    #[test]
    fn a_table_is_read_in_each_form_that_pandas_writes() {
        let columns = json!({"label": {"2": "ham", "10": "spam"}, "text": {"2": "a", "10": "b"}});
        let index =
            json!({"2": {"label": "ham", "text": "a"}, "10": {"label": "spam", "text": "b"}});
        let split = json!({"columns": ["label", "text"], "index": [2, 10],
            "data": [["ham", "a"], ["spam", "b"]]});
        let table = json!({"schema": {"fields": [{"name": "label"}], "pandas_version": "1.4.0"},
            "data": [{"label": "ham", "text": "a"}, {"label": "spam", "text": "b"}]});
        let lists = json!({"label": ["ham", "spam"], "text": ["a", "b"]});
        let nested = json!({"version": 1, "set": {"rows": [{"label": "ham", "text": "a"},
            {"label": "spam", "text": "b"}]}});
        let deep = json!({"set": {"train": {"rows": [{"label": "ham", "text": "a"},
            {"label": "spam", "text": "b"}]}}});
        let expected = vec![
            Row::of(json!({"label": "ham", "text": "a"})).unwrap(),
            Row::of(json!({"label": "spam", "text": "b"})).unwrap(),
        ];
        for form in [columns, index, split, table, lists, nested, deep] {
            assert_eq!(rows_of(form.clone()).as_ref(), Some(&expected), "{form}");
        }
    }

    #[test]
    fn a_row_is_no_table() {
        for row in [
            json!({"label": "ham", "text": "a"}),
            json!({"label": "ham", "text": "a", "tags": ["x", "y"], "head": {"from": "z"}}),
            json!([1, 2]),
            json!({}),
        ] {
            assert_eq!(rows_of(row.clone()), None, "{row}");
        }
    }
}
