//! What nets show of themselves: the shares of attention are shares of the message, and the latent
//! space is one of words; and what they fill in.

use super::{
    corpus, emails, encoder, every_model, fit, fit_rows, representation, small, with_body,
};
use serde_json::json;
use spamlab::base::mail::Label;
use spamlab::dataset::Example;
use spamlab::model::{Attention, Classifier, Family, Infilling, Latent, ModelEntry};

#[test]
fn attention_adds_up_latent_vectors_give_words_and_gaps_are_filled_with_letters() {
    let rows: Vec<usize> = (0..90).collect();
    let long = "waaq ".repeat(2_000);
    let mut all = emails(90, 1.0, 7);
    all.extend(["", &long, "unheard of"].map(with_body));
    let corpus = corpus(all);
    let (mut attending, mut latent, mut filling) = (Vec::new(), Vec::new(), Vec::new());
    every_model(|entry| {
        // No other model is known to have any of them; one that has must be asked here.
        if entry.cost() != spamlab::model::Cost::Costly {
            return;
        }
        let (encoder, fitted) = fit(entry, &corpus, &rows);
        let encoded = encoder.encode(&corpus, &[0, 3, 90, 91, 92], representation(entry));
        for email in encoded.examples() {
            let classifier = fitted.classifier();
            if let Some(found) = classifier.attention(email) {
                check_attention(entry, classifier, email, &found);
                attending.push(entry.name());
            }
            if let Some(found) = classifier.as_latent() {
                check_latent(entry.name(), found, email, encoder.token_numbers().len());
                latent.push(entry.name());
            }
        }
        if let Some(found) = fitted.classifier().as_infilling() {
            check_infilling(entry.name(), found);
            filling.push(entry.name());
        }
    });
    attending.dedup();
    latent.dedup();
    assert_eq!(attending, ["transformer", "transformer-classifier"]);
    assert_eq!(latent, ["vae"]);
    assert_eq!(filling, ["diffusion"]);
}

fn check_infilling(name: &str, infilling: &dyn Infilling) {
    let long = "waaq ".repeat(2_000).into_bytes();
    let not_utf8 = b"waaq \xff ";
    for label in Label::BOTH {
        for most in [1, 4, 14] {
            let texts: [&[u8]; 6] = [b"", &long, &long, b"", not_utf8, b"___ "];
            let words = infilling.words(&texts, most, label);
            assert_eq!(words.len(), 5, "{name}");
            for word in words {
                let fits = (1..=most).contains(&word.len());
                let is_word = fits && word.iter().all(u8::is_ascii_alphabetic);
                assert!(is_word, "{name}: {}", word.escape_ascii());
            }
        }
        assert!(infilling.words(&[&long], 4, label).is_empty(), "{name}");
        assert!(infilling.words(&[], 4, label).is_empty(), "{name}");
    }
}

/// Only what follows says which of two animals it was.
#[test]
fn a_word_is_filled_in_by_what_stands_behind_it() {
    let bodies = ["the cat sat.", "the dog ran."];
    let all = (0..240).map(|at| {
        let mut email = with_body(bodies[at % 2]);
        email.label = Some(Label::from_is_spam(at % 4 < 2));
        email
    });
    let corpus = corpus(all.collect());
    let rows: Vec<usize> = (0..240).collect();
    let catalog = spamlab::catalog();
    let mut models = catalog.models();
    let entry = models.find(|entry| entry.name() == "diffusion").unwrap();
    let mut settings = small("diffusion");
    for (setting, value) in [("max_iter", 60), ("n_iter_no_change", 60), ("head_size", 8)] {
        settings[setting] = json!(value);
    }
    settings["learning_rate"] = json!(0.01);
    // All messages of a text are near-duplicates, which would be held out together.
    settings["validation_fraction"] = json!(0.0);
    let settings = entry.settings(&settings).unwrap();
    let encoded = encoder(&corpus, &rows).encode(&corpus, &rows, representation(entry));
    let fitted = fit_rows(entry, &settings, &encoded);
    let infilling = fitted.classifier().as_infilling().unwrap();
    for label in Label::BOTH {
        for (animal, did) in [("cat", "sat"), ("dog", "ran")] {
            let behind = format!(" {did}.");
            let words = infilling.words(&[b"\nthe ", behind.as_bytes()], 14, label);
            assert_eq!(words, [animal.as_bytes()]);
        }
    }
}

fn check_attention(
    entry: &dyn ModelEntry,
    classifier: &dyn Classifier,
    email: Example<'_>,
    found: &Attention,
) {
    let name = entry.name();
    assert_eq!(found.tokens[0], "", "{name}: the beginning has no text");
    let text = String::from_utf8_lossy(email.text);
    assert!(text.starts_with(&found.tokens.concat()), "{name}");
    assert!(!found.heads.is_empty(), "{name}");
    let places = found.tokens.len();
    for head in &found.heads {
        assert_eq!(head.len(), places, "{name}");
        for (at, shares) in head.iter().enumerate() {
            assert_eq!(shares.len(), places, "{name}");
            let sum: f32 = shares.iter().sum();
            assert!((sum - 1.0).abs() < 1e-4, "{name}: {sum}");
            // A language model sees nothing of what it is to tell.
            let ahead = shares[at + 1..].iter().any(|share| *share > 0.0);
            let tells = entry.family() == Family::Generative;
            assert!(!(tells && ahead), "{name}");
        }
    }
    // It is read as mail of the class that it is scored as.
    let scored_as = Label::from_is_spam(classifier.score(email) > 0.0);
    let told = (entry.family() == Family::Generative).then_some(scored_as);
    assert_eq!(found.read_as, told, "{name}");
}

fn check_latent(name: &str, latent: &dyn Latent, email: Example<'_>, columns: usize) {
    for label in Label::BOTH {
        let mean = latent.mean(email, label);
        assert!(
            !mean.is_empty() && mean.iter().all(|one| one.is_finite()),
            "{name}"
        );
        for z in [&mean, &vec![0.0; mean.len()]] {
            let probabilities = latent.probabilities(z, label);
            let sum: f64 = probabilities.iter().map(|one| one.1).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{name}: {sum}");
            assert!(
                probabilities.iter().all(|one| (one.0 as usize) < columns),
                "{name}"
            );
        }
    }
}
