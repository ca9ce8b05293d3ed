//! Counts add up, whoever counted what.

use super::*;
use crate::base::mail::{Content, Email};
use crate::dataset::features::VocabularySettings;
use crate::dataset::{CorpusBuilder, CorpusOptions, CsrMatrix};
use crate::tokenize::TokenKinds;

fn corpus(numbers: std::ops::Range<usize>) -> Corpus {
    let mail = |number: usize| Email {
        id: number.to_string(),
        line: number as u64,
        label: (!number.is_multiple_of(5)).then_some(Label::from_is_spam(number.is_multiple_of(2))),
        kind: None,
        content: Content::text(
            "",
            format!("alpha beta{} beta{} gamma{number}", number % 3, number % 7),
        ),
    };
    let mut builder = CorpusBuilder::new(
        &Recipe::default(),
        CorpusOptions {
            near_duplicates: true,
            ..CorpusOptions::default()
        },
    );
    builder.add(numbers.map(mail).collect());
    builder.finish()
}

#[test]
fn pieces_add_up_to_the_whole() {
    let (mut whole, mut pieces) = (
        StreamedCounts::new(&Recipe::default(), 1),
        StreamedCounts::new(&Recipe::default(), 1),
    );
    whole.add(&corpus(0..90));
    for start in [0, 30, 60] {
        pieces.add(&corpus(start..start + 30));
    }
    for held_out in [None, Some(0), Some(3)] {
        let (a, b) = (whole.sums(held_out), pieces.sums(held_out));
        assert_eq!(a.emails, b.emails);
        assert_eq!(a.holding, b.holding);
        assert_eq!(a.occurrences, b.occurrences);
    }
    assert_eq!(whole.emails(), [36, 36]);
    assert_eq!(whole.unlabelled(), 18);
    let alpha = whole.sample().lexicon().get("alpha").unwrap();
    assert_eq!(whole.sums(None).holding[alpha as usize], [36, 36]);
    assert_eq!(
        (0..PARTS)
            .map(|part| whole.sampled(part).len())
            .sum::<usize>(),
        72
    );
}

/// Counts of a range of messages that draw `most` of them at most.
fn counts(numbers: std::ops::Range<usize>, most: usize) -> StreamedCounts {
    let mut counts = StreamedCounts::new(&Recipe::default(), 7);
    counts.sample.most = most;
    counts.add(&corpus(numbers));
    counts
}

/// Everything that training sees, in words.
fn seen(counts: StreamedCounts) -> String {
    let counts = counts.settled();
    let sampled: Vec<Vec<usize>> = (0..PARTS).map(|part| counts.sampled(part)).collect();
    let rows: Vec<CountRow<'_>> = counts.rows().collect();
    format!(
        "{rows:?} {sampled:?} {:?} {}",
        counts.emails(),
        counts.zeros()
    )
}

#[test]
fn shards_merge_into_the_counts_of_their_union_in_any_order() {
    // Of 72 labelled messages all are drawn, or but the half, so that the shards thin unalike.
    for most in [100, 30] {
        let union = counts(0..90, most);
        let drawn = union.sample().len();
        assert!(drawn <= most && drawn > 10, "{drawn}");
        let whole = seen(union);
        for parts in [[0..60, 60..90], [60..90, 0..60], [0..1, 1..90]] {
            let [mut merged, other] = parts.map(|part| counts(part, most));
            merged.merge(&other);
            assert_eq!(seen(merged), whole);
        }
    }
}

#[test]
fn rows_give_back_the_counts_added_up_or_not() {
    for most in [100, 30] {
        let whole = counts(0..90, most);
        let shards = [0..30, 30..31, 31..90].map(|part| counts(part, most));
        let mut read = StreamedCounts::new(&Recipe::default(), 7);
        read.sample.most = most;
        for shard in shards.iter().rev() {
            read.draw_no_more_than(shard.zeros());
            // Whatever the order of rows.
            let rows: Vec<CountRow<'_>> = shard.rows().collect();
            for row in rows.iter().rev() {
                read.add_row(row).unwrap();
            }
        }
        read.check().unwrap();
        assert_eq!(seen(read), seen(whole));
    }
}

#[test]
fn messages_that_say_the_same_are_kept_once_and_count_each() {
    // Few enough to be scored one by one: twice as many as are drawn at most.
    let mut thrice = counts(0..90, 200);
    thrice.merge(&counts(0..90, 200));
    thrice.merge(&counts(0..90, 200));
    let once = counts(0..90, 200);
    assert_eq!(thrice.sample().len(), once.sample().len());
    for part in 0..PARTS {
        assert_eq!(thrice.sampled(part).len(), 3 * once.sampled(part).len());
    }
    // So many are not scored one by one.
    let mut many = counts(0..90, 100);
    for copies in &mut many.sample.drawn {
        copies.copies = u32::MAX;
    }
    let scored: usize = (0..PARTS).map(|part| many.sampled(part).len()).sum();
    assert!((72..=300).contains(&scored), "{scored}");
}

#[test]
fn rows_that_cannot_be_counts_are_refused() {
    let whole = counts(0..90, 100);
    let rows: Vec<CountRow<'_>> = whole.rows().collect();
    let add_all = |rows: &[CountRow<'_>]| {
        let mut read = StreamedCounts::new(&Recipe::default(), 7);
        rows.iter().try_for_each(|row| read.add_row(row))?;
        read.check()
    };
    assert_eq!(add_all(&rows), Ok(()));
    let token = |row: &&CountRow<'_>| matches!(row.counted, Counted::Token(..));
    let at = rows.iter().position(|row| token(&row)).unwrap();
    let mut missing = rows.clone();
    missing.remove(at);
    let mut twice = rows.clone();
    twice.push(rows[at].clone());
    for rows in [missing, twice] {
        let refused = add_all(&rows).unwrap_err();
        assert!(
            matches!(refused, CountsError::Incomplete { .. }),
            "{refused}"
        );
    }
    let changed = |change: &dyn Fn(&mut CountRow<'_>)| {
        let mut rows = rows.clone();
        change(&mut rows[at]);
        add_all(&rows).unwrap_err()
    };
    let refused = changed(&|row| row.part = 4);
    assert_eq!(refused, CountsError::NoSuchPart(4));
    let refused = changed(&|row| row.emails = [1 << 32, 0]);
    assert_eq!(refused, CountsError::TooMany);
    let refused = changed(&|row| row.occurrences = [0, 0]);
    assert!(matches!(refused, CountsError::Impossible(_)), "{refused}");
    let refused = changed(&|row| row.occurrences = [u64::MAX, u64::MAX]);
    assert_eq!(refused, CountsError::TooMany);
    let ham: Vec<CountRow<'_>> = rows
        .iter()
        .cloned()
        .map(|row| CountRow {
            emails: [row.emails[0], 0],
            occurrences: [row.occurrences[0], 0],
            ..row
        })
        .collect();
    assert_eq!(add_all(&ham), Err(CountsError::OneClass(Label::Spam)));
}

/// Rows by column, and their labels.
fn told(rows: &CsrMatrix, labels: impl Iterator<Item = Label>) -> Vec<(Vec<(u32, f32)>, Label)> {
    let row = |(columns, values): (&[u32], &[f32])| {
        let mut row: Vec<(u32, f32)> = columns.iter().copied().zip(values.to_vec()).collect();
        row.sort_by_key(|&(column, _)| column);
        row
    };
    rows.iter().map(row).zip(labels).collect()
}

#[test]
fn rows_on_disk_are_those_of_the_corpus_also_when_tokens_are_numbered_anew() {
    let view = FeatureView::from(Representation::TfIdf);
    let whole = corpus(0..400);
    let mut counts = StreamedCounts::new(&Recipe::default(), 1).with_bags();
    for start in [0, 100, 200, 300] {
        counts.add(&corpus(start..start + 100));
        // What would happen if there were too many tokens: those of one message go.
        let held = |token: &usize| whole_frequency(&counts, *token) > 1;
        let kept: Vec<usize> = (0..counts.tokens()).filter(held).collect();
        counts.keep(&kept);
    }
    let counts = counts.settled();
    let settings = VocabularySettings {
        min_df: 2,
        ..VocabularySettings::default()
    };
    for left_out in [None, Some(1)] {
        let sums = counts.sums(left_out);
        let encoder = Encoder::of_counts(
            counts.lexicon(),
            sums.emails,
            &sums.holding,
            &settings,
            TokenKinds::ALL,
        );
        let stored = counts.stored_rows(&encoder, view, left_out);
        let stored = stored.unwrap().unwrap();
        let chunks: Vec<usize> = (0..stored.labels().count()).collect();
        let mut rows = CsrMatrix::new(1);
        for _ in 0..2 {
            stored.read(&chunks, &mut rows).unwrap();
        }
        let found = told(&rows, stored.labels().flatten());
        assert_eq!(
            stored.class_counts().map(|emails| emails as u32),
            sums.emails
        );

        let vocabulary = encoder.vocabulary(counts.lexicon());
        let encoder = Encoder::of(&vocabulary, whole.lexicon());
        let mut rows = whole.labelled_rows();
        rows.retain(|&row| left_out != Some(usize::from(whole.parts[row])));
        let encoded = encoder.encode(&whole, &rows, view);
        let expected = told(encoded.matrix(), encoded.labels().into_iter());
        assert_eq!(found, expected);
        assert!(found.len() > 200 && found.iter().all(|(row, _)| row.len() >= 2));
    }
}

/// Messages that hold a token.
fn whole_frequency(counts: &StreamedCounts, token: usize) -> u32 {
    let parts = counts.parts.iter();
    parts
        .flat_map(|part| part.tokens[token].holding)
        .sum::<u32>()
}
