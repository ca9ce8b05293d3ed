//! `spamlab experiment attack`: spam that is changed to pass filters, and what defences are worth.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::attack::AttackParameters;
use crate::report::documents::tables;
use crate::results::experiments::{Attack, AttackFound, CLEAN_RATES, Defence};
use clap::Args;

/// Attacks filters.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
#[command(mut_arg("models", |models| models.help(
    "Models, by name, separated by commas [default: those that compare has, and byte-ngram]"
)))]
pub struct AttackOptions {
    #[command(flatten)]
    shared: Shared,
    /// Only attacks that ask the filter nothing: no defences, and no poisoned mail
    #[arg(long, help_heading = "Protocol")]
    passive: bool,
    #[command(flatten)]
    models: ModelOptions,
}

impl AttackOptions {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let protocol: AttackParameters = self.shared.protocol(&spec)?;
        let parameters = if self.passive {
            protocol.passive()
        } else {
            protocol
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &AttackFound) -> String {
    let mut words: Vec<String> = tables::withstood_in_words(found).into_iter().collect();
    words.push(tables::attack_in_words(found));
    let words = paragraph(&words.join(" "), 0);
    let Some(rate) = found.told_rate() else {
        return words;
    };
    let titles = ["model", "before", "after", "with", "to evade"];
    let attacks = Attack::PASSIVE.into_iter().chain(Attack::ACTIVE);
    let table = |attack: Attack| {
        let most = found.words(attack).into_iter().max()?;
        let mut table = Table::new(titles);
        let fitted = found.models.iter().enumerate();
        for (model, of) in fitted.filter(|(_, model)| model.failed.is_none()) {
            let caught = |attack: Attack, words: usize| {
                let cell = found.cell(model, Defence::None, attack, words);
                let value = cell.and_then(|cell| cell.caught[rate].as_ref()?.value);
                value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
            };
            let enough = found.words_to_evade(model, attack, rate);
            table.push([
                of.name.clone(),
                caught(attack.baseline(), 0),
                caught(attack, most),
                most.to_string(),
                enough.map_or_else(|| "–".to_owned(), |words| words.to_string()),
            ]);
        }
        Some(format!("{}\n{table}\n", attack.name()))
    };
    let tables: Vec<String> = attacks.filter_map(table).collect();
    let heading = format!(
        "spam caught in %, at {} % of the clean ham misclassified\n\n",
        100.0 * CLEAN_RATES[rate]
    );
    heading + &tables.concat() + &words
}
