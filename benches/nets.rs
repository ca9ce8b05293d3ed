//! Training of nets that read windows of tokens, and of the document model: tokens or messages per
//! second, and per second of processor time where the system tells it; and products of matrices of
//! the sizes that they spend their time in. `cargo bench --bench nets` prints a table;
//! `benches/against_pytorch.py` runs it beside PyTorch.

use serde_json::{Value, json};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{CorpusBuilder, CorpusOptions, TrainingSet};
use spamlab::model::{Generative, NoObserver};
use spamlab::nn::fit::{Objective, PARTS, Part, Plan, State, fit};
use spamlab::nn::kernel::{Matrix, Packed, Write, multiply, multiply_packed};
use spamlab::nn::sequence::{Shape, TokenNet, Work};
use spamlab::nn::{recurrent, transformer};
use spamlab::tokenize::Recipe;
use std::time::Instant;

/// Steps of a measurement.
const STEPS: usize = 60;
/// Tokens of nets that read byte pairs, and of those that read bytes, with the end of a message.
const TOKENS: usize = 1_025;
const BYTES: usize = 257;

/// Random windows, each place of which sees those before it.
struct NextToken<S: Shape> {
    net: TokenNet<S>,
    tokens: Vec<u16>,
}

impl<S: Shape> Objective for NextToken<S> {
    type Work = Work<S::Body>;

    fn work(&self) -> Work<S::Body> {
        Work::default()
    }

    fn slopes(
        &self,
        weights: &[f32],
        part: &mut Part<'_>,
        work: &mut Work<S::Body>,
        gradient: &mut [f32],
    ) -> f64 {
        let length = self.net.shape.window();
        work.clear();
        for &row in part.rows {
            let tokens = &self.tokens[row as usize * (length + 1)..][..=length];
            work.tokens.extend_from_slice(&tokens[..length]);
            work.targets.extend_from_slice(&tokens[1..]);
            work.ranges.extend((0..length).map(|at| 0..at + 1));
        }
        self.net.forward(weights, length, work);
        let loss: f64 = self.net.losses(work).sum();
        let share = 1.0 / (part.batch * length) as f32;
        self.net
            .backward(weights, length, |_| share, work, gradient);
        loss / length as f64
    }

    fn held_out(&self, _: &[f32], _: &mut [Work<S::Body>; PARTS]) -> Option<f64> {
        None
    }
}

/// Seconds of processor time of this process so far; None where the system does not tell.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    // utime and stime, in hundredths of a second.
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn train<S: Shape>(name: &str, shape: S, batch: usize) {
    let windows = STEPS * batch;
    let mut random = Random(1);
    let mut token = || random.below(shape.tokens()) as u16;
    let tokens = (0..windows * (shape.window() + 1)).map(|_| token());
    let objective = NextToken {
        net: TokenNet::new(shape),
        tokens: tokens.collect(),
    };
    let plan = Plan {
        batch_size: batch,
        max_iter: 1,
        ..Plan::SEQUENCES
    };
    let weights = vec![0.01; objective.net.layout.len()];
    let state = State::new(weights, &plan);
    let (start, before) = (Instant::now(), processor_seconds());
    let trained = fit(&objective, windows, &plan, 1, state, &mut |_, _| true);
    assert!(trained.is_ok(), "{name} is trained to its end");
    print_rates(name, windows * shape.window(), start, before);
}

/// A random number, of which the upper half is used.
struct Random(u32);

impl Random {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as usize % many
    }
}

/// Passes of a net of messages, messages, and words of each.
const PASSES: usize = 3;
const EMAILS: usize = 4_096;
const WORDS: usize = 64;
/// Draws of the importance-weighted bound, and messages that are scored by it.
const DRAWS: usize = 64;
const SCORED: usize = 512;

/// Trains a model of the catalog on messages of random words, of which there are so many.
fn train_on_messages(
    name: &str,
    words: usize,
    mut settings: Value,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut random = Random(1);
    let mut word = || -> String {
        let number = random.below(words);
        let letter = |place: usize| char::from(b'a' + (number / place % 18) as u8);
        [
            "w".to_owned(),
            [5_832, 324, 18, 1].map(letter).iter().collect(),
        ]
        .concat()
    };
    let email = |at: usize| {
        let words: Vec<String> = (0..WORDS).map(|_| word()).collect();
        let label = Label::from_is_spam(at.is_multiple_of(2));
        Email::new("", Some(label), Content::text("", words.join(" ")))
    };
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
    builder.add((0..EMAILS).map(email).collect());
    let corpus = builder.finish();
    let rows: Vec<usize> = (0..EMAILS).collect();
    let catalog = spamlab::catalog();
    let entry = catalog.model(name).ok_or("no such model")?;
    settings["max_iter"] = json!(PASSES);
    settings["validation_fraction"] = json!(0.0);
    let settings = entry.settings(&settings)?;
    let view = entry.view(&settings)?;
    let vocabulary = VocabularySettings::default();
    let encoder = Encoder::learn(&corpus, &rows, &vocabulary, view.kinds);
    let encoded = encoder.encode(&corpus, &rows, view);
    let data = TrainingSet::new(&encoded, 1);
    let (start, before) = (Instant::now(), processor_seconds());
    let fitted = entry.fit_path(&entry.grid(&settings)?[..1], &data, &mut NoObserver)?;
    print_rates(name, PASSES * EMAILS, start, before);
    let (start, before) = (Instant::now(), processor_seconds());
    let bounds = |model: &dyn Generative| {
        let bound = |at: usize| model.importance_weighted(encoded.example(at), DRAWS);
        (0..SCORED).map(bound).collect::<Option<Vec<_>>>()
    };
    let model = fitted
        .first()
        .and_then(|one| one.classifier().as_generative());
    if model.and_then(bounds).is_some() {
        let name = format!("{name}, scoring by {DRAWS} draws");
        print_rates(&name, SCORED, start, before);
    }
    Ok(())
}

/// A loss without slopes, so that steps cost what the optimizer does.
struct Flat;

impl Objective for Flat {
    type Work = ();

    fn work(&self) {}

    fn slopes(&self, _: &[f32], _: &mut Part<'_>, (): &mut (), _: &mut [f32]) -> f64 {
        0.0
    }

    fn held_out(&self, _: &[f32], _: &mut [(); PARTS]) -> Option<f64> {
        None
    }
}

/// What it takes to move all weights of the first layer of `mlp` at each of the steps that its
/// messages above make, as `nn::fit` does.
fn move_all_weights(batch: usize) {
    let plan = Plan {
        batch_size: batch,
        max_iter: PASSES as u32,
        ..Plan::SEQUENCES
    };
    let state = State::new(vec![0.01; MLP_WORDS * 64], &plan);
    let (start, before) = (Instant::now(), processor_seconds());
    let trained = fit(&Flat, EMAILS, &plan, 1, state, &mut |_, _| true);
    assert!(trained.is_ok(), "there is nothing that could fail");
    print_rates("mlp, moving all weights", PASSES * EMAILS, start, before);
}

/// Words that messages for `mlp` are made of: about as many as it selects among by default.
const MLP_WORDS: usize = 60_000;

/// How many per second since then, and per second of processor time.
fn print_rates(name: &str, many: usize, start: Instant, before: Option<f64>) {
    let seconds = start.elapsed().as_secs_f64();
    let used = processor_seconds().zip(before);
    let per_processor = used.map_or(f64::NAN, |(now, then)| many as f64 / (now - then));
    println!("{name}\t{:.0}\t{per_processor:.0}", many as f64 / seconds);
}

fn product([rows, depth, columns]: [usize; 3], packed: bool) {
    let (a, b) = (vec![0.5; rows * depth], vec![0.5; depth * columns]);
    let mut out = vec![0.0; rows * columns];
    let (a, b) = (
        Matrix::new(&a, rows, depth),
        Matrix::new(&b, depth, columns),
    );
    let before = Packed::of(b);
    let times = (2e9 / (2 * rows * depth * columns) as f64) as usize + 1;
    let mut best = f64::INFINITY;
    for _ in 0..6 {
        let start = Instant::now();
        for _ in 0..times {
            if packed {
                multiply_packed(&mut out, a, &before, Write::Set);
            } else {
                multiply(&mut out, a, b, Write::Set);
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    std::hint::black_box(&out);
    let operations = (2 * rows * depth * columns * times) as f64;
    let how = if packed { ", packed" } else { "" };
    println!(
        "product {rows}x{depth}x{columns}{how}\t{:.1}",
        operations / best / 1e9
    );
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!(
        "what\ttokens, messages or 10^9 operations per second\ttokens per second of processor time"
    );
    let transformer = transformer::Shape {
        tokens: TOKENS,
        width: 128,
        layers: 2,
        heads: 4,
        window: 128,
    };
    train("transformer", transformer, 16);
    let of_bytes = transformer::Shape {
        tokens: BYTES,
        ..transformer
    };
    train("transformer, bytes", of_bytes, 16);
    let recurrent = recurrent::Shape {
        tokens: TOKENS,
        embedding: 64,
        units: 256,
        window: 64,
    };
    train("recurrent", recurrent, 24);
    let of_bytes = recurrent::Shape {
        tokens: BYTES,
        ..recurrent
    };
    train("recurrent, bytes", of_bytes, 24);
    train_on_messages("vae", 5_200, json!({ "kl_warm_up": 0.0 }))?;
    train_on_messages("mlp", MLP_WORDS, json!({}))?;
    move_all_weights(32);
    for sizes in [[2048, 128, 512], [2048, 256, 257], [128, 2048, 512]] {
        product(sizes, false);
    }
    product([16, 256, 768], true);
    Ok(())
}
