//! What a message is before anything has been read out of it, and the two classes it can belong to.
//!
//! An [`Email`] is what `input` hands to `tokenize`: an identifier, where it came from, its label
//! if it has one, and its content either as a whole RFC 5322 message or as the fields of a table.
//! Nothing here decodes anything.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The two classes. Spam is the positive class throughout: scores above 0 mean spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Mail its reader wants.
    Ham,
    /// Mail its reader does not want.
    Spam,
}

impl Label {
    /// Both classes, ham first: the order of every table indexed by [`Label::index`].
    pub const BOTH: [Label; 2] = [Label::Ham, Label::Spam];

    /// 0 for ham, 1 for spam.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Spam if `is_spam`, else ham.
    pub const fn from_is_spam(is_spam: bool) -> Label {
        if is_spam { Label::Spam } else { Label::Ham }
    }

    /// Whether this is spam.
    pub const fn is_spam(self) -> bool {
        matches!(self, Label::Spam)
    }

    /// +1 for spam, -1 for ham: the `y` of margins and losses.
    pub const fn sign(self) -> f64 {
        if self.is_spam() { 1.0 } else { -1.0 }
    }

    /// `ham` or `spam`.
    pub const fn name(self) -> &'static str {
        if self.is_spam() { "spam" } else { "ham" }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A whole message as it is stored or sent: headers, an empty line, the body. Any bytes.
    Raw(Vec<u8>),
    /// Columns of a table; `body` may be plain text or HTML. An absent field is empty.
    Fields {
        /// The sender as written, for instance `Ann <ann@example.org>`.
        from: String,
        /// The subject line, decoded.
        subject: String,
        /// The text of the message.
        body: String,
    },
}

impl Content {
    /// Subject and body of a message whose sender is not known.
    pub fn text(subject: impl Into<String>, body: impl Into<String>) -> Content {
        Content::Fields {
            from: String::new(),
            subject: subject.into(),
            body: body.into(),
        }
    }

    /// Bytes held, for progress and limits.
    pub fn len(&self) -> usize {
        match self {
            Content::Raw(bytes) => bytes.len(),
            Content::Fields {
                from,
                subject,
                body,
            } => from.len() + subject.len() + body.len(),
        }
    }

    /// Whether there is not a single byte to read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One message as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The identifier its source gives it (an `id` column, a file name), else its row number.
    pub id: String,
    /// Line in the source on which it begins, from 1; 1 for a file of its own.
    pub line: u64,
    /// Its class, where its source says so.
    pub label: Option<Label>,
    /// What kind of ham or spam it is, where its source has a column `kind`: for the reports, never
    /// read by a model.
    pub kind: Option<String>,
    /// The message itself.
    pub content: Content,
}

impl Email {
    /// A message that stands alone, of no known kind.
    pub fn new(id: impl Into<String>, label: Option<Label>, content: Content) -> Email {
        Email {
            id: id.into(),
            line: 1,
            label,
            kind: None,
            content,
        }
    }

    /// A whole message of unknown class, as it is stored or sent.
    pub fn message(id: &str, bytes: Vec<u8>) -> Email {
        Email::new(id, None, Content::Raw(bytes))
    }
}
