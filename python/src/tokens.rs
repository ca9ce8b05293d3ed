//! What models read of mail: tokens in order, and how often each occurs.

use crate::error::{IntoException, asked_wrongly};
use crate::mail::{Mail, emails};
use crate::work;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::Value;
use spamlab::dataset::{self, Corpus, CorpusBuilder, CorpusOptions, MessageFingerprint};
use spamlab::input::{InputError, Labels};
use spamlab::lab::ExperimentSpec;
use spamlab::tokenize::Recipe;

/// The tokens of each message, in order.
#[pyfunction]
pub fn tokenize(py: Python<'_>, mail: &Mail, recipe: &str) -> PyResult<Vec<Vec<String>>> {
    let keep = CorpusOptions {
        sequence: true,
        ..CorpusOptions::default()
    };
    let corpus = corpus(py, mail, recipe, keep)?;
    let token = |&token: &u32| corpus.lexicon().token(token).to_owned();
    let tokens = (0..corpus.len()).map(|row| corpus.sequence(row).iter().map(token).collect());
    Ok(tokens.collect())
}

/// How often each token occurs in each message, as a CSR matrix: its tokens, `indptr` (64-bit
/// integers), `indices` and `counts` (32-bit integers).
#[pyfunction]
pub fn count<'py>(py: Python<'py>, mail: &Mail, recipe: &str) -> PyResult<Bound<'py, PyDict>> {
    let corpus = corpus(py, mail, recipe, CorpusOptions::default())?;
    let (mut ends, mut indices, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut end = 0_i64;
    ends.extend(end.to_ne_bytes());
    for row in 0..corpus.len() {
        for (token, count) in corpus.bag(row) {
            indices.extend((*token as i32).to_ne_bytes());
            counts.extend((*count as i32).to_ne_bytes());
            end += 1;
        }
        ends.extend(end.to_ne_bytes());
    }
    let lexicon = corpus.lexicon();
    let tokens = (0..lexicon.len() as u32).map(|token| lexicon.token(token));
    let all = PyDict::new(py);
    all.set_item("tokens", tokens.collect::<Vec<&str>>())?;
    all.set_item("indptr", PyBytes::new(py, &ends))?;
    all.set_item("indices", PyBytes::new(py, &indices))?;
    all.set_item("counts", PyBytes::new(py, &counts))?;
    Ok(all)
}

/// A number, the keys of bands and a sketch.
type Fingerprint<'py> = (i64, Vec<i64>, Option<Bound<'py, PyBytes>>);

/// What each message has in common with its duplicates and near-duplicates: a number equal for
/// duplicates, the keys of its bands, of which near-duplicates share one, and the sketch that tells
/// how near two are. Messages of few words have neither bands nor a sketch.
#[pyfunction]
pub fn fingerprints<'py>(py: Python<'py>, mail: &Mail) -> PyResult<Vec<Fingerprint<'py>>> {
    let keep = CorpusOptions::NEAR_DUPLICATES;
    let corpus = corpus(py, mail, "{}", keep)?;
    let one = |one: MessageFingerprint| {
        let bands = one.bands.iter().map(|&band| band as i64).collect();
        let sketch = one.sketch.map(|sketch| PyBytes::new(py, &sketch));
        (one.key as i64, bands, sketch)
    };
    Ok(MessageFingerprint::of(&corpus)
        .into_iter()
        .map(one)
        .collect())
}

/// The share of four-word shingles that two messages have in common, estimated from their sketches.
#[pyfunction]
pub fn similarity(a: [u8; 16], b: [u8; 16]) -> f64 {
    dataset::similarity(a, b)
}

/// A recipe that can be carried out.
pub fn checked(recipe: &str) -> PyResult<Recipe> {
    let recipe: Value = serde_json::from_str(recipe).map_err(asked_wrongly)?;
    let recipe: Recipe = serde_json::from_value(recipe).map_err(asked_wrongly)?;
    let asked = ExperimentSpec {
        recipe: recipe.clone(),
        ..ExperimentSpec::default()
    };
    // Its numbers have ranges.
    let resolved = asked.resolve(&spamlab::catalog());
    resolved.map_err(IntoException::into_exception)?;
    Ok(recipe)
}

fn corpus(py: Python<'_>, mail: &Mail, recipe: &str, keep: CorpusOptions) -> PyResult<Corpus> {
    let recipe = checked(recipe)?;
    let data = mail.data.clone();
    let read = work::run(py, false, move |progress| {
        let mut builder = CorpusBuilder::new(&recipe, keep);
        builder.add(emails(&data, Labels::Ignored, progress)?);
        Ok(builder.finish())
    })?;
    read.map_err(|error: InputError| error.into_exception())
}
