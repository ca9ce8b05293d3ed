//! A sentence about what an experiment found.

/// A sentence about results.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The sentence, with its full stop.
    pub text: String,
    /// The numbers that it rests on, in the order of the text.
    pub rests_on: Vec<f64>,
}

impl Statement {
    pub(super) fn new(text: String, rests_on: Vec<f64>) -> Statement {
        Statement { text, rests_on }
    }
}
