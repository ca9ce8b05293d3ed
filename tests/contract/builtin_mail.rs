//! The mail that comes with the program keeps the promises of `data/README.md`.

use std::collections::{BTreeMap, BTreeSet};

struct Row {
    spam: bool,
    kind: String,
    date: String,
    from: String,
    subject: String,
    body: String,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_path("data/emails.csv").unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        vec!["label", "kind", "date", "from", "subject", "body"]
    );
    let row = |record: csv::StringRecord| {
        assert!(
            matches!(&record[0], "spam" | "ham"),
            "{:?} is no label",
            &record[0]
        );
        let field = |at: usize| record[at].to_owned();
        Row {
            spam: &record[0] == "spam",
            kind: field(1),
            date: field(2),
            from: field(3),
            subject: field(4),
            body: field(5),
        }
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Roughly what a reader of the body sees: the text without tags and style sheets.
fn visible(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        text.push(' ');
        let tag = &rest[open..];
        let end = if tag.to_lowercase().starts_with("<style") {
            tag.find("</style>")
        } else {
            tag.find('>')
        };
        rest = end.map_or("", |end| &tag[end + 1..]);
    }
    text + rest
}

#[test]
fn there_are_at_least_600_messages_two_in_five_of_them_spam() {
    let rows = rows();
    let spam = rows.iter().filter(|row| row.spam).count();
    assert!(rows.len() >= 600, "{} emails", rows.len());
    assert_eq!(
        spam * 5,
        rows.len() * 2,
        "{spam} of {} are spam",
        rows.len()
    );
}

#[test]
fn no_two_bodies_are_half_alike() {
    let shingles = |row: &Row| -> BTreeSet<String> {
        words(&row.body)
            .windows(3)
            .map(|three| three.join(" "))
            .collect()
    };
    let all: Vec<BTreeSet<String>> = rows().iter().map(shingles).collect();
    let mut holders: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (at, of_one) in all.iter().enumerate() {
        for shingle in of_one {
            holders.entry(shingle).or_default().push(at);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for of_shingle in holders.values() {
        for (place, &at) in of_shingle.iter().enumerate() {
            for &other in &of_shingle[..place] {
                *shared.entry((other, at)).or_default() += 1;
            }
        }
    }
    assert!(
        !shared.is_empty(),
        "no two share anything: none was compared"
    );
    for ((at, other), shared) in shared {
        let union = all[at].len() + all[other].len() - shared;
        assert!(
            shared * 2 < union,
            "emails {at} and {other} share {shared} of {union} shingles"
        );
    }
}

#[test]
fn bodies_have_five_to_four_hundred_words_with_much_the_same_spread_in_both_classes() {
    let mut lengths: BTreeMap<bool, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows().iter().enumerate() {
        let length = visible(&row.body).split_whitespace().count();
        assert!(
            (5..=400).contains(&length),
            "mail {at}, {:?}, has {length} words",
            row.subject
        );
        lengths.entry(row.spam).or_default().push(length);
    }
    for (spam, lengths) in &mut lengths {
        lengths.sort_unstable();
        let median = lengths[lengths.len() / 2];
        assert!(
            (60..=140).contains(&median),
            "spam {spam}: the median is {median} words"
        );
        assert!(
            lengths[lengths.len() / 20] < 40 && lengths[lengths.len() * 19 / 20] > 180,
            "spam {spam}: {lengths:?}"
        );
    }
}

#[test]
fn each_kind_belongs_to_one_class_and_none_is_too_large() {
    let mut kinds: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for row in rows() {
        assert!(
            row.kind.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !row.kind.is_empty(),
            "{}",
            row.kind
        );
        kinds.entry(row.kind).or_default()[usize::from(row.spam)] += 1;
    }
    for (kind, counts) in &kinds {
        assert!(
            counts[0] == 0 || counts[1] == 0,
            "{kind} stands in both classes: {counts:?}"
        );
        assert!(counts[0] + counts[1] <= 90, "{kind}: {counts:?}");
    }
    for class in 0..2 {
        let of_class = kinds.values().filter(|counts| counts[class] > 0).count();
        assert!(of_class >= 12, "{of_class} kinds of class {class}");
    }
}

/// No token, sender domain or day may give away more than a fifth of a class by itself, that is,
/// occur in more than a fifth of the messages of one class and in none of the other.
#[test]
fn nothing_alone_decides_a_fifth_of_a_class() {
    let rows = rows();
    let mut holding: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for row in &rows {
        let text = format!("{} {} {}", row.from, row.subject, row.body);
        let mut features: BTreeSet<String> = words(&text).into_iter().collect();
        let domain = row.from.rsplit('@').next().unwrap().trim_end_matches('>');
        features.insert(format!("domain {domain}"));
        features.insert(format!("top domain {}", domain.rsplit('.').next().unwrap()));
        for length in [4, 7, 10] {
            features.insert(format!("date {}", &row.date[..length]));
        }
        features.insert(format!("hour {}", &row.date[11..13]));
        features.insert(format!("zone {}", &row.date[19..]));
        for feature in features {
            holding.entry(feature).or_default()[usize::from(row.spam)] += 1;
        }
    }
    let class = [
        rows.iter().filter(|row| !row.spam).count(),
        rows.iter().filter(|row| row.spam).count(),
    ];
    for (feature, counts) in &holding {
        for one in 0..2 {
            let (with, other) = (
                counts[one] as f64 / class[one] as f64,
                counts[1 - one] as f64 / class[1 - one] as f64,
            );
            assert!(
                with <= 0.2 || other > with / 20.0,
                "{feature:?} stands in {:.0} % of class {one} and {:.1} % of the other",
                100.0 * with,
                100.0 * other
            );
        }
    }
}

#[test]
fn dates_are_spread_evenly_over_both_classes() {
    let mut quarters: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut class = [0.0; 2];
    for row in rows() {
        let (year, month): (&str, u32) = (&row.date[..4], row.date[5..7].parse().unwrap());
        assert!(
            row.date.len() >= 20 && ("2025-01-01".."2026-07-01").contains(&&row.date[..10]),
            "{} is outside 2025-01 to 2026-06",
            row.date
        );
        quarters
            .entry(format!("{year} quarter {}", (month - 1) / 3 + 1))
            .or_default()[usize::from(row.spam)] += 1.0;
        class[usize::from(row.spam)] += 1.0;
    }
    assert_eq!(quarters.len(), 6);
    for (quarter, counts) in &quarters {
        let shares = [counts[0] / class[0], counts[1] / class[1]];
        assert!(
            shares.iter().all(|share| (0.10..0.25).contains(share)),
            "{quarter}: {shares:?}"
        );
    }
}

#[test]
fn every_address_stands_under_a_reserved_domain() {
    let reserved = [
        "example.com",
        "example.org",
        "example.net",
        ".example",
        ".test",
        ".invalid",
    ];
    for row in rows() {
        for text in [&row.from, &row.body] {
            for (at, _) in text.match_indices('@') {
                let domain = text[at + 1..]
                    .split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-')
                    .next()
                    .unwrap();
                let domain = domain.trim_end_matches(['.', '-']).to_lowercase();
                let known = reserved.iter().any(|end| domain.ends_with(end));
                assert!(known || !domain.contains('.'), "{domain} is somebody's");
            }
        }
    }
}
