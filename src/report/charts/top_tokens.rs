//! The tokens on which each model relies most, side by side, with their weights: tokens for spam
//! above, tokens for ham below. They are ranked by the weight times the number of messages that
//! contain the token, so that no token of a single message comes first.

use crate::base::mail::Label;
use crate::base::numbers::number;
use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, MatrixCell, Panel, Series, shortened,
};
use crate::report::palette::Role;
use crate::report::statements::{shared_tokens, title};
use crate::results::{Experiment, Family, TopTokens, ranking};

/// Number of tokens per class.
const TOKENS: usize = 8;
/// Largest number of models per family.
const MODELS: usize = 4;
/// Largest number of letters shown of a token.
const LONGEST: usize = 18;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let mut wanted: Vec<usize> = Family::BOTH
        .iter()
        .flat_map(|&family| ranking(&experiment.models, family).into_iter().take(MODELS))
        .collect();
    wanted.sort_unstable();
    let top_tokens = experiment.top_tokens();
    let found = wanted.iter().filter_map(|&at| {
        let name = &experiment.models[at].name;
        top_tokens
            .iter()
            .find(|one| one.model == *name && !(one.ham.is_empty() && one.spam.is_empty()))
    });
    let found: Vec<&TopTokens> = found.collect();
    if found.is_empty() {
        return None;
    }
    let names: Vec<&str> = found.iter().map(|one| one.model.as_str()).collect();
    let key = |label: Label| {
        let text = format!("speaks for {label}");
        LegendEntry::new(text, Role::Class(label), LegendMark::Block)
    };
    let description = "In each column the tokens that decide most verdicts: by weight times the \
         number of training emails that hold them. The number is the weight, in nats for the \
         generative models and in the model's own unit for the others; the deeper the colour, the \
         heavier in its column. Tokens stand as the tokenizer made them, stems among them.";
    let classes = [Label::Spam, Label::Ham];
    let panel = Panel::new(
        Axis::named("", &names),
        Axis::named("", &["ham", "spam"]),
        classes.map(|label| cells(&found, label)).to_vec(),
    );
    let legend = classes.map(key).to_vec();
    let figure = Figure::new(description, vec![panel], legend).in_grid(1, 860);
    let best = |family: Family| {
        found
            .iter()
            .find(|one| is_first(experiment, &found, one, family))
    };
    let both = best(Family::Generative).zip(best(Family::Discriminative));
    let shared = both.and_then(|(a, b)| shared_tokens(experiment, [&a.model, &b.model], TOKENS));
    let mut figure = figure.entitled(title(shared));
    let undrawn = wanted.iter().map(|&at| experiment.models[at].name.as_str());
    let undrawn: Vec<&str> = undrawn.filter(|name| !names.contains(name)).collect();
    let undrawn = (!undrawn.is_empty()).then(|| undrawn.join(", "));
    let undrawn = undrawn.map(|names| format!(" Without weights of single tokens: {names}."));
    figure.description.extend(undrawn);
    Some(figure)
}

/// Whether a model is the best of its family of those that are drawn.
fn is_first(
    experiment: &Experiment,
    found: &[&TopTokens],
    one: &TopTokens,
    family: Family,
) -> bool {
    let names = ranking(&experiment.models, family).into_iter();
    let mut names = names.map(|at| &experiment.models[at].name);
    let first = names.find(|name| found.iter().any(|drawn| drawn.model == **name));
    first.is_some_and(|first| *first == one.model)
}

fn cells(found: &[&TopTokens], label: Label) -> Series {
    let top = if label.is_spam() { 2.0 } else { 1.0 };
    let height = 1.0 / TOKENS as f64;
    let column = |(at, tokens): (usize, &&TopTokens)| {
        let heaviest = tokens
            .ham
            .iter()
            .chain(&tokens.spam)
            .map(|(_, weight)| weight.abs())
            .fold(1e-12, f64::max);
        let of_class = if label.is_spam() {
            &tokens.spam
        } else {
            &tokens.ham
        };
        let cell = |(row, (token, weight)): (usize, &(String, f64))| {
            let upper = top - row as f64 * height;
            MatrixCell {
                from: [at as f64, upper - height],
                to: [at as f64 + 1.0, upper],
                shade: 0.5 * weight.abs() / heaviest,
                text: shortened(token, LONGEST),
                detail: number(*weight, 2),
                link: None,
            }
        };
        of_class
            .iter()
            .take(TOKENS)
            .enumerate()
            .map(cell)
            .collect::<Vec<_>>()
    };
    let marks = Marks::Cells(found.iter().enumerate().flat_map(column).collect());
    Series::new(label.name(), Role::Class(label), marks)
}
