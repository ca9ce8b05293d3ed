//! `spamlab compare --ablate`: what each clue and each choice of the recipe is worth, on the same
//! folds.

use super::train::needs;
use crate::base::progress::Progress;
use crate::cli::args::input::{InputOptions, LabelledMail};
use crate::cli::args::training::{Common, Request};
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::lab::{Ablated, Asked, Split, changes, changing_each_kind, run_variant};
use crate::results::{Ablation, AblationVariant, Change};

/// Measures every change and gives back what was found. `split` makes the folds of the mail as it
/// is read by default.
pub fn ablate(
    input: &InputOptions,
    request: &Request,
    pile: &LabelledMail,
    split: &Split,
    common: &Common,
) -> anyhow::Result<Ablation> {
    if !input.is_repeatable() {
        return Err(usage(
            "--ablate reads the mail several times: give it as a file",
        ));
    }
    let asked = Asked {
        choices: &request.choices,
        terms: request.terms(None),
        split,
        curve: false,
        unlabelled_curve: false,
        sweeps: &[],
        readings: &[],
        resamples: 0,
    };
    let corpus = pile.mail.emails();
    let variations = request.recipe.variations();
    let bar = Bar::new(common);
    bar.begin(
        "reference",
        (split.folds.len() * request.choices.len()) as u64,
    );
    let reference = run_variant(&asked, corpus, &bar);
    let mut found = changing_each_kind(&asked, corpus, &reference, &bar);
    bar.finish();
    for (what, recipe) in variations {
        // The same messages in the same order, read anew; the folds are those of the reference.
        let again = input.read_both_classes(&recipe, needs(request), false, &common.quietly())?;
        let emails = again.mail.emails();
        if emails.len() != corpus.len() {
            return Err(usage(format!(
                "{}: it changed while it was being read",
                pile.card.source
            )));
        }
        bar.begin(&what, (split.folds.len() * request.choices.len()) as u64);
        let ablated: Ablated = run_variant(&asked, emails, &bar);
        bar.finish();
        found.extend(changes(&what, &reference, ablated));
    }
    Ok(Ablation {
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        source: pile.card.source.clone(),
        split: split.description.clone(),
        reference: reference.variants,
        changes: found,
    })
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
