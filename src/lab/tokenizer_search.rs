//! A search over the shared tokenizer and its vocabulary: every combination of the choices given is
//! a candidate, read as a corpus of its own, and each training set takes the one by which its
//! held-out mail loses least. It is taken for all models alike, since they share one tokenizer.

use super::data::{LabelledMail, Reading};
use super::error::LabError;
use super::error::SpecError;
use super::limits::check_tokens;
use super::spec::ExperimentSpec;
use crate::base::progress::Progress;
use crate::dataset::features::VocabularySettings;
use crate::dataset::{Corpus, CorpusOptions};
use crate::tokenize::Recipe;
use crate::train::{ModelSpec, TrainOptions, Training, train};
use serde_json::{Map, Value};

/// More candidates than these are refused: each is tokenized and searched for itself.
const MOST: usize = 64;

/// One way to tokenize.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenizerCandidate {
    /// Its choices, as they were given: `stem=no min_df=2`.
    pub what: String,
    /// How mail is turned into tokens.
    pub recipe: Recipe,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
}

/// All combinations of choices written as `stem=auto,no`; what is not among them stays as it is.
/// None of none.
pub(super) fn candidates(
    given: &[String],
    recipe: &Recipe,
    vocabulary: VocabularySettings,
) -> Result<Vec<TokenizerCandidate>, SpecError> {
    let base = [as_value(recipe), as_value(&vocabulary)];
    let mut all = vec![(String::new(), base.clone())];
    for choice in given {
        let refused = |why: String| SpecError::Refused {
            what: choice.clone(),
            why,
        };
        let Some((name, values)) = choice.split_once('=') else {
            return Err(SpecError::Form {
                text: choice.clone(),
                form: "CHOICE=VALUES",
                example: "stem=auto,no",
            });
        };
        let Some(part) = base.iter().position(|part| part.get(name).is_some()) else {
            let objects = base.iter().filter_map(Value::as_object);
            let known: Vec<String> = objects.flat_map(Map::keys).cloned().collect();
            return Err(refused(format!(
                "there is no choice {name}; there are {}",
                known.join(", ")
            )));
        };
        let is_switch = base[part][name].is_boolean();
        let combined = all.iter().flat_map(|(what, parts)| {
            values.split(',').map(move |value| {
                let mut parts = parts.clone();
                parts[part][name] = value_of(value, is_switch);
                (format!("{what} {name}={value}").trim().to_owned(), parts)
            })
        });
        all = combined.collect();
        if all.len() > MOST {
            return Err(refused(format!(
                "more than {MOST} candidates; give fewer values"
            )));
        }
        for (_, [recipe, vocabulary]) in &all {
            parsed(recipe, vocabulary).map_err(refused)?;
        }
    }
    let candidate = |(what, [recipe, vocabulary]): (String, [Value; 2])| {
        let (recipe, vocabulary) =
            parsed(&recipe, &vocabulary).map_err(|why| SpecError::Refused {
                what: "tokenizer".to_owned(),
                why,
            })?;
        Ok(TokenizerCandidate {
            what,
            recipe,
            vocabulary,
        })
    };
    // The base is parsed in any case, so that what is out of range in it is refused.
    let all = all
        .into_iter()
        .map(candidate)
        .collect::<Result<Vec<_>, SpecError>>()?;
    Ok(if given.is_empty() { Vec::new() } else { all })
}

fn as_value(settings: &impl serde::Serialize) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

/// A value as it is written: a switch is yes or no, and a stem may be `no`, too.
fn value_of(text: &str, is_switch: bool) -> Value {
    match text {
        "yes" if is_switch => Value::Bool(true),
        "no" if is_switch => Value::Bool(false),
        other => serde_json::from_str(other).unwrap_or_else(|_| Value::String(other.to_owned())),
    }
}

/// Both as they are meant; else what is wrong.
fn parsed(recipe: &Value, vocabulary: &Value) -> Result<(Recipe, VocabularySettings), String> {
    let recipe: Recipe =
        serde_json::from_value(recipe.clone()).map_err(|error| error.to_string())?;
    let vocabulary: VocabularySettings =
        serde_json::from_value(vocabulary.clone()).map_err(|error| error.to_string())?;
    check_tokens(&recipe, &vocabulary).map_err(|error| error.to_string())?;
    Ok((recipe, vocabulary))
}

/// The mail as the candidates read it, once for each recipe.
pub struct CandidateMail<'a> {
    candidates: &'a [TokenizerCandidate],
    /// Those that differ from the recipe of the experiment.
    others: Vec<(Recipe, LabelledMail)>,
}

impl<'a> CandidateMail<'a> {
    /// Reads the mail of `first`, which was read by the recipe of `spec`, by every other recipe.
    pub fn read(
        spec: &ExperimentSpec,
        candidates: &'a [TokenizerCandidate],
        first: &LabelledMail,
        keep: CorpusOptions,
        progress: &dyn Progress,
    ) -> Result<CandidateMail<'a>, LabError> {
        let mut others: Vec<(Recipe, LabelledMail)> = Vec::new();
        for TokenizerCandidate { recipe, .. } in candidates {
            if *recipe != spec.recipe && others.iter().all(|(known, _)| known != recipe) {
                let again = Reading::again(&spec.data, recipe, keep).read(progress)?;
                again.require_same_mail(first)?;
                others.push((recipe.clone(), again));
            }
        }
        Ok(CandidateMail { candidates, others })
    }

    /// Every candidate with its mail; `corpus` is that of the recipe of the experiment.
    pub fn corpora<'r>(&'r self, corpus: &'r Corpus) -> Vec<CandidateCorpus<'r>> {
        let candidate = |candidate: &TokenizerCandidate| {
            let other = self
                .others
                .iter()
                .find(|(recipe, _)| *recipe == candidate.recipe);
            CandidateCorpus {
                what: candidate.what.clone(),
                corpus: other.map_or(corpus, |(_, mail)| mail.mail.emails()),
                vocabulary: candidate.vocabulary,
            }
        };
        self.candidates.iter().map(candidate).collect()
    }
}

/// The messages as one candidate reads them, in the same order for all.
pub struct CandidateCorpus<'a> {
    /// Its choices, as they were given.
    pub what: String,
    /// The messages.
    pub corpus: &'a Corpus,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
}

/// What came of training with the best candidate.
pub struct BestTokenizer {
    /// Which it is.
    pub at: usize,
    /// What held-out mail lost by each of them, see [`Training::held_out_loss_bits`].
    pub losses: Vec<Option<f64>>,
    /// The models trained by it.
    pub training: Training,
}

/// Trains on `rows` with each candidate and keeps the first by which held-out mail loses
/// least. None if there is none.
pub fn train_with_best_tokenizer(
    candidates: &[CandidateCorpus<'_>],
    choices: &[ModelSpec],
    rows: &[usize],
    options: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Option<BestTokenizer> {
    let mut losses = Vec::new();
    let mut best: Option<(f64, usize, Training)> = None;
    for (
        at,
        CandidateCorpus {
            corpus, vocabulary, ..
        },
    ) in candidates.iter().enumerate()
    {
        let training = train(
            choices,
            corpus,
            rows,
            TrainOptions {
                vocabulary: *vocabulary,
                ..options
            },
            done,
        );
        let loss = training.held_out_loss_bits();
        losses.push(loss);
        let loss = loss.unwrap_or(f64::INFINITY);
        if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
            best = Some((loss, at, training));
        }
    }
    best.map(|(_, at, training)| BestTokenizer {
        at,
        losses,
        training,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::Stem;

    #[test]
    fn candidates_are_all_combinations_and_what_cannot_be_is_refused_by_name() {
        let of = |given: &[&str]| {
            let given: Vec<String> = given.iter().map(|one| (*one).to_owned()).collect();
            candidates(&given, &Recipe::default(), VocabularySettings::default())
        };
        assert_eq!(of(&[]).unwrap(), []);
        let all = of(&["stem=auto,no", "deobfuscate=no", "min_df=1,2,3"]).unwrap();
        assert_eq!(all.len(), 6);
        assert_eq!(all[0].what, "stem=auto deobfuscate=no min_df=1");
        let last = &all[5];
        assert_eq!(
            (
                last.recipe.stem,
                last.recipe.deobfuscate,
                last.vocabulary.min_df
            ),
            (Stem::No, false, 3)
        );
        let all = of(&["max_features=100,null"]).unwrap();
        assert_eq!(all[1].vocabulary.max_features, None);
        for (given, reason) in [
            (&["stem"][..], "write CHOICE=VALUES"),
            (&["colour=red"], "there is no choice colour; there are"),
            (&["ngrams=1,4"], "ngrams = 4: a whole number from 1 to 3"),
            (&["stem=latin"], "unknown variant `latin`"),
            (&["min_df=0"], "min_df = 0: a whole number from 1 to"),
            (
                &[
                    "min_df=1,2,3,4,5,6,7,8,9",
                    "ngrams=1,2,3",
                    "deobfuscate=yes,no",
                    "stem=auto,no",
                ],
                "more than 64 candidates",
            ),
        ] {
            let said = of(given).unwrap_err().to_string();
            assert!(said.contains(reason), "{said}");
        }
    }

    #[test]
    fn what_is_out_of_range_without_a_search_is_refused_too() {
        let recipe = Recipe {
            ngrams: 9,
            ..Recipe::default()
        };
        let said = candidates(&[], &recipe, VocabularySettings::default()).unwrap_err();
        assert!(said.to_string().contains("ngrams"), "{said}");
    }
}
