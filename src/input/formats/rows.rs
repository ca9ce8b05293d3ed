//! Turns the fields of a row into a message, following the column plan. Tables and JSON share
//! this.

use super::columns::{ColumnPlan, LabelColumn, Whole};
use crate::base::mail::{Content, Email, Label};
use crate::input::account::Reason;
use crate::input::options::LARGEST_MESSAGE;
use crate::input::text::decode;
use encoding_rs::Encoding;

/// Number of bytes that a row may have besides the message.
pub(super) const OTHER_FIELDS: usize = 1 << 20;

/// Turns the fields of rows into mail.
pub(super) struct RowReader {
    pub plan: ColumnPlan,
    encoding: &'static Encoding,
    pub delimiter: u8,
    /// The class of rows without a label of their own.
    label: Option<Label>,
    pub number: u64,
}

impl RowReader {
    /// A reader that has not read any row yet.
    pub fn new(
        plan: ColumnPlan,
        encoding: &'static Encoding,
        delimiter: u8,
        label: Option<Label>,
    ) -> RowReader {
        RowReader {
            plan,
            encoding,
            delimiter,
            label,
            number: 0,
        }
    }

    /// The message in a row of `width` fields.
    pub fn read<'a>(
        &mut self,
        line: u64,
        width: usize,
        field: impl Fn(usize) -> &'a [u8],
    ) -> Result<Email, Reason> {
        self.read_as(self.plan.whole, line, width, field)
    }

    /// The same of a row that says itself whether its text is a `whole` message.
    pub fn read_as<'a>(
        &mut self,
        whole: Whole,
        line: u64,
        width: usize,
        field: impl Fn(usize) -> &'a [u8],
    ) -> Result<Email, Reason> {
        self.number += 1;
        let text_end = self.text_end(width)?;
        let field = |column: Option<usize>| column.filter(|&at| at < width).map_or(&[][..], &field);
        let plan = &self.plan;
        let at = |column: &Option<LabelColumn>| field(column.as_ref().map(|column| column.at));
        let label = self.label(at(&plan.label), at(&plan.second_label))?;
        let (text, subject) = (field(Some(plan.text)), field(plan.subject));
        if text.len() > LARGEST_MESSAGE {
            return Err(Reason::TooLarge);
        }
        let more = (plan.text + 1..text_end).map(|at| field(Some(at)));
        if is_blank(text) && is_blank(subject) && more.clone().all(is_blank) {
            return Err(Reason::EmptyText);
        }
        let content = match whole {
            Whole::No => Content::Fields {
                from: self.decode(field(plan.from)),
                subject: self.decode(subject),
                body: self.body(text, more),
            },
            Whole::ByName | Whole::ByContent => Content::Raw(text.to_vec()),
        };
        let id = match field(plan.id).trim_ascii() {
            [] => self.number.to_string(),
            id => self.decode(id),
        };
        let kind = self.decode(field(plan.kind).trim_ascii());
        Ok(Email {
            id,
            line,
            label,
            kind: Some(kind).filter(|kind| !kind.is_empty()),
            content,
        })
    }

    /// The end of the columns in which the text of a row of `width` fields goes on, if the row can
    /// be one of this table at all.
    fn text_end(&self, width: usize) -> Result<usize, Reason> {
        let plan = &self.plan;
        let expected = plan.names.len();
        let label = plan.label.as_ref();
        let enough = width > plan.text && label.is_none_or(|label| width > label.at);
        // Fields beyond the last column are text with delimiters that nobody quoted, if the text
        // comes last.
        let overflows = plan.text_end == expected && plan.whole == Whole::No;
        if !enough || width > expected && !overflows {
            return Err(Reason::FieldCount {
                expected,
                found: width,
            });
        }
        Ok(if width > expected {
            width
        } else {
            plan.text_end
        })
    }

    /// The class of a row by its label as it is `written` and the `second` one, if they agree.
    fn label(&self, written: &[u8], second: &[u8]) -> Result<Option<Label>, Reason> {
        let label = self.plan.label_of(&self.decode(written))?.or(self.label);
        match self.plan.second_label_of(&self.decode(second)) {
            Some(other) if label.is_some_and(|label| label != other) => Err(Reason::LabelsDisagree),
            _ => Ok(label),
        }
    }

    /// A text with the fields after it that belong to it.
    fn body<'a>(&self, text: &[u8], more: impl Iterator<Item = &'a [u8]>) -> String {
        let mut body = self.decode(text);
        for more in more.filter(|more| !more.is_empty()) {
            body.push(char::from(self.delimiter));
            body.push_str(&self.decode(more));
        }
        body
    }

    fn decode(&self, bytes: &[u8]) -> String {
        decode(bytes, self.encoding).into_owned()
    }
}

fn is_blank(field: &[u8]) -> bool {
    field.trim_ascii().is_empty()
}
