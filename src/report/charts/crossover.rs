//! A crossover: the errors of matched pairs by the number of training messages, and by how much the
//! generative model is ahead or behind, with its interval.

use super::learning_curve::{ErrorAtSize, means, size_axis};
use crate::base::numbers::{count, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::Family;
use crate::results::experiments::{CrossoverFound, MatchedCurves};

/// What stands above the pictures.
const KICKER: &str = "Crossover";
/// The metric of the first picture, and that of the second.
const ERROR: &str = "error_pct";
const RANKING: &str = "one_minus_roca_pct";
/// The families in the order of a pair.
const FAMILIES: [Family; 2] = [Family::Generative, Family::Discriminative];

/// The pictures of a crossover, each with the name of its files.
pub fn of_a_crossover(found: &CrossoverFound) -> Vec<(&'static str, Figure)> {
    [
        ("crossover", errors(found)),
        ("crossover_difference", differences(found)),
    ]
    .into_iter()
    .filter_map(|(key, figure)| Some((key, figure?)))
    .map(|(key, figure)| {
        let kicker = KICKER.to_owned();
        (key, Figure { kicker, ..figure })
    })
    .collect()
}

fn points(pair: &MatchedCurves, model: usize) -> Vec<ErrorAtSize> {
    let of = |point: &crate::results::experiments::PairedPoint| {
        let mean = point.means[model].get(ERROR).copied().flatten()?;
        Some(ErrorAtSize {
            emails: point.emails,
            low: mean,
            mean,
            high: mean,
        })
    };
    pair.points.iter().filter_map(of).collect()
}

/// A panel for each pair with any point; None if there are none.
fn panels(
    found: &CrossoverFound,
    panel: impl Fn(&MatchedCurves) -> Option<Panel>,
) -> Option<Vec<Panel>> {
    let drawn = found
        .pairs
        .iter()
        .filter(|pair| !points(pair, 0).is_empty());
    let panels: Vec<Panel> = drawn.map(panel).collect::<Option<_>>()?;
    (!panels.is_empty()).then_some(panels)
}

fn errors(found: &CrossoverFound) -> Option<Figure> {
    let all: Vec<ErrorAtSize> = found
        .pairs
        .iter()
        .flat_map(|pair| [0, 1].map(|model| points(pair, model)).concat())
        .collect();
    let panel = |pair: &MatchedCurves| {
        let line = |model: usize| {
            let role = Role::Best(FAMILIES[model]);
            Series::new(&pair.models[model], role, means(&points(pair, model)))
        };
        let axis = size_axis("training emails", &all)?;
        let panel = Panel::new(
            axis,
            super::learning_curve::error_axis(&all)?,
            vec![line(0), line(1)],
        );
        Some(panel.titled(pair.name()))
    };
    let panels = panels(found, panel)?;
    let legend = [
        ("generative", Family::Generative),
        ("discriminative", Family::Discriminative),
    ]
    .map(|(name, family)| LegendEntry::new(name, Role::Best(family), LegendMark::LineAndMarker));
    let description = format!(
        "Mean error rate on {} test emails of models that learned from the same training sets, \
         near-duplicates left out. Both axes are logarithmic.",
        count(found.test.iter().sum::<usize>())
    );
    let figure = Figure::new(description, panels, legend.into());
    let title = format!("Errors of matched pairs by training emails: {}", found.mail);
    Some(figure.in_grid(2, 400).entitled(title))
}

fn differences(found: &CrossoverFound) -> Option<Figure> {
    let all = || {
        let points = found.pairs.iter().flat_map(|pair| &pair.points);
        points.filter_map(|point| point.differences.get(RANKING))
    };
    let reach = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
    let high = reach(&mut all().map(|(_, [_, high])| *high));
    let low = -reach(&mut all().map(|(_, [low, _])| -low));
    let sizes: Vec<ErrorAtSize> = found
        .pairs
        .iter()
        .flat_map(|pair| points(pair, 0))
        .collect();
    let panel = |pair: &MatchedCurves| {
        let of: Vec<(f64, f64, [f64; 2])> = pair
            .points
            .iter()
            .filter_map(|point| {
                let (value, interval) = point.differences.get(RANKING)?;
                Some((point.emails as f64, *value, *interval))
            })
            .collect();
        let band = of
            .iter()
            .map(|(emails, _, [low, high])| [*emails, *low, *high]);
        let line = of.iter().map(|(emails, value, _)| [*emails, *value]);
        let ends = [of.first()?.0, of.last()?.0].map(|emails| [emails, 0.0]);
        let role = Role::Best(Family::Generative);
        let series = vec![
            Series::new("no difference", Role::Reference, Marks::Line(ends.into())),
            Series::new("difference", role, Marks::Band(band.collect())),
            Series::new("difference", role, Marks::MarkedLine(line.collect())),
        ];
        let pad = 0.05 * (high - low).max(1e-9);
        let [a, b] = &pair.models;
        let y = Axis::linear(&format!("{a} − {b}"), [low - pad, high + pad]);
        Some(Panel::new(size_axis("training emails", &sizes)?, y, series).titled(pair.name()))
    };
    let panels = panels(found, panel)?;
    let description = format!(
        "(1-ROCA) % of the generative model less that of the discriminative one: below 0 the \
         generative one ranks better. Bands are 95 % intervals of {} bootstrap replicates, which \
         draw training sets and test emails anew.",
        number(f64::from(found.replicates), 0)
    );
    let figure = Figure::new(description, panels, Vec::new());
    let title = "How far the generative model is ahead (below 0) or behind in ranking";
    Some(figure.in_grid(2, 400).entitled(title))
}
