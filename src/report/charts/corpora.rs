//! The critical-difference diagram (Demšar, JMLR 7, 2006): models by their mean rank over several
//! corpora, and bars over those that Nemenyi's test does not tell apart.
//!
//! Names stand at rows and not at elbows of lines, so that the diagram has room on a phone.

use crate::base::numbers::number;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::report::statements::{ranks_apart, title};
use crate::results::{Family, OverCorpora};

/// Height of the diagram without its rows, and of a row.
const FRAME: f64 = 80.0;
const ROW: f64 = 27.0;
/// Most ranks at the axis.
const MOST_TICKS: usize = 10;

/// The diagram.
pub(super) fn draw(found: &OverCorpora) -> Figure {
    let groups = found.groups();
    let models = found.models.len();
    let rows = 1 + groups.len() + models;
    let height = |row: usize| rows as f64 - row as f64 - 0.5;
    let of_model = |at: usize| height(1 + groups.len() + at);
    let roles = roles(found);
    let gap = found.critical_difference;
    let bar = [[1.0, height(0)], [1.0 + gap, height(0)]];
    let mut series = vec![Series::new(
        "critical difference",
        Role::Conflict,
        Marks::Strokes(vec![bar]),
    )];
    // Dashes lead from each model to the bars.
    let reached = usize::from(!groups.is_empty());
    let dash = |at: usize| {
        let rank = found.models[at].rank;
        [[rank, of_model(at)], [rank, height(reached)]]
    };
    let dashes = Marks::Strokes((0..models).map(dash).collect());
    series.push(Series::new("mean rank", Role::Reference, dashes));
    let strokes = groups
        .iter()
        .enumerate()
        .map(|(at, ends)| ends.map(|model| [found.models[model].rank, height(1 + at)]));
    let bars = Marks::Strokes(strokes.collect());
    series.push(Series::new("not distinguishable", Role::Conflict, bars));
    for (at, (model, role)) in found.models.iter().zip(&roles).enumerate() {
        let dot = Marks::MarkedLine(vec![[model.rank, of_model(at)]]);
        series.push(Series::new(&model.model, *role, dot));
    }
    let names = found.models.iter().enumerate().rev();
    let mut ticks: Vec<Tick> = names
        .map(|(at, one)| Tick::new(of_model(at), &one.model))
        .collect();
    ticks.push(Tick::new(height(0), "critical difference"));
    let y = Axis {
        range: [0.0, rows as f64],
        ..Axis::named("", &[]).with_ticks(ticks)
    };
    let most = (models as f64).max(1.0 + gap);
    let room = 0.03 * (most - 1.0);
    let label = format!("mean rank over {} corpora", found.corpora.len());
    let every = models.div_ceil(MOST_TICKS);
    let ranks = (1..=models).step_by(every);
    let x = Axis::linear(&label, [1.0 - room, most + room]).with_ticks(
        ranks
            .map(|at| Tick::new(at as f64, at.to_string()))
            .collect(),
    );
    let figure = Figure::new(
        description(found),
        vec![Panel::new(x, y, series)],
        legend(found),
    );
    let figure = figure.in_grid(1, (FRAME + ROW * rows as f64) as u32);
    Figure {
        kicker: "Critical-difference diagram".to_owned(),
        ..figure.entitled(title(Some(ranks_apart(found))))
    }
}

/// What the marks are, as far as they are drawn.
fn description(found: &OverCorpora) -> String {
    let bars = if found.groups().is_empty() {
        ""
    } else {
        " A bar joins models whose mean ranks differ by less, so that they are not distinguishable \
         (Nemenyi’s test of all pairs)."
    };
    format!(
        "A dot is the mean rank of a model: 1 has the fewest errors on every corpus. The stroke \
         above is the critical difference, {}.{bars} The p-values in the table of pairs have \
         Holm’s correction instead, so that the two may disagree on a pair.",
        number(found.critical_difference, 2)
    )
}

/// The best of each family by rank is strong.
fn roles(found: &OverCorpora) -> Vec<Role> {
    let mut seen = [0, 0];
    let role = |family: Family| {
        let before = &mut seen[usize::from(family == Family::Discriminative)];
        *before += 1;
        match *before {
            1 => Role::Best(family),
            place => Role::Model(family, place - 2),
        }
    };
    found
        .models
        .iter()
        .map(|one| one.family)
        .map(role)
        .collect()
}

/// The families that are there.
fn legend(found: &OverCorpora) -> Vec<LegendEntry> {
    let is_there = |family: &Family| found.models.iter().any(|one| one.family == *family);
    let entry = |family: Family| {
        LegendEntry::new(
            family.to_string(),
            Role::Best(family),
            LegendMark::LineAndMarker,
        )
    };
    Family::BOTH
        .into_iter()
        .filter(is_there)
        .map(entry)
        .collect()
}
