//! The tables of a published experiment repeated: event models over all sets, and every recall.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{MetsisFound, Recalls};

/// Decimals of a recall in percent, as many as were published.
const DECIMALS: usize = 2;

fn both(recalls: Option<Recalls>) -> [TableCell; 2] {
    let recalls = recalls.unwrap_or_default();
    [recalls.spam_pct, recalls.ham_pct].map(|value| TableCell::known(value, DECIMALS))
}

/// Every event model, means over the sets.
pub fn metsis_means(found: &MetsisFound) -> DataTable {
    let labels = [
        "event model",
        "attributes",
        "spam recall %",
        "ham recall %",
        "published spam recall %",
        "published ham recall %",
        "deviation of spam recall",
        "deviation of ham recall",
    ];
    let rows = found.means().into_iter().map(|mean| {
        let mut row = vec![
            TableCell::Text(mean.event.to_owned()),
            TableCell::known(Some(mean.attributes as f64), 0),
        ];
        row.extend(both(Some(mean.measured)));
        row.extend(both(mean.published));
        row.extend(both(mean.deviation));
        row
    });
    DataTable::of(&labels, rows.collect())
}

/// Every recall, and how far it is from what was published.
pub fn recalls(found: &MetsisFound) -> DataTable {
    let labels = [
        "set",
        "event model",
        "attributes",
        "spam recall %",
        "ham recall %",
        "published spam recall %",
        "published ham recall %",
        "difference in spam recall",
        "difference in ham recall",
    ];
    let rows = found.cells.iter().map(|cell| {
        let mut row = vec![
            TableCell::Text(found.sets[cell.set].name.clone()),
            TableCell::Text(cell.event.clone()),
            TableCell::known(Some(cell.attributes as f64), 0),
        ];
        row.extend(both(cell.failed.is_none().then_some(cell.measured)));
        row.extend(both(cell.published));
        row.extend(both(cell.difference()));
        row
    });
    DataTable::of(&labels, rows.collect())
}

/// How the numbers came about, and how near they are to what was published.
pub fn metsis_in_words(found: &MetsisFound) -> String {
    let mut said = format!(
        "Emails in the order of the file, in batches of {}, each tested on models trained on all \
         before it; attributes are chosen at each step by information gain. Nothing is tuned or \
         calibrated.",
        found.batch
    );
    let means = found.means();
    let of_recalls = |of: Recalls| Some(f64::midpoint(of.spam_pct?, of.ham_pct?));
    let apart = means
        .iter()
        .filter_map(|mean| Some((mean.event, of_recalls(mean.deviation?)?)));
    let apart: Vec<String> = apart
        .map(|(event, apart)| format!("{event} {}", number(apart, DECIMALS)))
        .collect();
    said.extend((!apart.is_empty()).then(|| {
        format!(
            " Mean absolute difference from what was published, in percentage points of both \
             recalls: {}.",
            apart.join("; ")
        )
    }));
    said.extend(found.cells.iter().filter_map(|cell| {
        let (why, set) = (cell.failed.as_ref()?, &found.sets[cell.set].name);
        let (event, attributes) = (&cell.event, count(cell.attributes));
        Some(format!(
            " {event} with {attributes} attributes has no result on {set}: {why}."
        ))
    }));
    said
}
