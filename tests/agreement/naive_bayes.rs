//! Naive Bayes and calibration agree with figures computed by hand. (`linear.rs` has the linear
//! models.)

use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::dataset::features::{Encoder, VocabularySettings};
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions, Example, TrainingSet};
use spamlab::model::{Fitted, NoObserver};
use spamlab::tokenize::{Recipe, Stem, TokenKinds};

/// Four messages over the words money, lunch, meet; the second spam says money three times.
fn corpus() -> Corpus {
    let emails = [
        (Label::Spam, "money"),
        (Label::Spam, "money money money meet"),
        (Label::Ham, "lunch meet"),
        (Label::Ham, "lunch"),
        (Label::Ham, "meet lunch money"),
    ];
    let recipe = Recipe {
        stem: Stem::No,
        ..Recipe::default()
    };
    let mut builder = CorpusBuilder::new(&recipe, CorpusOptions::default());
    let email = |(label, body)| Email::new("", Some(label), Content::text("", body));
    builder.add(emails.map(email).into());
    builder.finish()
}

fn fitted(name: &str, settings: &serde_json::Value) -> (Box<dyn Fitted>, Vec<f64>) {
    let corpus = corpus();
    let entry = spamlab::catalog().model(name).unwrap();
    let settings = entry.settings(settings).unwrap();
    let rows = corpus.labelled_rows();
    let encoder = Encoder::learn(
        &corpus,
        &rows,
        &VocabularySettings {
            min_df: 1,
            max_features: None,
            ..VocabularySettings::default()
        },
        TokenKinds::ALL,
    );
    let vocabulary: Vec<String> = encoder
        .vocabulary(corpus.lexicon())
        .tokens()
        .map(str::to_owned)
        .collect();
    assert_eq!(vocabulary, ["money", "meet", "lunch"]);
    let encoded = encoder.encode(
        &corpus,
        &rows,
        entry.view(&settings).unwrap().representation,
    );
    let data = TrainingSet::new(&encoded, 1);
    let fitted = entry
        .fit_path(&[settings], &data, &mut NoObserver)
        .unwrap()
        .remove(0);
    let scores = encoded
        .examples()
        .map(|mail| fitted.classifier().score(mail))
        .collect();
    (fitted, scores)
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
    }
}

#[test]
fn multinomial_boolean_equals_the_hand_worked_ratios() {
    // Presence counts, α = 1: spam money 2, meet 1, lunch 0 of 3; ham money 1, meet 2, lunch 3 of
    // 6; m = 3. p(t | spam) = 3/6, 2/6, 1/6; p(t | ham) = 2/9, 3/9, 4/9; priors 2/5 and 3/5.
    let (_, scores) = fitted("multinomial", &json!({ "alpha": 1.0 }));
    let prior = (2.0_f64 / 3.0).ln();
    let (money, meet, lunch) = ((9.0_f64 / 4.0).ln(), 0.0, (3.0_f64 / 8.0).ln());
    assert_close(
        &scores,
        &[
            prior + money,
            prior + money + meet,
            prior + lunch + meet,
            prior + lunch,
            prior + money + meet + lunch,
        ],
    );
}

#[test]
fn multinomial_with_frequencies_equals_the_hand_worked_ratios() {
    // Occurrences, α = 1/2: spam money 4, meet 1, lunch 0 of 5; ham 1, 2, 3 of 6; m = 3. p(money |
    // spam) = 4.5/6.5, p(money | ham) = 1.5/7.5, p(meet | spam) = 1.5/6.5, p(meet | ham) = 2.5/7.5.
    let (_, scores) = fitted(
        "multinomial",
        &json!({ "alpha": 0.5, "representation": "counts" }),
    );
    let prior = (2.0_f64 / 3.0).ln();
    let money = (4.5_f64 / 6.5 / (1.5 / 7.5)).ln();
    let meet = (1.5_f64 / 6.5 / (2.5 / 7.5)).ln();
    assert_close(&scores[..2], &[prior + money, prior + 3.0 * money + meet]);
}

#[test]
fn bernoulli_equals_the_hand_worked_ratios() {
    // α = 1: p(t | spam) = 3/4, 2/4, 1/4; p(t | ham) = 2/5, 3/5, 4/5 for money, meet, lunch.
    let (fitted, scores) = fitted("bernoulli", &json!({ "alpha": 1.0 }));
    let p = |holds: [bool; 3]| {
        let product = |p: [f64; 3]| -> f64 {
            p.iter()
                .zip(holds)
                .map(|(p, holds)| if holds { *p } else { 1.0 - p })
                .product()
        };
        (0.4 * product([0.75, 0.5, 0.25])) / (0.6 * product([0.4, 0.6, 0.8]))
    };
    let expected = [
        [true, false, false],
        [true, true, false],
        [false, true, true],
        [false, false, true],
        [true; 3],
    ];
    assert_close(&scores, &expected.map(|holds| p(holds).ln()));
    // Over all eight messages the probabilities of a class sum to 1.
    let model = fitted.classifier().as_generative().unwrap();
    for label in Label::BOTH {
        let total: f64 = (0..8u32)
            .map(|mail| {
                let columns: Vec<u32> = (0..3).filter(|column| mail >> column & 1 == 1).collect();
                let values = vec![1.0; columns.len()];
                model
                    .log_likelihood(Example::sparse(&columns, &values), label)
                    .exp()
            })
            .sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
}

/// scikit-learn 1.9.1 on the counts of money, meet, lunch in the five messages: `X =
/// [[1,0,0],[3,1,0],[0,1,1],[0,0,1],[1,1,1]]`, `y = [1,1,0,0,0]`, `j = MultinomialNB(alpha=.5,
/// class_prior=[.8,.2]).fit(X, y).predict_joint_log_proba(X)`; `j[:,1] - j[:,0]`, and the same with
/// `BernoulliNB(alpha=.1, class_prior=[.8,.2])`.
#[test]
fn set_priors_agree_with_scikit_learn() {
    let (_, scores) = fitted(
        "multinomial",
        &json!({ "alpha": 0.5, "representation": "counts", "prior": 0.2 }),
    );
    let expected = [
        -0.144_581_228_810_747_4,
        1.971_120_255_681_140_2,
        -3.556_828_446_659_848,
        -3.189_103_666_534_530_5,
        -2.315_115_314_351_065,
    ];
    assert_close(&scores, &expected);
    let (_, scores) = fitted("bernoulli", &json!({ "alpha": 0.1, "prior": 0.2 }));
    let expected = [
        3.428_935_589_852_817,
        2.782_308_424_927_764,
        -7.387_350_819_929_279,
        -6.740_723_655_004_226,
        -3.696_201_217_280_805,
    ];
    assert_close(&scores, &expected);
}

#[test]
fn multinomial_with_discounting_equals_the_hand_worked_ratios() {
    // Presence, d = 1/2: spam money 2, meet 1, lunch 0 of 3, two of them above 0; ham 1, 2, 3 of 6.
    // Pooled, one more of each: 4, 4, 4 of 12. p(money | spam) = 1.5/3 + 1/3 · 1/3 = 11/18, meet
    // .5/3 + 1/9 = 5/18, lunch 1/9 = 2/18; ham hands out 1.5/6 · 1/3 = 1/12: money .5/6 + 1/12 =
    // 2/12, meet 1.5/6 + 1/12 = 4/12, lunch 2.5/6 + 1/12 = 6/12.
    let (fitted, scores) = fitted(
        "multinomial",
        &json!({ "smoothing": "discount", "discount": 0.5 }),
    );
    let prior = (2.0_f64 / 3.0).ln();
    let (money, meet, lunch) = (
        (11.0_f64 / 3.0).ln(),
        (5.0_f64 / 6.0).ln(),
        (2.0_f64 / 9.0).ln(),
    );
    assert_close(
        &scores,
        &[
            prior + money,
            prior + money + meet,
            prior + lunch + meet,
            prior + lunch,
            prior + money + meet + lunch,
        ],
    );
    let model = fitted.classifier().as_generative().unwrap();
    for label in Label::BOTH {
        let probability = |column: u32| {
            model
                .log_likelihood(Example::sparse(&[column], &[1.0]), label)
                .exp()
        };
        let total: f64 = (0..3).map(probability).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
}

/// SciPy on the same counts: `N = X[y == c].sum(0); lam = (.5 + N)/(1 + M)`; `np.log(M/5) +
/// scipy.stats.poisson.logpmf(X, lam).sum(1)`, M = 2 for spam and 3 for ham; spam, and spam less
/// ham.
#[test]
fn poisson_agrees_with_scipy() {
    let (fitted, scores) = fitted("poisson", &json!({ "alpha": 0.5 }));
    let expected = [
        0.689_162_586_345_059_2,
        3.238_607_757_270_632,
        -2.578_503_402_692_573,
        -2.355_359_851_378_363_3,
        -1.192_209_041_572_682_3,
    ];
    assert_close(&scores, &expected);
    let model = fitted.classifier().as_generative().unwrap();
    let joint = |columns: &[u32], values: &[f32]| {
        model.log_prior(Label::Spam)
            + model.log_likelihood(Example::sparse(columns, values), Label::Spam)
    };
    assert_close(
        &[joint(&[0], &[1.0]), joint(&[0, 1], &[3.0, 1.0])],
        &[-2.677_492_290_432_657_5, -4.351_468_724_004_328],
    );
}

/// scikit-learn 1.9.1: `S = (X / X.sum(1, keepdims=True)).astype("f4").astype("f8")`, as a row
/// holds the shares; `j = GaussianNB().fit(S, y).predict_joint_log_proba(S)`; `j[:,1] - j[:,0]`. A
/// token that spam never has makes log-odds of hundreds of millions, of which eleven digits are
/// compared.
#[test]
fn literal_gaussian_agrees_with_scikit_learn() {
    let (_, scores) = fitted("gaussian", &json!({ "mode": "literal" }));
    let expected = [
        28.564_842_991_644_376,
        19.946_539_956_878_62,
        -775_862_088.316_755_9,
        -3_103_448_294.810_457_7,
        -344_827_606.385_188_1,
    ];
    for (found, expected) in scores.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-11 * expected.abs(),
            "{found} is not {expected}"
        );
    }
}

#[test]
fn multinomial_probabilities_sum_to_one_over_all_sequences_of_two_tokens() {
    let (fitted, _) = fitted(
        "multinomial",
        &json!({ "alpha": 0.3, "representation": "counts" }),
    );
    let model = fitted.classifier().as_generative().unwrap();
    for label in Label::BOTH {
        let log_probability =
            |column: u32| model.log_likelihood(Example::sparse(&[column], &[1.0]), label);
        let pair = |pair: u32| (log_probability(pair / 3) + log_probability(pair % 3)).exp();
        let total: f64 = (0..9).map(pair).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
}
