//! Reads the mail of one or more inputs, batch by batch, and keeps an account of every row.

use super::account::{IngestReport, Reason};
use super::error::InputError;
use super::formats::folder::{Detection, Folder, Listing};
use super::formats::memory::{Handed, MemoryReader};
use super::formats::{Entry, MailReader, Named, StatedClass, detect, holds, table};
use super::options::{BadRows, Labels, Options};
use super::plan::plan_of;
use super::unpack::{FileRef, Meter, Opened, metered, unpack};
use crate::base::files::{Unfinished, reason};
use crate::base::mail::Email;
use crate::base::shown::CsvText;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

/// A batch is full after this number of bytes or of messages.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_EMAILS: usize = 512;

/// One input of a source.
struct Input {
    name: String,
    reader: Box<dyn MailReader>,
}

/// An iterator over batches of mail from one or more inputs.
///
/// ```
/// use spamlab::base::mail::Label;
/// use spamlab::input::{self, Options};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("mail.csv");
/// std::fs::write(&path, "label,text\nspam,claim your prize\nham,lunch at noon\nno,\n")?;
///
/// let options = Options {
///     bad_rows: input::BadRows::Skip,
///     ..Options::default()
/// };
/// let mut source = input::open(&path, &options)?;
/// let mut labels = Vec::new();
/// for batch in &mut source {
///     labels.extend(batch?.into_iter().map(|email| email.label));
/// }
/// assert_eq!(labels, [Some(Label::Spam), Some(Label::Ham)]);
///
/// // The last row has no text.
/// assert_eq!((source.account().read(), source.account().rejected()), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Source {
    name: String,
    size: Option<u64>,
    meter: Meter,
    inputs: VecDeque<Input>,
    plan: Vec<String>,
    notes: Vec<String>,
    account: IngestReport,
    labels: Labels,
    bad_rows: BadRows,
    rejects: Option<Rejects>,
}

/// Opens one input: a file, a folder, or `-` for standard input.
pub fn open(path: &Path, options: &Options) -> Result<Source, InputError> {
    open_all(&[path.to_owned()], options)
}

/// Opens several inputs as one data set.
pub fn open_all(paths: &[PathBuf], options: &Options) -> Result<Source, InputError> {
    let meter = Meter::new(options.hash);
    let (mut inputs, mut size) = (VecDeque::new(), Some(0));
    for path in paths {
        let (opened, bytes) = open_path(path, options, &meter)?;
        inputs.push_back(opened);
        size = size.zip(bytes).map(|(size, bytes)| size + bytes);
    }
    let name = match paths {
        [] => String::new(),
        [only] => name_of(only),
        [first, more @ ..] => format!("{} and {} more", name_of(first), more.len()),
    };
    Source::new(name, size, meter, inputs, options)
}

/// Opens the input at a path, and returns it with its size in bytes if that is known.
fn open_path(
    path: &Path,
    options: &Options,
    meter: &Meter,
) -> Result<(Input, Option<u64>), InputError> {
    let name = name_of(path);
    let failed = |source| InputError::from_io(&name, 0, source);
    let one = |name: String, stream, spoken: &str| {
        let class = StatedClass::of(spoken, options);
        let named = Named {
            class,
            ..Named::new(&name, stream)
        };
        let reader = detect(named, options)?;
        Ok(Input { name, reader })
    };
    if path == Path::new("-") {
        let stream = unpack(metered(io::stdin(), meter), &name)?;
        return Ok((one(name, stream, "")?, None));
    }
    let detection = Detection {
        open: detect,
        holds,
    };
    let several = |files: Vec<FileRef>, left_out: Vec<String>| {
        if files.is_empty() && left_out.is_empty() {
            let file = name.clone();
            return Err(InputError::Empty { file });
        }
        let reader = Folder::new(path, files, left_out, (options, meter), detection);
        let (name, reader) = (name.clone(), Box::new(reader));
        Ok(Input { name, reader })
    };
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        let listing = Listing::of(path)?;
        let size = listing.size();
        let files = listing.files.into_iter().map(FileRef::new).collect();
        return Ok((several(files, listing.left_out)?, Some(size)));
    }
    let file = FileRef::new(path.to_owned());
    let input = match file.open(meter)? {
        Opened::Stream(stream) => one(name, stream, &file.name_below_folders()),
        Opened::Members(members) => match &members[..] {
            [member] => match member.open(meter)? {
                Opened::Stream(stream) => one(member.name(), stream, &member.name_below_folders()),
                Opened::Members(_) => several(members, Vec::new()),
            },
            _ => several(members, Vec::new()),
        },
    };
    Ok((input?, Some(about.len())))
}

fn name_of(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// The mail that comes with the program.
pub fn builtin(options: &Options) -> Result<Source, InputError> {
    let mail: &'static [u8] = include_bytes!("../../data/emails.csv");
    let name = "the mail that comes with the program".to_owned();
    let meter = Meter::new(options.hash);
    let named = Named::new(&name, metered(mail, &meter));
    let reader = (table::FORMAT.open)(named, options)?;
    let inputs = [Input {
        name: name.clone(),
        reader,
    }]
    .into();
    Source::new(name, Some(mail.len() as u64), meter, inputs, options)
}

/// Opens a table that another program hands over.
///
/// ```
/// use spamlab::base::mail::Content;
/// use spamlab::input::{Cell, Handed, Labels, MemoryTable, Options, open_table};
///
/// let text = |text: &str| Cell::Text(text.to_owned());
/// let table = MemoryTable {
///     name: "two messages".to_owned(),
///     columns: vec!["text".to_owned()],
///     rows: vec![vec![text("lunch at noon")], vec![text("Subject: prize\n\nClaim it")]],
/// };
/// let options = Options {
///     labels: Labels::Ignored,
///     ..Options::default()
/// };
/// let source = open_table(&Handed::Whole(table.into()), &options)?;
/// let emails: Vec<_> = source.collect::<Result<Vec<_>, _>>()?.concat();
/// assert_eq!(emails[0].content, Content::text("", "lunch at noon"));
/// assert!(matches!(emails[1].content, Content::Raw(_)));
/// # Ok::<(), spamlab::input::InputError>(())
/// ```
pub fn open_table(table: &Handed, options: &Options) -> Result<Source, InputError> {
    let meter = Meter::new(options.hash);
    let reader = MemoryReader::new(table, options, &meter)?;
    let name = table.name().to_owned();
    let inputs = [Input {
        name: name.clone(),
        reader: Box::new(reader),
    }];
    Source::new(name, table.size(), meter, inputs.into(), options)
}

impl Source {
    fn new(
        name: String,
        size: Option<u64>,
        meter: Meter,
        inputs: VecDeque<Input>,
        options: &Options,
    ) -> Result<Source, InputError> {
        let described = inputs.iter();
        let described = described.map(|input| (input.name.as_str(), input.reader.described()));
        Ok(Source {
            name,
            size,
            meter,
            plan: plan_of(&described.collect::<Vec<_>>()),
            inputs,
            notes: Vec::new(),
            account: IngestReport::default(),
            labels: options.labels,
            bad_rows: options.bad_rows,
            rejects: options.rejects.as_deref().map(Rejects::begin).transpose()?,
        })
    }

    /// What the user calls the source.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The column plan or other description of how inputs are read, one line for all that are read
    /// alike.
    pub fn plan(&self) -> &[String] {
        &self.plan
    }

    /// Remarks for the user about how the inputs were read; complete at the end.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The account of the rows read so far.
    pub fn account(&self) -> &IngestReport {
        &self.account
    }

    /// Number of bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.meter.bytes()
    }

    /// Size of all inputs in bytes, if it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// SHA-256 of the bytes read so far, in hexadecimal, if the options asked for it.
    pub fn sha256(&self) -> Option<String> {
        self.meter.sha256()
    }

    /// Fails if both classes are needed and the mail that was read has only one class, or none. To
    /// be called at the end, after the user was told what was read.
    pub fn require_classes(&self) -> Result<(), InputError> {
        if self.labels == Labels::BothClasses {
            self.account.require_both_classes(&self.name)?;
        }
        Ok(())
    }

    /// The batches. After each one, `on_bytes` gets the number of bytes read since the last call,
    /// for a progress bar.
    pub fn with_progress(
        &mut self,
        mut on_bytes: impl FnMut(u64) + Send,
    ) -> impl Iterator<Item = Result<Vec<Email>, InputError>> + Send {
        let mut told = self.bytes_read();
        std::iter::from_fn(move || {
            let batch = self.next();
            let read = self.bytes_read();
            on_bytes(read - told);
            told = read;
            batch
        })
    }

    fn next_batch(&mut self) -> Result<Option<Vec<Email>>, InputError> {
        let mut batch = Vec::with_capacity(BATCH_EMAILS);
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_EMAILS {
            let Some(input) = self.inputs.front_mut() else {
                break;
            };
            match input.reader.next()? {
                Some(Entry::Email(mail)) => {
                    self.account.keep(mail.label);
                    bytes += mail.content.len();
                    batch.push(mail);
                }
                Some(Entry::Rejected { line, reason, row }) => {
                    let file = input.name.clone();
                    self.reject(&file, line, reason, &row)?;
                }
                Some(Entry::LeftOut(name)) => self.account.leave_out(name),
                None => {
                    let (name, notes) = (&input.name, input.reader.notes());
                    self.notes
                        .extend(notes.into_iter().map(|note| format!("{name}: {note}")));
                    self.inputs.pop_front();
                    if self.inputs.is_empty() {
                        self.end()?;
                    }
                }
            }
        }
        Ok(if batch.is_empty() { None } else { Some(batch) })
    }

    fn reject(
        &mut self,
        file: &str,
        line: u64,
        reason: Reason,
        row: &[u8],
    ) -> Result<(), InputError> {
        if self.bad_rows == BadRows::Fail {
            return Err(InputError::BadRow {
                file: file.to_owned(),
                line,
                reason: reason.to_string(),
            });
        }
        if let Some(rejects) = &mut self.rejects {
            rejects.write(file, line, &reason, row)?;
        }
        self.account.reject(file, line, reason);
        Ok(())
    }

    /// Closes the file of rejects and fails if too few rows could be used.
    fn end(&mut self) -> Result<(), InputError> {
        if let Some(rejects) = self.rejects.take() {
            rejects.finish()?;
        }
        let (file, read, rejected) = (
            self.name.clone(),
            self.account.read(),
            self.account.rejected(),
        );
        self.notes.extend(self.account.left_out_in_words());
        if read == 0
            && let Some(first) = self.account.left_out_names().first()
        {
            return Err(InputError::NoMail {
                file,
                files: self.account.left_out(),
                first: first.clone(),
            });
        }
        let reasons = self.account.reasons();
        if self.account.kept() == 0 {
            return Err(InputError::NoUsableRow {
                file,
                read,
                reasons,
            });
        }
        if self.bad_rows == BadRows::Few && rejected * 20 > read {
            return Err(InputError::TooManyRejected {
                file,
                rejected,
                read,
                reasons,
            });
        }
        Ok(())
    }
}

/// Yields batches of about a megabyte and at most 512 messages. The last item is an error if no row
/// could be used, or if too many could not.
impl Iterator for Source {
    type Item = Result<Vec<Email>, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}

/// The CSV file to which rejected rows are written.
struct Rejects {
    path: PathBuf,
    writer: csv::Writer<Unfinished>,
}

impl Rejects {
    fn begin(path: &Path) -> Result<Rejects, InputError> {
        let file = Unfinished::create(path).map_err(|error| unwritable(path, &error))?;
        let mut writer = csv::Writer::from_writer(file);
        writer
            .write_record(["file", "line", "reason", "row"])
            .map_err(|error| unwritable(path, &error.into()))?;
        let path = path.to_owned();
        Ok(Rejects { path, writer })
    }

    fn write(
        &mut self,
        file: &str,
        line: u64,
        reason: &Reason,
        row: &[u8],
    ) -> Result<(), InputError> {
        let (line, reason) = (line.to_string(), reason.to_string());
        // Whoever looks at it may do so with a spreadsheet.
        let (file, row) = (CsvText::Safe.cell(file), CsvText::Safe.bytes(row));
        let fields = [file.as_bytes(), line.as_bytes(), reason.as_bytes(), &row];
        let written = self.writer.write_record(fields);
        written.map_err(|error| unwritable(&self.path, &error.into()))
    }

    /// Completes the file and gives it its name.
    fn finish(self) -> Result<(), InputError> {
        let whole = self
            .writer
            .into_inner()
            .map_err(csv::IntoInnerError::into_error);
        whole
            .and_then(Unfinished::finish)
            .map_err(|error| unwritable(&self.path, &error))
    }
}

fn unwritable(path: &Path, error: &io::Error) -> InputError {
    InputError::Unwritable {
        file: path.display().to_string(),
        why: reason(error),
    }
}
