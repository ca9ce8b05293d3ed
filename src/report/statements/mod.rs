//! Sentences about what an experiment found. Each is computed from results and says nothing where
//! they do not hold it up: a function from results to an optional [`Statement`].

mod cautions;
mod finding;
mod followed;
mod headline;
mod learning;
mod statement;

pub use cautions::cautions;
pub use finding::{details, difference, finding, tests};
pub use followed::followed;
pub use headline::headline;
pub use learning::{overtaking, who_leads};
pub use statement::Statement;

/// The text of several statements.
pub fn in_words(statements: &[Statement]) -> String {
    let texts: Vec<&str> = statements.iter().map(|one| one.text.as_str()).collect();
    texts.join(" ")
}
