//! `spamlab models`: the table of models.

use crate::cli::output::emit;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::model::{ModelEntry, SettingRow};
use clap::Args;
use serde_json::{Value, json};

/// Lists models.
#[derive(Args)]
pub struct Arguments {
    /// Print JSON instead of text
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<()> {
        let as_texts = || {
            crate::catalog()
                .models()
                .map(as_text)
                .collect::<Vec<_>>()
                .join("\n")
        };
        emit::result(
            self.json,
            || {
                crate::catalog()
                    .models()
                    .map(as_json)
                    .collect::<Vec<Value>>()
            },
            as_texts,
        )
    }
}

fn default_of(entry: &dyn ModelEntry, name: &str) -> Value {
    entry
        .settings(&json!({}))
        .ok()
        .and_then(|settings| settings.get(name).cloned())
        .unwrap_or_default()
}

fn as_json(entry: &'static dyn ModelEntry) -> Value {
    let setting = |setting: &SettingRow| {
        let default = default_of(entry, setting.name);
        json!({
            "name": setting.name,
            "doc": setting.doc,
            "range": setting.range.to_string(),
            "default": default,
        })
    };
    json!({
        "name": entry.name(),
        "family": entry.family(),
        "default": entry.is_default(),
        "summary": entry.summary(),
        "settings": entry.settings_table().iter().map(setting).collect::<Vec<_>>(),
    })
}

fn as_text(entry: &'static dyn ModelEntry) -> String {
    let asked = if entry.is_default() {
        ""
    } else {
        ", only when asked for"
    };
    let mut text = format!("{}  ({}{asked})\n", entry.name(), entry.family());
    text += &paragraph(&format!("\u{a0}\u{a0}{}", entry.summary()), 2);
    let mut table = Table::new(Vec::<String>::new());
    for setting in entry.settings_table() {
        let default = default_of(entry, setting.name);
        let default = default
            .as_str()
            .map_or_else(|| default.to_string(), str::to_owned);
        let name = format!("    {}.{} = {default}", entry.name(), setting.name);
        table.push([name, format!("{}: {}", setting.doc, setting.range)]);
    }
    text.push_str(table.to_string().trim_start_matches('\n'));
    text
}
