//! The table of all generative models by the same measures, what its columns are, and why a figure
//! is missing.

use super::super::table::{Beside, DataTable, TableCell, column};
use crate::base::numbers::{count, number};
use crate::report::statements::joined;
use crate::results::{Experiment, GenerativeModel, GenerativeModels, Measured, Timing, Unmeasured};

/// The columns of what is measured: the key, the label, the digits after the point.
const MEASURED: [(&str, &str, usize); 8] = [
    ("bits_per_byte", "bits per byte", 3),
    ("text_perplexity", "perplexity per word of text", 0),
    ("word_perplexity", "perplexity per shared word", 0),
    ("weighted_perplexity", "the same, importance-weighted", 0),
    ("error_pct", "error % by likelihood", 2),
    ("one_minus_roca_pct", "(1-ROCA) % by likelihood", 3),
    ("inception_score", "Inception Score", 3),
    ("accuracy_from_generated", "TSTR accuracy", 4),
];

/// What the standard errors are.
const BY_DRAWS: &str = " ± by draws is the standard error of bits per byte that are estimated by \
    draws of masks: what other draws would change, not what other mail would.";

/// Every generative model, one row per model, with times if they are known, and with standard
/// errors if a model is estimated by draws; no rows if they were not measured.
pub fn generative_models(experiment: &Experiment, timing: Option<&Timing>) -> DataTable {
    let models = experiment.generative_models().map(|found| found.models);
    let models = models.unwrap_or_default();
    let by_draws = models
        .iter()
        .any(|model| model.bits_per_byte_error.is_some());
    let mut columns = vec![column("model", "model")];
    let measured = MEASURED.iter().enumerate();
    columns.extend(measured.map(|(at, (key, label, _))| {
        // Only likelihoods have bounds.
        let is_of_likelihood = at < 4;
        let beside = if is_of_likelihood {
            Beside::Bound
        } else {
            Beside::Nothing
        };
        column(key, label).with(beside)
    }));
    if by_draws {
        columns.insert(2, column("bits_per_byte_error", "± by draws"));
    }
    columns.push(column("model_bytes", "bytes of model"));
    if timing.is_some() {
        columns.push(column("fit_seconds", "seconds to fit"));
        columns.push(column("milliseconds_per_email", "ms per message to score"));
    }
    let row = |model: &GenerativeModel| {
        let mut row = row(experiment, model, timing);
        if by_draws {
            row.insert(2, TableCell::known(model.bits_per_byte_error, 4));
        }
        row
    };
    let rows = models.iter().map(row).collect();
    DataTable { columns, rows }
}

fn row(
    experiment: &Experiment,
    model: &GenerativeModel,
    timing: Option<&Timing>,
) -> Vec<TableCell> {
    let cell = |(measured, (_, _, decimals)): (Measured, (&str, &str, usize))| match measured {
        Measured::Exact(value) => TableCell::Number { value, decimals },
        Measured::AtMost(value) => TableCell::AtMost { value, decimals },
        Measured::Missing { .. } => TableCell::Missing,
    };
    let mut row = vec![TableCell::Text(model.model.clone())];
    row.extend(model.all().into_iter().zip(MEASURED).map(cell));
    let record = experiment.models.iter().find(|one| one.name == model.model);
    let first = record.and_then(|record| record.scored().next());
    row.push(first.map_or(TableCell::Missing, |(_, scored)| {
        TableCell::count(scored.model_bytes)
    }));
    if let Some(timing) = timing {
        let seconds = timing.fit_seconds.get(&model.model).copied();
        let speed = timing.emails_per_second.get(&model.model).copied();
        row.push(TableCell::known(seconds, 2));
        row.push(TableCell::known(speed.map(|speed| 1e3 / speed), 3));
    }
    row
}

/// What the columns are, and which of them can be compared; None if nothing was measured.
pub fn generative_models_in_words(experiment: &Experiment) -> Option<String> {
    let GenerativeModels {
        test,
        words,
        draws,
        generated,
        judge,
        models,
    } = experiment.generative_models()?;
    let fold = if experiment.has_folds() {
        "the first fold"
    } else {
        "the test set"
    };
    let told = format!(
        "Measured on {fold}, {} messages, each text under the model of its own class. \
         Compare models within a column and never across columns (Mielke 2019): bits per byte and \
         the perplexity per word of text are of everything that stands in a text, the perplexity \
         per shared word is of the {} words that most training messages hold and of nothing \
         else, each model fitted anew to these words. ≤ marks an upper bound; the \
         importance-weighted one is by {} draws. Error and (1-ROCA) % are those of prior and \
         likelihood alone, uncalibrated.",
        count(test),
        count(words),
        count(draws)
    );
    let of_generated = judge.map(|judge| {
        let real = judge.accuracy_from_real.map_or_else(String::new, |share| {
            format!(", {} from as many real messages", number(share, 4))
        });
        format!(
            " Each model generated {} messages: {} tells their classes apart (Inception Score, 1 \
             to 2), and the TSTR accuracy is what it reaches on the test mail when it has learned \
             from them alone{real}.",
            count(generated),
            judge.model
        )
    });
    let by_draws = models
        .iter()
        .any(|model| model.bits_per_byte_error.is_some());
    let of_draws = if by_draws { BY_DRAWS } else { "" };
    Some(told + of_draws + &of_generated.unwrap_or_default())
}

/// Why figures are missing, each reason with the models that it applies to.
pub fn why_unmeasured(experiment: &Experiment) -> Vec<String> {
    let Some(found) = experiment.generative_models() else {
        return Vec::new();
    };
    let reasons = |model: &GenerativeModel| model.all().into_iter().filter_map(Measured::why);
    let mut all: Vec<Unmeasured> = found.models.iter().flat_map(reasons).collect();
    all.sort_unstable();
    all.dedup();
    let told = |why: Unmeasured| {
        let models = found.models.iter();
        let models = models.filter(|model| reasons(model).any(|reason| reason == why));
        let names: Vec<&str> = models.map(|model| model.model.as_str()).collect();
        format!("{}: {}.", joined(&names, "and"), why.in_words())
    };
    all.into_iter().map(told).collect()
}
