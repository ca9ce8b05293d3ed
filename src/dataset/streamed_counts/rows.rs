//! Counts as rows that add up: what leaves a process that counted a part of a corpus.
//!
//! Rows of the same subject and part may be added up anywhere, in any order, or stand side by side.
//! Whether some are missing is told by the occurrences of all tokens of a part, which stand beside
//! its number of messages, too.

use super::super::near_duplicates::{bag_hash, mix, token_hash};
use super::StreamedCounts;
use super::sample::{MOST_DRAWN, PARTS};
use crate::base::mail::Label;
use crate::tokenize::{TokenId, TokenKind};

/// What a row of counts is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted<'a> {
    /// The messages of a part.
    Messages,
    /// A token.
    Token(TokenKind, &'a str),
    /// A message that was drawn: its tokens in order of first mention, each with its count.
    Drawn(Vec<(&'a str, u32)>),
}

/// A row of counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow<'a> {
    /// What it is about.
    pub counted: Counted<'a>,
    /// The part of the corpus, below [`PARTS`].
    pub part: u8,
    /// Messages, ham and spam: all of the part, those that hold the token, or those that say the
    /// same.
    pub emails: [u64; 2],
    /// Occurrences in ham and spam: of all tokens of the part, or of the token.
    pub occurrences: [u64; 2],
}

/// Why rows are not the counts of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountsError {
    /// There is no such part.
    #[error("there is no part {0}: they are numbered from 0 to {most}", most = PARTS - 1)]
    NoSuchPart(u8),
    /// More messages or occurrences than can be counted.
    #[error("more is counted than can be: 4,294,967,295 messages and as many thousand tokens")]
    TooMany,
    /// Fewer occurrences than messages, or more messages than there are.
    #[error("{0} cannot be: a token occurs at least once in each message that holds it")]
    Impossible(String),
    /// Rows are missing, or there are some twice.
    #[error(
        "the tokens of part {part} occur {found} times and should occur {stated} times: rows are \
         missing, or stand there twice"
    )]
    Incomplete {
        /// The part.
        part: usize,
        /// What its tokens add up to.
        found: u64,
        /// What they should add up to.
        stated: u64,
    },
    /// A class has no messages.
    #[error("there is no {0} among the messages counted")]
    OneClass(Label),
}

impl StreamedCounts {
    /// All counts as rows.
    pub fn rows(&self) -> impl Iterator<Item = CountRow<'_>> {
        let numbered = || self.parts.iter().zip(0..);
        let messages = numbered().map(|(part, number)| CountRow {
            counted: Counted::Messages,
            part: number,
            emails: part.emails.map(u64::from),
            occurrences: part.occurrences(),
        });
        let tokens = numbered().flat_map(move |(part, number)| {
            let held = part.tokens.iter().enumerate();
            let held = held.filter(|(_, counts)| counts.holding != [0; 2]);
            held.map(move |(token, counts)| {
                let token = token as TokenId;
                let lexicon = self.lexicon();
                CountRow {
                    counted: Counted::Token(lexicon.kind(token), lexicon.token(token)),
                    part: number,
                    emails: counts.holding.map(u64::from),
                    occurrences: counts.occurrences,
                }
            })
        });
        let drawn = self.sample.drawn.iter().enumerate();
        let drawn = drawn.map(move |(row, drawn)| {
            let corpus = &self.sample.corpus;
            let word = |&(token, count): &(TokenId, u32)| (self.lexicon().token(token), count);
            let copies = |label| {
                let is_of = corpus.label(row) == Some(label);
                if is_of { u64::from(drawn.copies) } else { 0 }
            };
            CountRow {
                counted: Counted::Drawn(corpus.bag(row).iter().map(word).collect()),
                part: drawn.part,
                emails: Label::BOTH.map(copies),
                occurrences: [0; 2],
            }
        });
        messages.chain(tokens).chain(drawn)
    }

    /// Adds a row. Once all are added, [`check`](StreamedCounts::check) tells whether they are
    /// whole.
    pub fn add_row(&mut self, row: &CountRow<'_>) -> Result<(), CountsError> {
        // There are no bags of what others counted.
        self.bags = None;
        let at = usize::from(row.part);
        if at >= PARTS {
            return Err(CountsError::NoSuchPart(row.part));
        }
        let mut emails = [0; 2];
        for (emails, &number) in emails.iter_mut().zip(&row.emails) {
            *emails = u32::try_from(number).map_err(|_| CountsError::TooMany)?;
        }
        match &row.counted {
            Counted::Messages => {
                let part = &mut self.parts[at];
                for class in Label::BOTH.map(Label::index) {
                    add(&mut part.emails[class], emails[class])?;
                    self.emails[class] += emails[class] as usize;
                    let stated = &mut part.stated[class];
                    *stated = stated.saturating_add(row.occurrences[class]);
                }
            }
            &Counted::Token(kind, token) => {
                let id = self.number(kind, token);
                let counts = &mut self.parts[at].tokens[id as usize];
                for class in Label::BOTH.map(Label::index) {
                    let occurrences = row.occurrences[class];
                    if occurrences < row.emails[class] {
                        return Err(CountsError::Impossible(format!("{token:?}")));
                    }
                    add(&mut counts.holding[class], emails[class])?;
                    let sum = &mut counts.occurrences[class];
                    *sum = sum.saturating_add(occurrences);
                }
                self.forget();
            }
            Counted::Drawn(bag) => {
                let number = |&(token, count): &(&str, u32)| (self.number(LAST, token), count);
                let bag: Vec<(TokenId, u32)> = bag.iter().map(number).collect();
                for label in Label::BOTH {
                    let copies = emails[label.index()];
                    if copies > 0 {
                        self.sample.take(&bag, row.part, label, copies);
                    }
                }
            }
        }
        Ok(())
    }

    /// Draws no more than one message in 2^`zeros`, as whoever counted some of the rows did.
    pub fn draw_no_more_than(&mut self, zeros: u32) {
        self.sample.ask_for(zeros);
    }

    /// The number of a token, whose kind is the first in the table of those that it was met with.
    fn number(&mut self, kind: TokenKind, token: &str) -> TokenId {
        let known = self.lexicon().len();
        let lexicon = &mut self.sample.corpus.lexicon;
        let id = lexicon.intern(kind, token);
        lexicon.prefer_kind(id, kind);
        if lexicon.len() > known {
            self.make_room();
        }
        id
    }

    /// Whether all rows are there, and mail of both classes was counted.
    pub fn check(&self) -> Result<(), CountsError> {
        for (number, part) in self.parts.iter().enumerate() {
            let found = part.occurrences();
            for class in 0..2 {
                let found = found[class].saturating_add(part.forgotten[class]);
                let stated = part.stated[class];
                if found > MOST_OCCURRENCES {
                    return Err(CountsError::TooMany);
                }
                if found != stated {
                    return Err(CountsError::Incomplete {
                        part: number,
                        found,
                        stated,
                    });
                }
                let most = part.tokens.iter().map(|counts| counts.holding[class]).max();
                if most.is_some_and(|most| most > part.emails[class]) {
                    let what = format!("a token in more messages of part {number} than it has");
                    return Err(CountsError::Impossible(what));
                }
            }
        }
        if self
            .emails
            .iter()
            .any(|&emails| u32::try_from(emails).is_err())
        {
            return Err(CountsError::TooMany);
        }
        let absent = |label: &Label| self.emails[label.index()] == 0;
        match Label::BOTH.into_iter().find(absent) {
            Some(label) => Err(CountsError::OneClass(label)),
            None => Ok(()),
        }
    }
}

/// Occurrences in a part up to which all sums are exact, u32::MAX thousands.
const MOST_OCCURRENCES: u64 = 4_294_967_295_000;
/// The kind of a token of which only a drawn message is known so far: the last one in the table.
const LAST: TokenKind = TokenKind::ALL[TokenKind::ALL.len() - 1];

fn add(sum: &mut u32, more: u32) -> Result<(), CountsError> {
    *sum = sum.checked_add(more).ok_or(CountsError::TooMany)?;
    Ok(())
}

/// Leading zeros of the hash by which as many messages of so many are drawn as are kept.
pub fn zeros_of(emails: u64) -> u32 {
    (emails / MOST_DRAWN as u64).checked_ilog2().unwrap_or(0)
}

/// The hash of a fixed message, by which counts of programs that draw otherwise are told.
pub fn hashing() -> u64 {
    let words = ["known", "quick", "brown"].map(token_hash);
    mix(bag_hash(words.into_iter().zip(1..)))
}
