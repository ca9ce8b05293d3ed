//! What nets show of themselves: the shares of attention are shares of the message, and the latent
//! space is one of words.

use super::{corpus, emails, every_model, fit, representation, with_body};
use spamlab::base::mail::Label;
use spamlab::dataset::Example;
use spamlab::model::{Attention, Classifier, Family, Latent, ModelEntry};

#[test]
fn attention_is_shared_out_among_the_tokens_and_a_latent_vector_among_the_words() {
    let rows: Vec<usize> = (0..90).collect();
    let long = "waaq ".repeat(2_000);
    let mut all = emails(90, 1.0, 7);
    all.extend(["", &long, "unheard of"].map(with_body));
    let corpus = corpus(all);
    let (mut attending, mut latent) = (Vec::new(), Vec::new());
    every_model(|entry| {
        // No other representation is known to have either; one that has must be asked here.
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
    });
    attending.dedup();
    latent.dedup();
    assert_eq!(attending, ["transformer", "transformer-classifier"]);
    assert_eq!(latent, ["vae"]);
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
