//! What experiments found that are more than one comparison.

mod crossover;

pub use crossover::{
    CROSSOVER, Crossing, CrossoverFound, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint,
    crossing, decay,
};
