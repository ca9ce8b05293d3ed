//! Reduces the size of an SVG: a dashed line becomes one path instead of hundreds of strokes, and
//! dots with the same look share a group. Only consecutive shapes are merged, so that no shape
//! changes places with one that it covers.

use std::fmt::Write;

/// Attributes that only state the default.
const NEEDLESS: [&str; 3] = [" opacity=\"1\"", " stroke=\"none\"", " stroke-width=\"1\""];

/// One line of what plotters writes.
enum Shape<'a> {
    /// A stroke: its look and its points.
    Stroke(&'a str, &'a str),
    /// A dot: its look, and its centre with its radius.
    Dot(&'a str, &'a str),
    Other,
}

/// Compacts the shapes of an SVG, one per line.
pub(super) fn compact(shapes: &str) -> String {
    let lines: Vec<String> = shapes
        .lines()
        .map(|line| {
            NEEDLESS
                .iter()
                .fold(line.to_owned(), |line, part| line.replace(part, ""))
        })
        .collect();
    let mut out = String::with_capacity(shapes.len() / 2);
    let alike = |a: &String, b: &String| match (shape(a), shape(b)) {
        (Shape::Stroke(a, _), Shape::Stroke(b, _)) | (Shape::Dot(a, _), Shape::Dot(b, _)) => a == b,
        _ => false,
    };
    for run in lines.chunk_by(alike) {
        // Writing to a string cannot fail.
        let _ = match shape(&run[0]) {
            Shape::Stroke(look, _) => {
                let strokes = run.iter().map(|line| {
                    if let Shape::Stroke(_, points) = shape(line) {
                        points
                    } else {
                        ""
                    }
                });
                writeln!(
                    out,
                    "<path fill=\"none\" {look} d=\"{}\"/>",
                    strokes.map(path).collect::<String>()
                )
            }
            Shape::Dot(look, _) if run.len() > 1 => {
                // The opacity of a group would apply to all its dots as one shape.
                let look = look.replace("opacity=", "fill-opacity=");
                let places = run.iter().map(|line| {
                    if let Shape::Dot(_, place) = shape(line) {
                        place
                    } else {
                        ""
                    }
                });
                let dots = places.fold(String::new(), |dots, place| {
                    dots + "<circle " + place + "/>"
                });
                writeln!(out, "<g {look}>{dots}</g>")
            }
            _ => run.iter().try_for_each(|line| writeln!(out, "{line}")),
        };
    }
    out
}

fn shape(line: &str) -> Shape<'_> {
    if let Some(rest) = line.strip_prefix("<polyline fill=\"none\" ")
        && let Some((look, points)) = rest.split_once(" points=\"")
        && let Some(points) = points.strip_suffix(" \"/>")
    {
        return Shape::Stroke(look, points);
    }
    if let Some(rest) = line
        .strip_prefix("<circle ")
        .and_then(|rest| rest.strip_suffix("/>"))
        && let Some(at) = rest
            .find(" r=\"")
            .and_then(|at| Some(at + 4 + rest[at + 4..].find('"')? + 1))
    {
        return Shape::Dot(rest[at..].trim_start(), &rest[..at]);
    }
    Shape::Other
}

/// Writes `310,967 316,961` as `M310,967l6-6`: each point relative to the point before it.
fn path(points: &str) -> String {
    let mut path = String::new();
    let mut last: Option<[i64; 2]> = None;
    for point in points.split(' ') {
        let parsed = point
            .split_once(',')
            .and_then(|(x, y)| Some([x.parse().ok()?, y.parse().ok()?]));
        let Some(here): Option<[i64; 2]> = parsed else {
            continue;
        };
        let _ = match last {
            None => write!(path, "M{},{}", here[0], here[1]),
            Some(before) => {
                let [x, y] = [here[0] - before[0], here[1] - before[1]];
                let comma = if y < 0 { "" } else { "," };
                write!(path, "l{x}{comma}{y}")
            }
        };
        last = Some(here);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_of_one_look_become_one_path_and_nothing_else_moves() {
        let stroke = |points: &str| {
            format!(
                "<polyline fill=\"none\" opacity=\"1\" stroke=\"#7B8794\" stroke-width=\"3\" \
                 points=\"{points} \"/>\n"
            )
        };
        let dot = |place: &str| {
            format!(
                "<circle {place} r=\"5\" opacity=\"0.4\" fill=\"#247846\" stroke=\"none\" \
                 stroke-width=\"1\"/>\n"
            )
        };
        let ring = "<circle cx=\"3\" cy=\"4\" r=\"5\" fill=\"none\" stroke=\"#E06C00\" \
                    stroke-width=\"3\"/>\n";
        let drawn = [
            "<rect x=\"0\" opacity=\"1\"/>\n",
            &stroke("310,967 316,961"),
            &stroke("321,956 321,960"),
            &dot("cx=\"1\" cy=\"2\""),
            &dot("cx=\"3\" cy=\"4\""),
            ring,
            "</svg>\n",
        ];
        let expected = [
            "<rect x=\"0\"/>\n",
            "<path fill=\"none\" stroke=\"#7B8794\" stroke-width=\"3\" \
             d=\"M310,967l6-6M321,956l0,4\"/>\n",
            "<g fill-opacity=\"0.4\" fill=\"#247846\"><circle cx=\"1\" cy=\"2\" r=\"5\"/>\
             <circle cx=\"3\" cy=\"4\" r=\"5\"/></g>\n",
            ring,
            "</svg>\n",
        ];
        assert_eq!(compact(&drawn.concat()), expected.concat());
    }
}
