//! The search for hyperparameters and for a tokenizer.

use crate::folder::Folder;
use crate::{list, number, texts};
use serde_json::{Value, json};

const STRATEGIES: [&str; 3] = ["grid", "random", "halving"];

fn tune(folder: &Folder, strategy: &str, more: &str) -> Value {
    folder.run_json(&format!(
        "tune mail.csv -q --json --folds 3 --search {strategy} --model multinomial,logistic,svm \
         --set logistic.c=0.1..100 -o found.toml {more}"
    ))
}

/// Each family tries as many settings, and those within what was asked for.
#[test]
fn settings_are_searched_for_the_same_way_at_any_number_of_threads() {
    let folder = Folder::with_mail();
    for strategy in STRATEGIES {
        let [found, again] =
            [1, 3].map(|of| tune(&folder, strategy, &format!("--trials 18 --threads {of}")));
        assert_eq!(found, again, "{strategy}");
        let search = json!({ "strategy": strategy, "trials": 18, "tokenizer": [] });
        assert_eq!(found["search"], search);
        let models = list(&found["models"]).iter();
        let tried: Vec<usize> = models.map(|model| list(&model["tried"]).len()).collect();
        // One generative model has all trials of its family, two discriminative ones share theirs.
        let shared = [(9..=18), (8..=9), (8..=9)];
        let as_shared = shared
            .iter()
            .zip(&tried)
            .all(|(of, tried)| of.contains(tried));
        assert!(as_shared && tried.len() == 3, "{strategy}: {tried:?}");
        let logistic = &found["models"][1];
        let c = number(&logistic["settings"]["c"]);
        assert!((0.1..=100.0).contains(&c), "{strategy}: {c}");
        assert_eq!(list(&logistic["chosen_by_fold"]).len(), 3);
    }
}

#[test]
fn settings_that_were_found_can_be_trained() {
    let folder = Folder::with_mail();
    for strategy in STRATEGIES {
        let found = tune(&folder, strategy, "--trials 6");
        let trained = folder.run_json("train mail.csv -q --json --config found.toml");
        assert_eq!(
            trained[1]["settings"], found["models"][1]["settings"],
            "{strategy}"
        );
    }
}

#[test]
fn a_comparison_with_a_search_reports_and_draws_it() {
    let folder = Folder::with_mail();
    for strategy in STRATEGIES {
        let compare = "compare mail.csv -q --trials 6 --folds 2 --resamples 0 \
                       --model multinomial,logistic";
        folder.run(&format!("{compare} --search {strategy} -o {strategy}"));
        let text = folder.text(&format!("{strategy}/report.md"));
        let search = format!("{strategy}, 6 trials for each family");
        assert!(text.contains(&search), "{text}");
        assert!(folder.holds(&format!("{strategy}/charts/search.svg")));
    }
}

/// Two tokens tell less than a thousand.
#[test]
fn a_tokenizer_is_searched_for_and_what_was_found_can_be_trained() {
    let folder = Folder::with_mail();
    let tuned = folder.run_json(
        "tune mail.csv -q -o tuned.toml --json --model logistic,multinomial --folds 3 --trials 4 \
         --search-tokenizer stem=auto,no --search-tokenizer max_features=2,1000",
    );
    let trials = &tuned["tokenizer_trials"];
    let all = [
        "stem=auto max_features=2",
        "stem=auto max_features=1000",
        "stem=no max_features=2",
        "stem=no max_features=1000",
    ];
    assert_eq!(texts(trials, "what"), all);
    let loss = |at: usize, fold: usize| number(&trials[at]["log_loss_bits"][fold]);
    assert!((0..3).all(|fold| loss(1, fold) < loss(0, fold)));
    // What was found is what the experiment file says.
    let found = folder.text("tuned.toml");
    assert!(found.contains("max_features = 1000"), "{found}");
    assert_eq!(tuned["tokenizer"]["vocabulary"]["max_features"], 1_000);
    folder.run("train mail.csv -q -o mail.spamlab --config tuned.toml");
    assert!(folder.holds("mail.spamlab"));
}

/// A choice of one is no choice: the same as reading so from the beginning, on the same folds.
#[test]
fn a_search_among_one_tokenizer_is_a_comparison_with_it() {
    let folder = Folder::with_mail();
    let folds = (0..60).map(|at| format!("m{at},{}\n", at / 3 % 3 + 1));
    let folds: String = folds.collect();
    folder.write("folds.csv", format!("id,split\n{folds}"));
    let models = |more: &str| {
        let compare = "compare mail.csv -q --resamples 100 --no-times --json -o out";
        let models = "--split folds.csv --model logistic,multinomial --trials 4";
        folder.run_json(&format!("{compare} {models} {more}"))["models"].clone()
    };
    assert_eq!(models("--search-tokenizer min_df=2"), models("--min-df 2"));
    let two_words = models("--search-tokenizer ngrams=2");
    assert_eq!(two_words, models("--ngrams 2"));
    assert_ne!(two_words, models(""));
}

#[test]
fn a_choice_that_no_tokenizer_has_is_refused() {
    let folder = Folder::with_mail();
    let said = folder.refused("tune mail.csv --search-tokenizer colour=red");
    assert!(said.contains("there is no choice colour"), "{said}");
}
