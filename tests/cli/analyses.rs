//! What is looked into beside the comparison itself: token kinds, unlabelled mail, settings, a
//! published experiment.

use crate::folder::Folder;
use crate::{list, number, scattered, texts};
use serde_json::{Value, json};

#[test]
fn an_ablation_leaves_out_each_kind_of_token_and_writes_no_report() {
    let folder = Folder::with_mail();
    let found = folder.run_json("ablate mail.csv --folds 3 -q --json");
    assert_eq!(texts(&found["reference"], "model"), ["multinomial", "svm"]);
    let mut changes = list(&found["changes"]).iter();
    let change = changes.find(|change| change["what"] == "without subject");
    let change = change.unwrap();
    assert_eq!(list(&change["variant"]["errors"]).len(), 3);
    assert!(change["tokens"].as_i64().unwrap() > 0);
    assert!(!folder.holds("reports"));
}

#[test]
fn a_kind_of_token_that_is_left_out_says_nothing_of_a_message() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv --exclude-kinds word -q");
    let one = "Subject: prize today\n\nmeeting notes lunch\n";
    folder.write("one.eml", one);
    let page = folder.run("classify -m mail.spamlab one.eml");
    assert!(page.contains("subject:prize"), "{page}");
    assert!(!page.contains("lunch"), "{page}");
}

#[test]
fn an_unknown_kind_of_token_is_refused_with_those_there_are() {
    let folder = Folder::with_mail();
    let said = folder.refused("train mail.csv --exclude-kinds wrod");
    assert!(said.contains("wrod") && said.contains("subject"), "{said}");
}

/// A comparison of `models` in three folds, with no analysis but those asked for by `more`.
fn compare(folder: &Folder, models: &str, more: &str) -> Value {
    let compare = "compare mail.csv -q --folds 3 --resamples 100 --no-times -o out";
    let few = "--no-analysis learning_curve";
    folder.run(&format!("{compare} {few} --model {models} {more}"));
    folder.json("out/experiment.json")
}

#[test]
fn what_mail_without_labels_is_worth_is_drawn() {
    let folder = Folder::with_builtin_mail(160);
    let found = compare(&folder, "multinomial", "--analysis unlabelled_curve");
    assert_eq!(texts(&found["models"], "name"), ["multinomial", "mixture"]);
    assert!(found["analyses"]["learning_curve"].is_null());
    let curves = &found["analyses"]["unlabelled_curve"];
    let (with, without) = (&curves["with"], &curves["without"]);
    assert_eq!(with["test"], without["test"]);
    let (with, without) = (list(&with["points"]), list(&without["points"]));
    assert_eq!(with.len(), without.len());
    assert!(with.iter().all(|point| point["model"] == "mixture"));
    let size = |point: &Value| point["emails"].as_u64().unwrap();
    let all = with.iter().map(size).max().unwrap();
    assert!(with.iter().any(|point| size(point) < all));
    // Where every label is told there is nothing to hide; below, what was hidden was read.
    for (with, without) in with.iter().zip(without) {
        let alike = with["metrics"] == without["metrics"];
        assert_eq!(alike, size(with) == all, "{with}, {without}");
        assert_eq!(size(with), size(without));
    }
    assert!(folder.holds("out/charts/unlabelled.svg"));
}

/// Beside the same divisions made by comparisons in two folds with five seeds, and Alpaydin's
/// formula.
#[test]
fn the_test_on_halves_is_that_of_five_comparisons_in_two_folds() {
    let folder = Folder::with_builtin_mail(200);
    let found = compare(
        &folder,
        "multinomial,svm",
        "--analysis five_by_two --seed 3",
    );
    let pairs = list(&found["analyses"]["five_by_two"]);
    let [pair] = pairs else {
        panic!("one pair: {pairs:?}")
    };
    let halves = |seed: u64| -> [f64; 2] {
        folder.run(&format!(
            "compare mail.csv -q --folds 2 --seed {seed} --resamples 0 --no-times -o halves \
             --no-analysis learning_curve --model multinomial,svm"
        ));
        let found = folder.json("halves/experiment.json");
        let accuracy = |model: usize, fold: usize| {
            let outcome = &found["models"][model]["runs"][fold]["outcome"];
            number(&outcome["scored"]["metrics"]["accuracy"])
        };
        [0, 1].map(|fold| accuracy(0, fold) - accuracy(1, fold))
    };
    let differences = [3, 4, 5, 6, 7].map(halves);
    let squares: f64 = differences.iter().flatten().map(|one| one * one).sum();
    let variances = differences.map(|[a, b]| (a - b) * (a - b) / 2.0);
    let f = squares / (2.0 * variances.iter().sum::<f64>());
    assert!((number(&pair["f"]) - f).abs() < 1e-9, "{pair}, {f}");
    let table = folder.text("out/tables/comparisons.csv");
    let [titles, row] = table.lines().collect::<Vec<_>>()[..] else {
        panic!("{table}")
    };
    assert!(titles.ends_with("\"F, 5x2cv\",\"p, 5x2cv\""), "{titles}");
    let p_value: f64 = row.rsplit(',').next().unwrap().parse().unwrap();
    assert_eq!(p_value, number(&pair["p_value"]));
    assert!(folder.text("out/report.md").contains("The 5x2cv F test"));
}

/// Every ham holds the footer of a list, and no spam does; without it, nothing tells them apart.
#[test]
fn a_token_that_alone_decides_is_left_out_once_and_what_is_left_is_told() {
    let folder = Folder::new();
    let words = [
        "lunch", "budget", "river", "garden", "music", "paper", "winter",
    ];
    let row = |at: usize| {
        let label = ["ham", "spam"][at % 2];
        let own: Vec<String> = (0..12)
            .map(|place| {
                let number = scattered(100 * at + place);
                format!("{}{}", words[number % 7], words[number / 7 % 7])
            })
            .collect();
        let footer = ["handballclub", ""][at % 2];
        format!("{label},{} {footer}\n", own.join(" "))
    };
    let rows: String = (0..160).map(row).collect();
    folder.write("mail.csv", format!("label,text\n{rows}"));
    let found = compare(&folder, "multinomial,svm", "");
    assert_eq!(found["data"]["leaky_tokens"][0]["token"], "handballclub");
    let without = &found["analyses"]["leaky_tokens"];
    assert_eq!(texts(&without["models"], "model"), ["multinomial", "svm"]);
    for model in list(&without["models"]) {
        assert_eq!(number(&model["error_with"]), 0.0, "{model}");
        assert!(number(&model["error_without"]) > 0.2, "{model}");
    }
    let page = folder.text("out/report.md");
    assert!(
        page.contains("Trained without the") && page.contains("instead of 0.00"),
        "{page}"
    );

    // Mail in which no token decides alone.
    let folder = Folder::with_builtin_mail(160);
    let found = compare(&folder, "multinomial,svm", "");
    assert!(found["data"]["leaky_tokens"].as_array().unwrap().is_empty());
    assert!(found["analyses"]["leaky_tokens"].is_null());
    assert!(!folder.text("out/report.md").contains("Trained without"));
}

#[test]
fn what_a_setting_does_to_the_loss_is_drawn() {
    let folder = Folder::with_builtin_mail(200);
    let curves = "--analysis validation_curve=logistic.c=0.01,1,100 \
                  --analysis validation_curve=multinomial.representation=counts,binary";
    let found = compare(&folder, "logistic,multinomial", curves);
    let curves = &found["analyses"]["validation_curve"];
    let values = |curve: &Value| -> Value {
        let points = list(&curve["points"]).iter();
        points.map(|point| point["value"].clone()).collect()
    };
    assert_eq!(values(&curves[0]), json!([0.01, 1, 100]));
    assert_eq!(values(&curves[1]), json!(["counts", "binary"]));
    let mean = |at: usize, which: &str| -> f64 {
        let losses = list(&curves[0]["points"][at][which]);
        assert_eq!(losses.len(), 3, "a loss for each fold");
        losses.iter().map(number).sum::<f64>() / 3.0
    };
    // The more an error costs, the closer the fit; on mail it has not seen it always loses more.
    let training = [0, 1, 2].map(|at| mean(at, "training"));
    assert!(training.is_sorted_by(|a, b| a > b), "{training:?}");
    assert!((0..3).all(|at| mean(at, "test") > training[at]));
    assert!(folder.holds("out/charts/validation.svg"));
}

#[test]
fn a_setting_whose_losses_cannot_be_measured_is_told() {
    let folder = Folder::with_mail();
    let compare = "compare mail.csv --folds 3 --resamples 100 --no-times -o out --model fisher \
                   --no-analysis learning_curve \
                   --analysis validation_curve=fisher.unknown_word_strength=0.1,1";
    let said = folder.said(compare);
    let expected = "fisher.unknown_word_strength: there is nothing to draw";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_validation_curve_of_nothing_that_can_be_varied_is_refused() {
    let folder = Folder::with_mail();
    for (curve, reason) in [
        ("mlp.dropout=0,0.5", "mlp is not among the models compared"),
        (
            "logistic.c=1",
            "write two or more values, separated by commas",
        ),
        ("logistic.c=1,-1", "logistic.c"),
        ("logistic", "write MODEL.SETTING=VALUE"),
    ] {
        let compare = "compare mail.csv -q --model logistic,multinomial";
        let said = folder.refused(&format!("{compare} --analysis validation_curve={curve}"));
        assert!(said.contains(curve) && said.contains(reason), "{said}");
    }
}

/// With a table of ham and spam in turn, each of one word of its own: whatever is learned from 100
/// of them answers all 150 others rightly.
fn with_two_words() -> Folder {
    let row = |at: usize| ["ham,lunch today <b>\n", "spam,pills today <b>\n"][at % 2];
    let rows: String = (0..250).map(row).collect();
    let folder = Folder::new();
    folder.write("one.csv", format!("label,text\n{rows}"));
    folder
}

/// From the second batch on everything is right; published of multinomial, Boolean on Enron1 are
/// 96.00 and 95.25, so that 100 is 4.00 and 4.75 more.
#[test]
fn a_published_experiment_is_repeated_beside_what_was_published() {
    let folder = with_two_words();
    let told = folder.run("experiment metsis one.csv -o out");
    let row = told
        .lines()
        .find(|line| line.trim_start().starts_with("multinomial, Boolean"));
    let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
    assert_eq!(
        cells,
        ["multinomial,", "Boolean", "100.00", "100.00", "4.38"]
    );
    let wide = told.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    let page = folder.text("out/report.md");
    for row in [
        "| multinomial, Boolean | 3,000 | 100.00 | 100.00 | 96.00 | 95.25 | 4.00 | 4.75 |",
        "| one | multinomial, Boolean | 3,000 | 100.00 | 100.00 | 96.00 | 95.25 | 4.00 | 4.75 |",
    ] {
        assert!(page.contains(row), "{page}");
    }
    // A row for each event model and number of attributes.
    let rows = folder.text("out/tables/recalls.csv");
    assert_eq!(rows.lines().count(), 1 + 5 * 3);
    let all = folder.run_json("experiment metsis one.csv -o out --json");
    assert_eq!(list(&all["cells"]).len(), 5 * 3);
}

#[test]
fn an_experiment_with_models_of_its_own_says_that_others_are_not_used() {
    const TOLD: &str = "of its own; those of the specification are not used";
    let folder = with_two_words();
    folder.write("models.toml", "models = [\"svm\"]\n");
    folder.write("settings.toml", "[settings.svm]\nc = 2\n");
    folder.write("neither.toml", "seed = 2\n");
    for (asked, is_told) in [("models", true), ("settings", true), ("neither", false)] {
        let config = format!("--config {asked}.toml -o {asked}");
        let line = format!("experiment metsis one.csv --attributes 500 {config}");
        assert_eq!(folder.said(&line).contains(TOLD), is_told, "{asked}");
    }
    let bytes = ["models", "neither"].map(|out| folder.bytes(&format!("{out}/metsis.json")));
    assert!(bytes[0] == bytes[1]);
}

/// Nothing was published of the mail that comes with the program.
#[test]
fn a_published_experiment_on_other_mail_has_nothing_beside_it() {
    let folder = Folder::new();
    let found = folder.run_json("experiment metsis -q --quick -o out --json");
    let cells = list(&found["cells"]);
    assert_eq!(cells.len(), 5);
    for cell in cells {
        assert_eq!(cell["attributes"], 500);
        assert!(
            cell["measured"]["spam_pct"].as_f64().unwrap() > 50.0,
            "{cell}"
        );
        assert_eq!(cell.get("published"), None);
    }
    let said = folder.refused("experiment metsis -q --attributes 0");
    assert!(said.contains("--attributes"), "{said}");
}

/// Until the second class comes, the answer is the only class that was seen.
#[test]
fn a_published_experiment_begins_before_both_classes_were_seen() {
    let folder = Folder::new();
    let ham = "ham,lunch today\n".repeat(200);
    let both = "spam,pills today\nham,lunch today\n".repeat(100);
    folder.write("late.csv", format!("label,text\n{ham}{both}"));
    let found = folder.run_json("experiment metsis late.csv -q --attributes 3000 -o out --json");
    let boolean = list(&found["cells"])
        .iter()
        .find(|cell| cell["event"] == "multinomial, Boolean");
    // By hand: of the 100 spam the 50 of the first batch with any are called ham, and all else is
    // right.
    let measured = &boolean.unwrap()["measured"];
    assert_eq!(measured["spam_pct"], 50.0);
    assert_eq!(measured["ham_pct"], 100.0);
}

#[test]
fn the_smaller_protocols_of_tune_and_ablate_have_two_models_and_two_folds() {
    let folder = Folder::with_mail();
    let tuned = folder.run_json("experiment tune mail.csv -q --quick --json");
    let names: Vec<&Value> = list(&tuned["models"])
        .iter()
        .map(|of| &of["model"])
        .collect();
    assert_eq!(names, ["multinomial", "logistic"]);
    for model in list(&tuned["models"]) {
        assert_eq!(list(&model["chosen_by_fold"]).len(), 2);
        assert!(list(&model["tried"]).len() <= 6, "{model}");
    }
    let ablated = folder.run_json("experiment ablate mail.csv -q --quick --json");
    assert_eq!(list(&ablated["reference"]).len(), 2);
    assert!(
        ablated["split"].as_str().unwrap().contains("2 "),
        "{ablated}"
    );
}

/// It is refused before any work: the corpus need not even exist.
#[test]
fn a_folder_for_a_published_experiment_that_cannot_be_made_is_refused() {
    let folder = with_two_words();
    let said = folder.refused("experiment metsis absent.csv -o one.csv/out");
    assert!(said.contains("cannot write one.csv/out"), "{said}");
}

/// A comparison of small nets and a model of counts.
fn nets(folder: &Folder, more: &str) -> Value {
    let small = "--set vae.max_iter=3 --set vae.hidden_units=16 \
                 --set transformer-classifier.max_iter=1 --set transformer-classifier.layers=1 \
                 --set transformer-classifier.head_size=8 \
                 --set transformer-classifier.max_bytes=300 \
                 --set transformer-classifier.vocabulary=300 --no-analysis learning_curve";
    compare(
        folder,
        "multinomial,vae,transformer-classifier,logistic",
        &format!("{small} {more}"),
    )
}

#[test]
fn the_latent_space_and_the_attention_of_nets_are_drawn() {
    let folder = Folder::with_builtin_mail(160);
    let found = nets(&folder, "");
    let space = &found["analyses"]["latent_space"];
    assert_eq!(space["model"], "vae");
    assert_eq!(space["dimensions"], 32);
    let (rows, places) = (list(&space["rows"]), list(&space["places"]));
    // One fold of three.
    assert!(rows.len() == places.len() && (40..=80).contains(&rows.len()));
    assert_eq!(list(&space["path"]).len(), 5);
    let shares: Vec<f64> = list(&space["axes"])
        .iter()
        .map(|axis| number(&axis["share"]))
        .collect();
    assert!(shares[0] >= shares[1] && shares[1] > 0.0 && shares[0] + shares[1] <= 1.0);
    // The places have the mean 0, since they are those from which it was taken.
    for axis in 0..2 {
        let sum: f64 = places.iter().map(|place| number(&place[axis])).sum();
        assert!(sum.abs() < 1e-6, "{sum}");
    }
    for axis in list(&space["axes"]) {
        for end in ["low", "high"] {
            assert!(!list(&axis[end]).is_empty(), "{axis}");
        }
    }
    let attention = list(&found["analyses"]["attention"]);
    assert_eq!(attention.len(), 1);
    assert_eq!(attention[0]["model"], "transformer-classifier");
    // The message that both families are followed through is the one that is looked at.
    let example = &found["analyses"]["worked_example"];
    assert_eq!(attention[0]["row"], example["row"]);
    let tokens: String = list(&attention[0]["attention"]["tokens"])
        .iter()
        .map(|token| token.as_str().unwrap())
        .collect();
    assert!(
        example["text"].as_str().unwrap().starts_with(&tokens),
        "{tokens}"
    );
    for chart in ["latent_space", "attention"] {
        assert!(folder.holds(&format!("out/charts/{chart}.svg")), "{chart}");
    }
    let words = folder.text("out/charts/latent_space.csv");
    assert!(
        words.lines().any(|line| line.contains("half way")),
        "{words}"
    );
}

#[test]
fn a_redacted_comparison_of_nets_spells_no_message() {
    let folder = Folder::with_builtin_mail(160);
    let found = nets(&folder, "--redact");
    assert!(found["analyses"]["attention"].is_null());
    assert!(!folder.holds("out/charts/attention.svg"));
    let known: Vec<&str> = list(&found["analyses"]["contrast"]["tokens"])
        .iter()
        .filter_map(|one| one["token"].as_str())
        .collect();
    let axes = list(&found["analyses"]["latent_space"]["axes"]).iter();
    for word in axes.flat_map(|axis| [list(&axis["low"]), list(&axis["high"])].concat()) {
        let word = word[0].as_str().unwrap();
        assert!(known.contains(&word), "{word}");
    }
}

/// A table of training mail and, the second half, test mail, and the file that says so: ham says
/// one word twice and a second one once, spam the second and a third.
fn with_three_words() -> Folder {
    let row = |at: usize| ["ham,lunch lunch today\n", "spam,pills today\n"][at % 2];
    let rows: String = (0..200).map(row).collect();
    let part = |at: usize| format!("{},{}\n", at + 1, if at < 100 { "train" } else { "test" });
    let parts: String = (0..200).map(part).collect();
    let folder = Folder::new();
    folder.write("three.csv", format!("label,text\n{rows}"));
    folder.write("parts.csv", format!("id,split\n{parts}"));
    folder
}

/// By hand, with one occurrence added to each: of 50 ham p(lunch) = 101/153, p(today) = 51/153, of
/// 50 spam p(pills) = p(today) = 51/103.
#[test]
fn the_perplexity_of_naive_bayes_on_shared_words_is_that_worked_by_hand() {
    let folder = with_three_words();
    let compare = "compare three.csv -q --split parts.csv --model multinomial,complement,svm \
                   --set multinomial.alpha=1 --no-analysis learning_curve --no-times -o out";
    folder.run(&format!("{compare} --analysis generative_models=emails=40"));
    let found = folder.json("out/experiment.json");
    let found = &found["analyses"]["generative_models"];
    assert_eq!((&found["words"], &found["test"]), (&json!(3), &json!(100)));
    assert_eq!(found["judge"]["model"], "svm");
    let multinomial = &found["models"][0];
    let nats = -(2.0 * (101.0 / 153.0_f64).ln() + (51.0 / 153.0_f64).ln());
    let nats = nats - 2.0 * (51.0 / 103.0_f64).ln();
    let perplexity = number(&multinomial["word_perplexity"]["exact"]);
    assert!(
        (perplexity - (nats / 5.0).exp()).abs() < 1e-9,
        "{perplexity}"
    );
    // What it generates in either class are words of that class.
    assert_eq!(
        number(&multinomial["accuracy_from_generated"]["exact"]),
        1.0
    );
    let no_likelihood = json!({ "missing": { "why": "no_likelihood" } });
    assert_eq!(found["models"][1]["error_pct"], no_likelihood);
    let table = folder.text("out/tables/generative_models.csv");
    let mut lines = table.lines();
    let head = lines.next().unwrap();
    assert!(
        head.contains("word_perplexity,word_perplexity_is"),
        "{head}"
    );
    assert!(
        !head.contains("seconds") && !head.contains("milliseconds"),
        "{head}"
    );
    assert!(
        lines.next().unwrap().starts_with("multinomial,,,,,"),
        "{table}"
    );
    for page in ["out/report.html", "out/report.md"] {
        let page = folder.text(page);
        assert!(page.contains("has no likelihood of mail"), "{page}");
    }
    assert!(!folder.holds("out/timing.json"));
}

#[test]
fn parameters_of_the_table_of_generative_models_are_checked() {
    let folder = Folder::with_mail();
    for (given, reason) in [
        ("emails=1", "emails is 1, and must be from 2 to 100000"),
        ("words=0", "words is 0, and must be from 1 to 1000000"),
        ("depth=3", "unknown field `depth`"),
        ("many", "write each parameter as NAME=VALUE"),
    ] {
        let compare = "compare mail.csv -q --model svm,multinomial";
        let said = folder.refused(&format!("{compare} --analysis generative_models={given}"));
        let expected = format!("generative_models: {reason}");
        assert!(said.contains(&expected), "{said}");
    }
}
