//! The reliability diagram: the share of spam among messages by their predicted probability of
//! spam, after calibration and, if the raw score of a model is log-odds, also before. It has ten
//! bins of equal width; each has its 95 % interval and its number of messages. The expected
//! calibration error in the table uses fifteen bins.

use crate::base::math::sigmoid;
use crate::base::numbers::count;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Note, Panel, Position, Series};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, labelled, pooled, with_panels};
use crate::report::statements::{miscalibrated, miscalibrated_models, title};
use crate::results::{Experiment, Scale, wilson};

/// Number of bins, all of equal width.
const BINS: usize = 10;
/// Height of the bar of the fullest bin, in percent of the panel.
const HIGHEST_BAR: f64 = 20.0;

/// The messages of a bin: their number, the spam among them, and their mean probability.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bin {
    at: usize,
    emails: usize,
    spam: usize,
    probability: f64,
}

impl Bin {
    /// Mean probability and share of spam, in percent.
    fn place(&self) -> Position {
        [100.0 * self.probability, 100.0 * self.share()]
    }

    fn share(&self) -> f64 {
        self.spam as f64 / self.emails as f64
    }

    /// The 95 % interval of the share, as a stroke.
    fn interval(&self) -> [Position; 2] {
        wilson(self.share(), 0.0, self.emails as f64)
            .map(|end| [100.0 * self.probability, 100.0 * end])
    }
}

/// The best model of each family.
pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let mut pools = pooled(experiment);
    pools.retain(|pool| pool.is_best);
    let figure = figure(experiment, &pools, "")?;
    Some(figure.entitled(title(miscalibrated(experiment))))
}

/// Every model, where there are others.
pub(super) fn draw_all(experiment: &Experiment) -> Option<Figure> {
    let (pools, note) = with_panels(experiment);
    let are_all_best = pools.iter().all(|pool| pool.is_best);
    let figure = (!are_all_best).then(|| figure(experiment, &pools, &note))??;
    Some(figure.entitled(title(miscalibrated_models(experiment))))
}

fn figure(experiment: &Experiment, pools: &[PooledPredictions<'_>], note: &str) -> Option<Figure> {
    if pools.is_empty() {
        return None;
    }
    let panels = pools.iter().map(|pool| panel(experiment, pool));
    let description = "Each dot is the share of spam among the emails with about this probability, \
         with its 95 % interval (Wilson). On the dashed line a probability means what it says; \
         above it the model is too timid to call spam, below it too bold. Bars count the emails \
         per bin, on a logarithmic scale. Circles are the model’s own probabilities, before \
         calibration.";
    let description = format!("{description}{note}");
    Some(Figure::new(description, panels.collect(), Vec::new()).small_multiples(420))
}

fn panel(experiment: &Experiment, pool: &PooledPredictions<'_>) -> Panel {
    let calibrated = bins(pool.emails.iter().copied());
    let raw = bins(raw(experiment, pool).into_iter());
    let places = |bins: &[Bin]| bins.iter().map(Bin::place).collect();
    let diagonal = Marks::Line(vec![[0.0, 0.0], [100.0, 100.0]]);
    let most = calibrated.iter().map(|bin| bin.emails).max().unwrap_or(1);
    let fewest = calibrated.iter().map(|bin| bin.emails).min().unwrap_or(1);
    let bar = |bin: &Bin| {
        let height = (1.0 + bin.emails as f64).ln() / (1.0 + most as f64).ln();
        let width = 100.0 / BINS as f64;
        let left = bin.at as f64 * width;
        [left + 0.2 * width, left + 0.8 * width, HIGHEST_BAR * height]
    };
    let bars = calibrated.iter().map(bar).collect();
    let intervals = calibrated.iter().map(Bin::interval).collect();
    let series = vec![
        Series::new("emails per bin", Role::Reference, Marks::Bars(bars)),
        Series::new("perfect calibration", Role::Reference, diagonal),
        Series::new(
            "before calibration",
            Role::Reference,
            Marks::Rings(places(&raw)),
        ),
        Series::new("calibrated", pool.role, Marks::Strokes(intervals)),
        Series::new("calibrated", pool.role, Marks::Dots(places(&calibrated))),
    ];
    let emails = Note::Corner {
        right: false,
        top: true,
        lines: vec![format!(
            "{} to {} emails per bin",
            count(fewest),
            count(most)
        )],
    };
    Panel::new(
        Axis::linear("probability of spam, %", [0.0, 100.0]),
        Axis::linear("spam among them, %", [0.0, 100.0]),
        series,
    )
    .about(&pool.model.name, pool.role)
    .with_notes(vec![emails])
}

/// The uncalibrated log-odds of each message, if the score of the model is log-odds.
fn raw(experiment: &Experiment, pool: &PooledPredictions<'_>) -> Vec<PooledEmail> {
    let of_odds = pool
        .model
        .scored()
        .filter(|(_, scored)| scored.scale == Scale::LogOdds);
    of_odds
        .flat_map(|(_, scored)| labelled(experiment, scored, &scored.score))
        .collect()
}

/// The bins that hold messages.
fn bins(emails: impl Iterator<Item = PooledEmail>) -> Vec<Bin> {
    let mut sums = [(0.0, 0, 0); BINS];
    for mail in emails {
        let probability = sigmoid(mail.log_odds);
        let bin = &mut sums[((probability * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + probability, bin.1 + mail.label.index(), bin.2 + 1);
    }
    let bin = |(at, (sum, spam, emails)): (usize, (f64, usize, usize))| Bin {
        at,
        emails,
        spam,
        probability: sum / emails as f64,
    };
    let held = sums.into_iter().enumerate();
    held.filter(|(_, (.., emails))| *emails > 0)
        .map(bin)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    #[test]
    fn bins_hold_the_hand_counted_messages() {
        // Six messages at even odds of which three are spam; four of spam at 0.98.
        let mail = |log_odds, label| PooledEmail {
            log_odds,
            label,
            predicted: label,
        };
        let even = [Spam, Ham, Spam, Ham, Spam, Ham].map(|label| mail(0.0, label));
        let sure = [mail(4.0, Spam); 4];
        let found = bins(even.into_iter().chain(sure));
        let counts: Vec<[usize; 3]> = found
            .iter()
            .map(|bin| [bin.at, bin.emails, bin.spam])
            .collect();
        assert_eq!(counts, [[5, 6, 3], [9, 4, 4]]);
        assert_eq!(found[0].place(), [50.0, 50.0]);
        // Wilson's interval of 3 of 6, worked in Python with z = 1.959964:
        // 0.187616306 to 0.812383694.
        let [[_, low], [_, high]] = found[0].interval();
        assert!((low - 18.761_630_6).abs() < 1e-4 && (high - 81.238_369_4).abs() < 1e-4);
    }
}
