//! Filters along streams: how well they rank the messages so far, and what other ways to teach cost
//! them.

use crate::base::numbers::count;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::experiments::{FUSION, FilterFound, Lesson, ROCA, Stream, StreamFound};
use crate::results::{Estimate, Family};

/// What stands above the pictures.
const KICKER: &str = "Stream";
/// The families, and last what combines both.
const SIDES: [Option<Family>; 3] = [Some(Family::Generative), Some(Family::Discriminative), None];
/// Where the filters of a lesson stand above each other, in rows.
const OFFSETS: [f64; 3] = [0.25, 0.0, -0.25];

/// The pictures of a stream, each with the name of its files.
pub fn of_a_stream(found: &StreamFound) -> Vec<(&'static str, Figure)> {
    [
        ("stream", over_time(found)),
        ("stream_lessons", lessons(found)),
    ]
    .into_iter()
    .filter_map(|(key, figure)| Some((key, figure?)))
    .map(|(key, figure)| {
        let kicker = KICKER.to_owned();
        (key, Figure { kicker, ..figure })
    })
    .collect()
}

fn role(family: Option<Family>) -> Role {
    family.map_or(Role::Subject, Role::Best)
}

fn legend(lessons: &[&Lesson]) -> Vec<LegendEntry> {
    let drawn = |family: Option<Family>| lessons.iter().any(|of| of.best(family).is_some());
    let sides = SIDES.into_iter().filter(|family| drawn(*family));
    let entry = |family: Option<Family>| {
        let name = family.map_or(FUSION.to_owned(), |family| format!("best {family}"));
        LegendEntry::new(name, role(family), LegendMark::LineAndMarker)
    };
    sides.map(entry).collect()
}

/// A value with its interval, at a number of messages.
fn points(filter: &FilterFound) -> Vec<(f64, &Estimate)> {
    let known = filter.curve.iter().filter_map(|point| {
        let estimate = point.metrics.get(ROCA)?;
        Some((point.emails as f64, estimate))
    });
    known.collect()
}

fn over_time(found: &StreamFound) -> Option<Figure> {
    let first: Vec<&Lesson> = found
        .streams
        .iter()
        .filter_map(|stream| stream.lessons.first())
        .collect();
    let panels: Vec<Panel> = found.streams.iter().filter_map(panel_over_time).collect();
    if panels.is_empty() {
        return None;
    }
    let description = "\
        (1-ROCA) % of the messages so far, each scored before its label was told. Pale lines are \
        the other filters; bands are 95 % intervals, in which near-duplicates count as one. Both \
        axes are logarithmic.";
    let figure = Figure::new(description.to_owned(), panels, legend(&first));
    let columns = if found.streams.len() > 1 { 2 } else { 1 };
    let title = "How well filters rank the messages so far, by family";
    Some(figure.in_grid(columns, 400).entitled(title))
}

fn panel_over_time(stream: &Stream) -> Option<Panel> {
    let lesson = stream.lessons.first()?;
    let best = SIDES.map(|family| lesson.best(family));
    let is_best = |filter: &FilterFound| best.iter().flatten().any(|one| one.name == filter.name);
    let mut series = Vec::new();
    let mut others = [0, 0];
    for filter in &lesson.filters {
        let Some(family) = filter.family.filter(|_| !is_best(filter)) else {
            continue;
        };
        let number = &mut others[usize::from(family == Family::Discriminative)];
        let line = points(filter)
            .iter()
            .map(|(at, of)| [*at, of.value.unwrap_or(0.0)])
            .collect();
        series.push(Series::new(
            &filter.name,
            Role::Model(family, *number),
            Marks::Line(line),
        ));
        *number += 1;
    }
    for filter in best.into_iter().flatten() {
        let role = role(filter.family);
        let of = points(filter);
        let band = of
            .iter()
            .filter_map(|(at, of)| of.interval.map(|[low, high]| [*at, low, high]));
        let line = of
            .iter()
            .map(|(at, of)| [*at, of.value.unwrap_or(0.0)])
            .collect();
        if filter.family.is_some() {
            series.insert(
                0,
                Series::new(&filter.name, role, Marks::Band(band.collect())),
            );
        }
        series.push(Series::new(&filter.name, role, Marks::MarkedLine(line)));
    }
    let drawn = || lesson.filters.iter().flat_map(points);
    let values = || drawn().filter_map(|(_, of)| of.value);
    let least = values()
        .filter(|value| *value > 0.0)
        .min_by(f64::total_cmp)?;
    let most = values().max_by(f64::total_cmp)?;
    let has_none = values().any(|value| value == 0.0);
    let label = "(1-ROCA) %, lower is better";
    let y = if has_none {
        Axis::log_from_zero(label, [least / 2.0, 1.25 * most])
    } else {
        Axis::log(label, [least / 1.25, 1.25 * most])
    };
    let emails: Vec<f64> = drawn().map(|(at, _)| at).collect();
    let first = emails.iter().copied().min_by(f64::total_cmp)?;
    let last = emails.into_iter().max_by(f64::total_cmp)?;
    let x = Axis::log("emails so far", [first / 1.12, last * 1.12]);
    Some(Panel::new(x, y, series).titled(stream.mail.clone()))
}

fn lessons(found: &StreamFound) -> Option<Figure> {
    let all: Vec<&Lesson> = found
        .streams
        .iter()
        .flat_map(|stream| &stream.lessons)
        .collect();
    let several = found.streams.iter().any(|stream| stream.lessons.len() > 1);
    let panels: Vec<Panel> = found.streams.iter().filter_map(panel_of_lessons).collect();
    if panels.is_empty() || !several {
        return None;
    }
    let description = "\
        (1-ROCA) % on all of the stream with its 95 % interval, by which labels are told and which \
        of these a filter learns from. In each row stands the best filter of each family under \
        that way to teach. The axis is logarithmic.";
    let figure = Figure::new(description.to_owned(), panels, legend(&all));
    let columns = if found.streams.len() > 1 { 2 } else { 1 };
    let title = "What fewer labels cost each family";
    Some(figure.in_grid(columns, 330).entitled(title))
}

fn panel_of_lessons(stream: &Stream) -> Option<Panel> {
    let rows = stream.lessons.len();
    let mut series = Vec::new();
    let mut ends = Vec::new();
    let mut names = Vec::new();
    for (at, lesson) in stream.lessons.iter().enumerate() {
        let height = rows as f64 - at as f64 - 0.5;
        names.push(Tick::new(height, lesson.name()));
        for (family, offset) in SIDES.into_iter().zip(OFFSETS) {
            let Some(filter) = lesson.best(family) else {
                continue;
            };
            let estimate = filter.estimates.get(ROCA)?;
            let height = height + offset;
            let value = estimate.value?;
            ends.push(value);
            if let Some([low, high]) = estimate.interval {
                ends.extend([low, high]);
                let stroke = Marks::Strokes(vec![[[low, height], [high, height]]]);
                series.push(Series::new(&filter.name, role(family), stroke));
            }
            let dot = Marks::MarkedLine(vec![[value, height]]);
            series.push(Series::new(&filter.name, role(family), dot));
        }
    }
    names.reverse();
    let y = Axis {
        range: [0.0, rows as f64],
        ..Axis::named("", &[]).with_ticks(names)
    };
    let least = ends
        .iter()
        .copied()
        .filter(|end| *end > 0.0)
        .min_by(f64::total_cmp)?;
    let most = ends.iter().copied().max_by(f64::total_cmp)?;
    let label = "(1-ROCA) %, lower is better";
    let x = if ends.contains(&0.0) {
        Axis::log_from_zero(label, [least / 2.0, 1.25 * most])
    } else {
        Axis::log(label, [least / 1.25, 1.25 * most])
    };
    let [ham, spam] = stream.emails;
    let title = format!("{}: {} ham, {} spam", stream.mail, count(ham), count(spam));
    Some(Panel::new(x, y, series).titled(title))
}
