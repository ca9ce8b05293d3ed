//! A sentence about what an experiment found.

/// A sentence about results.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The sentence, with its full stop; without one if it is short enough for a title.
    pub text: String,
    /// The numbers that it rests on, in the order of the text.
    pub rests_on: Vec<f64>,
}

impl Statement {
    pub(super) fn new(text: String, rests_on: Vec<f64>) -> Statement {
        Statement { text, rests_on }
    }
}

/// A statement as the title of a chart; empty if there is none.
pub fn title(statement: Option<Statement>) -> String {
    let text = statement.map_or_else(String::new, |one| one.text);
    text.trim_end_matches('.').to_owned()
}
