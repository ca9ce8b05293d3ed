//! The quality of generated mail, beside real mail that its generator has not learned from.
//!
//! What the messages are by themselves is measured by `generate`: Inception Score, distinct
//! n-grams, copying, Fréchet distance. What they are worth is measured here: **train on synthetic,
//! test on real** (TSTR; Esteban et al. 2017), the accuracy on real mail of a model that learned
//! from generated mail alone, beside that of one that learned from as many real messages.

pub mod synthetic;

use self::synthetic::{corpus_of, evenly, learned_from, requests};
use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusOptions};
use crate::generate::sample_quality::{Distinct, copied, distinct, inception_score};
use crate::generate::{CopyIndex, GeneratedEmail, Sampler, frechet};
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::error::{LabError, SpecError};
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::model::{Catalog, Family};
use crate::predict::Scorer;
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "generated_mail",
    question: "How good is the mail that a generative model generates?",
    looks_at: LooksAt::ModelFile(|file, data, catalog, given, progress| {
        let parameters = parameters("generated_mail", given)?;
        erased(assess(file, data, catalog, &parameters, progress))
    }),
    section: None,
    charts: &[],
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeneratedMailParameters {
    /// The model that generates; None for the first of the file that generates text, or else
    /// words.
    pub model: Option<String>,
    /// Messages to generate, half of them as spam.
    pub emails: u32,
    /// Seed of sampling and of training.
    pub seed: u64,
}

impl Default for GeneratedMailParameters {
    fn default() -> GeneratedMailParameters {
        GeneratedMailParameters {
            model: None,
            emails: 400,
            seed: 1,
        }
    }
}

/// How good generated mail is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneratedMailReport {
    /// The model that generated it.
    pub generator: String,
    /// The discriminative model that classified it.
    pub classifier: String,
    /// Generated messages.
    pub emails: usize,
    /// Inception Score, from 1 to 2.
    pub inception_score: Option<f64>,
    /// Share of the messages of each class, ham and spam, that the classifier puts into it.
    pub agreement: [f64; 2],
    /// Distinct n-grams of the generated messages.
    pub distinct: Distinct,
    /// The same of as many real messages.
    pub distinct_of_real: Distinct,
    /// Mean share of a message that is one run copied from the real mail.
    pub copied: f64,
    /// Fréchet distance between the generated and the real mail.
    pub frechet: Option<f64>,
    /// The same between two halves of the real mail.
    pub frechet_of_real_halves: Option<f64>,
    /// What models learn from it.
    pub train_on_synthetic: Vec<TrainOnSynthetic>,
}

/// Accuracy on real test mail of a model trained on generated mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainOnSynthetic {
    /// The model.
    pub model: String,
    /// Trained on the generated mail; None if it could not be trained.
    pub accuracy: Option<f64>,
    /// Trained on as many real messages.
    pub accuracy_from_real: Option<f64>,
}

/// Generates mail with a model of the file and assesses it beside the real labelled mail of `data`,
/// preferably mail that the model has not learned from. The file must hold a discriminative model.
pub fn assess(
    file: &ModelFile,
    data: &DataSpec,
    catalog: &Catalog,
    parameters: &GeneratedMailParameters,
    progress: &dyn Progress,
) -> Result<GeneratedMailReport, LabError> {
    let sampler = Sampler::open(file, parameters.model.as_deref())?;
    let classifier = classifier(file)?;
    let generated = sampler.generate(&requests(parameters.emails), parameters.seed)?;
    let corpus = corpus(&file.card().recipe, &generated, data, progress)?;
    let students = catalog.representatives().into_iter();
    let students = students.map(|entry| ModelSpec::new(entry, &json!({}), true));
    let assessment = Assessment {
        generator: sampler.name(),
        generated: &generated,
        corpus: &corpus,
        classifier: &classifier,
        students: &students
            .collect::<Result<Vec<_>, _>>()
            .map_err(SpecError::from)?,
        seed: parameters.seed,
    };
    assessment.run()
}

/// The first discriminative model of the file.
fn classifier(file: &ModelFile) -> Result<Scorer, LabError> {
    let mut models = file.card().models.iter();
    let found = models.find(|model| model.family == Family::Discriminative);
    let name = &found.ok_or(LabError::NoClassifier)?.name;
    Ok(Scorer::open(file, std::slice::from_ref(name))?)
}

/// The generated messages, then the real ones.
fn corpus(
    recipe: &Recipe,
    generated: &[GeneratedEmail],
    real: &DataSpec,
    progress: &dyn Progress,
) -> Result<Corpus, LabError> {
    let keep = CorpusOptions::TEXT.and(CorpusOptions::NEAR_DUPLICATES);
    let mut builder = corpus_of(recipe, keep, generated);
    read_into(&mut builder, real, Labels::BothClasses, progress)?;
    Ok(builder.finish())
}

/// What generated mail is assessed by.
struct Assessment<'a> {
    generator: &'a str,
    generated: &'a [GeneratedEmail],
    /// The generated messages, then the real ones.
    corpus: &'a Corpus,
    /// One discriminative model.
    classifier: &'a Scorer,
    /// The models that are trained on synthetic mail.
    students: &'a [ModelSpec],
    seed: u64,
}

impl Assessment<'_> {
    /// Makes all measurements.
    fn run(&self) -> Result<GeneratedMailReport, LabError> {
        let Assessment {
            generated, corpus, ..
        } = *self;
        let synthetic: Vec<usize> = (0..generated.len()).collect();
        let mut real = corpus.labelled_rows();
        real.retain(|&row| row >= generated.len());
        if real.is_empty() {
            return Err(LabError::NoMail);
        }
        // Groups of near-duplicates stay together: one half trains, the other tests.
        let (training, test): (Vec<usize>, Vec<usize>) = real
            .iter()
            .partition(|&&row| corpus.group(row).is_multiple_of(2));
        let words = frechet::frequent_words(corpus, &real);
        let texts: Vec<String> = generated.iter().map(GeneratedEmail::text).collect();
        let as_many: Vec<_> = real[..real.len().min(generated.len())]
            .iter()
            .map(|&row| String::from_utf8_lossy(corpus.text(row)))
            .collect();
        let known = CopyIndex::new(real.iter().map(|&row| corpus.text(row)));
        let (classifier, probabilities, agreement) = self.classified();
        Ok(GeneratedMailReport {
            generator: self.generator.to_owned(),
            classifier,
            emails: generated.len(),
            inception_score: inception_score(&probabilities),
            agreement,
            distinct: distinct(texts.iter().map(String::as_str)),
            distinct_of_real: distinct(as_many.iter().map(AsRef::as_ref)),
            copied: copied(generated, &known),
            frechet: frechet::distance(corpus, &words, &synthetic, &real),
            frechet_of_real_halves: frechet::distance(corpus, &words, &training, &test),
            train_on_synthetic: self.train_on_synthetic(&synthetic, &training, &test),
        })
    }

    /// What the classifier makes of the generated messages: its name, the probability of spam of
    /// each, and the share of each class that it puts into that class.
    fn classified(&self) -> (String, Vec<f64>, [f64; 2]) {
        let emails = self.generated.iter().map(GeneratedEmail::email).collect();
        let scored = self.classifier.score_emails(emails);
        let verdicts = scored.verdicts(0);
        let agreement = Label::BOTH.map(|label| {
            let of_class = self.generated.iter().zip(verdicts);
            let of_class = of_class.filter(|(email, _)| email.label == label);
            let right: Vec<bool> = of_class
                .map(|(_, verdict)| verdict.predicted.names(label))
                .collect();
            right.iter().filter(|&&right| right).count() as f64 / right.len().max(1) as f64
        });
        let name = self.classifier.models().next();
        let name = name.map_or_else(String::new, |(name, _)| name.to_owned());
        let probabilities = verdicts.iter().map(|verdict| verdict.probability);
        (name, probabilities.collect(), agreement)
    }

    fn train_on_synthetic(
        &self,
        synthetic: &[usize],
        training: &[usize],
        test: &[usize],
    ) -> Vec<TrainOnSynthetic> {
        let accuracies = |rows: &[usize]| {
            let options = TrainOptions::seeded(self.seed);
            learned_from(
                self.students,
                (self.corpus, rows),
                (self.corpus, test),
                options,
            )
        };
        let from_real = accuracies(&evenly(training, synthetic.len()));
        self.students
            .iter()
            .zip(accuracies(synthetic))
            .zip(from_real)
            .map(
                |((student, accuracy), accuracy_from_real)| TrainOnSynthetic {
                    model: student.entry.name().to_owned(),
                    accuracy,
                    accuracy_from_real,
                },
            )
            .collect()
    }
}
