//! Models that learn message by message, one file a model.

pub(super) mod common;
pub(super) mod ftrl;
pub(super) mod passive_aggressive;
pub(super) mod relaxed_svm;

#[cfg(test)]
mod tests {
    use super::ftrl::{Ftrl, FtrlSettings};
    use super::passive_aggressive::{PassiveAggressive, PassiveAggressiveSettings};
    use super::relaxed_svm::{RelaxedSvm, RelaxedSvmSettings};
    use crate::base::mail::{Content, Email, Label};
    use crate::base::math::{below, shuffle};
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::features::{Encoder, GrowingEncoder, VocabularySettings};
    use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions, Example, TrainingSet};
    use crate::model::Settings;
    use crate::model::{Classifier, Fitted, FittedModel, Learner, NoObserver};
    use crate::tokenize::{Recipe, TokenKinds};
    use serde_json::json;

    /// Eighty messages of twelve words; spam prefers the later ones.
    fn corpus() -> Corpus {
        let mut rng = random_stream(1, Stream::Test(0));
        let mut email = |at: usize| {
            let is_spam = at.is_multiple_of(3);
            let mut word = |_| {
                let word = below(&mut rng, 20) + 4 * usize::from(is_spam);
                format!("w{}q", char::from(b'a' + word as u8))
            };
            Email {
                id: at.to_string(),
                line: 1,
                label: Some(Label::from_is_spam(is_spam)),
                kind: None,
                content: Content::Fields {
                    from: String::new(),
                    subject: String::new(),
                    body: (0..12).map(&mut word).collect::<Vec<_>>().join(" "),
                },
            }
        };
        let keep = CorpusOptions {
            text: true,
            ..CorpusOptions::default()
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        builder.add((0..80).map(&mut email).collect());
        builder.finish()
    }

    /// One pass over all mail with the vocabulary known, and the same messages in the same order
    /// with a vocabulary that grows: both models, and the columns of the second in the first.
    fn both_ways<L: Learner>(
        learner: &L,
        settings: &L::Settings,
    ) -> (L::Fitted, Box<dyn Fitted>, Vec<u32>) {
        let corpus = corpus();
        let rows = corpus.labelled_rows();
        let representation = L::representation(settings);
        let vocabulary = VocabularySettings::default();
        let encoder = Encoder::learn(&corpus, &rows, &vocabulary, TokenKinds::ALL);
        let encoded = encoder.encode(&corpus, &rows, representation);
        let data = TrainingSet::new(&encoded, 1);
        let together = learner.fit(settings, &data, &mut NoObserver).unwrap();
        let mut order = rows.clone();
        shuffle(&mut order, &mut random_stream(1, Stream::OnlineOrder));
        let mut growing = GrowingEncoder::new(representation);
        let mut model = learner.incremental(settings).unwrap();
        for row in order {
            let email = growing.encode(&corpus, row);
            assert!(model.raw(email.example()).score.is_finite());
            model.learn(email.example(), corpus.label(row).unwrap());
        }
        let columns = growing.token_numbers().iter();
        let columns = columns.map(|&token| encoder.columns()[token as usize]);
        (
            together,
            model.fitted(growing.len()).unwrap(),
            columns.collect(),
        )
    }

    fn assert_same_weights<L: Learner>(learner: &L, settings: &L::Settings) {
        let (together, grown, columns) = both_ways(learner, settings);
        let grown = grown.classifier();
        assert!(columns.len() >= 20, "{} columns", columns.len());
        for (column, &of_together) in (0..).zip(&columns) {
            let [a, b] = [together.weight(of_together), grown.weight(column)]
                .map(|weight| weight.unwrap().to_bits());
            assert_eq!(a, b, "{}: column {column}", L::NAME);
        }
        let nothing = Example::sparse(&[], &[]);
        assert_eq!(together.score(nothing), grown.score(nothing));
        assert!(grown.validate(columns.len()).is_ok());
    }

    #[test]
    fn learning_over_a_growing_vocabulary_is_one_pass_to_the_bit() {
        let given = json!({ "l1": 0.01, "max_iter": 1, "representation": "counts" });
        let ftrl = FtrlSettings::from_values("ftrl", &given).unwrap();
        assert_same_weights(&Ftrl, &ftrl);
        let given = json!({ "max_iter": 1, "representation": "counts" });
        let passive_aggressive =
            PassiveAggressiveSettings::from_values("passive-aggressive", &given).unwrap();
        assert_same_weights(&PassiveAggressive, &passive_aggressive);
    }

    #[test]
    fn a_machine_that_forgets_what_it_was_shown_is_one_pass_to_the_bit() {
        for window in [10, 100] {
            let given = json!({ "window": window });
            let settings = RelaxedSvmSettings::from_values("relaxed-svm", &given).unwrap();
            let (together, alone, _) = both_ways(&RelaxedSvm, &settings);
            assert_eq!(together.save(), alone.save());
        }
    }
}
