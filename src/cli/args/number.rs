//! Whole numbers on the command line, whose ranges are those of a specification.

use crate::lab::limits::Limits;
use clap::builder::RangedU64ValueParser;

/// A number within limits.
pub fn within<N>(limits: Limits) -> RangedU64ValueParser<N>
where
    N: TryFrom<u64> + Clone + Send + Sync + 'static,
    N::Error: std::error::Error + Send + Sync + 'static,
{
    RangedU64ValueParser::new().range(limits.least..=limits.most)
}
