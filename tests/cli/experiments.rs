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

/// What a filter makes of a metric on all of the stream.
fn value(filter: &serde_json::Value, metric: &str) -> f64 {
    number(&filter["estimates"][metric]["value"])
}

fn lies_within_its_intervals(point: &serde_json::Value) {
    for (metric, estimate) in point["metrics"].as_object().unwrap() {
        let value = number(&estimate["value"]);
        let [low, high] = [0, 1].map(|end| number(&estimate["interval"][end]));
        assert!(low <= value && value <= high, "{metric}: {estimate}");
    }
}

#[test]
fn a_stream_is_scored_before_it_is_learned_in_every_way_to_teach() {
    let folder = Folder::with_builtin_mail(240);
    let command = "experiment stream mail.csv -q --resamples 20 --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let streams = list(&found["streams"]);
    assert_eq!(streams.len(), 1);
    let emails: f64 = list(&streams[0]["emails"]).iter().map(number).sum();
    assert_eq!(emails, 240.0);
    let lessons = list(&streams[0]["lessons"]);
    assert_eq!(lessons.len(), 6);
    let mut told = Vec::new();
    for lesson in lessons {
        let filters = list(&lesson["filters"]);
        told.push(number(&filters[0]["told"]));
        for filter in filters {
            let [told, learned] = ["told", "learned"].map(|key| number(&filter[key]));
            assert!(learned <= told && told <= emails, "{filter}");
            let curve = list(&filter["curve"]);
            assert_eq!(number(&curve.last().unwrap()["emails"]), emails);
            curve.iter().for_each(lies_within_its_intervals);
            for metric in ["ham_misclassified_pct", "lam_pct", "one_minus_roca_pct"] {
                let last = &curve.last().unwrap()["metrics"][metric];
                assert_eq!(*last, filter["estimates"][metric]);
            }
        }
    }
    // Every label three times, then a fifth, about a half, and no more than a tenth.
    assert_eq!(told[..4], [240.0, 240.0, 240.0, 48.0]);
    assert!(
        (90.0..150.0).contains(&told[4]) && (12.0..=24.0).contains(&told[5]),
        "{told:?}"
    );
    let roca = |lesson: usize, filter: &str| {
        let filters = list(&lessons[lesson]["filters"]);
        let found = filters.iter().find(|one| one["name"] == filter);
        value(found.unwrap(), "one_minus_roca_pct")
    };
    for filter in ["multinomial", "ftrl", "byte-ngram", "fusion"] {
        // It has learned something, and more of all labels than of the first ones.
        assert!(roca(0, filter) < 40.0, "{filter}: {}", roca(0, filter));
        assert!(roca(0, filter) < roca(3, filter), "{filter}");
    }
    for file in [
        "stream.json",
        "tables/filters.csv",
        "tables/over_time.csv",
        "charts/stream.svg",
        "charts/stream_lessons.png",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment stream mail.csv -q --quick --models ppm,ftrl -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn a_stream_has_only_models_that_learn_message_by_message() {
    let folder = Folder::with_builtin_mail(60);
    let said = folder.refused("experiment stream mail.csv -q --models svm");
    assert!(
        said.contains("svm does not learn message by message"),
        "{said}"
    );
    let said = folder.refused("experiment stream mail.csv -q --models crystal-ball");
    assert!(said.contains("crystal-ball"), "{said}");
}

#[test]
fn a_transfer_tests_every_model_on_every_corpus() {
    let folder = Folder::with_builtin_mail(420);
    let command = "experiment transfer mail.csv -q --quick --models multinomial,svm --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let corpora = list(&found["corpora"]);
    assert_eq!(corpora.len(), 3);
    let sum = |of: &serde_json::Value| list(of).iter().map(number).sum::<f64>();
    for corpus in corpora {
        // A quarter, and no near-duplicate of it is learned from.
        let (training, test) = (sum(&corpus["training"]), sum(&corpus["test"]));
        assert!(
            (30.0..=40.0).contains(&test) && training + test <= 140.0,
            "{corpus}"
        );
    }
    let cells = list(&found["cells"]);
    let of = |from: &serde_json::Value| {
        cells
            .iter()
            .filter(|cell| cell["learned_from"] == *from)
            .count()
    };
    // Two models: three corpora on three each, three leave-one-outs, three chronological splits.
    assert_eq!(of(&serde_json::json!({ "corpus": 0 })), 2 * 3);
    assert_eq!(of(&serde_json::json!({ "others": 0 })), 2 * 3);
    assert_eq!(of(&serde_json::json!("earlier")), 2 * 3);
    assert_eq!(of(&serde_json::json!({ "others": 16 })), 2 * 3);
    assert_eq!(of(&serde_json::json!({ "target": 64 })), 2 * 3);
    for cell in cells {
        let target = number(&cell["target"]) as usize;
        let error = number(&cell["metrics"]["error_pct"]["value"]);
        if cell["learned_from"] != "earlier" {
            // A whole number of messages.
            let wrong = error / 100.0 * sum(&corpora[target]["test"]);
            assert!((wrong - wrong.round()).abs() < 1e-9, "{cell}");
        }
        let [low, high] = [0, 1].map(|end| number(&cell["metrics"]["error_pct"]["interval"][end]));
        assert!(low <= error && error <= high && low < high, "{cell}");
        assert!(number(&cell["corrected"]["value"]).is_finite());
    }
    for file in [
        "transfer.json",
        "tables/transfers.csv",
        "charts/transfer.svg",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment transfer mail.csv mail.csv -q --quick --models svm -o out/");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

/// Each message once more at the end: a naive split lets half of them be learned by heart.
#[test]
fn duplicates_flatter_where_messages_stand_there_twice() {
    let folder = Folder::with_builtin_mail(240);
    let all = folder.text("mail.csv");
    let body = all.split_once('\n').unwrap().1;
    folder.write("twice.csv", format!("{all}{body}"));
    let command = "experiment duplicates twice.csv -q --quick --models multinomial,svm --json";
    let found = folder.run_json(&format!("{command} -o out"));
    assert!(number(&found["near_duplicates"]) >= 240.0, "{found}");
    for share in list(&found["twins"]) {
        // One in two of two folds.
        assert!((0.35..0.7).contains(&number(share)), "{share}");
    }
    for model in list(&found["models"]) {
        for metric in ["error_pct", "one_minus_roca_pct"] {
            let of = |split: &str| number(&model[split][metric]["value"]);
            let difference = &model["differences"][metric];
            let off = number(&difference[0]) - (of("naive") - of("grouped"));
            assert!(off.abs() < 1e-9, "{model}");
            // It flatters, and by more than chance.
            assert!(number(&difference[1][1]) < 0.0, "{model}");
        }
    }
    for file in [
        "duplicates.json",
        "tables/models.csv",
        "charts/duplicates.svg",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment duplicates mail.csv -q --quick --models svm -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn few_messages_are_learned_from_on_every_corpus_in_every_run() {
    let folder = Folder::with_builtin_mail(300);
    let all = folder.text("mail.csv");
    let (header, body) = all.split_once('\n').unwrap();
    folder.write("mine.csv", format!("{header}\n{body}"));
    let models = "--models multinomial,byte-ngram,svm";
    let command = format!("experiment fewshot mail.csv mine.csv -q --quick {models} --json");
    let found = folder.run_json(&format!("{command} -o out"));
    let corpora = list(&found["corpora"]);
    let names: Vec<&str> = corpora
        .iter()
        .map(|corpus| corpus["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["mail", "mine"]);
    let sum = |of: &serde_json::Value| list(of).iter().map(number).sum::<f64>();
    for corpus in corpora {
        let (training, test) = (sum(&corpus["training"]), sum(&corpus["test"]));
        assert_eq!(training + test + number(&corpus["left_out"]), 300.0);
        // A fifth is tested.
        assert!((test - (training + test) / 5.0).abs() <= 2.0, "{corpus}");
    }
    let sizes: Vec<Option<f64>> = list(&found["sizes"])
        .iter()
        .map(serde_json::Value::as_f64)
        .collect();
    let expected = [4.0, 8.0, 16.0, 32.0, 64.0, 128.0].map(Some);
    assert_eq!(sizes, [&expected[..], &[None]].concat());
    for model in list(&found["models"]) {
        let f1 = list(&model["f1"]);
        for (size, average) in list(&model["average"]).iter().enumerate() {
            let of = |corpus: usize| number(&list(&f1[corpus])[size]["value"]);
            // The same mail twice: the same runs, and their mean is that of either.
            assert_eq!(of(0), of(1), "{model}");
            let value = number(&average["value"]);
            assert!((value - of(0)).abs() < 1e-12 && (0.0..=1.0).contains(&value));
            let [low, high] = [0, 1].map(|end| number(&average["interval"][end]));
            assert!(low <= value && value <= high, "{average}");
        }
        let last = list(&model["average"]).last().unwrap();
        assert!(number(&last["value"]) > 0.5, "{model}");
    }
    for file in [
        "fewshot.json",
        "tables/f1.csv",
        "charts/fewshot.svg",
        "charts/fewshot_corpora.png",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
}

/// What was published has four corpora: beside fewer it would say nothing.
#[test]
fn published_figures_stand_beside_four_corpora_and_no_other_number() {
    let folder = Folder::with_builtin_mail(120);
    let models = "--models multinomial,svm --runs 2";
    let told = |inputs: &str, to: &str| {
        folder.run(&format!("experiment fewshot {inputs} -q {models} -o {to}"))
    };
    let one = told("mail.csv", "one");
    assert!(!one.contains("Spam-T5"), "{one}");
    let four = told("mail.csv mail.csv mail.csv mail.csv", "four");
    let said = four.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "Labonne and Moran 2023",
        "Spam-T5, RoBERTa, SetFit",
        "best baseline at",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let table = folder.text("four/tables/f1.csv");
    assert!(
        table.contains("best baseline,published,mean over corpora,own score,all,0.956"),
        "{table}"
    );
    for told in [one, four] {
        assert!(
            told.lines().all(|line| line.chars().count() <= 80),
            "{told}"
        );
    }
}

/// A metric of a model under a damage.
fn value_of_model(level: &serde_json::Value, model: usize, metric: &str) -> f64 {
    number(&level["models"][model]["metrics"][metric]["value"])
}

/// Errors are those of both classes, of whole messages, and differences those of the best models.
fn adds_up(level: &serde_json::Value, found: &serde_json::Value) {
    let value = value_of_model;
    let test: f64 = list(&found["test"]).iter().map(number).sum();
    let [ham, spam] = [0, 1].map(|class| number(&found["test"][class]));
    for model in 0..3 {
        let error = value(level, model, "error_pct");
        let [of_ham, of_spam] = ["ham_misclassified_pct", "spam_misclassified_pct"]
            .map(|metric| value(level, model, metric));
        let both = (of_ham * ham + of_spam * spam) / test;
        assert!((error - both).abs() < 1e-4, "{level}");
        let wrong = error / 100.0 * test * number(&level["draws"]);
        assert!((wrong - wrong.round()).abs() < 1e-2, "{level}");
    }
    let best = list(&found["best"]);
    let [a, b] = [0, 1].map(|at| number(&best[at]) as usize);
    for metric in ["error_pct", "one_minus_roca_pct", "log_loss_bits"] {
        let difference = &level["differences"][metric];
        let off = number(&difference[0]) - (value(level, a, metric) - value(level, b, metric));
        assert!(off.abs() < 1e-4, "{level}");
        assert!(number(&difference[1][0]) <= number(&difference[1][1]));
    }
}

#[test]
fn damage_hurts_and_is_the_same_for_every_model() {
    let folder = Folder::with_builtin_mail(480);
    let command = "experiment noise mail.csv -q --quick --models multinomial,byte-ngram,svm --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let sum = |of: &serde_json::Value| list(of).iter().map(number).sum::<f64>();
    let test = sum(&found["test"]);
    assert_eq!(
        sum(&found["training"]) + test + number(&found["left_out"]),
        480.0
    );
    let levels = list(&found["levels"]);
    assert!(levels[0]["damage"].is_null());
    let of = |damage: &str| -> Vec<&serde_json::Value> {
        levels
            .iter()
            .filter(|level| level["damage"] == damage)
            .collect()
    };
    let mild = ["wrong_labels", "ham_called_spam", "spam_called_ham"];
    assert_eq!(mild.map(|damage| of(damage).len()), [5, 5, 5]);
    assert_eq!(
        [of("missing_words").len(), of("short_messages").len()],
        [3, 4]
    );
    let value = value_of_model;
    for level in levels {
        adds_up(level, &found);
    }
    for model in 0..3 {
        let worst = |damage: &str, metric: &str| value(of(damage).last().unwrap(), model, metric);
        let whole = |metric: &str| value(&levels[0], model, metric);
        for damage in ["wrong_labels", "missing_words", "short_messages"] {
            assert!(
                worst(damage, "one_minus_roca_pct") > whole("one_minus_roca_pct"),
                "{damage}"
            );
        }
        // Ham that is called spam teaches to call ham spam, and the other way round.
        let lost = "ham_misclassified_pct";
        assert!(worst("ham_called_spam", lost) > worst("spam_called_ham", lost));
        let missed = "spam_misclassified_pct";
        assert!(worst("spam_called_ham", missed) > worst("ham_called_spam", missed));
        assert!(worst("rare_spam", missed) > whole(missed));
    }
    for file in [
        "noise.json",
        "tables/damaged.csv",
        "tables/differences.csv",
        "charts/noise.svg",
        "charts/noise_ranking.png",
        "charts/noise_rare_spam.svg",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment noise mail.csv -q --quick --models multinomial,svm -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn mail_that_is_read_twice_cannot_come_from_standard_input() {
    let folder = Folder::with_builtin_mail(60);
    for name in ["crossover", "duplicates", "fewshot"] {
        let said = folder.refused(&format!("experiment {name} - -q"));
        assert!(
            said.contains("the mail is read several times here"),
            "{said}"
        );
    }
}

#[test]
fn an_experiment_runs_from_a_specification() {
    let folder = Folder::with_builtin_mail(240);
    folder.write(
        "asked.toml",
        "models = [\"multinomial\"]\nseed = 3\n[data]\ninputs = [\"mail.csv\"]\n\
         [analyses.duplicates]\nfolds = 3\n",
    );
    let found = folder.run_json("experiment duplicates --config asked.toml -q --json -o file");
    let same = "experiment duplicates mail.csv --models multinomial --folds 3 --seed 3 -q --json";
    assert_eq!(found, folder.run_json(&format!("{same} -o options")));
    assert_eq!(number(&found["folds"]), 3.0);
    // Options override the file.
    let other =
        "experiment duplicates --config asked.toml --folds 2 --models svm -q --json -o other";
    let other = folder.run_json(other);
    assert_eq!(number(&other["folds"]), 2.0);
    assert_eq!(list(&other["models"])[0]["name"], "svm");
    folder.write("wrong.toml", "[analyses.duplicates]\nfoldz = 3\n");
    let said = folder.refused("experiment duplicates mail.csv --config wrong.toml -q");
    assert!(said.contains("foldz"), "{said}");
    for file in ["report.html", "report.md"] {
        let page = folder.text(&format!("file/{file}"));
        assert!(page.contains("near-duplicates"), "{page}");
        assert!(page.contains("multinomial"), "{page}");
    }
}
