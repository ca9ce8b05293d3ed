//! By how much the errors of the best models of both families differ, by number of training
//! messages, with the interval at each number.

use super::learning_curve::{ErrorAtSize, errors, size_axis};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::report::statements::{self, title};
use crate::results::{Curve, Experiment, ResampledT, differences_on_curve};

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curve = &experiment.learning_curve()?;
    let (generative, discriminative) = experiment.best_on(curve).both()?;
    let [a, b] = [generative, discriminative].map(|at| experiment.models[at].name.as_str());
    let found = differences_on_curve(curve, a, b);
    let points = |share: f64| 100.0 * share;
    let interval = |(emails, test): &(usize, ResampledT)| {
        let [low, high] = test.interval.map(points);
        [*emails as f64, low, high]
    };
    let band: Vec<[f64; 3]> = found.iter().map(interval).collect();
    let low = band.iter().map(|one| one[1]).min_by(f64::total_cmp)?;
    let high = band.iter().map(|one| one[2]).fold(0.0, f64::max);
    let low = low.min(0.0);
    let room = (0.05 * (high - low)).max(1e-3);
    let all: Vec<ErrorAtSize> = [a, b].iter().flat_map(|name| errors(curve, name)).collect();
    let sizes = size_axis("training emails", &all)?;
    let zero = vec![[sizes.range[0], 0.0], [sizes.range[1], 0.0]];
    let gain = |(emails, test): &(usize, ResampledT)| [*emails as f64, points(test.gain)];
    let line = Marks::MarkedLine(found.iter().map(gain).collect());
    let series = vec![
        Series::new("no difference", Role::Reference, Marks::Line(zero)),
        Series::new(
            "95 % interval of all sizes together",
            Role::Conflict,
            Marks::Band(band),
        ),
        Series::new("mean difference over resamples", Role::Conflict, line),
    ];
    let label = format!("error of {b} minus that of {a}, points");
    let panel = Panel::new(
        sizes,
        Axis::signed_root(&label, [low - room, high + room]),
        series,
    );
    let panel = panel.titled(format!("above 0: {a} errs less; below 0: {b} errs less"));
    let description = description(experiment, curve, [a, b]);
    let figure = Figure::new(description, vec![panel], Vec::new()).in_grid(1, 530);
    Some(figure.entitled(title(statements::leads(curve, a, b))))
}

/// What is drawn, and who leads where.
fn description(experiment: &Experiment, curve: &Curve, [a, b]: [&str; 2]) -> String {
    let stand_ins = statements::stand_ins(experiment, curve);
    let which = match stand_ins {
        Some(_) => "the best models of both families that have a learning curve",
        None => "the best models of both families",
    };
    let leads = statements::who_leads(curve, a, b);
    let although = leads
        .as_ref()
        .and_then(|_| statements::summary_differs(experiment, curve, a, b));
    let at_last = statements::with_all_mail(experiment, [a, b]);
    let told = [leads, although, at_last, stand_ins].into_iter().flatten();
    let told: Vec<_> = told.collect();
    let told = statements::in_words(&told);
    let text = format!(
        "The error of {b} minus that of {a}, {which}, trained and tested on the same emails in \
         each resample. The band holds the differences at all sizes together with 95 % (corrected \
         resampled t, Bonferroni), so it is wider than the interval of a single comparison. Where \
         it leaves out 0, the two are distinguishable. The vertical axis is a square-root scale. \
          {told}"
    );
    text.trim_end().to_owned()
}
