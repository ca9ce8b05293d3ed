//! Mail added to train on: what it is made of, that nothing is tested on it, and what it changes.

use crate::folder::Folder;
use crate::{list, number};
use serde_json::{Value, json};

const COMPARE: &str = "compare mail.csv -q --folds 3 --no-analysis learning_curve --no-times \
                       --resamples 0 --model multinomial,svm";

/// What a comparison with added mail leaves in the folder `with`: its own words, and its results.
fn with_added_mail(folder: &Folder) -> (String, Value) {
    let added = "--augment synthetic=20,word-dropout=0.3 --augment noise=0.2 -o with";
    let said = folder.run(&format!("{COMPARE} {added}"));
    (said, folder.json("with/experiment.json"))
}

/// Two copies of each of 60 training messages, and 20 generated ones; the messages tested are the
/// same.
#[test]
fn added_mail_is_trained_on_and_never_tested_on() {
    let folder = Folder::with_three_kinds();
    let (_, with) = with_added_mail(&folder);
    folder.run(&format!("{COMPARE} -o without"));
    let without = folder.json("without/experiment.json");
    assert_eq!(
        with["analyses"]["augmentation"]["emails"],
        json!([140, 140, 140])
    );
    let rows = |of: &Value| of["models"][0]["runs"][0]["outcome"]["scored"]["rows"].clone();
    assert_eq!(list(&rows(&with)).len(), 30);
    assert_eq!(rows(&with), rows(&without));
}

#[test]
fn the_effect_of_added_mail_is_the_difference_to_a_comparison_without() {
    let folder = Folder::with_three_kinds();
    let (_, with) = with_added_mail(&folder);
    folder.run(&format!("{COMPARE} -o without"));
    let without = folder.json("without/experiment.json");
    assert!(without["analyses"].get("augmentation").is_none());
    let effects = list(&with["analyses"]["augmentation"]["models"]);
    assert_eq!(effects.len(), 2);
    let loss =
        |of: &Value, at: usize| number(&of["models"][at]["estimates"]["log_loss_bits"]["value"]);
    for (at, effect) in effects.iter().enumerate() {
        assert_eq!(effect["with"]["log_loss_bits"], loss(&with, at));
        assert_eq!(effect["without"]["log_loss_bits"], loss(&without, at));
        assert_ne!(loss(&with, at), loss(&without, at));
    }
}

#[test]
fn a_report_says_what_mail_was_added_and_what_it_changed() {
    let folder = Folder::with_three_kinds();
    let (said, _) = with_added_mail(&folder);
    let added = "with synthetic=20, word-dropout=0.3, noise=0.2";
    assert!(said.contains(added), "{said}");
    let page = folder.text("with/report.html");
    assert!(page.contains("What the added mail changed"));
    assert!(page.contains("synthetic=20"));
    let table = folder.text("with/tables/effect.csv");
    let header = "model,accuracy_without,accuracy_with,";
    assert!(table.starts_with(header), "{table}");
}

#[test]
fn a_model_file_says_what_mail_was_added_to_train_it() {
    let folder = Folder::with_three_kinds();
    folder.run("train mail.csv -q --model multinomial --augment swap=0.1");
    let inspected = folder.run("inspect mail.spamlab");
    assert!(inspected.contains("swap=0.1"), "{inspected}");
}

#[test]
fn mail_is_not_added_to_a_wrong_extent_or_where_it_makes_no_sense() {
    let folder = Folder::with_three_kinds();
    for (line, says) in [
        ("train mail.csv --augment noise=2", "noise=P"),
        (
            "certify mail.csv --augment noise=0.1",
            "leave --augment out",
        ),
        ("ablate mail.csv --augment noise=0.1", "mail as it is"),
    ] {
        let said = folder.refused(line);
        assert!(said.contains(says), "{said}");
    }
}
