//! `spamlab ablate`: what each clue and each choice of the recipe is worth, on the same folds.

use crate::base::shown::shown_line;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{SplitOptions, TrainingOptions};
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::paragraph;
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses;
use crate::results::{Ablation, AblationVariant, Change};
use clap::Args;

/// Ablates.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    training: TrainingOptions,
    #[command(flatten)]
    split: SplitOptions,
    /// A smaller protocol: two models and two folds, less than a minute on the mail that comes with
    /// the program
    #[arg(long, conflicts_with = "config", help_heading = "Split")]
    quick: bool,
    /// Print what was found as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let defaults = if self.quick {
            ExperimentSpec {
                models: Vec::new(),
                search: None,
                ..ExperimentSpec::quick()
            }
        } else {
            ExperimentSpec::default()
        };
        let mut spec = self.training.spec(&defaults)?;
        self.input.fill(&mut spec.data);
        self.split.fill(&mut spec.split);
        targets::check(&spec.data, &[self.training.config()], &[])?;
        if self
            .input
            .dry_run_of(&spec.data, Labels::BothClasses, common)?
        {
            return Ok(());
        }
        let bar = Bar::new(common);
        let ablation = analyses::ablate(&spec, &crate::catalog(), &bar).map_err(usage)?;
        emit::result(self.json, || &ablation, || as_text(&ablation))
    }
}

/// One table a model: the reference first, then each change.
fn as_text(ablation: &Ablation) -> String {
    let tables = ablation.reference.iter().map(|reference| {
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
        table.push(row("as it is", reference, None));
        for change in &ablation.changes {
            if change.variant.model == reference.model {
                table.push(row(&change.what, &change.variant, Some(change)));
            }
        }
        table.to_string()
    });
    let about = format!(
        "{}: {}; won: folds on which the change is better",
        shown_line(&ablation.source),
        ablation.split
    );
    let tables = tables.collect::<Vec<_>>().join("\n");
    format!("{}\n{tables}", paragraph(&about, 2))
}

/// How a variant fares, and beside it what the change did, if there is one.
fn row(what: &str, variant: &AblationVariant, change: Option<&Change>) -> [String; 8] {
    let mean = |key: &str, decimals: usize| {
        let mean = variant.spread.get(key).and_then(|spread| spread.mean);
        mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.decimals$}"))
    };
    let of_change = |text: fn(&Change) -> String| change.map_or_else(String::new, text);
    [
        what.to_owned(),
        of_change(|change| format!("{:+}", -change.tokens)),
        mean("accuracy", 4),
        variant.all_errors().to_string(),
        of_change(|change| change.errors.to_string()),
        mean("one_minus_roca_pct", 3),
        of_change(|change| change.ranking.to_string()),
        mean("log_loss_bits", 4),
    ]
}
