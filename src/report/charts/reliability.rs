//! The reliability diagram: the share of spam among messages by their predicted probability of
//! spam, after calibration and, if the raw score of a model is log-odds, also before. It has ten
//! bins of equal width and leaves out those with few messages. The expected calibration error in
//! the table uses fifteen bins and leaves none out.

use crate::base::math::sigmoid;
use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::numbers::count;
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, labelled, pooled};
use crate::results::{Experiment, Scale};

/// Number of bins, all of equal width.
const BINS: usize = 10;
/// Number of messages that a bin needs to be drawn.
const FEWEST: usize = 5;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let pools = pooled(experiment);
    let panels: Vec<Panel> = pools
        .iter()
        .filter_map(|pool| panel(experiment, pool))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let description = "Of the emails given some probability of spam, the share that is spam. On \
         the grey line a probability means what it says; above it the model is too timid to call \
         spam, below it too bold. Grey dots: the model's own probability, before calibration.";
    let key = |label, mark| LegendEntry::new(label, Role::Reference, mark);
    let legend = vec![
        key(
            "calibrated (each panel in its model's colour)",
            LegendMark::Line,
        ),
        key("before calibration", LegendMark::Dot),
    ];
    Some(Figure::new(description, panels, legend).small_multiples(480))
}

fn panel(experiment: &Experiment, pool: &PooledPredictions<'_>) -> Option<Panel> {
    let calibrated = bins(pool.emails.iter().copied());
    if calibrated.is_empty() {
        return None;
    }
    let raw = bins(raw(experiment, pool).into_iter());
    let diagonal = Marks::Line(vec![[0.0, 0.0], [100.0, 100.0]]);
    let [ham, spam] = pool.classes();
    let panel = Panel::new(
        Axis::linear("probability of spam, %", [0.0, 100.0]),
        Axis::linear("spam among them, %", [0.0, 100.0]),
        vec![
            Series::new("perfect calibration", Role::Reference, diagonal),
            Series::new("before calibration", Role::Reference, Marks::Dots(raw)),
            Series::new(&pool.model.name, pool.role, Marks::MarkedLine(calibrated)),
        ],
    );
    let emails = Note::Corner {
        right: true,
        top: false,
        lines: vec![format!("{} emails", count(ham + spam))],
    };
    Some(
        panel
            .about(&pool.model.name, pool.role)
            .with_notes(vec![emails]),
    )
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

/// Mean probability and share of spam, in percent, of each bin with enough messages.
fn bins(emails: impl Iterator<Item = PooledEmail>) -> Vec<Position> {
    let mut sums = [(0.0, 0, 0); BINS];
    for mail in emails {
        let probability = sigmoid(mail.log_odds);
        let bin = &mut sums[((probability * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + probability, bin.1 + mail.label.index(), bin.2 + 1);
    }
    let held = sums.iter().filter(|(_, _, emails)| *emails >= FEWEST);
    held.map(|&(sum, spam, emails)| {
        [
            100.0 * sum / emails as f64,
            100.0 * spam as f64 / emails as f64,
        ]
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    #[test]
    fn bins_hold_the_hand_counted_messages() {
        // Six messages at even odds of which three are spam; four at 0.98, too few to be drawn.
        let mail = |log_odds, label| PooledEmail {
            log_odds,
            label,
            predicted: label,
        };
        let even = [Spam, Ham, Spam, Ham, Spam, Ham].map(|label| mail(0.0, label));
        let sure = [mail(4.0, Spam); 4];
        assert_eq!(bins(even.into_iter().chain(sure)), [[50.0, 50.0]]);
    }
}
