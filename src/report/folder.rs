//! The folder of a report: `experiment.json`, `timing.json`, `report.md`, `report.html`, `tables/`
//! and `charts/`.
//!
//! The experiment is written first, so that the work is not lost whatever happens later. Each file
//! is written whole or not at all. A folder that holds something else is left alone.

use super::charts::CHARTS;
use super::documents;
use super::documents::Drawing;
use super::error::ReportError;
use super::ink;
use crate::base::files::write_whole;
use crate::results::{Experiment, SCHEMA, Timing};
use rayon::prelude::*;
use serde::Serialize;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const EXPERIMENT: &str = "experiment.json";
const TIMING: &str = "timing.json";

/// Writes the whole report of an experiment into `folder`, which is created if necessary.
pub fn write(
    experiment: &Experiment,
    timing: Option<&Timing>,
    folder: &Path,
    repeat: Option<&str>,
) -> Result<(), ReportError> {
    check_folder(folder)?;
    let charts = folder.join("charts");
    let tables = folder.join("tables");
    for part in [&charts, &tables] {
        fs::create_dir_all(part).map_err(failed("write", part))?;
    }
    json(&folder.join(EXPERIMENT), experiment)?;
    if let Some(timing) = timing {
        json(&folder.join(TIMING), timing)?;
    }
    let drawings = draw(experiment, timing)?;
    for drawing in &drawings {
        file(
            &charts.join(drawing.key).with_extension("svg"),
            drawing.svg.as_bytes(),
        )?;
        file(
            &charts.join(drawing.key).with_extension("png"),
            &drawing.png,
        )?;
        let data = documents::tables::of_figure(&drawing.figure, None);
        file(
            &charts.join(drawing.key).with_extension("csv"),
            &documents::csv(&data)?,
        )?;
    }
    for (name, table) in documents::tables::all(experiment, timing) {
        file(
            &tables.join(name).with_extension("csv"),
            &documents::csv(&table)?,
        )?;
    }
    file(
        &folder.join("report.md"),
        documents::markdown(experiment, timing, &drawings, repeat).as_bytes(),
    )?;
    file(
        &folder.join("report.html"),
        documents::html(experiment, timing, &drawings, repeat)?.as_bytes(),
    )
}

/// Reads an experiment from a report's folder or from the file itself.
pub fn load(path: &Path) -> Result<Experiment, ReportError> {
    let path = if path.is_dir() {
        path.join(EXPERIMENT)
    } else {
        path.to_owned()
    };
    let text = match fs::read_to_string(&path) {
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

/// Reads the times beside an experiment; None if they are missing or invalid.
pub fn load_timing(folder: &Path) -> Option<Timing> {
    serde_json::from_str(&fs::read_to_string(folder.join(TIMING)).ok()?).ok()
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
        .filter_map(|chart| {
            chart
                .figure(experiment, timing)
                .map(|figure| (chart, figure))
        })
        .collect();
    let drawn = figures.into_par_iter().map(|(chart, figure)| {
        let failed = |source| ReportError::Ink {
            chart: chart.key,
            source,
        };
        let (svg, png) = rayon::join(|| ink::svg(&figure), || ink::png(&figure));
        Ok(Drawing {
            key: chart.key,
            svg: svg.map_err(failed)?,
            png: png.map_err(failed)?,
            figure,
        })
    });
    drawn.collect()
}

/// Refuses a folder that holds something other than a report. It is also called before long work
/// begins.
pub fn check_folder(folder: &Path) -> Result<(), ReportError> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            Err(ReportError::NotOurs(folder.to_owned()))
        }
        Err(error) => Err(failed("read", folder)(error)),
        Ok(mut entries) => match entries.next() {
            Some(_) if !is_ours(&folder.join(EXPERIMENT)) => {
                Err(ReportError::NotOurs(folder.to_owned()))
            }
            _ => Ok(()),
        },
    }
}

/// Whether the file begins like an experiment written by this program, complete or cut off.
fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = fs::File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, 64), &mut beginning));
    let text: Vec<u8> = beginning
        .into_iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    read.is_ok() && text.starts_with(b"{\"schema\":")
}

fn json(path: &Path, value: &impl Serialize) -> Result<(), ReportError> {
    write_whole(path, |out| {
        serde_json::to_writer(out, value).map_err(io::Error::from)
    })
    .map_err(failed("write", path))
}

fn file(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    write_whole(path, |out| out.write_all(bytes)).map_err(failed("write", path))
}

fn failed(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path: PathBuf = path.to_owned();
    move |error| ReportError::File { verb, path, error }
}
