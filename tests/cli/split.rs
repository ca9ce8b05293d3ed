//! Mail divided into halves and other parts.

use crate::folder::Folder;
use crate::scattered;
use std::collections::BTreeSet;

/// Label and text of each message of a table that the program wrote, and how many there are.
fn rows(folder: &Folder, name: &str) -> (usize, usize, BTreeSet<String>) {
    let mut table = csv::Reader::from_path(folder.path(name)).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let spam = rows.iter().filter(|row| &row[0] == "spam").count();
    let ids = rows.iter().map(|row| row[1].to_owned()).collect();
    (rows.len(), spam, ids)
}

#[test]
fn halves_hold_every_message_once_and_as_much_spam_each() {
    let folder = Folder::with_builtin_mail(300);
    let said = folder.said("split mail.csv --half");
    let (a, b) = (rows(&folder, "mail-a.csv"), rows(&folder, "mail-b.csv"));
    assert_eq!(a.0 + b.0, 300);
    assert!(
        a.0.abs_diff(b.0) <= 2 && a.1.abs_diff(b.1) <= 1,
        "{a:?} {b:?}"
    );
    assert!(a.2.is_disjoint(&b.2) && a.2.len() + b.2.len() == 300);
    assert!(
        said.contains(&format!("mail-a.csv: {} messages, {} spam", a.0, a.1)),
        "{said}"
    );
}

#[test]
fn a_seed_decides_the_parts_and_there_can_be_more_of_them() {
    let folder = Folder::with_builtin_mail(120);
    folder.run("split mail.csv -q --parts 3 -o x");
    let first = folder.text("x-c.csv");
    folder.run("split mail.csv -q --parts 3 -o y --seed 1");
    folder.run("split mail.csv -q --parts 3 -o z --seed 2");
    assert!(folder.text("y-c.csv") == first && folder.text("z-c.csv") != first);
    assert!(!folder.holds("x-d.csv"));
}

/// A report on 120 messages, of which the first half trains and the second is tested. `year` and
/// `words` tell of a message when it was written and which of two vocabularies it has.
fn report(year: impl Fn(usize) -> usize, words: impl Fn(usize) -> usize, copy: bool) -> String {
    let folder = Folder::new();
    let vocabularies = [
        ["lunch", "budget", "river", "paper"],
        ["beach", "ticket", "sun", "hotel"],
    ];
    let text = |at: usize| -> String {
        let own = |place: usize| {
            let number = scattered(100 * at + place);
            let [a, b] = [number, number / 4].map(|one| vocabularies[words(at)][one % 4]);
            format!("{a}{b} ")
        };
        (0..12).map(own).collect::<String>() + ["", "claimprize"][at % 2]
    };
    let row = |at: usize| {
        let label = ["ham", "spam"][at % 2];
        let from = if copy && at == 64 { 4 } else { at };
        format!("{label},m{at}.{}-05-17,{}\n", year(at), text(from))
    };
    let rows: String = (0..120).map(row).collect();
    folder.write("mail.csv", format!("label,id,text\n{rows}"));
    let part = |at: usize| ["train", "test"][at / 60];
    let parts = (0..120).map(|at| format!("m{at}.{}-05-17,{}\n", year(at), part(at)));
    folder.write(
        "split.csv",
        format!("id,split\n{}", parts.collect::<String>()),
    );
    folder.run(
        "compare mail.csv --split split.csv -q --model multinomial,svm --resamples 100 -o out \
         --no-times --no-analysis learning_curve",
    );
    folder.text("out/report.md")
}

#[test]
fn a_split_that_misleads_is_told_and_one_that_does_not_is_not() {
    let [shared, unlike, times] = [
        "near-duplicates on both sides: 1 of 60 test messages",
        "The test mail is unlike the training mail",
        "Ham and spam are from different times",
    ];
    let bad = report(|at| 2001 + at % 2, |at| at / 60, true);
    for caution in [shared, unlike, times] {
        assert!(bad.contains(caution), "{caution}: {bad}");
    }
    let good = report(|at| 2001 + at / 2 % 2, |at| at / 2 % 2, false);
    for caution in ["near-duplicates on both sides", unlike, times] {
        assert!(!good.contains(caution), "{caution}: {good}");
    }
}

#[test]
fn the_mail_itself_is_not_overwritten() {
    let folder = Folder::with_mail();
    folder.run("split mail.csv -q --half");
    let said = folder.refused("split mail-a.csv -q --half -o mail");
    assert!(
        said.contains("mail-a.csv cannot be written: it is read here"),
        "{said}"
    );
}
