//! Defines an input format: a row of the table in `formats`, and the reader that the row opens.
//!
//! Every format uses this file, which uses none of them.

use crate::base::mail::{Email, Label};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{Labels, Options};
use crate::input::unpack::{Named, without_packing};

/// An input format: how it is recognised and how it is read.
pub(crate) struct Format {
    /// Its name in the list of accepted inputs, in the plural.
    pub name: &'static str,
    /// File name extensions without the dot, which favour this format if the content does not
    /// decide.
    pub extensions: &'static [&'static str],
    /// Tells how certain it is that an input with this head has this format.
    pub recognises: fn(&Head<'_>) -> Recognition,
    /// Opens an input for reading.
    pub open: OpenFormat,
}

/// Opens an input of one format, or detects its format first.
pub(crate) type OpenFormat = fn(Named, &Options) -> Result<Box<dyn MailReader>, InputError>;

/// How certain it is that an input has some format. The most certain format reads it; of equally
/// certain ones, the first in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recognition {
    /// It does not have this format.
    No,
    /// Any text can be read as this format.
    Possible,
    /// It looks like this format, or its name says so.
    Likely,
    /// No other format begins like this.
    Certain,
}

/// The beginning of an input, from which its format is recognised.
pub(crate) struct Head<'a> {
    /// The name of the input.
    pub name: &'a str,
    /// The first bytes of the input.
    pub bytes: &'a [u8],
    /// Whether text in no known format counts as one message: it does in a file among others, and
    /// if labels are ignored.
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

    /// The first line, without its line end.
    pub fn first_line(&self) -> &'a [u8] {
        let end = memchr::memchr(b'\n', self.bytes).unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }

    /// How certain it is that the input has this format, by its content, and by its name if the
    /// content leaves doubt.
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

/// What a reader finds next.
pub(crate) enum Entry {
    /// A message.
    Email(Email),
    /// A row that cannot be used.
    Rejected {
        line: u64,
        reason: Reason,
        row: Vec<u8>,
    },
}

/// Reads the mail of one input, entry by entry.
pub(crate) trait MailReader: Send {
    /// The next entry. None at the end.
    fn next(&mut self) -> Result<Option<Entry>, InputError>;
    /// How the input is read, for the user.
    fn described(&self) -> String;
    /// Remarks for the user about how the input was read; complete at the end.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The part of a description that tells the class of all mail in an input.
pub(crate) fn of_class(label: Option<Label>) -> String {
    label.map_or_else(
        || ", of no class".to_owned(),
        |label| format!(", all {label}"),
    )
}
