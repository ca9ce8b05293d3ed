//! Defines an input format: a row of the table in `formats`, and the reader that the row opens.
//!
//! Every format uses this file, which uses none of them.

use crate::base::mail::{Email, Label};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::labels;
use crate::input::options::{Labels, Options};
use crate::input::unpack::{ByteStream, peek, without_packing};
use encoding_rs::Encoding;
use std::fmt;

/// Number of bytes at the beginning of an input that its format is detected from.
pub(crate) const HEAD: usize = 4 << 10;

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

/// A stream with its name, and what is known of it besides.
pub(crate) struct Named {
    pub name: String,
    pub stream: ByteStream,
    /// Whether it is one file of several, so that it may be rejected alone.
    pub among_others: bool,
    /// The class of its mail, and who says so, unless its rows tell.
    pub class: Option<StatedClass>,
    /// The encoding from which the stream was converted to UTF-8, if it was UTF-16.
    pub converted_from: Option<&'static Encoding>,
}

impl Named {
    /// A stream of which nothing else is known.
    pub fn new(name: &str, stream: ByteStream) -> Named {
        Named {
            name: name.to_owned(),
            stream,
            among_others: false,
            class: None,
            converted_from: None,
        }
    }

    /// The class of its mail, unless its rows tell.
    pub fn label(&self) -> Option<Label> {
        self.class.as_ref().map(|class| class.label)
    }
}

/// The class of all mail of a file, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StatedClass {
    pub label: Label,
    /// The name of the file, or of a folder above it, that says so; None if the user says so.
    pub name: Option<String>,
}

impl StatedClass {
    /// The class of the mail at `path`, which begins with what the user named: as the user says, or
    /// as a name in the path says.
    pub fn of(path: &str, options: &Options) -> Option<StatedClass> {
        let said = options.label.map(|label| StatedClass { label, name: None });
        said.or_else(|| {
            let (label, name) = labels::of_path(path)?;
            let name = Some(name.to_owned());
            Some(StatedClass { label, name })
        })
    }

    /// The part of a description that tells the class of all mail in an input.
    pub fn described(class: Option<&StatedClass>) -> String {
        class.map_or_else(
            || ", of no class".to_owned(),
            |class| format!(", all {} {class}", class.label),
        )
    }
}

impl fmt::Display for StatedClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            None => f.write_str("as stated for all mail"),
            Some(name) => write!(f, "by the name `{name}`"),
        }
    }
}

/// What a file among others holds, judged by its beginning alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Mail in a known format.
    Mail,
    /// Text, which may be a message without a head.
    Text,
    /// No text.
    Binary,
}

impl Holds {
    /// Judges the beginning of a stream, and returns the whole stream.
    pub fn peeked(
        name: &str,
        stream: ByteStream,
        judge: fn(&str, &[u8]) -> Holds,
    ) -> Result<(Holds, ByteStream), InputError> {
        let (head, stream) = peek(stream, name, HEAD)?;
        Ok((judge(name, &head), stream))
    }
}

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
    /// A file that is not mail: its name, and the reason if it may be mail after all.
    LeftOut(String),
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
