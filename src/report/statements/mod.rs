//! Sentences about what an experiment found. Each is computed from results and says nothing where
//! they do not hold it up: a function from results to an optional [`Statement`].
//!
//! A statement about a difference rests on an interval or a paired test. One about counts tells of
//! the messages at hand and names them.

mod cautions;
mod counts;
mod differences;
mod drift;
mod finding;
mod followed;
mod headline;
mod joined;
mod learning;
mod models;
mod side_by_side;
mod standing;
mod statement;

pub use cautions::{cautions, caveats};
pub use counts::{
    compression, confident_errors, equal_error_rates, error_rates, errors_right_elsewhere,
    generative_models, half_the_false_positives, leader, misclassified, not_drawn, precision,
    seconds_to_fit, spam_on_top, undecided,
};
pub use differences::{pairs_apart, recall_at_low_rate};
pub use drift::{drift, shared_mail};
pub use finding::{details, difference, finding, tests};
pub use followed::{followed, other_likelihoods, readers};
pub use headline::headline;
pub use joined::joined;
pub use learning::{
    first_to_last, gain_from_unlabelled, leads, overtaking, stand_ins, summary_differs, who_leads,
    with_all_mail,
};
pub use models::{
    attention_shared_out, best_at_the_end, best_value, converged, latent_variance, miscalibrated,
    miscalibrated_models, most_looked_at, most_varied, opposite_signs, past_the_least,
    shared_tokens,
};
pub use side_by_side::{changed_between, comparable, ranks_apart, several};
pub use statement::{Statement, title};

/// The text of several statements.
pub fn in_words(statements: &[Statement]) -> String {
    let texts: Vec<&str> = statements.iter().map(|one| one.text.as_str()).collect();
    texts.join(" ")
}
