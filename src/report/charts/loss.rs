//! Training and held-out loss by pass, on the first fold, of fits that stop early: as shares of the first value of each.
//! Where the held-out line turns up while the training line goes on falling, the model begins to learn its mail by heart.

use super::super::figure::{Figure, Key, Marks, Panel, Point, Sample, Series};
use super::super::palette::{Role, roles};
use crate::model::Step;
use crate::report::axis::Axis;
use crate::results::{Experiment, ModelRecord};

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let panels: Vec<Panel> =
        experiment.models.iter().zip(roles(experiment)).filter_map(|(model, role)| panel(model, role)).collect();
    if panels.is_empty() {
        return None;
    }
    let key = |label: &str, role, sample| Key { label: label.to_owned(), role, sample };
    Some(Figure {
        title: "Training and held-out loss".to_owned(),
        description: "The objective after each pass, on the first fold: by the mail that is learned from (grey) and by mail held out, \
                      which says when to stop. The further apart the lines, the more is learned by heart."
            .to_owned(),
        columns: if panels.len() > 4 { 3 } else { panels.len().min(2) },
        panel_height: if panels.len() > 2 { 290 } else { 420 },
        panels,
        legend: vec![
            key("held-out mail (each panel in its model's colour)", Role::Reference, Sample::LineAndMarker),
            key("training mail", Role::Reference, Sample::Line),
        ],
    })
}

fn panel(model: &ModelRecord, role: Role) -> Option<Panel> {
    let (_, scored) = model.scored().next()?;
    let [training, held_out] = lines(&scored.trace)?;
    let all = || training.iter().chain(&held_out);
    let bounds =
        |at: usize| all().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| [low.min(p[at]), high.max(p[at])]);
    let [first, last] = bounds(0);
    let [low, high] = bounds(1);
    let y = if low > 0.0 && high / low >= 5.0 {
        Axis::log("objective", [low / 1.1, high * 1.1])
    } else {
        let room = if high > low { (high - low) / 20.0 } else { 0.5 * low.abs().max(1e-3) };
        Axis::linear("objective", [low - room, high + room])
    };
    Some(Panel {
        title: Some(model.name.clone()),
        subject: Some(role),
        x: Axis::linear("passes over the training mail", [first.min(last - 1.0), last]),
        y,
        series: vec![
            Series { name: "training mail".to_owned(), role: Role::Reference, marks: Marks::Line(training) },
            Series { name: model.name.clone(), role, marks: Marks::MarkedLine(held_out) },
        ],
        notes: Vec::new(),
    })
}

/// Pass and objective by training and by held-out mail, if any was held out.
fn lines(trace: &[Step]) -> Option<[Vec<Point>; 2]> {
    let of = |value: fn(&Step) -> Option<f64>| -> Vec<Point> {
        let point = |step: &Step| value(step).map(|value| [f64::from(step.pass), value]);
        trace.iter().filter_map(point).filter(|[_, value]| value.is_finite()).collect()
    };
    let held_out = of(|step| step.held_out);
    (!held_out.is_empty()).then(|| [of(|step| Some(step.objective)), held_out])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_two_objectives_by_pass() {
        let step = |pass, objective, held_out| Step { pass, objective, gap: None, held_out };
        let trace = [step(1, 4.0, Some(5.0)), step(2, 2.0, Some(4.5)), step(3, f64::NAN, None)];
        let expected = [vec![[1.0, 4.0], [2.0, 2.0]], vec![[1.0, 5.0], [2.0, 4.5]]];
        assert_eq!(lines(&trace), Some(expected));
        assert_eq!(lines(&[step(1, 4.0, None)]), None);
    }
}
