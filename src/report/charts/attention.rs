//! Which token of one message looks at which: a row for each token that looks, a column for each
//! that is looked at, and the shares as the depth of a colour, in the last layer of a net with
//! attention. The first panel is the mean over the heads, the others are the heads one by one; of
//! several nets the means alone are drawn, side by side.

use crate::base::numbers::number;
use crate::base::shown::shown_line;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, MatrixCell, Panel, Series, shortened};
use crate::report::palette::{Role, roles};
use crate::report::statements::{attention_shared_out, in_words, most_looked_at, title};
use crate::results::{AttentionMap, Experiment};

/// Letters shown of a token.
const LETTERS: usize = 10;
/// The most places that are drawn.
const MOST: usize = 40;
/// The least share that is drawn.
const LEAST: f64 = 0.005;
/// Height of a row, and of what stands above and below the rows.
const ROW: usize = 17;
const AROUND: usize = 150;
/// The most heads that are drawn one by one.
const HEADS: usize = 8;

/// By the place that looks, the share of each place.
type Shares = Vec<Vec<f64>>;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let roles = roles(experiment);
    let role = |map: &AttentionMap| {
        let at = experiment
            .models
            .iter()
            .position(|one| one.name == map.model);
        at.map(|at| roles[at])
    };
    let maps: Vec<(Role, AttentionMap)> = experiment
        .attention()
        .into_iter()
        .filter(|map| map.attention.tokens.len() > 1 && !map.attention.heads.is_empty())
        .filter_map(|mut map| {
            map.attention = map.attention.beginning(MOST);
            Some((role(&map)?, map))
        })
        .collect();
    let (_, first) = maps.first()?;
    let mut drawn: Vec<(String, Role, &AttentionMap, Shares)> = maps
        .iter()
        .map(|(role, map)| (mean_title(map), *role, map, map.attention.mean()))
        .collect();
    let heads = first.attention.heads.len();
    if let [(role, map)] = &maps[..]
        && (2..=HEADS).contains(&heads)
    {
        drawn.extend((0..heads).map(|head| {
            let mut alone = map.attention.clone();
            alone.heads = vec![alone.heads.swap_remove(head)];
            (format!("head {}", head + 1), *role, map, alone.mean())
        }));
    }
    let all = drawn.iter().flat_map(|one| one.3.iter().flatten());
    let deepest = all.copied().fold(LEAST, f64::max);
    let panel = |(title, role, map, shares): &(String, Role, &AttentionMap, Shares)| {
        panel(map, shares, deepest, *role).about(title, *role)
    };
    let panels: Vec<Panel> = drawn.iter().map(panel).collect();
    let told: Vec<_> = maps
        .iter()
        .filter_map(|(_, map)| attention_shared_out(map))
        .collect();
    let description = format!(
        "The beginning of one test email, and how each of its tokens (rows) shares its attention \
         out among the tokens (columns), in the last layer: the deeper the colour, the more (by \
         the square root); the deepest is {} %, and shares below {} % are left blank. {} A token \
         is a frequent string of the training mail; · is a space, ¶ the end of a line.",
        number(100.0 * deepest, 0),
        number(100.0 * LEAST, 1),
        in_words(&told),
    );
    let rows = maps.iter().map(|(_, map)| map.attention.tokens.len());
    let height = AROUND + ROW * rows.max().unwrap_or(0);
    let columns = panels.len().min(2);
    let figure = Figure::new(description, panels, Vec::new()).in_grid(columns, height as u32);
    Some(figure.entitled(title(most_looked_at(first, quoted))))
}

/// The title of the mean over the heads.
fn mean_title(map: &AttentionMap) -> String {
    let read_as = map.attention.read_as;
    let read_as = read_as.map_or_else(String::new, |label| format!(", as {label}"));
    let heads = map.attention.heads.len();
    if heads == 1 {
        format!("{}{read_as}", map.model)
    } else {
        format!("{}{read_as}: mean of {heads} heads", map.model)
    }
}

fn panel(map: &AttentionMap, shares: &Shares, deepest: f64, role: Role) -> Panel {
    let labels = map.attention.tokens.iter().enumerate();
    let labels: Vec<String> = labels.map(|(at, token)| label(at, token)).collect();
    let columns: Vec<&str> = labels.iter().map(String::as_str).collect();
    // The first token is the upper row, but the axis counts from below.
    let rows: Vec<&str> = columns.iter().rev().copied().collect();
    let cell = |looks: usize, at: usize, share: f64| {
        let (left, top) = (at as f64, (labels.len() - looks) as f64);
        MatrixCell {
            from: [left, top - 1.0],
            to: [left + 1.0, top],
            shade: (share / deepest).sqrt(),
            text: number(100.0 * share, 1),
            detail: String::new(),
            link: None,
        }
    };
    let of_row = |(looks, row): (usize, &Vec<f64>)| {
        let seen = row.iter().enumerate().filter(|(_, share)| **share >= LEAST);
        let cells = seen.map(|(at, &share)| cell(looks, at, share));
        cells.collect::<Vec<_>>()
    };
    let cells = shares.iter().enumerate().flat_map(of_row).collect();
    Panel::new(
        Axis::named("is looked at", &columns),
        Axis::named("looks", &rows),
        vec![Series::new("% of attention", role, Marks::Shades(cells))],
    )
}

/// A token as the axes name it.
fn label(at: usize, token: &str) -> String {
    if at == 0 {
        return "(beginning)".to_owned();
    }
    let marked = token.replace(' ', "·").replace('\n', "¶");
    shortened(&shown_line(&marked), LETTERS)
}

/// A token as a sentence names it.
fn quoted(at: usize, token: &str) -> String {
    if at == 0 {
        "the beginning".to_owned()
    } else {
        format!("“{}”", label(at, token))
    }
}
