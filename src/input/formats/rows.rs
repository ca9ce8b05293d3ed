//! Turns the fields of a row into a message, following the column plan. Tables and JSON lines share
//! this.

use super::columns::ColumnPlan;
use crate::base::mail::{Content, Email, Label};
use crate::input::account::Reason;
use crate::input::options::LARGEST_MESSAGE;
use crate::input::text::decode;
use encoding_rs::Encoding;

/// Number of bytes that a row may have besides the message.
pub(super) const OTHER_FIELDS: usize = 1 << 20;
/// Largest number of spellings of labels that are remembered.
const MOST_LABELS: usize = 16;

/// Turns the fields of rows into mail.
pub(super) struct RowReader {
    pub plan: ColumnPlan,
    encoding: &'static Encoding,
    pub delimiter: u8,
    /// The class of rows without a label of their own.
    label: Option<Label>,
    /// Labels of the rows read so far, in their original spelling.
    pub labels_seen: Vec<Vec<u8>>,
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
            labels_seen: Vec::new(),
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
        self.number += 1;
        let goes_on = self.text_goes_on(width)?;
        let field = |column: Option<usize>| column.filter(|&at| at < width).map_or(&[][..], &field);
        let label = self.label(field(self.plan.label), field(self.plan.second_label))?;
        let plan = &self.plan;
        let (text, subject) = (field(Some(plan.text)), field(plan.subject));
        if text.len() > LARGEST_MESSAGE {
            return Err(Reason::TooLarge);
        }
        if text.trim_ascii().is_empty() && subject.trim_ascii().is_empty() {
            return Err(Reason::EmptyText);
        }
        let content = if plan.whole_messages {
            Content::Raw(text.to_vec())
        } else {
            let end = if goes_on { width } else { plan.text + 1 };
            let more = (plan.text + 1..end).map(|at| field(Some(at)));
            Content::Fields {
                from: self.decode(field(plan.from)),
                subject: self.decode(subject),
                body: self.body(text, more),
            }
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

    /// Whether the text of a row of `width` fields goes on after its column, if the row can be one
    /// of this table at all.
    fn text_goes_on(&self, width: usize) -> Result<bool, Reason> {
        let plan = &self.plan;
        let expected = plan.names.len();
        let enough = width > plan.text && plan.label.is_none_or(|label| width > label);
        // Fields beyond the last column are text with delimiters that nobody quoted, if the text
        // comes last.
        let overflows = width > expected && plan.text + 1 == expected && !plan.whole_messages;
        let goes_on = overflows || plan.text_goes_on;
        if !enough || width > expected && !goes_on {
            return Err(Reason::FieldCount {
                expected,
                found: width,
            });
        }
        Ok(goes_on)
    }

    /// The class of a row by its label as it is `written` and the `second` one, if they agree.
    fn label(&mut self, written: &[u8], second: &[u8]) -> Result<Option<Label>, Reason> {
        let meaning = |label: &[u8]| self.plan.label_of(&String::from_utf8_lossy(label));
        let stated = meaning(written)?;
        if stated.is_some()
            && self.labels_seen.len() < MOST_LABELS
            && !self.labels_seen.iter().any(|seen| seen == written)
        {
            self.labels_seen.push(written.to_vec());
        }
        let label = stated.or(self.label);
        match meaning(second) {
            Ok(Some(other)) if label.is_some_and(|label| label != other) => {
                Err(Reason::LabelsDisagree)
            }
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
