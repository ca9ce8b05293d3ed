//! What experiments found that are more than one comparison.

mod crossover;
mod stream;

pub use crossover::{
    CROSSOVER, Crossing, CrossoverFound, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint,
    crossing, decay,
};
pub use stream::{
    FUSION, Feedback, FilterFound, Lesson, METRICS_OF_A_STREAM, ROCA, Regime, SPAM_MISSED_AT,
    STREAM, Stream, StreamFound, StreamPoint,
};
