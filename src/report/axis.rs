//! Axes as data: label, scale, range and ticks. Tick labels have as many decimals as needed to
//! distinguish them.
//!
//! There are four scales: linear; logarithmic; the signed square root, on which one message is
//! still visible beside a thousand and zero has a position; and the inverse hyperbolic sine, which
//! is linear near zero and logarithmic far from it, for log-odds.

use crate::base::numbers::number;
use serde::{Deserialize, Serialize};

/// Ticks on a linear axis, of which a range of numbers has seven at most.
const MOST_TICKS: usize = 12;
/// Powers of ten on a logarithmic axis.
const MOST_POWERS: i32 = 24;

/// How far apart ticks of an axis by the inverse hyperbolic sine stand, as a share of its length.
const LEAST_APART: f64 = 0.11;

/// How values map to positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisScale {
    /// Linear.
    Linear,
    /// Logarithmic; the range must be above 0.
    Log,
    /// By the square root of the absolute value, with the sign kept.
    Root,
    /// By asinh(value / 4): linear up to about 4 on both sides of 0, logarithmic beyond.
    Asinh,
}

/// Where the inverse hyperbolic sine begins to bend: log-odds of 4 are a probability of 98 %.
const BENDS_AT: f64 = 4.0;

impl AxisScale {
    /// The value on a scale that is linear along the axis.
    pub(super) fn bend(self, value: f64) -> f64 {
        match self {
            AxisScale::Linear => value,
            AxisScale::Log => value.ln(),
            AxisScale::Root => value.signum() * value.abs().sqrt(),
            AxisScale::Asinh => (value / BENDS_AT).asinh(),
        }
    }

    /// The inverse of [`bend`](AxisScale::bend).
    pub(super) fn unbend(self, bent: f64) -> f64 {
        match self {
            AxisScale::Linear => bent,
            AxisScale::Log => bent.exp(),
            AxisScale::Root => bent * bent.abs(),
            AxisScale::Asinh => BENDS_AT * bent.sinh(),
        }
    }
}

/// One axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// The quantity shown, with its unit.
    pub label: String,
    /// How values map to positions.
    pub scale: AxisScale,
    /// The lowest and the highest value shown.
    pub range: [f64; 2],
    /// The ticks, in order of their values.
    pub ticks: Vec<Tick>,
    /// Whether each tick has a grid line.
    pub grid: bool,
    /// Whether the low end of a logarithmic axis stands for 0.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_zero: bool,
}

/// A tick on an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// The value it marks.
    pub at: f64,
    /// The text beside it.
    pub label: String,
}

impl Tick {
    /// A tick with a label.
    pub fn new(at: f64, label: impl Into<String>) -> Tick {
        Tick {
            at,
            label: label.into(),
        }
    }
}

impl Axis {
    /// A linear axis over a range with four to seven ticks at round numbers.
    pub fn linear(label: &str, range: [f64; 2]) -> Axis {
        let step = round_step((range[1] - range[0]) / 5.0);
        let decimals = decimals_of(step);
        let (first, last) = (
            (range[0] / step - 1e-9).ceil() as i64,
            (range[1] / step + 1e-9).floor() as i64,
        );
        let ticks = (first..=last)
            .take(MOST_TICKS)
            .map(|at| at as f64 * step)
            .map(|at| Tick::new(at, number(at, decimals)))
            .collect();
        Axis {
            label: label.to_owned(),
            scale: AxisScale::Linear,
            range,
            ticks,
            grid: true,
            from_zero: false,
        }
    }

    /// A logarithmic axis with a tick at each power of ten, or also at 2 and 5 times each if that
    /// gives fewer than three ticks.
    pub fn log(label: &str, range: [f64; 2]) -> Axis {
        let lowest = range[0].max(f64::MIN_POSITIVE).log10().floor() as i32;
        let highest = range[1].min(f64::MAX).log10().ceil() as i32;
        // Over a range that nothing but a damaged file has, not every power of ten has a tick.
        let each = (highest.saturating_sub(lowest) / MOST_POWERS).max(0) + 1;
        let powers = (lowest..=highest).step_by(each as usize);
        let within = |at: &f64| *at >= range[0] * (1.0 - 1e-9) && *at <= range[1] * (1.0 + 1e-9);
        let at = |steps: &[f64]| -> Vec<f64> {
            powers
                .clone()
                .flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)))
                .filter(within)
                .collect()
        };
        let places = [&[1.0][..], &[1.0, 3.0], &[1.0, 2.0, 5.0]]
            .into_iter()
            .map(at)
            .find(|places| places.len() >= 4);
        let places = places.unwrap_or_else(|| at(&[1.0, 2.0, 3.0, 4.0, 5.0, 7.0]));
        let ticks = places
            .into_iter()
            .map(|at| Tick::new(at, number(at, decimals_of(at))))
            .collect();
        Axis {
            label: label.to_owned(),
            scale: AxisScale::Log,
            range,
            ticks,
            grid: true,
            from_zero: false,
        }
    }

    /// A logarithmic axis on which nothing at all has a place, too: its low end, labelled 0.
    pub fn log_from_zero(label: &str, [low, high]: [f64; 2]) -> Axis {
        let axis = Axis::log(label, [low, high]);
        let above = axis.ticks.iter().filter(|tick| tick.at > 1.8 * low);
        let ticks = [Tick::new(low, "0")].into_iter().chain(above.cloned());
        Axis {
            ticks: ticks.collect(),
            from_zero: true,
            ..axis
        }
    }

    /// An axis by the inverse hyperbolic sine from `-reach` to `reach`, with ticks at 0 and at
    /// round numbers on both sides as far as there is room.
    pub fn asinh(label: &str, reach: f64) -> Axis {
        let axis = Axis {
            label: label.to_owned(),
            scale: AxisScale::Asinh,
            range: [-reach, reach],
            ticks: Vec::new(),
            grid: true,
            from_zero: false,
        };
        let powers = (0..MOST_POWERS).map(|power| 10f64.powi(power));
        let round = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * power));
        let mut places = vec![0.0];
        for at in round.take_while(|&at| at <= reach * (1.0 + 1e-9)) {
            let last = places.last().copied().unwrap_or(0.0);
            if axis.place(at) - axis.place(last) >= LEAST_APART {
                places.push(at);
            }
        }
        let below = places[1..].iter().rev().map(|at| -at);
        let ticks = below.chain(places.iter().copied());
        let ticks = ticks.map(|at| Tick::new(at, number(at, 0))).collect();
        axis.with_ticks(ticks)
    }

    /// A square-root axis from `-high[0]` to `high[1]` whose tick labels have no sign, for sizes on
    /// both sides of zero.
    pub fn mirrored(label: &str, high: [f64; 2]) -> Axis {
        let largest = high[0].max(high[1]);
        let power = 10f64.powf(largest.log10().floor());
        let top = [5.0, 2.0, 1.0]
            .into_iter()
            .map(|step| step * power)
            .find(|&top| top <= largest)
            .unwrap_or(power);
        let sizes: Vec<f64> = [top, top / 10.0, top / 100.0]
            .into_iter()
            .filter(|&size| size >= 1.0)
            .collect();
        let up = sizes.iter().filter(|&&size| size <= high[1]).copied();
        let down = sizes
            .iter()
            .filter(|&&size| size <= high[0])
            .map(|size| -size);
        let mut ticks: Vec<Tick> = up
            .chain(down)
            .chain([0.0])
            .map(|at| Tick::new(at, number(at.abs(), 0)))
            .collect();
        ticks.sort_by(|a, b| a.at.total_cmp(&b.at));
        Axis {
            label: label.to_owned(),
            scale: AxisScale::Root,
            range: [-high[0], high[1]],
            ticks,
            grid: true,
            from_zero: false,
        }
    }

    /// A square-root axis for differences that are large at one end of a chart and small at the
    /// other: ticks with signs at 0 and at powers of ten on both sides.
    pub fn signed_root(label: &str, range: [f64; 2]) -> Axis {
        let largest = range[0].abs().max(range[1].abs()).max(f64::MIN_POSITIVE);
        let highest = largest.log10().floor() as i32;
        let sizes = (highest - 2..=highest).map(|power| 10f64.powi(power));
        let both = sizes.flat_map(|size| [-size, size]).chain([0.0]);
        let mut places: Vec<f64> = both
            .filter(|at| {
                range[0] <= *at && *at <= range[1] && (*at == 0.0 || at.abs() > largest / 90.0)
            })
            .collect();
        places.sort_by(f64::total_cmp);
        let tick = |at: f64| {
            let decimals = if at == 0.0 { 0 } else { decimals_of(at.abs()) };
            let sign = if at > 0.0 { "+" } else { "" };
            Tick::new(at, format!("{sign}{}", number(at, decimals)))
        };
        Axis {
            label: label.to_owned(),
            scale: AxisScale::Root,
            range,
            ticks: places.into_iter().map(tick).collect(),
            grid: true,
            from_zero: false,
        }
    }

    /// An axis of named positions without grid lines.
    pub fn named(label: &str, names: &[&str]) -> Axis {
        let ticks = names
            .iter()
            .enumerate()
            .map(|(at, name)| Tick::new(at as f64 + 0.5, *name))
            .collect();
        Axis {
            label: label.to_owned(),
            scale: AxisScale::Linear,
            range: [0.0, names.len() as f64],
            ticks,
            grid: false,
            from_zero: false,
        }
    }

    /// An axis with a place for each of some values in order, the first at 0.5, for lines.
    pub fn places(label: &str, values: impl Iterator<Item = String>) -> Axis {
        let values: Vec<String> = values.collect();
        let names: Vec<&str> = values.iter().map(String::as_str).collect();
        Axis {
            grid: true,
            ..Axis::named(label, &names)
        }
    }

    /// The same axis with these ticks.
    pub fn with_ticks(self, ticks: Vec<Tick>) -> Axis {
        Axis { ticks, ..self }
    }

    /// The value within the range that is nearest to `value`.
    pub fn clip(&self, value: f64) -> f64 {
        value.clamp(self.range[0], self.range[1])
    }

    /// The position of a value: 0 at the low end, 1 at the high end. Where an axis is from
    /// zero, 0 has the low end.
    pub fn place(&self, value: f64) -> f64 {
        if self.from_zero && value == 0.0 {
            return 0.0;
        }
        let [low, high] = self.range.map(|end| self.scale.bend(end));
        if high > low {
            (self.scale.bend(value) - low) / (high - low)
        } else {
            0.5
        }
    }

    /// The value at a position: the inverse of [`place`](Axis::place), exact at both ends.
    pub fn value(&self, place: f64) -> f64 {
        match place {
            0.0 => self.range[0],
            1.0 => self.range[1],
            _ => {
                let [low, high] = self.range.map(|end| self.scale.bend(end));
                self.scale.unbend(low + place * (high - low))
            }
        }
    }
}

/// The smallest step of at least `least` that is 1, 2 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|step| step * power)
        .find(|&step| step >= least * 0.999)
        .unwrap_or(10.0 * power)
}

/// The number of decimals needed to distinguish multiples of `step`.
fn decimals_of(step: f64) -> usize {
    (-(step.abs().log10() + 1e-9).floor()).clamp(0.0, 9.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(
            labels(&Axis::linear("", [0.0, 100.0])),
            ["0", "20", "40", "60", "80", "100"]
        );
        assert_eq!(
            labels(&Axis::linear("", [-1.2, 1.3])),
            ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
        );
        assert_eq!(
            labels(&Axis::log("", [0.01, 100.0])),
            ["0.01", "0.1", "1", "10", "100"]
        );
        assert_eq!(labels(&Axis::log("", [0.8, 12.0])), ["1", "2", "5", "10"]);
        assert_eq!(
            labels(&Axis::mirrored("", [60.0, 2600.0])),
            ["20", "0", "20", "200", "2,000"]
        );
        // asinh of 0, 2 / 4, 5 / 4, 10 / 4 … is 0, .481, 1.048, 1.647, 2.312, 3.219, and .11 of the
        // length of 6.805 is .749.
        assert_eq!(
            labels(&Axis::asinh("", 60.0)),
            ["−50", "−20", "−5", "0", "5", "20", "50"]
        );
        assert_eq!(
            labels(&Axis::log_from_zero("", [0.5, 100.0])),
            ["0", "1", "3", "10", "30", "100"]
        );
    }

    #[test]
    fn an_axis_over_any_numbers_has_few_ticks() {
        let ends = [0.0, 5e-324, 1e-300, 1.0, 1.7e308, f64::INFINITY, f64::NAN];
        for low in ends {
            for high in ends {
                let axis = Axis::log("", [low, high]);
                assert!(axis.ticks.len() <= 150, "{low} to {high}");
                let axis = Axis::linear("", [low, high]);
                assert!(axis.ticks.len() <= 12, "{low} to {high}");
            }
        }
    }

    #[test]
    fn places_follow_the_scale() {
        assert_eq!(Axis::linear("", [10.0, 20.0]).place(12.5), 0.25);
        assert!((Axis::log("", [0.1, 10.0]).place(1.0) - 0.5).abs() < 1e-12);
        assert!((Axis::mirrored("", [4.0, 16.0]).place(0.0) - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(Axis::log_from_zero("", [0.1, 10.0]).place(0.0), 0.0);
        // Only where the axis says so: on another, 0 is infinitely far below.
        assert_eq!(Axis::log("", [0.1, 10.0]).place(0.0), f64::NEG_INFINITY);
        assert_eq!(Axis::asinh("", 60.0).place(0.0), 0.5);
        // asinh 1 = ln(1 + √2), asinh 15 = 3.402307.
        let near = Axis::asinh("", 60.0).place(4.0);
        assert!((near - (0.5 + 0.881_373_587 / 3.402_306_606 / 2.0)).abs() < 1e-8);
        let axes = [
            Axis::asinh("", 60.0),
            Axis::linear("", [10.0, 20.0]),
            Axis::log("", [0.1, 10.0]),
            Axis::mirrored("", [4.0, 16.0]),
        ];
        for axis in axes {
            for place in [0.0, 0.2, 0.7, 1.0] {
                let again = axis.place(axis.value(place));
                assert!((again - place).abs() < 1e-12, "{place}: {again}");
            }
        }
    }
}
