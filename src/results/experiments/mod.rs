//! What experiments found that are more than one comparison.

mod attack;
mod crossover;
mod duplicates;
mod game;
mod stream;
mod transfer;

pub use attack::{
    ATTACK, Attack, AttackCell, AttackFound, AttackedModel, CLEAN_RATES, CleanCell, Defence,
    Poison, PoisonedCell, SHOWN_RATES, WordSearch, WordTransfer,
};
pub use crossover::{
    CROSSOVER, Crossing, CrossoverFound, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint,
    crossing, decay,
};
pub use duplicates::{DUPLICATES, DuplicatesFound, FlatteredModel, METRICS_OF_DUPLICATES};
pub use game::{GAME, Game, GameFound, Round, WrittenMessage};
pub use stream::{
    FUSION, Feedback, FilterFound, Lesson, METRICS_OF_A_STREAM, ROCA, Regime, SPAM_MISSED_AT,
    STREAM, Stream, StreamFound, StreamPoint,
};
pub use transfer::{
    LearnedFrom, METRICS_OF_A_TRANSFER, TRANSFER, TransferCell, TransferCorpus, TransferFound,
    TransferModel,
};
