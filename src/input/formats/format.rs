//! What an input format is: a row of the table in `formats`, and the reader that the row opens.
//!
//! This file stands below every format and uses none of them.

use crate::base::mail::{Email, Label};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{Labels, Options};
use crate::input::unpack::{Named, without_packing};

/// An input format: how it is told from others, and how it is read.
pub(crate) struct Format {
    /// What it is called in a list of what can be read, in the plural.
    pub name: &'static str,
    /// Endings of file names, without the dot, which speak for it where the content does not
    /// decide.
    pub extensions: &'static [&'static str],
    /// How surely an input that begins like this is of this format.
    pub recognises: fn(&Head<'_>) -> Recognition,
    /// Begins to read an input.
    pub open: OpenFormat,
}

/// Begins to read an input of one format, or of whichever format it is.
pub(crate) type OpenFormat = fn(Named, &Options) -> Result<Box<dyn MailReader>, InputError>;

/// How surely an input is of some format. The surest format reads it; of equals, the one that
/// stands first in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recognition {
    /// It is not.
    No,
    /// Any text can be read as this format.
    Possible,
    /// It looks like it, or its name says so.
    Likely,
    /// Nothing else begins like this.
    Certain,
}

/// What a format is recognised by.
pub(crate) struct Head<'a> {
    /// What the input is called.
    pub name: &'a str,
    /// Its first bytes.
    pub bytes: &'a [u8],
    /// Whether text of no known format is one message here: a file among others, or mail whose
    /// labels nobody reads.
    pub plain_text_is_a_message: bool,
}

impl<'a> Head<'a> {
    /// The head of an input that begins with `bytes`.
    pub fn new(name: &'a str, bytes: &'a [u8], among_others: bool, labels: Labels) -> Head<'a> {
        Head {
            name,
            bytes,
            plain_text_is_a_message: among_others || labels == Labels::Ignored,
        }
    }

    /// The first line, without its end.
    pub fn first_line(&self) -> &'a [u8] {
        let end = memchr::memchr(b'\n', self.bytes).unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }

    /// How surely it is of `format`: by its content, and by its name where that leaves a doubt.
    pub fn recognition(&self, format: &Format) -> Recognition {
        match (format.recognises)(self) {
            Recognition::Possible if self.is_named_as(format) => Recognition::Likely,
            other => other,
        }
    }

    fn is_named_as(&self, format: &Format) -> bool {
        let name = self.name.to_lowercase();
        let extension = without_packing(&name).rsplit('.').next();
        extension.is_some_and(|extension| format.extensions.contains(&extension))
    }
}

/// What a reader comes upon.
pub(crate) enum Entry {
    /// A message.
    Email(Email),
    /// What cannot be used, as it stands.
    Rejected {
        line: u64,
        reason: Reason,
        row: Vec<u8>,
    },
}

/// Reads the mail of one input.
pub(crate) trait MailReader: Send {
    /// What comes next. None at the end.
    fn next(&mut self) -> Result<Option<Entry>, InputError>;
    /// What was taken for what.
    fn described(&self) -> String;
    /// What the user should know of how it was read.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How a plan says of which class all mail of an input is.
pub(crate) fn of_class(label: Option<Label>) -> String {
    label.map_or_else(
        || ", of no class".to_owned(),
        |label| format!(", all {label}"),
    )
}
