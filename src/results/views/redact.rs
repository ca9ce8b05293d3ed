//! An experiment that can be shown around: without the text of any mail, its addresses and its
//! numbers, and without the names of files, folders and columns that it was read from.
//!
//! Names of messages become numbers of rows, and kinds of mail are numbered in order; so are models
//! from elsewhere that are called after their file. A name that a file gives a model stays: it is
//! chosen for others to read, and tables and charts need it. Of tokens
//! those stay that many messages hold and that are neither a number nor an address: what everybody
//! writes says nothing of anybody.

use crate::base::keyed::{KeyedMap, KeyedSet};
use crate::results::data_card::SourceLine;
use crate::results::experiment::Experiment;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What stands where something was hidden.
pub const HIDDEN: &str = "▪▪▪";
/// Messages that must hold a token for it to stay.
const MANY: u32 = 20;
/// Text that an analysis may show: it stands under these names. All other text is hidden, so that
/// a new analysis gives nothing away.
const OPEN: [&str; 10] = [
    "a",
    "added",
    "b",
    "discriminative",
    "generative",
    "model",
    "setting",
    "unit",
    "value",
    "why",
];

/// Analyses that spell a message token by token: nothing of them stays, since a token that many
/// messages hold tells of this one what stands beside it.
const SPELLED: [&str; 1] = ["attention"];

/// Parts of a specification and what in them the user named.
const NAMES: [(&str, &[&str]); 2] = [
    (
        "data",
        &["inputs", "label_column", "text_column", "spam_label"],
    ),
    ("split", &["file"]),
];

impl Experiment {
    /// Hides what could tell of a person.
    pub fn redact(&mut self) {
        let known: KeyedSet<String> = self
            .contrast()
            .into_iter()
            .flat_map(|contrast| contrast.tokens)
            .filter(|token| token.emails[0] + token.emails[1] >= MANY && is_plain(&token.token))
            .map(|token| token.token)
            .collect();
        self.hide_names();
        self.data.redacted = true;
        for (row, id) in self.emails.ids.iter_mut().enumerate() {
            *id = (row + 1).to_string();
        }
        for conflict in &mut self.data.conflicts {
            let lines = conflict.ham.iter_mut().chain(&mut conflict.spam);
            lines.for_each(|SourceLine { id, .. }| id.clear());
        }
        for token in &mut self.data.leaky_tokens {
            hide_text(&mut token.token, &known);
        }
        self.analyses
            .retain(|name, _| !SPELLED.contains(&name.as_str()));
        for found in self.analyses.values_mut() {
            hide(found, "", &known);
        }
    }
}

impl Experiment {
    /// Hides where the mail came from, and what its source calls its kinds.
    fn hide_names(&mut self) {
        let hide = |text: &mut String| HIDDEN.clone_into(text);
        hide(&mut self.name);
        hide(&mut self.data.source);
        self.data.plan.clear();
        for row in &mut self.data.rejected {
            hide(&mut row.file);
        }
        for (part, names) in NAMES {
            for name in names {
                if let Some(value) = self.spec.get_mut(part).and_then(|part| part.get_mut(name)) {
                    hide_value(value);
                }
            }
        }
        self.number_models_of_files();
        if let Some(files) = self.spec.get_mut("external") {
            hide_value(files);
        }
        if self.spec["split"].get("file").is_some() {
            hide(&mut self.split.description);
        }
        let mut numbers: KeyedMap<String, usize> = KeyedMap::default();
        for kind in self.emails.kinds.iter_mut().flatten() {
            let next = numbers.len() + 1;
            let number = *numbers.entry(std::mem::take(kind)).or_insert(next);
            *kind = format!("kind {number}");
        }
    }
}

impl Experiment {
    /// Numbers the models from elsewhere that are called after the file of their predictions.
    fn number_models_of_files(&mut self) {
        let files = self.spec.get("external").and_then(Value::as_array);
        let stem = |file: &Value| {
            let stem = Path::new(file.as_str()?).file_stem()?;
            Some(stem.to_string_lossy().into_owned())
        };
        let stems: KeyedSet<String> = files.into_iter().flatten().filter_map(stem).collect();
        let models = || self.models.iter().map(|model| &model.name);
        let numbered = (1..).map(|number| format!("external {number}"));
        let free = numbered.filter(|name| !models().any(|taken| taken == name));
        let of_files = self.models.iter();
        let of_files = of_files.filter(|model| model.external && stems.contains(&model.name));
        let names: BTreeMap<String, String> =
            of_files.map(|model| model.name.clone()).zip(free).collect();
        let rename = |text: &mut String| {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        };
        for model in &mut self.models {
            rename(&mut model.name);
        }
        if let Some(highlighted) = &mut self.highlighted {
            rename(highlighted);
        }
        for pair in &mut self.comparisons {
            rename(&mut pair.a);
            rename(&mut pair.b);
        }
        if let Some(families) = &mut self.families {
            rename(&mut families.generative.model);
            rename(&mut families.discriminative.model);
        }
        for found in self.analyses.values_mut() {
            rename_open(found, "", &rename);
        }
    }
}

/// Renames what stands below `value` where text is open.
fn rename_open(value: &mut Value, name: &str, rename: &impl Fn(&mut String)) {
    match value {
        Value::String(text) if OPEN.contains(&name) => rename(text),
        Value::Array(values) => {
            for one in values {
                rename_open(one, name, rename);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                rename_open(field, name, rename);
            }
        }
        _ => {}
    }
}

/// Hides every text in a value.
fn hide_value(value: &mut Value) {
    match value {
        Value::String(text) => HIDDEN.clone_into(text),
        Value::Array(values) => values.iter_mut().for_each(hide_value),
        _ => {}
    }
}

/// Hides all text below `value`, which stands under `name`, but what is open or a known token.
fn hide(value: &mut Value, name: &str, known: &KeyedSet<String>) {
    match value {
        Value::String(text) if !OPEN.contains(&name) => hide_text(text, known),
        Value::Array(values) => values.iter_mut().for_each(|one| hide(one, name, known)),
        Value::Object(fields) => {
            for (name, field) in fields {
                hide(field, name, known);
            }
        }
        // What is hidden is not cut.
        Value::Bool(cut) if name == "cut" => *cut = false,
        _ => {}
    }
}

fn hide_text(text: &mut String, known: &KeyedSet<String>) {
    if !known.contains(text) {
        HIDDEN.clone_into(text);
    }
}

/// Whether a token is neither a number nor part of an address.
fn is_plain(token: &str) -> bool {
    let address = ["from:", "url:", "bytes:", "hidden:"]
        .iter()
        .any(|start| token.starts_with(start));
    !address && !token.contains(|letter: char| letter.is_ascii_digit() || letter == '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_an_analysis_that_nobody_knows_is_hidden_but_for_names_of_models() {
        let known = KeyedSet::from_iter(["meeting".to_owned()]);
        let mut found = serde_json::json!({
            "model": "svm",
            "quotes": [{ "says": "Dear Ann", "cut": true, "row": 3 }],
            "tokens": [["meeting", 0.5], ["ann", -1.5]],
        });
        hide(&mut found, "", &known);
        let expected = serde_json::json!({
            "model": "svm",
            "quotes": [{ "says": HIDDEN, "cut": false, "row": 3 }],
            "tokens": [["meeting", 0.5], [HIDDEN, -1.5]],
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_and_addresses_are_not_plain() {
        assert!(is_plain("meeting") && is_plain("subject:re") && is_plain("class:money"));
        assert!(
            ![
                "4711",
                "ann@example.org",
                "from:example.org",
                "url:example.org",
                "v1agra"
            ]
            .iter()
            .any(|one| is_plain(one))
        );
    }
}
