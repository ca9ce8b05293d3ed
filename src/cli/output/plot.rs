//! A small plot on the terminal: each model's error with its interval, on one scale.

use crate::model::Family;
use crate::results::{Experiment, ModelRecord};
use std::fmt::Write;
use std::io::{IsTerminal, stdout};

/// Columns of the scale.
const WIDTH: usize = 48;

/// A line a model, or nothing if no model came to a result. `colour` sets the families apart as the
/// report does.
pub fn errors(experiment: &Experiment, colour: bool) -> String {
    /// Name, family, error, and the ends of its interval.
    type Line<'a> = (&'a str, Family, f64, [f64; 2]);
    let line = |model: &'_ ModelRecord| -> Option<(f64, [f64; 2])> {
        let error = 100.0 * (1.0 - model.value("accuracy")?);
        let ends = model
            .interval("accuracy")
            .map(|[low, high]| [100.0 * (1.0 - high), 100.0 * (1.0 - low)]);
        Some((error, ends.unwrap_or([error; 2])))
    };
    let models = experiment.models.iter();
    let lines: Vec<Line<'_>> = models
        .filter_map(|model| {
            line(model).map(|(error, ends)| (model.name.as_str(), model.family, error, ends))
        })
        .collect();
    let highest = lines
        .iter()
        .map(|(_, _, _, ends)| ends[1])
        .fold(0.0, f64::max);
    if lines.is_empty() || highest <= 0.0 {
        return String::new();
    }
    let names = lines
        .iter()
        .map(|(name, ..)| name.chars().count())
        .max()
        .unwrap_or(0);
    let place = |error: f64| ((error / highest) * (WIDTH - 1) as f64).round() as usize;
    let mut plot = format!(
        "\nerror, %{}\n",
        if experiment.resamples() > 0 {
            ", with its 95 % interval"
        } else {
            ""
        }
    );
    for (name, family, error, ends) in lines {
        let [low, high] = ends.map(place);
        let mark = |at: usize| match at {
            at if at == place(error) => '●',
            at if at == low => '├',
            at if at == high => '┤',
            at if low < at && at < high => '─',
            _ => ' ',
        };
        let scale: String = (0..WIDTH).map(mark).collect();
        let scale = match (colour, family) {
            (false, _) => scale,
            (true, Family::Generative) => format!("\u{1b}[33m{scale}\u{1b}[0m"),
            (true, Family::Discriminative) => format!("\u{1b}[34m{scale}\u{1b}[0m"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(plot, "{name:<names$}  {scale}  {error:.2}");
    }
    let _ = writeln!(plot, "{:names$}  0{highest:>1$.2}", "", WIDTH - 1);
    plot
}

/// Whether stdout is a terminal whose user has nothing against colour (<https://no-color.org>).
pub fn in_colour() -> bool {
    stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
