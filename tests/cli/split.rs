//! Mail divided into halves and other parts.

use crate::folder::Folder;
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
