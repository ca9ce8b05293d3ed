//! Trained models: a model file in memory.

use crate::error::{IntoException, asked_wrongly, failed, system};
use crate::mail::{Mail, emails};
use crate::spec::spec;
use crate::work;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::json;
use spamlab::base::files;
use spamlab::base::mail::{Email, Label};
use spamlab::base::progress::Silent;
use spamlab::dataset::Representation;
use spamlab::generate::{GenerateError, GeneratedEmail, Sampler};
use spamlab::input::{BadRows, InputError, Labels, Source};
use spamlab::lab;
use spamlab::lab::limits::{self, Limits};
use spamlab::lab::spec::DataSpec;
use spamlab::model::file::{ModelCard, ModelFile, StoreError};
use spamlab::model::{Family, SampleRequest};
use spamlab::predict::{Classification, ScoredBatch, Scorer};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of mail scored at a time.
const PART: usize = 8 << 20;

/// Messages sampled at a time.
const SAMPLED: usize = 64;

/// The scorers that were read so far, by the names of their models.
type Scorers = Mutex<HashMap<Vec<String>, Arc<Scorer>>>;

/// A model file in memory.
#[pyclass(frozen, module = "spamlab._native")]
pub struct Model {
    bytes: Arc<[u8]>,
    file: Arc<ModelFile>,
    scorers: Scorers,
}

/// The numbers of one model, message by message.
#[derive(Default)]
struct Columns {
    score: Vec<u8>,
    log_odds: Vec<u8>,
    probability: Vec<u8>,
    predicted: Vec<u8>,
}

impl Columns {
    fn extend(&mut self, verdicts: &[Classification]) {
        for said in verdicts {
            self.score.extend(said.score.to_ne_bytes());
            self.log_odds.extend(said.log_odds.to_ne_bytes());
            self.probability.extend(said.probability.to_ne_bytes());
            self.predicted.push(said.predicted as u8);
        }
    }

    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        for (name, bytes) in [
            ("score", &self.score),
            ("log_odds", &self.log_odds),
            ("probability", &self.probability),
            ("predicted", &self.predicted),
        ] {
            columns.set_item(name, PyBytes::new(py, bytes))?;
        }
        Ok(columns)
    }
}

#[pymethods]
impl Model {
    /// Trains the models as asked.
    #[staticmethod]
    fn train(
        py: Python<'_>,
        mail: &Mail,
        config: Option<PathBuf>,
        given: &str,
        shown: bool,
    ) -> PyResult<Model> {
        let mut spec = spec(mail, config, given)?;
        // They are of a comparison.
        spec.analyses.clear();
        let trained = work::run(py, shown, move |progress| {
            lab::train(&spec, &spamlab::catalog(), None, progress)?.to_bytes()
        })?;
        Model::of(&trained.map_err(IntoException::into_exception)?)
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Model> {
        Model::of(&fs::read(&path).map_err(|error| system(&path, &error))?)
    }

    /// Reads the bytes of a model file.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Model> {
        Model::of(bytes)
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    /// Writes the model file, whole or not at all.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let write = || files::write_whole(&path, |out| out.write_all(&self.bytes));
        py.detach(write).map_err(|error| system(&path, &error))
    }

    /// What the file says of itself, as JSON.
    fn card(&self) -> PyResult<String> {
        serde_json::to_string(self.file.card()).map_err(failed)
    }

    /// How the fits went, as JSON.
    fn facts(&self) -> PyResult<String> {
        let facts = self.file.facts().map_err(IntoException::into_exception)?;
        serde_json::to_string(&facts).map_err(failed)
    }

    /// Log loss on held-out mail in bits by model, of those that held out any.
    fn held_out_losses(&self) -> PyResult<HashMap<String, f64>> {
        let facts = self.file.facts().map_err(IntoException::into_exception)?;
        let loss = |(model, report): (String, _)| {
            let report: spamlab::model::FitReport = report;
            Some((model, report.held_out_loss_bits()?))
        };
        Ok(facts.into_iter().filter_map(loss).collect())
    }

    /// Classifies mail by these models: what each message is called, and by model the raw score,
    /// log-odds, probability of spam (64-bit floats) and verdict (0 ham, 1 unsure, 2 spam).
    fn score<'py>(
        &self,
        py: Python<'py>,
        mail: &Mail,
        models: Vec<String>,
        shown: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let scorer = self.scorer(py, models)?;
        let data = one_verdict_per_row(mail);
        let scored = work::run(py, shown, move |progress| {
            let mut ids: Vec<String> = Vec::new();
            let names: Vec<String> = scorer.models().map(|(name, _)| name.to_owned()).collect();
            let mut columns: Vec<Columns> = names.iter().map(|_| Columns::default()).collect();
            let mut source = data.open(Labels::Ignored, false)?;
            progress.begin("classifying", source.size().unwrap_or(0));
            score_all(&scorer, &mut source, |batch, bytes| {
                let rows = 0..batch.corpus().len();
                ids.extend(rows.map(|row| batch.corpus().id(row).to_owned()));
                for (at, columns) in columns.iter_mut().enumerate() {
                    columns.extend(batch.verdicts(at));
                }
                progress.advance(bytes);
            })?;
            progress.end();
            Ok((ids, names, columns))
        })?;
        let (ids, names, columns) = scored.map_err(|error: InputError| error.into_exception())?;
        let by_model = PyDict::new(py);
        for (name, columns) in names.iter().zip(&columns) {
            by_model.set_item(name, columns.as_dict(py)?)?;
        }
        let all = PyDict::new(py);
        all.set_item("id", ids)?;
        all.set_item("models", by_model)?;
        Ok(all)
    }

    /// Bits per byte of each message by the named model, or by the first of the file that reads
    /// bytes in order. 64-bit floats.
    fn bits_per_byte<'py>(
        &self,
        py: Python<'py>,
        mail: &Mail,
        model: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let reads_bytes = |card: &&ModelCard| {
            card.view.representation == Representation::Bytes && card.family == Family::Generative
        };
        let first = || {
            let found = self.file.card().models.iter().find(reads_bytes);
            found.map(|card| card.name.clone())
        };
        let Some(name) = model.or_else(first) else {
            return Err(asked_wrongly(
                "the file holds no model that tells the code length of a text; byte-ngram does",
            ));
        };
        let scorer = self.scorer(py, vec![name.clone()])?;
        let data = one_verdict_per_row(mail);
        let told = work::run(py, false, move |_| {
            let (mut bits, mut tells) = (Vec::new(), false);
            let mut source = data.open(Labels::Ignored, false)?;
            score_all(&scorer, &mut source, |batch, _| {
                for said in batch.verdicts(0) {
                    let length = said.code_length.filter(|length| length.bytes.is_some());
                    tells |= length.is_some();
                    let by_byte = length.and_then(|one| one.by_byte(one.marginal_bits()));
                    bits.extend(by_byte.unwrap_or(f64::NAN).to_ne_bytes());
                }
            })?;
            Ok((bits, tells))
        })?;
        match told.map_err(|error: InputError| error.into_exception())? {
            (bits, true) => Ok(PyBytes::new(py, &bits)),
            _ => Err(asked_wrongly(format!(
                "{name} does not tell the code length of a text"
            ))),
        }
    }

    /// What decided the verdict of a model on the first message, as JSON.
    fn explain(&self, py: Python<'_>, mail: &Mail, model: String, most: i64) -> PyResult<String> {
        let most = within("words", most, limits::LISTED)?;
        let scorer = self.scorer(py, vec![model])?;
        let data = one_verdict_per_row(mail);
        let explained = work::wait_for(py, || {
            let mut emails = emails(&data, Labels::Ignored, &Silent)?;
            emails.truncate(1);
            let batch = scorer.score_emails(emails);
            let said = &batch.verdicts(0)[0];
            let reasons = scorer.reasons(&batch, 0, 0, most);
            Ok(json!({
                "score": said.score,
                "log_odds": said.log_odds,
                "probability": said.probability,
                "predicted": said.predicted,
                "reasons": reasons,
            }))
        })?;
        let explained = explained.map_err(|error: InputError| error.into_exception())?;
        Ok(explained.to_string())
    }

    /// Messages sampled from a generative model: the named one, or the first of the file that
    /// generates text, or else the first that generates words.
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn sample(
        &self,
        py: Python<'_>,
        label: &str,
        prompt: Vec<u8>,
        n: i64,
        model: Option<String>,
        length: Option<i64>,
        temperature: f64,
        seed: i64,
    ) -> PyResult<Vec<String>> {
        let n = within("n", n, limits::GENERATED)?;
        let length = length.map(|length| within("length", length, limits::LENGTH));
        let length = length.transpose()?;
        let seed = u64::try_from(seed)
            .map_err(|_| asked_wrongly(format!("seed = {seed} is out of range: it is below 0")))?;
        let label = match label {
            "ham" => Label::Ham,
            "spam" => Label::Spam,
            other => {
                return Err(asked_wrongly(format!(
                    "there is no class {other:?}; there are \"ham\" and \"spam\""
                )));
            }
        };
        if !(temperature > 0.0 && temperature.is_finite()) {
            return Err(asked_wrongly(format!(
                "temperature = {temperature} is out of range: it takes a number above 0"
            )));
        }
        let request = SampleRequest {
            prompt,
            length,
            temperature,
            ..SampleRequest::of(label)
        };
        let file = Arc::clone(&self.file);
        let sampled = work::run(py, false, move |progress| {
            let sampler = Sampler::open(&file, model.as_deref())?;
            let mut texts: Vec<String> = Vec::with_capacity(n);
            while texts.len() < n {
                let requests = vec![request.clone(); SAMPLED.min(n - texts.len())];
                let sampled = sampler.generate_from(texts.len(), &requests, seed)?;
                texts.extend(sampled.iter().map(GeneratedEmail::text));
                progress.advance(requests.len() as u64);
            }
            Ok(texts)
        })?;
        sampled.map_err(|error: GenerateError| error.into_exception())
    }
}

impl Model {
    fn of(bytes: &[u8]) -> PyResult<Model> {
        let bytes: Arc<[u8]> = bytes.into();
        let file = ModelFile::from_bytes(Arc::clone(&bytes), &spamlab::catalog())
            .map_err(IntoException::into_exception)?;
        Ok(Model {
            bytes,
            file: Arc::new(file),
            scorers: Mutex::default(),
        })
    }

    /// The scorer of these models, which is read once.
    fn scorer(&self, py: Python<'_>, models: Vec<String>) -> PyResult<Arc<Scorer>> {
        let known = || self.scorers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scorer) = known().get(&models) {
            return Ok(Arc::clone(scorer));
        }
        let scorer = work::wait_for(py, || Scorer::open(&self.file, &models))?;
        let scorer = Arc::new(scorer.map_err(|error: StoreError| error.into_exception())?);
        known().insert(models, Arc::clone(&scorer));
        Ok(scorer)
    }
}

/// A number from Python, if it is in its range.
fn within(name: &str, value: i64, limits: Limits) -> PyResult<usize> {
    let Limits { least, most } = limits;
    let number = u64::try_from(value).ok();
    let number = number.filter(|number| (least..=most).contains(number));
    number.map(|number| number as usize).ok_or_else(|| {
        asked_wrongly(format!(
            "{name} = {value} is out of range: it takes {least} to {most}"
        ))
    })
}

/// Mail to classify: of a table in memory every row gets a verdict, or it is an error.
fn one_verdict_per_row(mail: &Mail) -> DataSpec {
    let mut data = mail.data.clone();
    if data.table.is_some() {
        data.bad_rows = BadRows::Fail;
    }
    data
}

/// Scores all mail of a source, part by part, and reads the next part meanwhile. `each` gets the
/// bytes of a part, too.
fn score_all(
    scorer: &Scorer,
    source: &mut Source,
    mut each: impl FnMut(&ScoredBatch, u64),
) -> Result<(), InputError> {
    let mut next = part(source)?;
    while let Some((emails, bytes)) = next {
        let (batch, read) = rayon::join(|| scorer.score_emails(emails), || part(source));
        each(&batch, bytes);
        next = read?;
    }
    Ok(())
}

/// The next messages of a source, and their bytes.
fn part(source: &mut Source) -> Result<Option<(Vec<Email>, u64)>, InputError> {
    let (mut emails, mut bytes) = (Vec::new(), 0);
    while bytes < PART {
        let Some(batch) = source.next().transpose()? else {
            break;
        };
        bytes += batch.iter().map(|email| email.content.len()).sum::<usize>();
        emails.extend(batch);
    }
    Ok((!emails.is_empty()).then_some((emails, bytes as u64)))
}
