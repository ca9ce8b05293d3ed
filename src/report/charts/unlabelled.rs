//! Error against the number of labels, with the labels of all other training mail hidden and
//! without that mail: what a model makes of mail that nobody has judged. After figure 2 of Nigam,
//! McCallum, Thrun and Mitchell (Machine Learning 39, 2000).

use super::learning_curve::{Errors, errors, sizes};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::numbers::count;
use crate::report::palette::{Role, roles};
use crate::results::Experiment;

/// With that mail, and without it.
const NAMES: [&str; 2] = ["labels and mail without labels", "the labels alone"];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let found = experiment.unlabelled_curve.as_ref()?;
    let models = experiment.models.iter().zip(roles(experiment));
    let learners: Vec<(&str, Role, [Errors; 2])> = models
        .map(|(model, role)| {
            (
                model.name.as_str(),
                role,
                [&found.with, &found.without].map(|curve| errors(curve, &model.name)),
            )
        })
        .filter(|(.., both)| both.iter().all(|errors| !errors.is_empty()))
        .collect();
    let all = || learners.iter().flat_map(|(.., both)| both).flatten();
    let low = all()
        .map(|(_, [low, ..])| *low)
        .fold(f64::INFINITY, f64::min);
    let high = all().map(|(_, [.., high])| *high).fold(low, f64::max);
    let (fewest, most) = (all().map(|one| one.0).min()?, all().map(|one| one.0).max()?);
    let ticks = sizes(all().map(|one| one.0).collect());
    let panel = |(name, role, both): &(&str, Role, [Errors; 2])| {
        let lines = || both.iter().zip(NAMES).zip([*role, Role::Reference]);
        let bands = lines().map(|((errors, name), role)| Series {
            name: name.to_owned(),
            role,
            marks: Marks::Band(
                errors
                    .iter()
                    .map(|(emails, [low, _, high])| [*emails as f64, *low, *high])
                    .collect(),
            ),
        });
        let means = lines().map(|((errors, name), role)| Series {
            name: name.to_owned(),
            role,
            marks: Marks::MarkedLine(
                errors
                    .iter()
                    .map(|(emails, [_, mean, _])| [*emails as f64, *mean])
                    .collect(),
            ),
        });
        Panel {
            title: Some((*name).to_owned()),
            subject: Some(*role),
            x: Axis::log(
                "training emails with a label",
                [fewest as f64 / 1.12, most as f64 * 1.12],
            )
            .with_ticks(ticks.clone()),
            y: Axis::log("error on the test emails, %", [low / 1.25, high * 1.25]),
            series: bands.chain(means).collect(),
            notes: Vec::new(),
        }
    };
    let key = |name: &str, role| LegendEntry {
        label: name.to_owned(),
        role,
        sample: LegendMark::LineAndMarker,
    };
    let (_, first, _) = learners.first()?;
    Some(Figure {
        title: "Error by number of labels, with and without the other mail".to_owned(),
        description: format!(
            "Training mail outside the subset keeps its words and loses its label: lines in colour learn from it too, grey \
             ones do not. Lines are means over resamples, bands reach from the best to the worst. At the right end no \
             label is hidden and both are the same. {} test emails, the same for every point.",
            count(found.with.test)
        ),
        panels: learners.iter().map(panel).collect(),
        columns: learners.len().min(2),
        panel_height: 530,
        legend: vec![key(NAMES[0], *first), key(NAMES[1], Role::Reference)],
    })
}
