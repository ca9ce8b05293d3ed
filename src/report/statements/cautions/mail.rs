//! What misleads readers in the mail itself: near-duplicates on both sides of a split, test mail
//! unlike the training mail, classes from different times, tokens that alone decide.

use crate::base::numbers::{count, distinct, number};
use crate::report::statements::drift::flattery;
use crate::report::statements::joined::joined;
use crate::report::statements::statement::Statement;
use crate::results::experiments::PairFacts;
use crate::results::{ClassDates, Experiment, Resemblance};

/// Messages named.
const NAMED: usize = 3;
/// Share of pairs of a ham and a spam in which the same class is the later, from which the time
/// tells the class.
const SEPARATE: f64 = 0.95;
/// Share of the messages of each class that must have a date.
const DATED: f64 = 0.5;

/// Test messages that the models have nearly seen, of a split made elsewhere.
pub fn shared_across_the_split(experiment: &Experiment) -> Option<Statement> {
    let shared = &experiment.split.shared;
    let named: Vec<&str> = shared
        .iter()
        .take(NAMED)
        .map(|&row| experiment.emails.id(row))
        .collect();
    let tested = experiment.tested_rows().len();
    let percent = 100.0 * shared.len() as f64 / tested.max(1) as f64;
    let have = if shared.len() == 1 { "has" } else { "have" };
    let text = format!(
        "The split puts near-duplicates on both sides: {} of {} test messages ({} %) {have} one in \
         the training set, for instance {}: {}",
        count(shared.len()),
        count(tested),
        number(percent, 1),
        named.join(", "),
        flattery(experiment, shared)
    );
    (!shared.is_empty()).then(|| Statement::new(text, vec![shared.len() as f64, percent]))
}

/// Test mail of a split made elsewhere that is unlike its training mail.
pub fn changed_mail(experiment: &Experiment) -> Option<Statement> {
    let found = experiment.split.resemblance.as_ref()?;
    unlike(found, ["training mail", "test mail"])
}

/// Mail that is unlike other mail, by their names.
pub fn unlike(found: &Resemblance, [first, second]: [&str; 2]) -> Option<Statement> {
    let (diverge, bits) = divergence(found);
    let text = format!(
        "The {second} is unlike the {first}: {diverge} The figures are for mail that changes as \
         much, not for more of the same."
    );
    found
        .is_change()
        .then(|| Statement::new(text, bits.to_vec()))
}

/// By how much mail differs from other mail, and what that rests on.
fn divergence(found: &Resemblance) -> (String, [f64; 2]) {
    let bits = [found.divergence_bits, found.most_by_chance];
    let [between, by_chance] = distinct(bits, 3);
    let text = format!(
        "at the same share of spam their token frequencies differ by a Jensen-Shannon divergence \
         of {between} bits, and those of {} random divisions of the same mail by {by_chance} at \
         most.",
        found.divisions
    );
    (text, bits)
}

/// In how many pairs of corpora the test mail is unlike the training mail, and in which the most.
pub fn unlike_pairs(pairs: &[PairFacts]) -> Option<Statement> {
    let unlike = pairs.iter().filter(|pair| pair.resemblance.is_change());
    let unlike: Vec<&PairFacts> = unlike.collect();
    let bits = |pair: &PairFacts| pair.resemblance.divergence_bits;
    let most = unlike.iter().max_by(|a, b| bits(a).total_cmp(&bits(b)))?;
    let (diverge, bits) = divergence(&most.resemblance);
    let text = format!(
        "In {} of {} pairs of corpora the test mail is unlike the training mail, the most where {} \
         is learned from and {} is tested: {diverge}",
        count(unlike.len()),
        count(pairs.len()),
        most.learned_from,
        most.tested_on
    );
    let numbers = [unlike.len() as f64, pairs.len() as f64];
    Some(Statement::new(text, [numbers, bits].concat()))
}

/// Ham and spam whose dates hardly overlap.
pub fn different_times(experiment: &Experiment) -> Option<Statement> {
    from_different_times(experiment.data.dates.as_ref()?, experiment.data.kept)
}

/// The same of mail with these dates and so many ham and spam.
pub fn from_different_times(dates: &ClassDates, emails: [usize; 2]) -> Option<Statement> {
    let spam_is_later = dates.spam_is_later >= 0.5;
    let share = dates.spam_is_later.max(1.0 - dates.spam_is_later);
    let mut classes = dates.emails.iter().zip(emails);
    let are_dated = classes.all(|(&dated, all)| dated as f64 >= DATED * all as f64);
    if share < SEPARATE || !are_dated {
        return None;
    }
    let [ham, spam] = &dates.months;
    let text = format!(
        "Ham and spam are from different times: nine tenths of the ham from {} to {}, of the spam \
         from {} to {}, and in {} % of all pairs of one of each the {} is the later. What tells \
         the time tells the class, here and not in a mailbox.",
        ham[0],
        ham[1],
        spam[0],
        spam[1],
        number(100.0 * share, 1),
        if spam_is_later { "spam" } else { "ham" }
    );
    Some(Statement::new(text, vec![100.0 * share]))
}

/// What the best models get without the tokens that alone decide.
pub fn without_leaky_tokens(experiment: &Experiment) -> Option<Statement> {
    let found = experiment.without_leaky_tokens()?;
    let mut rests_on = vec![found.tokens as f64];
    let clauses = found.models.iter().map(|one| {
        let errors = [one.error_with, one.error_without].map(|error| 100.0 * error);
        rests_on.extend(errors);
        let [with, without] = errors.map(|error| number(error, 2));
        format!("{} makes {without} % errors instead of {with}", one.model)
    });
    let clauses: Vec<String> = clauses.collect();
    let tokens = match found.tokens {
        1 => "the token that alone decides".to_owned(),
        tokens => format!("the {} tokens that alone decide", count(tokens)),
    };
    let text = format!("Trained without {tokens}, {}.", joined(&clauses, "and"));
    (!clauses.is_empty()).then(|| Statement::new(text, rests_on))
}
