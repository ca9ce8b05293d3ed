//! `spamlab ablate`: what each clue and each choice of the recipe is worth, on the same folds.

use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{Common, SplitOptions, TrainingOptions};
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses;
use crate::results::{Ablation, AblationVariant, Change};
use clap::Args;
use std::io::{Write, stdout};

/// Ablates.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    #[command(flatten)]
    split: SplitOptions,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let mut spec = self.training.spec(&ExperimentSpec::default())?;
        self.input.fill(&mut spec.data);
        self.split.fill(&mut spec.split);
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let bar = Bar::new(common);
        let ablation = analyses::ablate(&spec, &crate::catalog(), &bar).map_err(usage)?;
        let text = if self.json {
            serde_json::to_string_pretty(&ablation)? + "\n"
        } else {
            as_text(&ablation)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}

/// One table a model: the reference first, then each change.
pub fn as_text(ablation: &Ablation) -> String {
    let table = |reference: &AblationVariant| {
        let mut table = Table::new([
            reference.model.as_str(),
            "tokens",
            "accuracy",
            "errors",
            "won/tied/lost",
            "(1-ROCA) %",
            "won/tied/lost",
            "log loss, bits",
        ]);
        let row = |what: &str,
                   tokens: String,
                   variant: &AblationVariant,
                   errors: String,
                   ranking: String| {
            let mean = |key: &str, decimals: usize| {
                let mean = variant.spread.get(key).and_then(|spread| spread.mean);
                mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.decimals$}"))
            };
            let wrong = variant.all_errors().to_string();
            let (accuracy, rank) = (mean("accuracy", 4), mean("one_minus_roca_pct", 3));
            [
                what.to_owned(),
                tokens,
                accuracy,
                wrong,
                errors,
                rank,
                ranking,
                mean("log_loss_bits", 4),
            ]
        };
        table.push(row(
            "as it is",
            String::new(),
            reference,
            String::new(),
            String::new(),
        ));
        for Change {
            what,
            tokens,
            variant,
            errors,
            ranking,
        } in &ablation.changes
        {
            if variant.model == reference.model {
                table.push(row(
                    what,
                    format!("{:+}", -tokens),
                    variant,
                    errors.to_string(),
                    ranking.to_string(),
                ));
            }
        }
        table.to_string()
    };
    let tables: Vec<String> = ablation.reference.iter().map(table).collect();
    format!(
        "{}: {}; won: folds on which the change is better\n\n{}",
        ablation.source,
        ablation.split,
        tables.join("\n")
    )
}
