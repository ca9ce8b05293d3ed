//! The mail of a contest: what the filter learns from, what the attacker has, and what is tested.

use crate::base::mail::{Email, Label};
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, parts};
use crate::input::Labels;
use crate::lab::analyses::experiments::{classes, kept, mail_facts};
use crate::lab::data::tell_rejected;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::results::experiments::MailFacts;
use crate::train::ModelSpec;

/// Parts of the mail: two to learn from, one of the attacker and one to test on.
const PARTS: usize = 4;
/// Messages of each class in each part that are needed.
const LEAST: usize = 10;

/// Labelled mail in three parts. No near-duplicate stands in two of them.
pub struct ContestedMail {
    /// All messages, by row of the corpus.
    emails: Vec<Email>,
    /// The same, tokenized; it keeps texts.
    pub corpus: Corpus,
    /// Rows that the filters learn from.
    pub training: Vec<usize>,
    /// Rows that the attacker has.
    pub attacker: Vec<usize>,
    /// Rows that are tested.
    pub test: Vec<usize>,
}

impl ContestedMail {
    /// Reads the mail of a specification.
    pub fn read(
        spec: &ExperimentSpec,
        models: &[ModelSpec],
        progress: &dyn Progress,
    ) -> Result<ContestedMail, LabError> {
        let keep = kept(models).and(CorpusOptions::TEXT);
        let mut builder = CorpusBuilder::new(&spec.recipe, keep);
        let mut source = spec.data.open(Labels::BothClasses, false)?;
        progress.begin("reading mail", source.size().unwrap_or(0));
        let mut emails = Vec::new();
        let batches = source.with_progress(|bytes| progress.advance(bytes));
        builder.read_all(batches.inspect(|batch| {
            if let Ok(batch) = batch {
                emails.extend_from_slice(batch);
            }
        }))?;
        progress.end();
        tell_rejected(&source, progress);
        source.require_classes()?;
        let corpus = builder.finish();
        let part = parts(&corpus, PARTS, spec.seed);
        let labelled = corpus.labelled_rows();
        let rows = |wanted: &[usize]| -> Vec<usize> {
            let rows = labelled.iter().copied();
            rows.filter(|&row| wanted.contains(&part[row])).collect()
        };
        let mail = ContestedMail {
            training: rows(&[0, 1]),
            attacker: rows(&[2]),
            test: rows(&[3]),
            emails,
            corpus,
        };
        let all = [&mail.training, &mail.attacker, &mail.test];
        let counts = all.map(|rows| mail.classes(rows));
        if counts.as_flattened().iter().any(|&emails| emails < LEAST) {
            return Err(LabError::TooLittleForCurves {
                emails: labelled.len(),
                needed: 2 * PARTS * LEAST,
            });
        }
        Ok(mail)
    }

    /// What is known of all of it.
    pub fn facts(&self, name: String) -> MailFacts {
        mail_facts(name, &self.corpus, &self.corpus.labelled_rows())
    }

    /// A message as it came.
    pub fn email(&self, row: usize) -> &Email {
        &self.emails[row]
    }

    /// The messages of some rows as they came.
    pub fn emails(&self, rows: &[usize]) -> Vec<Email> {
        rows.iter().map(|&row| self.emails[row].clone()).collect()
    }

    /// The text of a message.
    pub fn text(&self, row: usize) -> String {
        String::from_utf8_lossy(self.corpus.text(row)).into_owned()
    }

    /// Rows of one class.
    pub fn of_class(&self, rows: &[usize], label: Label) -> Vec<usize> {
        let rows = rows.iter().copied();
        rows.filter(|&row| self.corpus.label(row) == Some(label))
            .collect()
    }

    /// Ham and spam of some rows.
    pub fn classes(&self, rows: &[usize]) -> [usize; 2] {
        classes(&self.corpus, rows)
    }
}
