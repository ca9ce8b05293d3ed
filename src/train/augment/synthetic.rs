//! Mail written by a model of bytes that has read the training mail and nothing else.

use super::Cutter;
use crate::base::mail::Label;
use crate::base::math::random_stream;
use crate::catalog;
use crate::dataset::{AddedMail, Corpus, CsrMatrix, Ragged, Rows, TrainingSet};
use crate::model::{NoObserver, SampleRequest};
use rayon::prelude::*;
use serde_json::json;
use std::sync::Arc;

/// The model that writes.
const AUTHOR: &str = "byte-ngram";
/// The first of its random streams.
const STREAM: u64 = 0x5_7E00_0000;

/// As many messages as asked for, of each class in the proportion of `rows`; else why there are
/// none.
pub(crate) fn write(
    corpus: &Corpus,
    rows: &[usize],
    emails: usize,
    seed: u64,
) -> Result<Vec<Arc<AddedMail>>, String> {
    let because =
        |reason: &dyn std::fmt::Display| format!("no synthetic mail could be written: {reason}");
    let entry = catalog::model(AUTHOR).ok_or_else(|| because(&"the author is missing"))?;
    let settings = json!({ "smoothing": "witten-bell", "order": 5, "adaptive": false });
    let settings = entry.settings(&settings).map_err(|error| because(&error))?;
    let mut matrix = CsrMatrix::new(0);
    for _ in rows {
        matrix.push([]);
    }
    let read = Rows::new(corpus, rows.to_vec(), matrix, Ragged::default());
    let data = TrainingSet::new(&read, seed);
    let fitted = entry
        .fit_path(&[settings], &data, &mut NoObserver)
        .map_err(|error| because(&error))?;
    let author = fitted
        .first()
        .and_then(|fitted| fitted.classifier().as_generative());
    let author = author.ok_or_else(|| because(&"the author cannot write"))?;
    let [_, spam] = data.class_counts();
    let spam = (emails as f64 * spam as f64 / rows.len() as f64).round() as usize;
    let one = |cutter: &mut Cutter<'_>, at: usize| {
        let label = Label::from_is_spam(at < spam);
        let written = author.sample(
            &SampleRequest::of(label),
            &mut random_stream(seed, STREAM + at as u64),
        );
        let text = String::from_utf8_lossy(&written.text).into_owned();
        let (bag, sequence) = cutter.cut(&text);
        let group = (corpus.len() + at) as u32;
        Arc::new(AddedMail {
            of: None,
            label,
            group,
            bag,
            sequence,
            text: text.into_bytes(),
        })
    };
    Ok((0..emails)
        .into_par_iter()
        .map_init(|| Cutter::new(corpus), one)
        .collect())
}
