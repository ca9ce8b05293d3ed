//! Reads lines of counts and adds them up.

use super::header::{FORMAT, Header, program};
use super::line::Line;
use crate::dataset::{StreamedCounts, hashing};
use crate::input::open_stream;
use crate::lab::error::LabError;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// Bytes of the longest line: a message that was drawn.
const LONGEST_LINE: u64 = 256 << 20;

/// Counts of a data set.
pub struct Counts {
    /// The counts.
    pub(super) sums: StreamedCounts,
    /// Rows of the data set that could not be used.
    pub(super) rejected: u64,
    /// Messages without a label.
    pub(super) unlabelled: u64,
}

impl Counts {
    /// Reads the counts of files, of all files of folders, and of `-`, standard input. Hidden files
    /// and those whose name begins with `_`, as Spark and Hadoop write them, are passed over.
    pub fn read(paths: &[PathBuf]) -> Result<Counts, LabError> {
        let mut reader = CountsReader::default();
        for path in files(paths)? {
            let (name, mut stream) = open_stream(&path)?;
            reader.read(&name, &mut stream)?;
        }
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        reader.finish(&names.join(", "))
    }
}

/// The files of these paths, those of a folder in the order of their names.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LabError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |error| LabError::Unreadable {
            path: path.clone(),
            error,
        };
        let mut found = Vec::new();
        for entry in path.read_dir().map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            if !is_passed_over(&entry) {
                found.push(entry);
            }
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    path.is_dir() || name.is_some_and(|name| name.starts_with(['.', '_']))
}

/// Adds lines up.
#[derive(Default)]
pub struct CountsReader {
    of: Option<(Header, Counts)>,
}

impl CountsReader {
    /// Reads all lines of a stream; `name` is what it is called.
    pub fn read(&mut self, name: &str, stream: &mut dyn BufRead) -> Result<(), LabError> {
        let mut bytes = Vec::new();
        for number in 1.. {
            let wrong = |why: String| LabError::Counts {
                file: name.to_owned(),
                line: number,
                why,
            };
            bytes.clear();
            let mut line = stream.take(LONGEST_LINE);
            let read = line.read_until(b'\n', &mut bytes);
            if read.map_err(|error| wrong(error.to_string()))? == 0 {
                break;
            }
            if bytes.len() as u64 == LONGEST_LINE {
                return Err(wrong("it is longer than any row of counts".to_owned()));
            }
            let text =
                std::str::from_utf8(&bytes).map_err(|_| wrong("it is no text".to_owned()))?;
            let text = text.strip_suffix('\n').unwrap_or(text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            self.add(text).map_err(wrong)?;
        }
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let line = Line::read(text)?;
        if let Some(header) = line.header() {
            return self.add_header(header, [line.ham, line.spam]);
        }
        let Some((_, Counts { sums, .. })) = &mut self.of else {
            return Err(
                "it stands before the row of kind `counts`, which says how mail was counted"
                    .to_owned(),
            );
        };
        line.row(|row| sums.add_row(&row))?
            .map_err(|error| error.to_string())
    }

    fn add_header(&mut self, text: &str, [rejected, unlabelled]: [u64; 2]) -> Result<(), String> {
        let header: Header = serde_json::from_str(text)
            .map_err(|error| format!("how mail was counted cannot be read: {error}"))?;
        let here = (FORMAT, program(), hashing());
        if (header.format, header.program.clone(), header.hashing) != here {
            let (by, here) = (&header.program, program());
            return Err(format!(
                "counted by {by}, which may split mail otherwise than {here}"
            ));
        }
        let drawn = header.drawn;
        let (first, counts) = self.of.get_or_insert_with(|| {
            let sums = StreamedCounts::drawing(&header.recipe, header.seed, drawn);
            let counts = Counts {
                sums,
                rejected: 0,
                unlabelled: 0,
            };
            (header.clone(), counts)
        });
        if header.recipe != first.recipe {
            return Err("counted by another recipe of tokens than the rows before".to_owned());
        }
        if header.seed != first.seed {
            let (seed, first) = (header.seed, first.seed);
            return Err(format!(
                "counted with seed {seed}, the rows before with {first}"
            ));
        }
        counts.sums.draw_no_more_than(drawn);
        counts.rejected = counts.rejected.saturating_add(rejected);
        counts.unlabelled = counts.unlabelled.saturating_add(unlabelled);
        Ok(())
    }

    /// The counts, if they are whole. `name` is what all that was read is called.
    pub fn finish(self, name: &str) -> Result<Counts, LabError> {
        let wrong = |why: String| LabError::WrongCounts {
            what: name.to_owned(),
            why,
        };
        let Some((_, counts)) = self.of else {
            return Err(wrong("there are no counts in it".to_owned()));
        };
        counts
            .sums
            .check()
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Counts {
            sums: counts.sums.settled(),
            ..counts
        })
    }
}
