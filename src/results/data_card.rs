//! What was read: the card of the data, and the messages column by column. No text of any message
//! is in it.

use crate::base::mail::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was read and what was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataCard {
    /// Where the mail came from, as the user named it.
    pub source: String,
    /// How each input was read, a line each: its format and which column was taken for what.
    #[serde(default)]
    pub plan: Vec<String>,
    /// SHA-256 of the input, hexadecimal.
    pub sha256: String,
    /// Rows read.
    pub read: usize,
    /// Messages kept, by class: ham, spam.
    pub kept: [usize; 2],
    /// Messages kept without a label.
    #[serde(default)]
    pub unlabelled: usize,
    /// Rows that could not be used: the first hundred.
    pub rejected: Vec<Rejected>,
    /// How many could not be used, by reason.
    pub rejected_by_reason: BTreeMap<String, usize>,
    /// Messages in which there is nothing to read: no token of any kind.
    #[serde(default)]
    pub without_tokens: usize,
    /// Messages that duplicate or nearly duplicate an earlier one.
    pub near_duplicates: usize,
    /// Groups of near-duplicates that hold both ham and spam: the first hundred.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// How many such groups there are.
    #[serde(default)]
    pub conflicting: usize,
    /// Tokens that nearly determine the class by themselves.
    #[serde(default)]
    pub leaky_tokens: Vec<LeakyToken>,
    /// When ham and spam were written, where messages of both say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<ClassDates>,
    /// Whether texts, addresses and numbers are hidden.
    #[serde(default)]
    pub redacted: bool,
    /// Distinct tokens.
    pub tokens: usize,
    /// Bytes of mail.
    pub bytes: usize,
}

/// When the messages of both classes were written, by their headers or their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassDates {
    /// Messages with a date: ham, spam.
    pub emails: [usize; 2],
    /// The months, as `1999-12`, between which the middle nine tenths of them lie: of ham, of spam.
    pub months: [[String; 2]; 2],
    /// The share of pairs of a ham and a spam in which the spam is the later; of the same day it is
    /// half.
    pub spam_is_later: f64,
}

/// A token that nearly all mail of one class holds and nearly none of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakyToken {
    /// The token.
    pub token: String,
    /// Messages that hold it: ham, spam.
    pub emails: [u32; 2],
}

/// What the best models get without all tokens that nearly determine the class by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithoutLeakyTokens {
    /// How many tokens were left out.
    pub tokens: usize,
    /// The best model of each family.
    pub models: Vec<WithoutTokens>,
}

/// What a model gets with all tokens and without some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithoutTokens {
    /// The model.
    pub model: String,
    /// Its error rate with all tokens, mean over folds.
    pub error_with: f64,
    /// The same without those.
    pub error_without: f64,
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The input it stands in.
    #[serde(default)]
    pub file: String,
    /// Line on which it begins.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// Near-duplicates that do not all have the same label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The first ten labelled ham.
    pub ham: Vec<SourceLine>,
    /// The first ten labelled spam.
    pub spam: Vec<SourceLine>,
}

/// Where a message stands in its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Identifier, which names the file where there are several.
    pub id: String,
    /// Line, from 1.
    pub line: u64,
}

/// The messages, column by column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmailTable {
    /// Identifier.
    pub ids: Vec<String>,
    /// True label; None where it is unknown, and then no fold tests the message.
    pub labels: Vec<Option<Label>>,
    /// Group of near-duplicates: the row of its first member.
    pub groups: Vec<u32>,
    /// What kind of ham or spam the source says it is; empty where no message has one.
    pub kinds: Vec<Option<String>>,
    /// Tokens of every kind.
    pub tokens: Vec<u32>,
    /// Language, where it is known.
    pub languages: Vec<Option<String>>,
    /// Whether it holds a link.
    pub links: Vec<bool>,
    /// Whether it is an HTML page.
    pub html: Vec<bool>,
}

impl EmailTable {
    /// The true label of the message in a row; None if it is unknown or there is no such row.
    pub fn label(&self, row: u32) -> Option<Label> {
        self.labels.get(row as usize).copied().flatten()
    }

    /// The identifier of the message in a row; empty if there is no such row.
    pub fn id(&self, row: u32) -> &str {
        self.ids.get(row as usize).map_or("", String::as_str)
    }
}
