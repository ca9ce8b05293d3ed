//! What can be said of what is inside of a net: how much of its latent space two axes show, and
//! where its attention goes.

use crate::base::numbers::number;
use crate::report::statements::statement::Statement;
use crate::results::{AttentionMap, LatentSpace};

/// How much of the variance of the latent means the two drawn axes hold.
pub fn latent_variance(space: &LatentSpace) -> Option<Statement> {
    let share: f64 = space.axes.iter().map(|axis| 100.0 * axis.share).sum();
    let text = format!(
        "Two axes hold {} % of the variance of {}’s latent vectors",
        number(share, 0),
        space.model
    );
    share.is_finite().then(|| Statement::new(text, vec![share]))
}

/// The places from which on a place itself, the one before it and the beginning are three.
const FIRST: usize = 2;

/// Where the attention goes, mean over the heads: to the place itself, to the one before it, to the
/// beginning, and to places after those that are told. None of fewer than three places.
pub fn attention_shared_out(map: &AttentionMap) -> Option<Statement> {
    let shares = map.attention.mean();
    let looking = shares.get(FIRST..).filter(|rows| !rows.is_empty())?;
    let percent = |of: &dyn Fn(usize, &[f64]) -> f64| {
        let rows = (FIRST..).zip(looking);
        let sum: f64 = rows.map(|(at, row)| of(at, row)).sum();
        100.0 * sum / looking.len() as f64
    };
    let to = [
        percent(&|at, row| row[at]),
        percent(&|at, row| row[at - 1]),
        percent(&|_, row| row[0]),
        percent(&|_, row| 1.0 - row.iter().sum::<f64>()),
    ];
    let [itself, before, beginning, beyond] = to.map(|percent| number(percent, 0));
    let rest = if to[3] >= 0.5 {
        format!(", and {beyond} % to tokens after those shown")
    } else {
        String::new()
    };
    let text = format!(
        "Of the attention of the {} tokens from the second on, by {}, {itself} % stays at the \
         token itself; {before} % goes to the one before it, {beginning} % to the beginning of the \
         message{rest}.",
        looking.len(),
        map.model
    );
    to.iter()
        .all(|percent| percent.is_finite())
        .then(|| Statement::new(text, to.to_vec()))
}

/// The token that the others look at most, mean over the heads, as it is `shown`; None of fewer
/// than three places.
pub fn most_looked_at(
    map: &AttentionMap,
    shown: impl Fn(usize, &str) -> String,
) -> Option<Statement> {
    let shares = map.attention.mean();
    let looking = shares.get(FIRST..).filter(|rows| !rows.is_empty())?;
    let received = |at: usize| {
        let rows = (FIRST..).zip(looking).filter(|(place, _)| *place != at);
        let sum: f64 = rows.map(|(_, row)| row[at]).sum();
        100.0 * sum / looking.len() as f64
    };
    let tokens = map.attention.tokens.iter().enumerate();
    let most = tokens
        .map(|(at, token)| (received(at), at, token))
        .reduce(|most, next| if next.0 > most.0 { next } else { most })?;
    let text = format!(
        "{} looks most at {}: {} % of its attention",
        map.model,
        shown(most.1, most.2),
        number(most.0, 0)
    );
    most.0
        .is_finite()
        .then(|| Statement::new(text, vec![most.0]))
}
