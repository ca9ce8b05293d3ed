//! A published experiment repeated: recalls by event model, beside those that were published.

use crate::base::numbers::count;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::Family;
use crate::results::experiments::{MetsisFound, MetsisMean, Recalls};

/// What stands above the picture.
const KICKER: &str = "Event models";
/// Event models are generative.
const MEASURED: Role = Role::Best(Family::Generative);

/// A class's recall.
type Recall = fn(Recalls) -> Option<f64>;

/// The picture of the experiment, with the name of its files: for the most attributes, with which
/// the paper has its figures.
pub fn of_event_models(found: &MetsisFound) -> Vec<(&'static str, Figure)> {
    let mut means = found.means();
    let most = means.first().map(|mean| mean.attributes);
    means.retain(|mean| Some(mean.attributes) == most);
    let recalls: [(&str, Recall); 2] = [
        ("spam recall, %", |of| of.spam_pct),
        ("ham recall, %", |of| of.ham_pct),
    ];
    let panels = recalls.map(|(label, recall)| panel(&means, label, recall));
    let panels: Vec<Panel> = panels.into_iter().flatten().collect();
    let Some(most) = most.filter(|_| !panels.is_empty()) else {
        return Vec::new();
    };
    let is_published = means.iter().any(|mean| mean.published.is_some());
    let published = LegendEntry::new("published", Role::Reference, LegendMark::Dot);
    let measured = LegendEntry::new("measured", MEASURED, LegendMark::LineAndMarker);
    let legend = is_published.then_some(published).into_iter();
    let legend = legend.chain([measured]).collect();
    let compared = if is_published {
        " Each line leads from what was published to what was measured."
    } else {
        ""
    };
    let description = format!(
        "Means over the sets, with {} attributes.{compared} Spam recall is the share of the spam \
         that is called spam, ham recall that of the ham called ham.",
        count(most)
    );
    let height = 100 + 30 * means.len() as u32;
    let figure = Figure::new(description, panels, legend);
    let figure = Figure {
        kicker: KICKER.to_owned(),
        ..figure
            .in_grid(2, height)
            .entitled("What each event model of naive Bayes gets right")
    };
    vec![("recalls", figure)]
}

/// One recall of every event model. None where nothing is known.
fn panel(means: &[MetsisMean<'_>], label: &str, recall: Recall) -> Option<Panel> {
    let height = |at: usize| means.len() as f64 - at as f64 - 0.5;
    let mut series = Vec::new();
    let mut least = 100.0_f64;
    for (at, mean) in means.iter().enumerate() {
        let Some(measured) = recall(mean.measured) else {
            continue;
        };
        let published = mean.published.and_then(recall);
        least = least.min(measured).min(published.unwrap_or(measured));
        let ends = [published.unwrap_or(measured), measured].map(|value| [value, height(at)]);
        let mut marks = vec![(MEASURED, Marks::Strokes(vec![ends]))];
        if published.is_some() {
            marks.push((Role::Reference, Marks::Dots(vec![ends[0]])));
        }
        marks.push((MEASURED, Marks::MarkedLine(vec![ends[1]])));
        let marks = marks.into_iter();
        series.extend(marks.map(|(role, marks)| Series::new(mean.event, role, marks)));
    }
    let names = means.iter().enumerate();
    let names = names.map(|(at, mean)| Tick::new(height(at), mean.event));
    let mut names: Vec<Tick> = names.collect();
    names.reverse();
    let y = Axis {
        range: [0.0, means.len() as f64],
        ..Axis::named("", &[]).with_ticks(names)
    };
    // A little beyond both ends, so that no mark is cut.
    let beyond = (0.06 * (100.0 - least)).max(0.1);
    let range = [least - beyond, 100.0 + beyond];
    (!series.is_empty()).then(|| Panel::new(Axis::linear(label, range), y, series))
}
