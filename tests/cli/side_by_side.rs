//! Several saved experiments on one page.

use crate::folder::Folder;

#[test]
fn two_reports_are_drawn_on_one_page_in_a_folder_of_its_own() {
    let folder = Folder::with_mail();
    let compare = "compare mail.csv -q --model multinomial,svm --folds 3 --resamples 100 \
                   --no-analysis learning_curve";
    folder.run(&format!("{compare} -o a"));
    folder.run(&format!("{compare} --stem no -o b"));
    folder.run("report -q a b/experiment.json a -o both");
    let page = folder.text("both/report.html");
    let found = folder.json("both/side_by_side.json");
    assert_eq!(found["experiments"].to_string(), r#"["a","b","a (2)"]"#);
    assert!(page.contains("All tested the same 60 messages") && page.contains("recipe.stem"));
    let asked = folder.text("both/tables/asked.csv");
    assert!(asked.contains("recipe.stem,auto,no,auto"), "{asked}");
    let text = folder.text("both/report.md");
    assert!(text.contains("charts/errors.png") && folder.holds("both/charts/errors.png"));
    let said = folder.refused("report a b");
    assert!(said.contains("give -o FOLDER"), "{said}");
    let said = folder.refused("report a b -o a");
    assert!(
        said.contains("a exists and is not a spamlab report"),
        "{said}"
    );
    assert!(folder.json("a/experiment.json")["models"].is_array());
}

#[test]
fn what_several_corpora_say_is_printed_in_words_and_as_json() {
    let folder = Folder::with_builtin_mail(240);
    folder.run("split mail.csv -q --parts 3 -o part");
    for part in ["a", "b", "c"] {
        folder.run(&format!(
            "compare part-{part}.csv -q --folds 3 --resamples 0 --no-times -o {part} \
             --no-analysis learning_curve --model multinomial,logistic,svm"
        ));
    }
    let told = folder.run("report -q a b c -o all");
    assert!(told.contains("Over 3 corpora"), "{told}");
    let found = folder.run_json("report -q a b c -o all --json --rope 50%");
    assert_eq!(found, folder.json("all/side_by_side.json"));
    let corpora = &found["corpora"];
    assert_eq!(corpora["practically_equivalent"], 0.5);
    assert_eq!(corpora["pairs"][2]["belief"]["equivalent"], 1.0);
    assert!(folder.holds("all/charts/critical_difference.png"));
    let said = folder.refused("report a --json");
    assert!(said.contains("are for several experiments"), "{said}");
}

/// Beside the best of each family, whose names stand at their lines, a model of the user's choice.
#[test]
fn a_model_of_choice_is_highlighted_in_charts_as_the_best_are() {
    let folder = Folder::with_builtin_mail(240);
    folder.run(
        "compare mail.csv -q --folds 3 --resamples 0 --no-analysis learning_curve --no-times \
         --model multinomial,bernoulli,complement,svm -o plain",
    );
    let names_in = |report: &str, model: &str| {
        let chart = folder.text(&format!("{report}/charts/roc.svg"));
        chart.matches(&format!(">{model}<")).count()
    };
    let generative = ["multinomial", "bernoulli", "complement"];
    let others = generative.map(|model| (model, names_in("plain", model)));
    // In the legend each, and the best at its line too.
    let mut others = others.into_iter().filter(|(_, names)| *names == 1);
    let (chosen, _) = others.next().unwrap();
    let (other, _) = others.next().unwrap();
    folder.run(&format!("report plain -q -o chosen --highlight {chosen}"));
    assert!(names_in("chosen", chosen) > 1);
    assert_eq!(names_in("chosen", other), 1);
    assert_eq!(folder.json("chosen/experiment.json")["highlighted"], chosen);
    folder.run("report chosen -q -o again");
    assert!(names_in("again", chosen) > 1);
    folder.run("report chosen -q -o without --no-highlight");
    assert_eq!(names_in("without", chosen), 1);
    assert!(folder.json("without/experiment.json")["highlighted"].is_null());
    let said = folder.refused("report plain --highlight nobody");
    assert!(
        said.contains("has no model \"nobody\"; it has multinomial, bernoulli"),
        "{said}"
    );
}
