//! The page of results as data: recalls by event model and set, and how far they are from those
//! published.

use super::protocol::Recalls;
use super::published::{PUBLISHED, PUBLISHED_ATTRIBUTES};
use serde::Serialize;

/// Everything that the page says. Recalls are pairs of spam and ham recall in percent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replication {
    /// Names of the sets, in the paper's order.
    pub sets: Vec<String>,
    /// One table for each number of attributes, the highest first.
    pub recalls: Vec<RecallTable>,
    /// The recalls less those published.
    pub deviations: DeviationTable,
}

/// Recalls at one number of attributes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallTable {
    /// How many attributes.
    pub attributes: usize,
    /// One for each event model, in the paper's order.
    pub rows: Vec<RecallRow>,
}

/// Recalls of one event model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallRow {
    /// The event model.
    pub event: &'static str,
    /// By set; None where it was not measured.
    pub cells: Vec<Option<[f64; 2]>>,
}

/// Recalls less those published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviationTable {
    /// The number of attributes of the published recalls.
    pub attributes: usize,
    /// One for each event model, in the paper's order.
    pub rows: Vec<DeviationRow>,
}

/// Deviations of one event model, in percentage points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviationRow {
    /// The event model.
    pub event: &'static str,
    /// By set; None where there is nothing to compare.
    pub cells: Vec<Option<[f64; 2]>>,
    /// Mean absolute deviation over the sets.
    pub mean_absolute: Option<[f64; 2]>,
}

impl Replication {
    /// The page of `sets`, of which the nth holds the recalls of the paper's nth set.
    pub fn new(sets: &[Vec<Recalls>]) -> Replication {
        let mut attributes: Vec<usize> = sets.iter().flatten().map(|of| of.attributes).collect();
        attributes.sort_unstable_by(|a, b| b.cmp(a));
        attributes.dedup();
        let table = |attributes: usize| RecallTable {
            attributes,
            rows: PUBLISHED
                .iter()
                .map(|&(event, _)| recall_row(sets, event, attributes))
                .collect(),
        };
        Replication {
            sets: sets
                .iter()
                .filter_map(|set| set.first())
                .map(|recalls| recalls.set.clone())
                .collect(),
            recalls: attributes.into_iter().map(table).collect(),
            deviations: DeviationTable {
                attributes: PUBLISHED_ATTRIBUTES,
                rows: PUBLISHED
                    .iter()
                    .map(|&(event, _)| deviation_row(sets, event))
                    .collect(),
            },
        }
    }
}

fn recall_row(sets: &[Vec<Recalls>], event: &'static str, attributes: usize) -> RecallRow {
    let cell = |set: &Vec<Recalls>| {
        let mut recalls = set.iter();
        let found = recalls.find(|of| of.event == event && of.attributes == attributes)?;
        Some([found.spam_recall_pct, found.ham_recall_pct])
    };
    RecallRow {
        event,
        cells: sets.iter().map(cell).collect(),
    }
}

fn deviation_row(sets: &[Vec<Recalls>], event: &'static str) -> DeviationRow {
    let cell = |(at, set): (usize, &Vec<Recalls>)| {
        let mut recalls = set.iter().filter(|of| of.event == event);
        let (of, [spam, ham]) = recalls.find_map(|of| Some((of, of.published(at)?)))?;
        Some([of.spam_recall_pct - spam, of.ham_recall_pct - ham])
    };
    let cells: Vec<Option<[f64; 2]>> = sets.iter().enumerate().map(cell).collect();
    let known: Vec<[f64; 2]> = cells.iter().flatten().copied().collect();
    let mean = |class: usize| {
        let sum: f64 = known.iter().map(|deviation| deviation[class].abs()).sum();
        sum / known.len() as f64
    };
    DeviationRow {
        event,
        mean_absolute: (!known.is_empty()).then(|| [mean(0), mean(1)]),
        cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_from_the_cell_of_the_same_set_and_attributes() {
        let recalls = |attributes, spam_recall_pct, ham_recall_pct| Recalls {
            set: "enron".to_owned(),
            event: "multinomial, Boolean".to_owned(),
            attributes,
            spam_recall_pct,
            ham_recall_pct,
        };
        // By hand: |97 - 96.00| and |96.68 - 96.68|, mean 0.5; |95.25 - 95.25| and |98.83 - 97.83|,
        // mean 0.5.
        let ours = [
            vec![recalls(500, 1.0, 1.0), recalls(3000, 97.0, 95.25)],
            vec![recalls(3000, 96.68, 98.83)],
        ];
        let page = Replication::new(&ours);
        let row = |event: &str| {
            let mut rows = page.deviations.rows.iter();
            rows.find(|row| row.event == event).unwrap()
        };
        let [spam, ham] = row("multinomial, Boolean").mean_absolute.unwrap();
        assert!((spam - 0.5).abs() < 1e-9 && (ham - 0.5).abs() < 1e-9);
        assert_eq!(row("flexible Bayes").mean_absolute, None);
        let attributes: Vec<usize> = page.recalls.iter().map(|table| table.attributes).collect();
        assert_eq!(attributes, [3000, 500]);
        // The second set was not measured at 500 attributes.
        assert_eq!(page.recalls[1].rows[4].cells, [Some([1.0, 1.0]), None]);
    }
}
