//! What models that learned from one corpus are worth on another, as a matrix per model, and what
//! labels of the target are worth beside the mail of others.

use crate::base::numbers::{count, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, MatrixCell, Panel, Series};
use crate::report::palette::Role;
use crate::results::Family;
use crate::results::experiments::{LearnedFrom, TransferFound};

/// What stands above the pictures.
const KICKER: &str = "Transfer";
const ERROR: &str = "error_pct";
/// The error rate of the darkest cell, in percent: that of guessing.
const DARKEST: f64 = 50.0;

/// The pictures of a transfer, each with the name of its files.
pub fn of_a_transfer(found: &TransferFound) -> Vec<(&'static str, Figure)> {
    [
        ("transfer", matrices(found)),
        ("transfer_labels", by_labels(found)),
    ]
    .into_iter()
    .filter_map(|(key, figure)| Some((key, figure?)))
    .map(|(key, figure)| {
        let kicker = KICKER.to_owned();
        (key, Figure { kicker, ..figure })
    })
    .collect()
}

fn matrices(found: &TransferFound) -> Option<Figure> {
    let names: Vec<&str> = found
        .corpora
        .iter()
        .map(|corpus| corpus.name.as_str())
        .collect();
    let sources = (0..names.len()).map(LearnedFrom::Corpus);
    let sources: Vec<LearnedFrom> = sources.chain([LearnedFrom::Others(0)]).collect();
    let panel = |model: usize| {
        let role = Role::Best(found.models[model].family);
        let row = |(at, from): (usize, &LearnedFrom)| {
            let bottom = (sources.len() - 1 - at) as f64;
            let cell = |target: usize| {
                let error = found.cell(model, *from, target)?.value(ERROR)?;
                let left = target as f64;
                Some(MatrixCell {
                    from: [left, bottom],
                    to: [left + 1.0, bottom + 1.0],
                    shade: (error / DARKEST).min(1.0),
                    text: number(error, 1),
                    detail: String::new(),
                    link: None,
                })
            };
            let cells = (0..names.len()).filter_map(cell).collect();
            Series::new(source_name(found, *from), role, Marks::Cells(cells))
        };
        let mut learned: Vec<String> = sources
            .iter()
            .map(|from| source_name(found, *from))
            .collect();
        learned.reverse();
        let learned: Vec<&str> = learned.iter().map(String::as_str).collect();
        Panel::new(
            Axis::named("tested on", &names),
            Axis::named("learned from", &learned),
            sources.iter().enumerate().map(row).collect(),
        )
        .titled(found.models[model].name.clone())
    };
    let panels: Vec<Panel> = (0..found.models.len()).map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let description = "\
        Error rate in percent on the test emails of each corpus (columns) by what was learned from \
        (rows); on the diagonal both are of one corpus. The darker a cell, the nearer to guessing.";
    let height = 120 + 34 * sources.len() as u32;
    let figure = Figure::new(description.to_owned(), panels, Vec::new());
    let title = "Errors of models on corpora that they did not learn from, in percent";
    Some(figure.in_grid(1, height).entitled(title))
}

/// A source in words.
fn source_name(found: &TransferFound, from: LearnedFrom) -> String {
    match from {
        LearnedFrom::Corpus(at) => found.corpora[at].name.clone(),
        LearnedFrom::Earlier => "earlier".to_owned(),
        LearnedFrom::Others(0) => "all others".to_owned(),
        LearnedFrom::Others(labels) => format!("all others and {}", count(labels)),
        LearnedFrom::Target(labels) => count(labels),
    }
}

/// The model of a family with the lowest mean error without any label of the target.
fn best(found: &TransferFound, family: Family) -> Option<usize> {
    let mean = |model: usize| {
        let cells = (0..found.corpora.len()).map(|target| {
            found
                .cell(model, LearnedFrom::Others(0), target)?
                .value(ERROR)
        });
        let errors: Vec<f64> = cells.collect::<Option<_>>()?;
        Some(errors.iter().sum::<f64>())
    };
    let of_family = (0..found.models.len()).filter(|&at| found.models[at].family == family);
    let ranked = of_family.filter_map(|at| Some((at, mean(at)?)));
    ranked.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}

fn by_labels(found: &TransferFound) -> Option<Figure> {
    let best = Family::BOTH.map(|family| best(found, family));
    let lines = Family::BOTH
        .into_iter()
        .zip(best)
        .filter_map(|(family, model)| {
            let model = model?;
            let of = |with_others: bool| LabelLine {
                model,
                family,
                with_others,
            };
            Some([true, false].map(of))
        });
    let lines: Vec<LabelLine> = lines.flatten().collect();
    let panel = |target: usize| panel_by_labels(found, &lines, target);
    let panels: Vec<Panel> = (0..found.corpora.len()).filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let legend = lines.iter().map(|line| {
        let name = &found.models[line.model].name;
        let with = if line.with_others {
            "with all others' mail"
        } else {
            "the target alone"
        };
        LegendEntry::new(
            format!("{name}, {with}"),
            line.role(),
            LegendMark::LineAndMarker,
        )
    });
    let draws = match found.draws {
        1 => String::new(),
        draws => format!("; means over {draws} draws"),
    };
    let description = format!(
        "Error rate on the test emails of each corpus, by how many of its emails were learned \
         from, with and without the mail of all other corpora{draws}. The axis is logarithmic."
    );
    let figure = Figure::new(description, panels, legend.collect());
    let title = "What labels of the target are worth, with and without others' mail";
    Some(figure.in_grid(3, 330).entitled(title))
}

/// A model by the number of labels of the target.
struct LabelLine {
    model: usize,
    family: Family,
    with_others: bool,
}

impl LabelLine {
    fn role(&self) -> Role {
        if self.with_others {
            Role::Best(self.family)
        } else {
            Role::Model(self.family, 1)
        }
    }

    /// Errors by place on the axis: no label, some, and all.
    fn points(&self, found: &TransferFound, target: usize) -> Vec<[f64; 2]> {
        let few = found.labels().into_iter();
        let sources: Vec<LearnedFrom> = if self.with_others {
            let none = std::iter::once(LearnedFrom::Others(0));
            none.chain(few.map(LearnedFrom::Others)).collect()
        } else {
            // Without a label there is nothing to learn from the target alone.
            let none = std::iter::once(LearnedFrom::Target(0));
            let few = none.chain(few.map(LearnedFrom::Target));
            few.chain([LearnedFrom::Corpus(target)]).collect()
        };
        let error = |(at, from): (usize, LearnedFrom)| {
            let error = found.cell(self.model, from, target)?.value(ERROR)?;
            Some([at as f64 + 0.5, error])
        };
        sources.into_iter().enumerate().filter_map(error).collect()
    }
}

fn panel_by_labels(found: &TransferFound, lines: &[LabelLine], target: usize) -> Option<Panel> {
    let series = lines.iter().map(|line| {
        let name = &found.models[line.model].name;
        Series::new(
            name,
            line.role(),
            Marks::MarkedLine(line.points(found, target)),
        )
    });
    let errors = || {
        let points = lines.iter().flat_map(|line| line.points(found, target));
        points.map(|[_, error]| error)
    };
    let least = errors()
        .filter(|error| *error > 0.0)
        .min_by(f64::total_cmp)?;
    let most = errors().max_by(f64::total_cmp)?;
    let label = "error on the test emails, %";
    let y = if errors().any(|error| error == 0.0) {
        Axis::log_from_zero(label, [least / 2.0, 1.25 * most])
    } else {
        Axis::log(label, [least / 1.25, 1.25 * most])
    };
    let few = found.labels().into_iter().map(count);
    let names = std::iter::once("0".to_owned())
        .chain(few)
        .chain(["all".to_owned()]);
    let x = Axis::places("labelled emails of the target", names);
    let panel = Panel::new(x, y, series.collect());
    Some(panel.titled(found.corpora[target].name.clone()))
}
