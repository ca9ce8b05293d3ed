//! Models learn from the training rows alone: the content and the labels of the other rows do not
//! change a bit of the vocabulary, settings, calibration, decision or model.

use crate::model::small;
use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::dataset::features::{Encoded, stored_vocabulary};
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions, Rows};
use spamlab::model::{FitReport, ObjectivePoint, RawOutput, Scale};
use spamlab::results::{Decision, DecisionRule};
use spamlab::tokenize::Recipe;
use spamlab::train::{ModelSpec, TrainOptions, Trained, Training, Watched, train};

const TRAINING: usize = 90;

/// Ninety messages to train on, and then thirty that `other` makes and labels.
fn corpus(other: impl Fn(usize) -> (Label, String)) -> Corpus {
    let own = |at: usize| {
        let (label, words) = if at.is_multiple_of(3) {
            (Label::Spam, ["prize", "claim", "cash", "winner", "meeting"])
        } else {
            (Label::Ham, ["meeting", "notes", "lunch", "project", "cash"])
        };
        (
            label,
            format!(
                "{} {} {}",
                words[at % 5],
                words[at / 5 % 5],
                words[at / 7 % 5]
            ),
        )
    };
    let mail = |at: usize| {
        let (label, body) = if at < TRAINING { own(at) } else { other(at) };
        let content = Content::text("", body);
        Email::new(at.to_string(), Some(label), content)
    };
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    builder.add((0..TRAINING + 30).map(mail).collect());
    builder.finish()
}

fn trained(corpus: &Corpus, test: Option<&[usize]>) -> Training {
    let choices: Vec<ModelSpec> = spamlab::catalog()
        .models()
        .map(|entry| ModelSpec::new(entry, &small(entry.name()), true).unwrap())
        .collect();
    let rows: Vec<usize> = (0..TRAINING).collect();
    train(
        &choices,
        corpus,
        &rows,
        TrainOptions {
            watched: test.map(|test| Watched {
                learned: &rows,
                test,
            }),
            deciding: DecisionRule::MaxFpr(0.1),
            ..TrainOptions::seeded(3)
        },
        &|| (),
    )
}

/// The results of training as bytes, except for the recorded losses.
fn learned(corpus: &Corpus, test: Option<&[usize]>) -> Vec<Vec<u8>> {
    let training = trained(corpus, test);
    let vocabulary = training.encoders.whole().vocabulary(corpus.lexicon());
    let vocabulary = stored_vocabulary::to_bytes(&vocabulary, &[]).unwrap();
    let model = |model: Result<spamlab::train::Trained, _>| {
        let model = model.unwrap_or_else(|error: spamlab::train::TrainError| panic!("{error}"));
        let facts = FitReport {
            losses: Vec::new(),
            ..model.facts
        };
        let chosen = json!([model.decision, model.held_out]);
        let about = json!([model.settings, model.calibration, chosen, facts]).to_string();
        [model.fitted.save().unwrap(), about.into_bytes()].concat()
    };
    [vocabulary]
        .into_iter()
        .chain(training.models.into_iter().map(model))
        .collect()
}

#[test]
fn rows_that_do_not_train_change_nothing_that_is_learned() {
    let plain = learned(
        &corpus(|at| (Label::Ham, format!("notes number {at}"))),
        None,
    );
    let others = corpus(|at| {
        (
            Label::Spam,
            format!("meeting prize prize unheard{} of words{}", at % 3, at % 4),
        )
    });
    // Measuring the loss on them during training changes nothing either.
    let looked_at: Vec<usize> = (TRAINING..TRAINING + 30).collect();
    let other = learned(&others, Some(&looked_at));
    assert!(plain.len() > 4);
    // The decision of each model stands on held-out scores.
    let is_chosen = |model: &Trained| model.decision.decision != Decision::default();
    let models = trained(&others, None).models.into_iter();
    assert!(models.flatten().all(|model| is_chosen(&model)));
    for (part, (plain, other)) in plain.iter().zip(&other).enumerate() {
        assert!(
            plain == other,
            "part {part} (the vocabulary, then the models in order) saw rows that do not train"
        );
    }
}

/// The models that tell their loss step by step.
const ITERATIVE: [&str; 15] = [
    "diffusion",
    "elastic-net",
    "ftrl",
    "logistic",
    "mixture",
    "mlp",
    "nb-svm",
    "passive-aggressive",
    "recurrent",
    "relaxed-svm",
    "sgd",
    "svm",
    "transformer",
    "transformer-classifier",
    "vae",
];

/// What is told of the last step, or of the best one where a fit stops early, is what the fitted
/// model says of the same messages.
#[test]
fn losses_by_step_lead_to_those_of_the_fitted_model() {
    let corpus = corpus(|at| {
        (
            if at % 2 == 0 { Label::Spam } else { Label::Ham },
            ["prize cash", "cash notes"][at % 2].to_owned(),
        )
    });
    let watched: Vec<usize> = (TRAINING..TRAINING + 30).collect();
    let training = trained(&corpus, Some(&watched));
    let iterative = |model: &&Trained| !model.facts.trace.is_empty();
    let mut told = Vec::new();
    for model in training.models.iter().flatten().filter(iterative) {
        let name = model.entry.name();
        let FitReport { trace, losses, .. } = &model.facts;
        assert_eq!(losses.len(), trace.len(), "{name}");
        let stopped = best_held_out(trace);
        let step = losses[stopped.unwrap_or(losses.len() - 1)];
        let check = |told: f64, rows: &[usize]| {
            let encoded = Encoded::new(&corpus, &training.encoders, rows);
            let labels = rows.iter().map(|&row| corpus.label(row).unwrap());
            let labels: Vec<Label> = labels.collect();
            let expected = mean_loss(model, encoded.rows(model.view), &labels);
            let close = (told - expected).abs() <= 1e-6 * (1.0 + expected);
            assert!(close, "{name}: {step:?}, {expected}");
        };
        check(step.held_out, &watched);
        // Where mail is set aside to stop by, it is not learned from.
        if stopped.is_none() {
            check(step.training, &(0..TRAINING).collect::<Vec<_>>());
        }
        told.push(name);
    }
    told.sort_unstable();
    assert_eq!(told, ITERATIVE);
}

/// The step with the least loss on the mail that a fit holds out to stop by, if it does.
fn best_held_out(trace: &[ObjectivePoint]) -> Option<usize> {
    let steps = trace.iter().enumerate();
    let held_out = steps.filter_map(|(at, step)| Some((at, step.held_out?)));
    let best = held_out.min_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map(|(at, _)| at)
}

/// The mean loss of a model on rows: log loss in bits of log-odds, hinge loss of a margin.
fn mean_loss(model: &Trained, rows: &Rows<'_>, labels: &[Label]) -> f64 {
    let loss = |(raw, label): (RawOutput, &Label)| {
        let margin = label.sign() * raw.score;
        match model.scale() {
            // ln(1 + e^-m), written so that it does not overflow.
            Scale::LogOdds => {
                ((-margin).max(0.0) + (-margin.abs()).exp().ln_1p()) / std::f64::consts::LN_2
            }
            _ => (1.0 - margin).max(0.0),
        }
    };
    let losses = model.scores(rows).into_iter().zip(labels).map(loss);
    losses.sum::<f64>() / labels.len() as f64
}
