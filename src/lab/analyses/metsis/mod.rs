//! Metsis, Androutsopoulos and Paliouras, "Spam Filtering with Naive Bayes - Which Naive Bayes?"
//! (CEAS 2006): five event models on Enron1 to Enron6.

mod protocol;
mod published;
mod tables;

pub use protocol::{Recalls, replicate};
pub use published::SETS;
pub use tables::{DeviationRow, DeviationTable, RecallRow, RecallTable, Replication};
