//! Plots every message by its mean likelihood as ham and as spam, under a model whose likelihood is
//! a product over what the message holds. The diagonal is Bayes' rule without the prior, which
//! counts as much as one or two tokens of a whole message. The second panel rotates the picture so
//! that the diagonal is horizontal, since most of a likelihood is the same for both classes.
//!
//! Rings mark the messages that the best discriminative model gets wrong. It computes neither
//! likelihood.

use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::base::shown::shown_text;
use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, MarkLink, Marks, Panel, Position, Series,
};
use crate::report::palette::Role;
use crate::report::pooled::message_anchor;
use crate::report::statements::{errors_right_elsewhere, other_likelihoods, title};
use crate::results::{Experiment, LikelihoodPlane, ModelRecord};
use std::collections::BTreeSet;

/// Largest number of messages drawn. If there are more, evenly spaced ones are chosen.
const MOST: usize = 4_000;
/// Share of the messages at each end that may be beyond an axis and are drawn on its edge.
const BEYOND: f64 = 0.005;

/// A message: its two log-likelihoods, its class, whether the discriminative model gets it wrong,
/// and where the page quotes it.
struct Placed {
    at: Position,
    label: Label,
    wrong: bool,
    quoted: Option<(String, String)>,
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let plane = &experiment.likelihood_plane()?;
    let other = experiment
        .best()
        .discriminative
        .map(|at| &experiment.models[at]);
    let emails = placed(experiment, plane, other);
    if emails.is_empty() {
        return None;
    }
    let is_there = |label: &Label| emails.iter().any(|mail| mail.label == *label);
    let mut legend: Vec<LegendEntry> = Label::BOTH
        .into_iter()
        .filter(is_there)
        .map(|label| LegendEntry::new(label.name(), Role::Class(label), LegendMark::Dot))
        .collect();
    let name = other.map_or("", |model| model.name.as_str());
    if emails.iter().any(|mail| mail.wrong) {
        let label = format!("{name} gets it wrong");
        legend.push(LegendEntry::new(label, Role::Conflict, LegendMark::Ring));
    }
    let other_best = other_likelihoods(experiment, plane);
    let all = plane.rows.len();
    let shown = if emails.len() == all {
        format!("{} test emails", count(all))
    } else {
        format!(
            "{} of {} test emails, all that {name} gets wrong among them,",
            count(emails.len()),
            count(all)
        )
    };
    let description = format!(
        "{shown} as {} sees them.{} Its density of a class says how likely each {} of an \
         email is in mail of that class: across in ham, upwards in spam, as the mean \
         logarithm. The diagonal is its boundary, where both densities are equal; above it \
         Bayes’ rule says spam. The second panel is the same, turned, so that the boundary is \
         horizontal. Rings are errors of {name}, which has learned a boundary of its own and \
         no density.",
        plane.model,
        other_best.map_or_else(String::new, |one| format!(" {}", one.text)),
        plane.unit,
    );
    let panels = vec![likelihoods(&emails, plane), turned(&emails, plane)];
    let is_within = |panel: &Panel, [x, y]: Position| panel.x.clip(x) == x && panel.y.clip(y) == y;
    let beyond = emails
        .iter()
        .filter(|mail| !(is_within(&panels[0], mail.at) && is_within(&panels[1], turn(mail.at))));
    let description = match beyond.count() {
        0 => description,
        some => format!(
            "{description} {} emails beyond a frame are drawn on it.",
            count(some)
        ),
    };
    let figure = Figure::new(description, panels, legend).in_grid(2, 500);
    Some(figure.entitled(title(errors_right_elsewhere(experiment))))
}

/// The messages of the plane: evenly spaced ones if there are too many, and all that `other` gets
/// wrong or that the page may quote.
fn placed(
    experiment: &Experiment,
    plane: &LikelihoodPlane,
    other: Option<&ModelRecord>,
) -> Vec<Placed> {
    let wrong: BTreeSet<u32> = other
        .into_iter()
        .flat_map(ModelRecord::scored)
        .flat_map(|(_, scored)| {
            let rows = scored.rows.iter().enumerate();
            rows.map(|(at, &row)| (row, scored.label(at)))
        })
        .filter(|&(row, predicted)| {
            let label = experiment.emails.label(row);
            label.is_some_and(|label| predicted != label)
        })
        .map(|(row, _)| row)
        .collect();
    let quoted: BTreeSet<u32> = experiment.messages().iter().map(|one| one.row).collect();
    let quoted = |row: u32| {
        let id = shown_text(experiment.emails.id(row));
        quoted.contains(&row).then(|| (message_anchor(row), id))
    };
    let all: Vec<Placed> = plane
        .rows
        .iter()
        .zip(&plane.log_likelihoods)
        .filter(|(_, at)| at.iter().all(|one| one.is_finite()))
        .filter_map(|(&row, &at)| {
            Some(Placed {
                at,
                label: experiment.emails.label(row)?,
                wrong: wrong.contains(&row),
                quoted: quoted(row),
            })
        })
        .collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter()
        .enumerate()
        .filter(|(at, mail)| at % step == 0 || mail.wrong || mail.quoted.is_some())
        .map(|(_, mail)| mail)
        .collect()
}

fn likelihoods(emails: &[Placed], plane: &LikelihoodPlane) -> Panel {
    let reach = range(emails.iter().flat_map(|mail| mail.at));
    let label = |class| format!("mean ln p({} | {class}), nats", plane.unit);
    let rule = Marks::Line(reach.map(|end| [end, end]).to_vec());
    Panel::new(
        Axis::linear(&label(Label::Ham), reach),
        Axis::linear(&label(Label::Spam), reach),
        series(emails, rule, [reach; 2], |at| at),
    )
    .titled(format!("upwards: {}", label(Label::Spam)))
}

/// The mean of both likelihoods, and their difference.
fn turn([ham, spam]: Position) -> Position {
    [f64::midpoint(ham, spam), spam - ham]
}

fn turned(emails: &[Placed], plane: &LikelihoodPlane) -> Panel {
    let across = range(emails.iter().map(|mail| turn(mail.at)[0]));
    let [low, high] = range(emails.iter().map(|mail| turn(mail.at)[1]));
    let upwards = [low.min(-0.1 * high), high.max(-0.1 * low)];
    let rule = Marks::Line(vec![[across[0], 0.0], [across[1], 0.0]]);
    Panel::new(
        Axis::linear(&format!("mean of both, nats per {}", plane.unit), across),
        Axis::linear("difference", upwards),
        series(emails, rule, [across, upwards], turn),
    )
    .titled("upwards: the difference, spam less ham")
}

/// Bayes' rule, the messages by class, and rings around those that the discriminative model gets
/// wrong.
fn series(
    emails: &[Placed],
    rule: Marks,
    reach: [[f64; 2]; 2],
    place: impl Fn(Position) -> Position,
) -> Vec<Series> {
    let clipped = |at: Position| {
        let [x, y] = place(at);
        [
            x.clamp(reach[0][0], reach[0][1]),
            y.clamp(reach[1][0], reach[1][1]),
        ]
    };
    let points = |wanted: &dyn Fn(&Placed) -> bool| -> Vec<Position> {
        emails
            .iter()
            .filter(|mail| wanted(mail))
            .map(|mail| clipped(mail.at))
            .collect()
    };
    let class = |label: Label| {
        let dots = Marks::Dots(points(&|mail| mail.label == label));
        let of_class = emails.iter().filter(|mail| mail.label == label);
        let link = |mail: &Placed| {
            let (anchor, title) = mail.quoted.clone()?;
            let at = clipped(mail.at);
            Some(MarkLink { at, anchor, title })
        };
        Series::new(label.name(), Role::Class(label), dots)
            .with_links(of_class.filter_map(link).collect())
    };
    let errors = Marks::Rings(points(&|mail| mail.wrong));
    let errors = Series::new("wrong by the discriminative model", Role::Conflict, errors);
    let rule = Series::new("Bayes’ rule", Role::Reference, rule);
    [rule]
        .into_iter()
        .chain(Label::BOTH.map(class))
        .chain([errors])
        .collect()
}

/// The range that contains nearly all values, with a margin.
fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    let (low, high) = (at(BEYOND), at(1.0 - BEYOND));
    let room = (0.05 * (high - low)).max(1e-3);
    [low - room, high + room]
}
