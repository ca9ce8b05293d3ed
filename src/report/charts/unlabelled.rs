//! Error against the number of labels, both with the other training mail, whose labels are hidden,
//! and without it. The difference shows what a model gains from unlabelled mail. After figure 2 of
//! Nigam, McCallum, Thrun and Mitchell (Machine Learning 39, 2000).

use super::learning_curve::{ErrorAtSize, band, error_axis, errors, means, size_axis};
use crate::base::numbers::count;
use crate::report::figure::{Figure, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{gain_from_unlabelled, title};
use crate::results::Experiment;

/// The names of the lines with that mail and without it.
const NAMES: [&str; 2] = ["labels and mail without labels", "the labels alone"];

/// The errors of a semi-supervised model, with that mail and without it.
struct SemiSupervised<'a> {
    name: &'a str,
    role: Role,
    errors: [Vec<ErrorAtSize>; 2],
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let found = &experiment.unlabelled_curve()?;
    let models = experiment.models.iter().zip(roles(experiment));
    let learners: Vec<SemiSupervised<'_>> = models
        .map(|(model, role)| SemiSupervised {
            name: &model.name,
            role,
            errors: [&found.with, &found.without].map(|curve| errors(curve, &model.name)),
        })
        .filter(|one| one.errors.iter().all(|errors| !errors.is_empty()))
        .collect();
    learners.first()?;
    let all: Vec<ErrorAtSize> = learners
        .iter()
        .flat_map(|one| one.errors.iter().flatten())
        .copied()
        .collect();
    let panels = learners
        .iter()
        .map(|one| panel(one, &all))
        .collect::<Option<Vec<Panel>>>()?;
    let description = format!(
        "Training mail outside the subset keeps its words and loses its label: lines in colour \
         learn from it too, grey ones do not. Lines are means over resamples, bands reach from \
         the best to the worst. At the right end no label is hidden and both are the same. {} \
         test emails, the same for every point.",
        count(found.with.test)
    );
    let columns = panels.len().min(2);
    let figure = Figure::new(description, panels, Vec::new()).in_grid(columns, 530);
    Some(figure.entitled(title(gain_from_unlabelled(found, learners[0].name))))
}

/// The panel of one model, with axes that cover `all`.
fn panel(one: &SemiSupervised<'_>, all: &[ErrorAtSize]) -> Option<Panel> {
    let lines = || {
        one.errors
            .iter()
            .zip(NAMES)
            .zip([one.role, Role::Reference])
    };
    let bands = lines().map(|((errors, name), role)| Series::new(name, role, band(errors)));
    let means = lines().map(|((errors, name), role)| Series::new(name, role, means(errors)));
    let panel = Panel::new(
        size_axis("training emails with a label", all)?,
        error_axis(all)?,
        bands.chain(means).collect(),
    );
    Some(panel.about(one.name, one.role))
}
