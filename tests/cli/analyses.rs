//! What is looked into beside the comparison itself: token kinds, unlabelled mail, settings, added
//! mail, a published experiment.

use crate::{failure, spamlab, stdout, write_builtin, write_csv, write_three_kinds};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

#[test]
fn a_kind_of_token_can_be_left_out_and_an_ablation_leaves_out_each() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let common = ["mail.csv", "--folds", "3", "-q", "--json"];
    let found = stdout(spamlab(&folder).arg("ablate").args(common));
    let found: Value = serde_json::from_str(&found).unwrap();
    let models: Vec<&str> = found["reference"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["model"].as_str().unwrap())
        .collect();
    assert_eq!(models, ["multinomial", "svm"]);
    let changes = found["changes"].as_array().unwrap();
    let change = changes
        .iter()
        .find(|change| change["what"] == "without subject")
        .unwrap();
    assert_eq!(change["variant"]["errors"].as_array().unwrap().len(), 3);
    assert!(change["tokens"].as_i64().unwrap() > 0);
    assert!(
        !folder.path().join("reports").exists(),
        "an ablation writes no report"
    );

    stdout(spamlab(&folder).args(["train", "mail.csv", "--exclude-kinds", "word", "-q"]));
    fs::write(
        folder.path().join("one.eml"),
        "Subject: prize today\n\nmeeting notes lunch\n",
    )
    .unwrap();
    let page = stdout(spamlab(&folder).args(["classify", "-m", "mail.spamlab", "one.eml"]));
    assert!(
        page.contains("subject:prize") && !page.contains("lunch"),
        "{page}"
    );
    let (code, said) =
        failure(spamlab(&folder).args(["train", "mail.csv", "--exclude-kinds", "wrod"]));
    assert!(
        code == 2 && said.contains("wrod") && said.contains("subject"),
        "{said}"
    );
}

#[test]
fn what_mail_without_labels_is_worth_is_drawn() {
    let folder = TempDir::new().unwrap();
    write_builtin(&folder.path().join("mail.csv"), 160);
    let args = [
        "compare",
        "mail.csv",
        "-q",
        "--folds",
        "3",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--model",
        "multinomial",
        "--analysis",
        "unlabelled_curve",
        "-o",
        "out",
    ];
    stdout(spamlab(&folder).args(args));
    let experiment = fs::read_to_string(folder.path().join("out/experiment.json")).unwrap();
    let experiment: Value = serde_json::from_str(&experiment).unwrap();
    let names: Vec<&str> = experiment["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|of| of["name"].as_str())
        .collect();
    assert_eq!(names, ["multinomial", "mixture"]);
    assert!(experiment["analyses"]["learning_curve"].is_null());
    let [with, without] =
        ["with", "without"].map(|which| &experiment["analyses"]["unlabelled_curve"][which]);
    assert_eq!(with["test"], without["test"]);
    let points = |curve: &Value| curve["points"].as_array().unwrap().clone();
    let (with, without) = (points(with), points(without));
    assert!(with.iter().all(|point| point["model"] == "mixture"));
    let most = with
        .iter()
        .filter_map(|point| point["emails"].as_u64())
        .max()
        .unwrap();
    let of_size = |points: &[Value], all: bool| -> Vec<Value> {
        points
            .iter()
            .filter(|point| (point["emails"].as_u64() == Some(most)) == all)
            .cloned()
            .collect()
    };
    // Where every label is told there is nothing to hide; below, what was hidden was read.
    assert_eq!(of_size(&with, true), of_size(&without, true));
    let (with, without) = (of_size(&with, false), of_size(&without, false));
    assert!(
        with.len() == without.len()
            && with
                .iter()
                .zip(&without)
                .all(|(a, b)| a["metrics"] != b["metrics"])
    );
    assert!(folder.path().join("out/charts/unlabelled.svg").exists());
}

#[test]
fn what_a_setting_does_to_the_loss_is_drawn() {
    let folder = TempDir::new().unwrap();
    write_builtin(&folder.path().join("mail.csv"), 200);
    let common = [
        "compare",
        "mail.csv",
        "-q",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--folds",
        "3",
        "--model",
        "logistic,multinomial",
    ];
    let curves = [
        "--analysis",
        "validation_curve=logistic.c=0.01,1,100",
        "--analysis",
        "validation_curve=multinomial.representation=counts,binary",
    ];
    stdout(
        spamlab(&folder)
            .args(common)
            .args(curves)
            .args(["-o", "out"]),
    );
    let experiment = fs::read_to_string(folder.path().join("out/experiment.json")).unwrap();
    let experiment: Value = serde_json::from_str(&experiment).unwrap();
    let curves = experiment["analyses"]["validation_curve"]
        .as_array()
        .unwrap();
    let values = |curve: &Value| {
        curve["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| at["value"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&curves[0]), [json!(0.01), json!(1), json!(100)]);
    assert_eq!(values(&curves[1]), [json!("counts"), json!("binary")]);
    let mean = |at: usize, which: &str| -> f64 {
        let losses = curves[0]["points"][at][which].as_array().unwrap();
        assert_eq!(losses.len(), 3, "a loss for each fold");
        losses
            .iter()
            .map(|loss| loss.as_f64().unwrap())
            .sum::<f64>()
            / 3.0
    };
    // The dearer an error, the closer the fit; on mail it has not seen it always loses more.
    assert!(mean(0, "training") > mean(1, "training") && mean(1, "training") > mean(2, "training"));
    assert!((0..3).all(|at| mean(at, "test") > mean(at, "training")));
    assert!(folder.path().join("out/charts/validation.svg").exists());
}

#[test]
fn a_setting_that_cannot_be_drawn_is_told_or_refused() {
    let folder = TempDir::new().unwrap();
    write_csv(&folder.path().join("mail.csv"), "spam");
    let fisher = [
        "compare",
        "mail.csv",
        "--resamples",
        "100",
        "--no-times",
        "--no-analysis",
        "learning_curve",
        "--folds",
        "3",
        "--model",
        "fisher",
        "-o",
        "fisher",
    ];
    let said = spamlab(&folder)
        .args(fisher)
        .args([
            "--analysis",
            "validation_curve=fisher.unknown_word_strength=0.1,1",
        ])
        .output()
        .unwrap();
    assert!(said.status.success());
    assert!(
        String::from_utf8(said.stderr)
            .unwrap()
            .contains("fisher.unknown_word_strength: there is nothing to draw")
    );
    for (curve, reason) in [
        ("mlp.dropout=0,0.5", "mlp is not among the models compared"),
        (
            "logistic.c=1",
            "write two or more values, separated by commas",
        ),
        ("logistic.c=1,-1", "logistic.c"),
        ("logistic", "write MODEL.SETTING=VALUE"),
    ] {
        let refused = spamlab(&folder)
            .args([
                "compare",
                "mail.csv",
                "-q",
                "--model",
                "logistic,multinomial",
            ])
            .args(["--analysis", &format!("validation_curve={curve}")])
            .output()
            .unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(curve) && said.contains(reason), "{said}");
    }
}

#[test]
fn added_mail_is_trained_on_tested_on_by_none_and_its_effect_is_told() {
    let folder = TempDir::new().unwrap();
    write_three_kinds(&folder, "mail.csv", true);
    let compare = [
        "compare",
        "mail.csv",
        "-q",
        "--folds",
        "3",
        "--no-analysis",
        "learning_curve",
        "--no-times",
        "--resamples",
        "0",
    ];
    let ways = [
        "--model",
        "multinomial,svm",
        "--augment",
        "synthetic=20,word-dropout=0.3",
        "--augment",
        "noise=0.2",
    ];
    let said = stdout(
        spamlab(&folder)
            .args(compare)
            .args(ways)
            .args(["-o", "with"]),
    );
    assert!(
        said.contains("with synthetic=20, word-dropout=0.3, noise=0.2"),
        "{said}"
    );
    stdout(
        spamlab(&folder)
            .args(compare)
            .args(["--model", "multinomial,svm", "-o", "without"]),
    );
    let read = |name: &str| -> Value {
        serde_json::from_str(
            &fs::read_to_string(folder.path().join(name).join("experiment.json")).unwrap(),
        )
        .unwrap()
    };
    let (with, without) = (read("with"), read("without"));
    // Two copies of each of 60 training messages, and 20 written ones; the messages tested are the
    // same.
    let effect = &with["analyses"]["augmentation"];
    assert_eq!(effect["emails"], serde_json::json!([140, 140, 140]));
    let rows = |of: &Value| of["models"][0]["runs"][0]["outcome"]["scored"]["rows"].clone();
    assert_eq!(rows(&with), rows(&without));
    // What it is compared with is what comes out without it.
    for (at, model) in effect["models"].as_array().unwrap().iter().enumerate() {
        let mean = &without["models"][at]["spread"]["log_loss_bits"]["mean"];
        assert_eq!(&model["without"]["log_loss_bits"], mean);
        assert_eq!(
            model["with"]["log_loss_bits"],
            with["models"][at]["spread"]["log_loss_bits"]["mean"]
        );
        assert_ne!(&model["with"]["log_loss_bits"], mean);
    }
    assert!(without["analyses"].get("augmentation").is_none());
    let page = fs::read_to_string(folder.path().join("with/report.html")).unwrap();
    assert!(page.contains("What the added mail changed") && page.contains("synthetic=20"));
    let table = fs::read_to_string(folder.path().join("with/tables/effect.csv")).unwrap();
    assert!(
        table.starts_with("model,accuracy_without,accuracy_with,"),
        "{table}"
    );

    let train = [
        "train",
        "mail.csv",
        "-q",
        "--model",
        "multinomial",
        "--augment",
        "swap=0.1",
    ];
    stdout(spamlab(&folder).args(train));
    assert!(stdout(spamlab(&folder).args(["inspect", "mail.spamlab"])).contains("swap=0.1"));
    for (arguments, says) in [
        (
            &["train", "mail.csv", "--augment", "noise=2"][..],
            "noise=P",
        ),
        (
            &["certify", "mail.csv", "--augment", "noise=0.1"],
            "leave --augment out",
        ),
        (
            &["ablate", "mail.csv", "--augment", "noise=0.1"],
            "mail as it is",
        ),
    ] {
        let output = spamlab(&folder).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && said.contains(says),
            "{said}"
        );
    }
}

#[test]
fn a_published_experiment_is_repeated_beside_what_was_published() {
    let folder = tempfile::tempdir().unwrap();
    // Ham and spam in turn, each of one word of its own: whatever is learned from 100 of them
    // answers all 150 others rightly. By the second batch on, that is; published of multinomial,
    // Boolean on Enron1 are 96.00 and 95.25, so that 100 is 4.00 and 4.75 more.
    let mut table = "label,text\n".to_owned();
    for at in 0..250 {
        table += if at % 2 == 0 {
            "ham,lunch today <b>\n"
        } else {
            "spam,pills today <b>\n"
        };
    }
    std::fs::write(folder.path().join("one.csv"), table).unwrap();
    let told = stdout(spamlab(&folder).args(["experiment", "metsis", "one.csv", "-o", "out"]));
    assert!(
        told.contains("| multinomial, Boolean | 100.00/100.00 |"),
        "{told}"
    );
    assert!(
        told.contains("| multinomial, Boolean | +4.00/+4.75 | 4.00/4.75, both 4.38 |"),
        "{told}"
    );
    let cells = std::fs::read_to_string(folder.path().join("out/recalls.csv")).unwrap();
    assert_eq!(
        cells.lines().count(),
        1 + 5 * 3,
        "a row for each event model and number of attributes"
    );
    let all =
        stdout(spamlab(&folder).args(["experiment", "metsis", "one.csv", "-o", "out", "--json"]));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&all)
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        15
    );
    // A folder that cannot be made is refused before any work: the set need not even exist.
    let refused = spamlab(&folder)
        .args(["experiment", "metsis", "absent.csv", "-o", "one.csv/out"])
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.status.code() == Some(2) && said.contains("one.csv/out cannot be made"),
        "{said}"
    );
}
