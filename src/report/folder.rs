//! The folder of a report: `experiment.json`, `timing.json`, `report.md`, `report.html`, `tables/`
//! and `charts/`.
//!
//! The folder takes the place of an older report when it is whole: whoever looks finds the old one
//! or the new one. The experiment is written first, so that the work is not lost if a chart cannot
//! be drawn. A folder that holds something else is left alone, and so are files of others in it.

use super::alone::{ALONE, StandsAlone};
use super::charts::{self, CHARTS};
use super::documents;
use super::documents::tables::DataTable;
use super::documents::{AlonePage, Drawing};
use super::error::ReportError;
use super::figure::Figure;
use super::ink;
use super::side_by_side::SideBySide;
use crate::base::files::{self, NewFolder, read_text};
use crate::base::shown::CsvText;
use crate::results::{Experiment, SCHEMA, Timing};
use rayon::prelude::*;
use serde::Serialize;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

const EXPERIMENT: &str = "experiment.json";
/// What several experiments have side by side, in place of an experiment.
const SIDE_BY_SIDE: &str = "side_by_side.json";
const TIMING: &str = "timing.json";
const MARKDOWN: &str = "report.md";
const PAGE: &str = "report.html";
const CHART_FILES: &str = "charts";
const TABLES: &str = "tables";
/// Bytes of the largest `experiment.json` that is read.
const MOST: u64 = 512 << 20;

/// How a report is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportOptions<'a> {
    /// The command that repeats the experiment, if the report should name one.
    pub repeat: Option<&'a str>,
    /// The command that trains a model with the threshold that the page shows, if it should name
    /// one: `{model}` and `{probability}` stand for both.
    pub train: Option<&'a str>,
    /// How text stands in its tables.
    pub csv: CsvText,
}

/// Writes the whole report of an experiment into `folder`, which is created if necessary.
pub fn write(
    experiment: &Experiment,
    timing: Option<&Timing>,
    folder: &Path,
    options: &ReportOptions<'_>,
) -> Result<(), ReportError> {
    check_folder(folder)?;
    let is_first = !folder.join(EXPERIMENT).exists();
    let new = NewFolder::create(folder).map_err(failed("write", folder))?;
    json(new.path(), EXPERIMENT, experiment).map_err(in_folder(folder))?;
    let filled = fill(new.path(), experiment, timing, options);
    // The experiment alone is a report that can be drawn again, unless it costs an older one.
    if filled.is_ok() || is_first || !matches!(filled, Err(ReportError::File { .. })) {
        new.finish(&is_of_report).map_err(failed("write", folder))?;
    }
    filled.map_err(in_folder(folder))
}

/// Writes a report of several experiments side by side into `folder`, which is created if
/// necessary: `side_by_side.json`, `report.md`, `report.html`, `tables/` and `charts/`.
pub fn write_side_by_side(
    all: &SideBySide,
    folder: &Path,
    texts: CsvText,
) -> Result<(), ReportError> {
    check(folder, SIDE_BY_SIDE)?;
    let new = NewFolder::create(folder).map_err(failed("write", folder))?;
    let fill = |folder: &Path| {
        json(folder, SIDE_BY_SIDE, &all.saved())?;
        let drawn = charts::side_by_side(all).into_par_iter().map(drawing);
        let drawings = drawn.collect::<Result<Vec<Drawing>, ReportError>>()?;
        fill_parts(
            folder,
            &drawings,
            documents::tables::side_by_side(all),
            texts,
        )?;
        let text = documents::side_by_side_markdown(all, &drawings);
        file(folder, MARKDOWN, text.as_bytes())?;
        let page = documents::side_by_side_html(all, &drawings)?;
        file(folder, PAGE, page.as_bytes())
    };
    fill(new.path()).map_err(in_folder(folder))?;
    new.finish(&is_of_report).map_err(failed("write", folder))
}

/// Writes what stands alone into `folder`, which is created if necessary: its file with all of it,
/// `report.md`, `report.html`, `tables/` and `charts/`. Its headline is the question.
pub fn write_alone<T: StandsAlone>(
    found: &T,
    question: &str,
    folder: &Path,
    texts: CsvText,
) -> Result<(), ReportError> {
    check_alone::<T>(folder)?;
    let new = NewFolder::create(folder).map_err(failed("write", folder))?;
    let fill = |folder: &Path| {
        let saved = Alone {
            schema: SCHEMA,
            program: concat!("spamlab ", env!("CARGO_PKG_VERSION")),
            found,
        };
        json(folder, &file_of(T::NAME), &saved)?;
        let drawn = found.figures().into_par_iter().map(drawing);
        let drawings = drawn.collect::<Result<Vec<Drawing>, ReportError>>()?;
        let tables = found.tables();
        let page = AlonePage {
            name: T::NAME,
            mail: found.mail(),
            question,
            words: found.words(),
            program: saved.program,
            tables: &tables,
        };
        let text = documents::alone_markdown(&page, &drawings);
        file(folder, MARKDOWN, text.as_bytes())?;
        let page = documents::alone_html(&page, &drawings)?;
        file(folder, PAGE, page.as_bytes())?;
        fill_parts(folder, &drawings, tables, texts)
    };
    fill(new.path()).map_err(in_folder(folder))?;
    new.finish(&is_of_report).map_err(failed("write", folder))
}

/// Refuses a folder that holds something other than what stands alone, or that cannot be written.
pub fn check_alone<T: StandsAlone>(folder: &Path) -> Result<(), ReportError> {
    check(folder, &file_of(T::NAME))
}

/// The file with all of what stands alone.
fn file_of(name: &str) -> String {
    format!("{name}.json")
}

/// What is saved of what stands alone.
#[derive(Serialize)]
struct Alone<'a, T> {
    schema: u32,
    program: &'static str,
    #[serde(flatten)]
    found: &'a T,
}

/// What could not be written is named by its place in the report, which its folder has not taken.
fn in_folder(folder: &Path) -> impl FnOnce(ReportError) -> ReportError {
    move |error| match error {
        ReportError::File { verb, path, error } => ReportError::File {
            verb,
            path: folder.join(path),
            error,
        },
        other => other,
    }
}

/// Whether a path from the folder of a report on is that of one of its files.
fn is_of_report(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    match path.parent().and_then(Path::to_str) {
        Some("") => {
            [EXPERIMENT, SIDE_BY_SIDE, TIMING, MARKDOWN, PAGE]
                .iter()
                .any(|name| path == Path::new(name))
                || ALONE.iter().any(|name| path == Path::new(&file_of(name)))
        }
        Some(CHART_FILES) => ["svg", "png", "csv"].contains(&ending),
        Some(TABLES) => ending == "csv",
        _ => false,
    }
}

/// Writes the times, the charts, the tables and the documents.
fn fill(
    folder: &Path,
    experiment: &Experiment,
    timing: Option<&Timing>,
    options: &ReportOptions<'_>,
) -> Result<(), ReportError> {
    if let Some(timing) = timing {
        json(folder, TIMING, timing)?;
    }
    let drawings = draw(experiment, timing)?;
    let tables = documents::tables::all(experiment, timing);
    fill_parts(folder, &drawings, tables, options.csv)?;
    let repeat = options.repeat;
    let text = documents::markdown(experiment, timing, &drawings, repeat);
    file(folder, MARKDOWN, text.as_bytes())?;
    let page = documents::html(experiment, timing, &drawings, repeat, options.train)?;
    file(folder, PAGE, page.as_bytes())
}

/// Writes the charts and the tables.
fn fill_parts(
    folder: &Path,
    drawings: &[Drawing],
    tables: Vec<(&'static str, DataTable)>,
    texts: CsvText,
) -> Result<(), ReportError> {
    for part in [CHART_FILES, TABLES] {
        fs::create_dir(folder.join(part)).map_err(failed("write", Path::new(part)))?;
    }
    for drawing in drawings {
        let write = |ending: &str, bytes: &[u8]| {
            file(
                folder,
                &format!("{CHART_FILES}/{}.{ending}", drawing.key),
                bytes,
            )
        };
        write("svg", drawing.svg.as_bytes())?;
        write("png", &drawing.png)?;
        let data = documents::tables::of_figure(&drawing.figure, None).0;
        write("csv", &documents::csv(&data, texts)?)?;
    }
    for (name, table) in tables {
        let table = documents::csv(&table, texts)?;
        file(folder, &format!("{TABLES}/{name}.csv"), &table)?;
    }
    Ok(())
}

/// Reads an experiment from a report's folder or from the file itself.
pub fn load(path: &Path) -> Result<Experiment, ReportError> {
    let path = if path.is_dir() {
        path.join(EXPERIMENT)
    } else {
        path.to_owned()
    };
    let text = match read_text(&path, MOST) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(ReportError::Missing(path));
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(ReportError::Foreign {
                path,
                reason: "it is not text".to_owned(),
            });
        }
        other => other.map_err(failed("read", &path))?,
    };
    let foreign = |error: serde_json::Error| ReportError::Foreign {
        path: path.clone(),
        reason: error.to_string(),
    };
    if !text.trim_start().starts_with('{') {
        return Err(ReportError::Foreign {
            path,
            reason: "it is not a JSON object".to_owned(),
        });
    }
    let Header { schema } = serde_json::from_str(&text).map_err(foreign)?;
    if schema != u64::from(SCHEMA) {
        return Err(ReportError::Schema {
            path,
            found: schema,
            known: SCHEMA,
        });
    }
    let experiment: Experiment = serde_json::from_str(&text).map_err(foreign)?;
    match experiment.contradiction() {
        Some(reason) => Err(ReportError::Foreign { path, reason }),
        None => Ok(experiment),
    }
}

/// Reads the times beside an experiment; None if they are missing, invalid or no times that
/// anything could have taken.
pub fn load_timing(folder: &Path) -> Option<Timing> {
    let timing: Timing = serde_json::from_str(&read_text(&folder.join(TIMING), MOST).ok()?).ok()?;
    timing.is_plausible().then_some(timing)
}

/// The part of a file that is read first, whatever its version.
#[derive(serde::Deserialize)]
struct Header {
    schema: u64,
}

/// Draws in parallel every chart that the experiment has data for.
pub(super) fn draw(
    experiment: &Experiment,
    timing: Option<&Timing>,
) -> Result<Vec<Drawing>, ReportError> {
    let figures: Vec<_> = CHARTS
        .par_iter()
        .filter_map(|chart| Some((chart.key, chart.figure(experiment, timing)?)))
        .collect();
    figures.into_par_iter().map(drawing).collect()
}

/// The pictures of a figure.
fn drawing((key, figure): (&'static str, Figure)) -> Result<Drawing, ReportError> {
    let failed = |source| ReportError::Ink { chart: key, source };
    let (svg, png) = rayon::join(|| ink::svg(&figure), || ink::png(&figure));
    Ok(Drawing {
        key,
        svg,
        png: png.map_err(failed)?,
        figure,
    })
}

/// Refuses a folder that holds something other than a report, or that cannot be written. It is also
/// called before long work begins.
pub fn check_folder(folder: &Path) -> Result<(), ReportError> {
    check(folder, EXPERIMENT)
}

/// The same for a report that a file of this name makes one.
fn check(folder: &Path, marker: &str) -> Result<(), ReportError> {
    let not_ours = || Err(ReportError::NotOurs(folder.to_owned()));
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        // It is a file, or what stands above it is one.
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            if folder.exists() {
                return not_ours();
            }
        }
        Err(error) => return Err(failed("read", folder)(error)),
        Ok(mut entries) => {
            if entries.next().is_some() && !is_ours(&folder.join(marker)) {
                return not_ours();
            }
        }
    }
    files::check_folder(folder).map_err(failed("write", folder))
}

/// Whether a file has the place of one that a report in `folder` is made of.
pub fn is_part(folder: &Path, file: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).ok();
    let (folder, file) = match (folder.canonicalize(), file.canonicalize()) {
        (Ok(folder), Ok(file)) => (Some(folder), Some(file)),
        _ => (whole(folder), whole(file)),
    };
    let (Some(folder), Some(file)) = (folder, file) else {
        return false;
    };
    file.strip_prefix(folder).is_ok_and(is_of_report)
}

/// Whether the file begins like an experiment written by this program, of whichever version.
fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = fs::File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, 128), &mut beginning));
    beginning.retain(|byte| !byte.is_ascii_whitespace());
    let after_schema = beginning.strip_prefix(b"{\"schema\":").map(|rest| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        &rest[digits..]
    });
    let program = b",\"program\":\"spamlab";
    read.is_ok() && after_schema.is_some_and(|rest| rest.starts_with(program))
}

fn json(folder: &Path, name: &str, value: &impl Serialize) -> Result<(), ReportError> {
    let path = Path::new(name);
    let write = || {
        let mut out = BufWriter::new(fs::File::create(folder.join(path))?);
        serde_json::to_writer(&mut out, value)?;
        out.flush()
    };
    write().map_err(failed("write", path))
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
    let path = Path::new(name);
    fs::write(folder.join(path), bytes).map_err(failed("write", path))
}

fn failed(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path: PathBuf = path.to_owned();
    move |error| ReportError::File { verb, path, error }
}
