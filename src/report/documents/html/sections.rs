//! The sections of the page of one experiment: each struct is what a section shows.

use super::messages::{MessageView, worked_example};
use super::shared::{ChartView, Listed, chart, in_pairs, texts};
use super::threshold_slider::Slider;
use crate::base::numbers::count;
use crate::base::shown::shown_text;
use crate::report::charts::Section;
use crate::report::documents::drawing::{Drawing, charts_of};
use crate::report::documents::families::{self, FamilyView};
use crate::report::documents::phrases;
use crate::report::documents::spans::{Span, spans};
use crate::report::documents::tables::{self, DataTable, MOST_ROWS};
use crate::report::documents::tiles::{Tile, tiles};
use crate::report::statements;
use crate::results::{Experiment, Timing, warnings};
use std::collections::BTreeSet;

/// What there is to draw, and the anchors on the page to which marks may lead.
pub struct Charts<'a> {
    pub drawings: &'a [Drawing],
    pub anchors: BTreeSet<&'a str>,
}

impl<'a> Charts<'a> {
    /// The charts of a section.
    pub fn of(&self, section: Section) -> Vec<ChartView<'a>> {
        let drawings = charts_of(self.drawings, section).into_iter();
        let has = |anchor: &str| self.anchors.contains(anchor);
        in_pairs(drawings.map(|one| chart(one, &has)).collect())
    }
}

/// What was found.
pub struct Finding<'a> {
    pub charts: Vec<ChartView<'a>>,
    pub tiles: Vec<Tile>,
    pub details: Vec<String>,
    /// What the tests say, for a footnote.
    pub tests: Option<String>,
}

impl<'a> Finding<'a> {
    pub fn of(experiment: &Experiment, charts: &Charts<'a>) -> Finding<'a> {
        Finding {
            charts: charts.of(Section::Finding),
            tiles: tiles(experiment),
            details: texts(statements::details(experiment)),
            tests: statements::tests(experiment).map(|one| shown_text(&one.text)),
        }
    }
}

/// What each family knows.
pub struct Why<'a> {
    pub families: [FamilyView; 2],
    pub worked_example: Option<MessageView>,
    /// Which models read that message.
    pub readers: Option<String>,
    pub charts: Vec<ChartView<'a>>,
}

impl<'a> Why<'a> {
    pub fn of(experiment: &Experiment, charts: &Charts<'a>) -> Why<'a> {
        let message = experiment.worked_example();
        let readers = message.as_ref();
        let readers = readers.and_then(|one| statements::readers(experiment, one));
        Why {
            families: families::views(experiment),
            readers: readers.map(|one| shown_text(&one.text)),
            worked_example: message.map(|one| worked_example(experiment, &one)),
            charts: charts.of(Section::Why),
        }
    }
}

/// Whether it can be trusted.
pub struct Trust<'a> {
    /// What to know before believing a figure.
    pub cautions: Vec<Vec<Span>>,
    pub charts: Vec<ChartView<'a>>,
}

impl<'a> Trust<'a> {
    pub fn of(experiment: &Experiment, charts: &Charts<'a>) -> Trust<'a> {
        let told = warnings(experiment).into_iter();
        let cautions = statements::cautions(experiment).into_iter();
        let all = told.chain(cautions.map(|one| one.text));
        Trust {
            cautions: all.map(|sentence| spans(&sentence)).collect(),
            charts: charts.of(Section::Trust),
        }
    }
}

/// How new mail differs from the training mail.
pub struct Drift {
    pub sentences: Vec<String>,
    pub scores: DataTable,
    pub share: DataTable,
    pub without_shared: DataTable,
    /// Messages that the training mail did not hold.
    pub left: String,
    pub tokens: DataTable,
}

impl Drift {
    pub fn of(experiment: &Experiment) -> Option<Drift> {
        let found = experiment.drift()?;
        let shared = found.shared.map_or(0, |shared| shared.emails());
        Some(Drift {
            sentences: texts(statements::drift(experiment)),
            scores: tables::score_drift(experiment),
            share: tables::share_drift(experiment),
            without_shared: tables::without_shared_mail(experiment),
            left: count(found.emails - shared),
            tokens: tables::shifted_tokens(experiment).beginning(MOST_ROWS).0,
        })
    }
}

/// What the generative models are worth as such.
pub struct GenerativeView {
    pub statement: Option<String>,
    pub table: DataTable,
    /// What the columns are.
    pub caption: String,
    /// Why figures are missing.
    pub reasons: Vec<String>,
}

impl GenerativeView {
    pub fn of(experiment: &Experiment, timing: Option<&Timing>) -> Option<GenerativeView> {
        let caption = tables::generative_models_in_words(experiment)?;
        let statement = statements::generative_models(experiment);
        Some(GenerativeView {
            statement: statement.map(|one| shown_text(&one.text)),
            table: tables::generative_models(experiment, timing),
            caption: shown_text(&caption),
            reasons: tables::why_unmeasured(experiment),
        })
    }
}

/// Which threshold to choose.
pub struct Decide<'a> {
    /// What the decisions were chosen by, in words, and what they came to.
    pub rule: String,
    pub decisions: DataTable,
    pub thresholds: DataTable,
    /// What errors cost, in words.
    pub cost: String,
    pub false_positive_cost: f64,
    pub charts: Vec<ChartView<'a>>,
    pub slider: Slider,
}

impl<'a> Decide<'a> {
    /// `train` is the command that trains a model with a threshold.
    pub fn of(experiment: &Experiment, charts: &Charts<'a>, train: Option<&str>) -> Decide<'a> {
        Decide {
            rule: experiment.decision.in_words(),
            decisions: tables::decisions(experiment),
            thresholds: tables::thresholds(experiment),
            cost: tables::cost_in_words(experiment),
            false_positive_cost: tables::false_positive_cost(experiment),
            charts: charts.of(Section::Decide),
            slider: Slider::of(experiment, train),
        }
    }
}

/// Model by model, and in pairs.
pub struct Verdicts<'a> {
    pub comparison: Option<String>,
    pub charts: Vec<ChartView<'a>>,
    pub pairs: Listed,
}

impl<'a> Verdicts<'a> {
    pub fn of(experiment: &Experiment, charts: &Charts<'a>) -> Verdicts<'a> {
        Verdicts {
            comparison: experiment.between_families().map(phrases::comparison),
            charts: charts.of(Section::Verdicts),
            pairs: Listed::of(&tables::comparisons(experiment), MOST_ROWS),
        }
    }
}
