//! A setting as its model declares it: what it does, what it takes and its default, all in one
//! place, with the type of the field that holds it.

use super::range::Range;
use super::values::{Auto, Prior};
use crate::base::choices::Choice;
use std::ops::RangeInclusive as Span;

/// A setting of the type `T`. It has no name of its own but that of its field, so that models can
/// share it.
#[derive(Debug, Clone, Copy)]
pub struct Setting<T> {
    /// The value unless the user gives one.
    pub default: T,
    /// The values that it takes.
    pub range: Range,
    /// What it does, in one line.
    pub doc: &'static str,
}

/// One row of a model's table of settings.
#[derive(Debug, Clone, Copy)]
pub struct SettingRow {
    /// Name of the field.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The values that it takes.
    pub range: Range,
}

impl<T: Copy> Setting<T> {
    /// The same setting with another default.
    pub const fn with_default(self, default: T) -> Setting<T> {
        Setting { default, ..self }
    }

    /// The row of the table for a field of that name.
    pub const fn row(&self, name: &'static str) -> SettingRow {
        SettingRow {
            name,
            doc: self.doc,
            range: self.range,
        }
    }
}

impl Setting<f64> {
    /// A number within a span.
    pub const fn real(default: f64, span: Span<f64>, doc: &'static str) -> Setting<f64> {
        let (min, max) = (*span.start(), *span.end());
        Setting {
            default,
            range: Range::Real { min, max },
            doc,
        }
    }
}

/// The types of whole numbers.
///
/// ```
/// use spamlab::model::Setting;
///
/// let batch_size: Setting<u32> = Setting::whole(64, 1..=4096, "messages per step");
/// assert_eq!(batch_size.range.to_string(), "a whole number from 1 to 4096");
/// ```
pub trait Whole: Copy {}
impl Whole for u32 {}
impl Whole for u64 {}
impl Whole for usize {}

impl<N: Whole> Setting<N> {
    /// A whole number within a span.
    pub const fn whole(default: N, span: Span<u64>, doc: &'static str) -> Setting<N> {
        let (min, max) = (*span.start(), *span.end());
        Setting {
            default,
            range: Range::Whole { min, max },
            doc,
        }
    }
}

impl<C: Choice> Setting<C> {
    /// One of the named choices.
    pub const fn one_of(default: C, doc: &'static str) -> Setting<C> {
        Setting {
            default,
            range: Range::OneOf(C::NAMES),
            doc,
        }
    }
}

impl Setting<bool> {
    /// True or false.
    pub const fn flag(default: bool, doc: &'static str) -> Setting<bool> {
        Setting {
            default,
            range: Range::Bool,
            doc,
        }
    }
}

impl Setting<Auto> {
    /// A number within a span that training chooses from `grid` unless the user gives one.
    pub const fn tuned(span: Span<f64>, grid: &'static [f64], doc: &'static str) -> Setting<Auto> {
        let (min, max) = (*span.start(), *span.end());
        Setting {
            default: Auto::Tune,
            range: Range::RealOrAuto { min, max, grid },
            doc,
        }
    }

    /// A whole number within a span that the model finds for itself unless the user gives one.
    pub const fn found(span: Span<u64>, doc: &'static str) -> Setting<Auto> {
        let (min, max) = (*span.start(), *span.end());
        Setting {
            default: Auto::Tune,
            range: Range::WholeOrAuto { min, max },
            doc,
        }
    }
}

impl Setting<Prior> {
    /// A probability within a span that is learned from the training mail unless the user gives
    /// one.
    pub const fn learned(span: Span<f64>, doc: &'static str) -> Setting<Prior> {
        let (min, max) = (*span.start(), *span.end());
        Setting {
            default: Prior::Learned,
            range: Range::RealOrLearned { min, max },
            doc,
        }
    }
}
