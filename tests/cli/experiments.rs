//! Experiments of many fits.

use crate::folder::Folder;
use crate::{list, number};

#[test]
fn a_crossover_follows_both_pairs_from_few_messages_to_all() {
    let folder = Folder::with_builtin_mail(240);
    let command = "experiment crossover mail.csv -q --quick --resamples 2 --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let pairs = list(&found["pairs"]);
    let features: Vec<&str> = pairs
        .iter()
        .map(|pair| pair["features"].as_str().unwrap())
        .collect();
    assert_eq!(features, ["words", "byte n-grams"]);
    let training = number(&found["training"]);
    let test: f64 = list(&found["test"]).iter().map(number).sum();
    assert_eq!(training + test + number(&found["left_out"]), 240.0);
    for pair in pairs {
        let points = list(&pair["points"]);
        let sizes: Vec<f64> = points
            .iter()
            .map(|point| number(&point["emails"]))
            .collect();
        assert_eq!(sizes[..5], [4.0, 8.0, 16.0, 32.0, 64.0]);
        assert_eq!(sizes.last(), Some(&training));
        for point in points {
            for metric in ["error_pct", "one_minus_roca_pct", "log_loss_bits"] {
                let mean = |model: usize| number(&point["means"][model][metric]);
                let difference = &point["differences"][metric];
                let off = number(&difference[0]) - (mean(0) - mean(1));
                assert!(off.abs() < 1e-9, "{point}");
                let [low, high] = [0, 1].map(|end| number(&difference[1][end]));
                assert!(low <= high, "{point}");
            }
            let error = number(&point["means"][0]["error_pct"]);
            // A whole number of messages, over the training sets.
            let wrong = error / 100.0 * test * number(&point["resamples"]);
            assert!((wrong - wrong.round()).abs() < 1e-3, "{wrong}");
        }
    }
    for file in [
        "crossover.json",
        "tables/points.csv",
        "tables/crossings.csv",
        "charts/crossover.svg",
        "charts/crossover_difference.png",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment crossover mail.csv -q --quick --resamples 2 -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    assert!(told.contains("By error rate, "), "{told}");
}

#[test]
fn a_crossover_needs_mail_and_leaves_a_foreign_folder_alone() {
    let folder = Folder::with_builtin_mail(30);
    let said = folder.refused("experiment crossover mail.csv -q");
    assert!(
        said.contains("too few to draw training sets from"),
        "{said}"
    );
    std::fs::create_dir(folder.path("notes")).unwrap();
    folder.write("notes/one.txt", "mine");
    let said = folder.refused("experiment crossover mail.csv -q -o notes");
    assert!(said.contains("notes"), "{said}");
    assert_eq!(folder.text("notes/one.txt"), "mine");
}
