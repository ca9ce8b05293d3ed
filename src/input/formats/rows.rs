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
        let RowReader {
            plan,
            encoding,
            delimiter,
            label: otherwise,
            labels_seen,
            number,
        } = self;
        let expected = plan.names.len();
        let enough = width > plan.text && plan.label.is_none_or(|label| width > label);
        // If the text is the last column, fields beyond it are text that contains unquoted
        // delimiters.
        let overflowing = width > expected && plan.text + 1 == expected && !plan.whole_messages;
        if !enough || width > expected && !overflowing && !plan.text_goes_on {
            return Err(Reason::FieldCount {
                expected,
                found: width,
            });
        }
        let field = |column: Option<usize>| column.filter(|&at| at < width).map_or(&[][..], &field);
        let string = |bytes: &[u8]| decode(bytes, encoding).into_owned();
        let stated = plan.label_of(&String::from_utf8_lossy(field(plan.label)))?;
        let written = field(plan.label);
        if stated.is_some()
            && labels_seen.len() < MOST_LABELS
            && !labels_seen.iter().any(|seen| seen == written)
        {
            labels_seen.push(written.to_vec());
        }
        let label = stated.or(*otherwise);
        if let Some(second) = plan.second_label
            && let Ok(Some(other)) = plan.label_of(&String::from_utf8_lossy(field(Some(second))))
            && label.is_some_and(|label| label != other)
        {
            return Err(Reason::LabelsDisagree);
        }
        let text = field(Some(plan.text));
        if text.len() > LARGEST_MESSAGE {
            return Err(Reason::TooLarge);
        }
        let subject = field(plan.subject);
        if text.trim_ascii().is_empty() && subject.trim_ascii().is_empty() {
            return Err(Reason::EmptyText);
        }
        let content = if plan.whole_messages {
            Content::Raw(text.to_vec())
        } else {
            let mut body = string(text);
            if overflowing || plan.text_goes_on {
                for more in (plan.text + 1..width)
                    .map(|at| field(Some(at)))
                    .filter(|more| !more.is_empty())
                {
                    body.push(char::from(*delimiter));
                    body.push_str(&string(more));
                }
            }
            Content::Fields {
                from: string(field(plan.from)),
                subject: string(subject),
                body,
            }
        };
        let id = match field(plan.id).trim_ascii() {
            [] => number.to_string(),
            id => string(id),
        };
        let kind = Some(string(field(plan.kind).trim_ascii())).filter(|kind| !kind.is_empty());
        Ok(Email {
            id,
            line,
            label,
            kind,
            content,
        })
    }
}
