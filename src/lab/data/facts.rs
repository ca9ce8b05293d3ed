//! What is known of the messages besides their tokens' meaning: for the slices of a report, its
//! groups of near-duplicates, and the tokens that give a whole class away.

use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::results::{ClassDates, EmailTable, LeakyToken};
use crate::tokenize::{TokenId, TokenKind};

/// Share of a class that a decider is in at least, and of the other class at most.
const MOST_OF_ONE: f64 = 0.9;
const LEAST_OF_OTHER: f64 = 0.01;
/// Deciders told.
const TOLD: usize = 5;

/// The messages, column by column.
pub(in crate::lab) fn emails(corpus: &Corpus) -> EmailTable {
    let rows = || 0..corpus.len();
    let has = |row: usize, wanted: TokenKind| token_of_kind(corpus, row, wanted).is_some();
    let language = |row: usize| language(corpus, row).map(str::to_owned);
    let kinds: Vec<Option<String>> = rows()
        .map(|row| corpus.kind(row).map(str::to_owned))
        .collect();
    EmailTable {
        ids: rows().map(|row| corpus.id(row).to_owned()).collect(),
        labels: rows().map(|row| corpus.label(row)).collect(),
        groups: rows().map(|row| corpus.group(row)).collect(),
        kinds: if kinds.iter().any(Option::is_some) {
            kinds
        } else {
            Vec::new()
        },
        tokens: rows()
            .map(|row| corpus.bag(row).iter().map(|(_, count)| count).sum())
            .collect(),
        languages: rows().map(language).collect(),
        links: rows().map(|row| has(row, TokenKind::Link)).collect(),
        html: rows().map(|row| has(row, TokenKind::Markup)).collect(),
    }
}

/// The language of a message, where it is known.
pub(in crate::lab) fn language(corpus: &Corpus, row: usize) -> Option<&str> {
    let token = token_of_kind(corpus, row, TokenKind::Language)?;
    let token = corpus.lexicon().token(token);
    Some(token.strip_prefix("language:").unwrap_or(token))
}

fn token_of_kind(corpus: &Corpus, row: usize, wanted: TokenKind) -> Option<TokenId> {
    let mut tokens = corpus.bag(row).iter().map(|&(token, _)| token);
    tokens.find(|&token| corpus.lexicon().kind(token) == wanted)
}

/// When the labelled messages of these rows were written, where some of both classes say it.
pub(in crate::lab) fn dates(corpus: &Corpus, rows: &[usize]) -> Option<ClassDates> {
    let days = Label::BOTH.map(|label| {
        let rows = rows.iter().copied();
        let rows = rows.filter(|&row| corpus.label(row) == Some(label));
        let mut days: Vec<u32> = rows.filter_map(|row| corpus.day(row)).collect();
        days.sort_unstable();
        days
    });
    if days.iter().any(Vec::is_empty) {
        return None;
    }
    let month = |day: u32| format!("{}-{:02}", day / 10_000, day / 100 % 100);
    let months = |days: &Vec<u32>| {
        let tail = days.len() / 20;
        [days[tail], days[days.len() - 1 - tail]].map(month)
    };
    let [ham, spam] = &days;
    let earlier = |day: &u32| {
        let before = ham.partition_point(|one| one < day);
        let same = ham.partition_point(|one| one <= day) - before;
        before as f64 + same as f64 / 2.0
    };
    let pairs = ham.len() as f64 * spam.len() as f64;
    Some(ClassDates {
        emails: [ham.len(), spam.len()],
        months: [months(ham), months(spam)],
        spam_is_later: spam.iter().map(earlier).sum::<f64>() / pairs,
    })
}

/// The most telling of the tokens that alone nearly tell the class of these rows.
pub(in crate::lab) fn leaky_tokens(corpus: &Corpus, rows: &[usize]) -> Vec<LeakyToken> {
    let decider = |(token, emails): (TokenId, [u32; 2])| LeakyToken {
        token: corpus.lexicon().token(token).to_owned(),
        emails,
    };
    let deciders = deciders(corpus, rows).into_iter().take(TOLD);
    deciders.map(decider).collect()
}

/// Tokens that alone nearly tell the class, the most telling first, each with the ham and the spam
/// that hold it.
pub(in crate::lab) fn deciders(corpus: &Corpus, rows: &[usize]) -> Vec<(TokenId, [u32; 2])> {
    let mut holding = vec![[0u32; 2]; corpus.lexicon().len()];
    let mut emails = [0u32; 2];
    for &row in rows {
        let Some(label) = corpus.label(row) else {
            continue;
        };
        emails[label.index()] += 1;
        for &(token, _) in corpus.bag(row) {
            holding[token as usize][label.index()] += 1;
        }
    }
    let shares = |held: [u32; 2]| {
        [0, 1].map(|class| f64::from(held[class]) / f64::from(emails[class].max(1)))
    };
    let decides = |held: [u32; 2]| {
        let [ham, spam] = shares(held);
        ham.max(spam) >= MOST_OF_ONE && ham.min(spam) <= LEAST_OF_OTHER
    };
    let mut found: Vec<(usize, [u32; 2])> = holding
        .into_iter()
        .enumerate()
        .filter(|&(_, held)| emails[0] > 0 && emails[1] > 0 && decides(held))
        .collect();
    let gap = |held: [u32; 2]| {
        let [ham, spam] = shares(held);
        (ham - spam).abs()
    };
    found.sort_by(|a, b| gap(b.1).total_cmp(&gap(a.1)).then(a.0.cmp(&b.0)));
    let number = |(token, held): (usize, [u32; 2])| (token as TokenId, held);
    found.into_iter().map(number).collect()
}
