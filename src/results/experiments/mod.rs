//! What experiments found that are more than one comparison.

mod attack;
mod caveats;
mod crossover;
mod duplicates;
mod fewshot;
mod game;
mod metsis;
mod noise;
mod stream;
mod transfer;

pub use attack::{
    ATTACK, Attack, AttackCell, AttackFound, AttackedModel, CLEAN_RATES, CleanCell, Defence,
    FailedFit, FitPurpose, Poison, PoisonedCell, SHOWN_RATES, WordSearch, WordTransfer,
};
pub use caveats::{Answered, Caveats, MailFacts, PairFacts, TestTally};
pub use crossover::{
    CROSSOVER, Crossing, CrossoverFound, Decay, METRICS_OF_A_CROSSOVER, MatchedCurves, PairedPoint,
    crossing, decay,
};
pub use duplicates::{DUPLICATES, DuplicatesFound, FlatteredModel, METRICS_OF_DUPLICATES};
pub use fewshot::{
    FEWSHOT, FewshotCorpus, FewshotFound, FewshotModel, MOST_OF_FEW, PUBLISHED, Published, Standing,
};
pub use game::{GAME, Game, GameFound, Round, WrittenMessage};
pub use metsis::{
    METSIS, METSIS_ATTRIBUTES, METSIS_PUBLISHED, METSIS_SETS, MetsisCell, MetsisFound, MetsisMean,
    MetsisSet, Recalls,
};
pub use noise::{
    Damage, METRICS_OF_NOISE, NOISE, NoiseFound, NoiseLevel, NoisyModel, PRIOR_CORRECTED,
};
pub use stream::{
    FUSION, Feedback, FilterFound, Lesson, METRICS_OF_A_STREAM, ROCA, Regime, SPAM_MISSED_AT,
    STREAM, Stream, StreamFound, StreamPoint,
};
pub use transfer::{
    LearnedFrom, METRICS_OF_A_TRANSFER, TRANSFER, TransferCell, TransferCorpus, TransferFound,
};

use crate::results::fit::Family;
use serde::{Deserialize, Serialize};

/// A model of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedModel {
    /// Its name.
    pub name: String,
    /// Its family.
    pub family: Family,
}
