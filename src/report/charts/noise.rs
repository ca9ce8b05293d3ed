//! What damage does to models: a panel for each kind of damage, a line for each model.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::Family;
use crate::results::experiments::{Damage, NoiseFound, NoiseLevel, PRIOR_CORRECTED};

/// What stands above the pictures.
const KICKER: &str = "Damage";
/// Metrics, and what they are called.
const ERROR: (&str, &str) = ("error_pct", "error on the test emails, %");
const RANKING: (&str, &str) = ("one_minus_roca_pct", "(1-ROCA) %");
/// What rare spam does to verdicts, to probabilities and to their order.
const OF_RARE_SPAM: [(&str, &str); 4] = [
    ("spam_misclassified_pct", "spam missed, %"),
    (PRIOR_CORRECTED, "error, prior corrected, %"),
    RANKING,
    ("log_loss_bits", "log loss, bits"),
];

/// The pictures of an experiment on damage, each with the name of its files.
pub fn of_noise(found: &NoiseFound) -> Vec<(&'static str, Figure)> {
    let every = |(key, label)| Damage::ALL.map(|damage| (damage, key, label, damage.name()));
    let of_rare = OF_RARE_SPAM.map(|(key, label)| (Damage::RareSpam, key, label, label));
    let each = "Each panel begins at undamaged mail. Wrong labels and rare spam are damage to the \
                training set, missing words and short messages to the test emails.";
    let rare = "What stays of a model that learned from a training set with little spam. The test \
                emails have their usual share; the corrected error is that with the share as \
                expectation maximisation finds it from the scores.";
    [
        ("noise", &every(ERROR)[..], each, "Errors by damage"),
        (
            "noise_ranking",
            &every(RANKING)[..],
            each,
            "Ranking by damage",
        ),
        ("noise_rare_spam", &of_rare[..], rare, "What rare spam does"),
    ]
    .into_iter()
    .filter_map(|(key, panels, read, title)| Some((key, figure(found, panels, read, title)?)))
    .collect()
}

/// A damage, a metric with its name, and what stands above the panel.
type Shown<'a> = (Damage, &'a str, &'a str, &'a str);

fn figure(found: &NoiseFound, shown: &[Shown<'_>], read: &str, title: &str) -> Option<Figure> {
    let roles = roles(found);
    let panels: Vec<Panel> = shown
        .iter()
        .filter_map(|one| panel(found, &roles, *one))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let legend = found.models.iter().zip(&roles);
    let legend =
        legend.map(|(model, role)| LegendEntry::new(&model.name, *role, LegendMark::LineAndMarker));
    let draws = found.levels.iter().map(|level| level.draws).max();
    let draws = match draws {
        Some(draws) if draws > 1 => format!(" Means over {draws} draws."),
        _ => String::new(),
    };
    let description = format!("{read}{draws} Vertical axes are logarithmic.");
    let figure = Figure::new(description, panels, legend.collect());
    let columns = if shown.len() > 4 { 3 } else { 2 };
    let figure = figure.in_grid(columns, 330).entitled(title);
    let kicker = KICKER.to_owned();
    Some(Figure { kicker, ..figure })
}

/// The best model of each family is strong.
fn roles(found: &NoiseFound) -> Vec<Role> {
    let mut seen = [0, 0];
    let models = found.models.iter().enumerate();
    let role = models.map(|(at, model)| {
        if found.best(model.family) == Some(at) {
            return Role::Best(model.family);
        }
        let place = &mut seen[usize::from(model.family == Family::Discriminative)];
        *place += 1;
        Role::Model(model.family, *place - 1)
    });
    role.collect()
}

/// None where no level of the damage was reached, or nothing is wrong.
fn panel(found: &NoiseFound, roles: &[Role], shown: Shown<'_>) -> Option<Panel> {
    let (damage, key, label, title) = shown;
    let levels = found.of(damage);
    if levels.iter().all(|level| level.damage.is_none()) {
        return None;
    }
    let points = |model: usize| -> Vec<[f64; 2]> {
        let at = |(place, level): (usize, &&NoiseLevel)| {
            Some([place as f64 + 0.5, level.value(model, key)?])
        };
        levels.iter().enumerate().filter_map(at).collect()
    };
    let all = || {
        (0..found.models.len())
            .flat_map(points)
            .map(|[_, value]| value)
    };
    let least = all().filter(|value| *value > 0.0).min_by(f64::total_cmp)?;
    let most = all().max_by(f64::total_cmp)?;
    let y = if all().any(|value| value == 0.0) {
        Axis::log_from_zero(label, [least / 2.0, 1.25 * most])
    } else {
        Axis::log(label, [least / 1.25, 1.25 * most])
    };
    let names = levels.iter().map(|level| short(damage, level));
    let x = Axis::places(axis_name(damage), names);
    let series = found.models.iter().zip(roles).enumerate();
    let series = series
        .map(|(at, (model, role))| Series::new(&model.name, *role, Marks::MarkedLine(points(at))));
    Some(Panel::new(x, y, series.collect()).titled(title))
}

/// What the levels of a damage are.
fn axis_name(damage: Damage) -> &'static str {
    match damage {
        Damage::WrongLabels => "labels, %",
        Damage::HamCalledSpam => "ham, %",
        Damage::SpamCalledHam => "spam, %",
        Damage::RareSpam => "spam to ham in the training set",
        Damage::MissingWords => "words left out, %",
        Damage::ShortMessages => "words kept",
    }
}

/// A level on the axis of a damage.
fn short(damage: Damage, level: &NoiseLevel) -> String {
    match (level.damage, damage) {
        (Some(Damage::RareSpam), _) => level.name(),
        (Some(_), _) => level.level.to_string(),
        (None, Damage::ShortMessages) => "all".to_owned(),
        (None, Damage::RareSpam) => "as it is".to_owned(),
        (None, _) => "0".to_owned(),
    }
}
