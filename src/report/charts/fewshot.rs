//! F1 by the number of training messages: the mean over corpora beside what was published, and the
//! best models of both families on each corpus.

use crate::base::numbers::count_or_all;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::experiments::{FewshotCorpus, FewshotFound, FewshotModel};
use crate::results::{Estimate, Family};

/// What stands above the pictures.
const KICKER: &str = "Few labels";

/// The pictures of an experiment with few messages, each with the name of its files.
pub fn of_few_messages(found: &FewshotFound) -> Vec<(&'static str, Figure)> {
    let named = [
        ("fewshot", average(found)),
        ("fewshot_corpora", by_corpus(found)),
    ];
    named
        .into_iter()
        .filter_map(|(key, figure)| Some((key, figure?)))
        .map(|(key, figure)| {
            let kicker = KICKER.to_owned();
            (key, Figure { kicker, ..figure })
        })
        .collect()
}

/// The best models of both families, each with its role.
fn best(found: &FewshotFound) -> Vec<(&FewshotModel, Role)> {
    let of = |family: Family| Some((found.best(family)?, Role::Best(family)));
    Family::BOTH.into_iter().filter_map(of).collect()
}

fn average(found: &FewshotFound) -> Option<Figure> {
    let best = best(found);
    if best.is_empty() {
        return None;
    }
    let mut series = Vec::new();
    for (model, role) in &best {
        series.push(Series::new(&model.name, *role, band(&model.average)));
    }
    let published = found.published();
    for (place, one) in published.iter().enumerate() {
        let at = |(place, size): (usize, &Option<usize>)| {
            let (value, _) = one.at(*size)?;
            Some([middle(place), value])
        };
        let points = found.sizes.iter().enumerate().filter_map(at).collect();
        // The first measure is a solid line, and these are not ours.
        let role = Role::Measure(place + 1);
        series.push(Series::new(one.name, role, Marks::MarkedLine(points)));
    }
    for (model, role) in &best {
        series.push(Series::new(&model.name, *role, line(&model.average)));
    }
    let ours = best
        .iter()
        .map(|(model, role)| LegendEntry::new(&model.name, *role, LegendMark::LineAndMarker));
    let theirs = published.iter().enumerate().map(|(place, one)| {
        let name = format!("{}, published", one.name);
        LegendEntry::new(name, Role::Measure(place + 1), LegendMark::LineAndMarker)
    });
    let legend = ours.chain(theirs).collect();
    let panel = Panel::new(size_axis(found), f1_axis(), series);
    let beside = if published.is_empty() {
        ""
    } else {
        " Dashed: means over Ling-Spam, SMS Spam Collection, SpamAssassin and Enron as published \
         (Labonne and Moran 2023, arXiv 2304.01238); up to 256 emails they were read off a figure."
    };
    let description = format!(
        "F1 of spam, mean over {}, of the model of each family that is best over all numbers of \
         training emails. {}{beside}",
        match found.corpora.len() {
            1 => "one corpus".to_owned(),
            corpora => format!("{corpora} corpora"),
        },
        runs(found)
    );
    let figure = Figure::new(description, vec![panel], legend);
    let title = "F1 by training emails, mean over corpora";
    Some(figure.in_grid(1, 520).entitled(title))
}

fn by_corpus(found: &FewshotFound) -> Option<Figure> {
    let best = best(found);
    if best.is_empty() {
        return None;
    }
    let panel = |(at, corpus): (usize, &FewshotCorpus)| {
        let bands = best
            .iter()
            .map(|(model, role)| Series::new(&model.name, *role, band(&model.f1[at])));
        let lines = best
            .iter()
            .map(|(model, role)| Series::new(&model.name, *role, line(&model.f1[at])));
        let panel = Panel::new(size_axis(found), f1_axis(), bands.chain(lines).collect());
        panel.titled(corpus.name.clone())
    };
    let panels = found.corpora.iter().enumerate().map(panel).collect();
    let legend = best
        .iter()
        .map(|(model, role)| LegendEntry::new(&model.name, *role, LegendMark::LineAndMarker));
    let description = format!(
        "F1 of spam on each corpus, of the model of each family that is best on average. {}",
        runs(found)
    );
    let figure = Figure::new(description, panels, legend.collect());
    let title = "F1 by training emails, corpus by corpus";
    Some(figure.in_grid(2, 360).entitled(title))
}

/// What lines and bands are.
fn runs(found: &FewshotFound) -> String {
    match found.runs {
        1 => "One run was made.".to_owned(),
        runs => format!("Lines are means over {runs} runs, bands the 95 % intervals of the means."),
    }
}

/// Where the number of messages at a place stands on its axis.
fn middle(place: usize) -> f64 {
    place as f64 + 0.5
}

/// Numbers of messages, equally far apart: what all is depends on the corpus.
fn size_axis(found: &FewshotFound) -> Axis {
    let sizes = found.sizes.iter().map(|size| count_or_all(*size));
    Axis::places("training emails", sizes)
}

fn f1_axis() -> Axis {
    Axis::linear("F1 of spam", [0.0, 1.0])
}

fn line(estimates: &[Estimate]) -> Marks {
    let at = |(place, one): (usize, &Estimate)| Some([middle(place), one.value?]);
    Marks::MarkedLine(estimates.iter().enumerate().filter_map(at).collect())
}

/// Intervals as far as the axis goes.
fn band(estimates: &[Estimate]) -> Marks {
    let at = |(place, one): (usize, &Estimate)| {
        let [low, high] = one.interval?.map(|end| end.clamp(0.0, 1.0));
        Some([middle(place), low, high])
    };
    Marks::Band(estimates.iter().enumerate().filter_map(at).collect())
}
