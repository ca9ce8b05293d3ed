//! Experiments with an adversary.

use crate::folder::Folder;
use crate::{list, number};
use serde_json::Value;

/// Spam caught where one clean ham in a hundred may be misclassified.
fn caught(cell: &Value) -> f64 {
    number(&list(&cell["caught"])[1]["value"])
}

#[test]
fn attacks_are_measured_beside_the_same_messages_without_them() {
    let folder = Folder::with_builtin_mail(600);
    let command = "experiment attack -q --quick --models multinomial,logistic,byte-ngram --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let sum = |of: &Value| list(of).iter().map(number).sum::<f64>();
    let tested = list(&found["test"]);
    assert!(sum(&found["attacker"]) > 20.0 && number(&tested[1]) <= 60.0);
    let cells = list(&found["cells"]);
    let of = |defence: &str, attack: &str| -> Vec<&Value> {
        let is_it = |cell: &&Value| cell["defence"] == defence && cell["attack"] == attack;
        cells.iter().filter(is_it).collect()
    };
    // Three models; two numbers of words, and one against a defence.
    for attack in ["dictionary", "ratio", "hidden", "homoglyphs", "paraphrase"] {
        assert_eq!(of("none", attack).len(), 6, "{attack}");
        assert_eq!(of("retraining", attack).len(), 3, "{attack}");
        assert_eq!(
            of("bagging", attack).len(),
            2,
            "only models of a bag: {attack}"
        );
    }
    assert_eq!(of("none", "plain_text").len(), 3);
    assert_eq!(of("none", "best").len(), 6);
    assert_eq!(list(&found["searches"]).len(), 3);
    assert_eq!(list(&found["transfers"]).len(), 9);
    assert!(number(&list(&found["searches"])[0]["queries"]) > 0.0);
    // One share of three poisons, and none; three models each.
    assert_eq!(list(&found["poisoned"]).len(), 4 * 3);
    for cell in cells {
        for told in list(&cell["caught"]) {
            if told.is_null() {
                continue;
            }
            let [low, high] = [0, 1].map(|end| number(&told["interval"][end]));
            let value = number(&told["value"]);
            assert!(low <= value && value <= high, "{cell}");
            // A whole number of messages.
            let messages = value / 100.0 * number(&tested[1]);
            assert!((messages - messages.round()).abs() < 1e-6, "{cell}");
        }
    }
    for file in [
        "attack.json",
        "tables/attacks.csv",
        "tables/defences.csv",
        "tables/found_words.csv",
        "tables/poisoned.csv",
    ] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment attack -q --quick --passive --models multinomial -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    let words: Vec<&str> = told.split_whitespace().collect();
    assert!(words.join(" ").contains("Filters learned from"), "{told}");
}

#[test]
fn words_of_ham_let_spam_pass_a_filter_of_words() {
    let folder = Folder::new();
    // Spam and ham that share no telling word: with enough words of ham any of it passes.
    let mut mail = String::from("label,text\n");
    for at in 0..1300 {
        // Words of its own, of letters alone, so that no two are near-duplicates.
        let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
        let own = |class: char| -> String {
            let word = |word: usize| {
                let (at, word) = (at, letter(word));
                format!(
                    " {class}{word}{}{}{}",
                    letter(at),
                    letter(at / 26),
                    letter(at / 676)
                )
            };
            (0..12).map(word).collect()
        };
        let (ham, spam) = (own('h'), own('s'));
        let words = match at % 20 {
            // So much ham looks like spam that thresholds stand among it.
            0 => "meeting about cheap pills casino",
            _ => "meeting about minutes agenda project report schedule lunch",
        };
        mail.extend([
            "ham,",
            words,
            &ham,
            "\nspam,cheap pills casino",
            &spam,
            "\n",
        ]);
    }
    folder.write("two.csv", mail);
    let found = folder
        .run_json("experiment attack two.csv -q --passive --models multinomial --json -o two");
    let cells = list(&found["cells"]);
    let of = |attack: &str, words: f64| {
        let is_it = |cell: &&Value| cell["attack"] == attack && number(&cell["words"]) == words;
        caught(cells.iter().find(is_it).unwrap())
    };
    assert_eq!(of("none", 0.0), 100.0);
    assert!(of("ratio", 10.0) < 5.0, "{}", of("ratio", 10.0));
    // What hides no telling word hides nothing.
    assert_eq!(of("plain_text", 0.0), 100.0);
    assert!(
        of("homoglyphs", 10.0) > 95.0,
        "they are read as the letters they resemble"
    );
}

#[test]
fn a_game_goes_round_by_round_between_every_writer_and_every_filter() {
    let folder = Folder::with_builtin_mail(300);
    let command = "experiment game -q --quick --rounds 2 --json";
    let found = folder.run_json(&format!("{command} -o out"));
    let games = list(&found["games"]);
    assert_eq!(games.len(), 4);
    let mut passed = 0;
    for game in games {
        let rounds = list(&game["rounds"]);
        assert_eq!(rounds.len(), 2);
        for round in rounds {
            let share = number(&round["caught_pct"]);
            assert!((0.0..=100.0).contains(&share), "{round}");
            if round["shown"].is_null() {
                continue;
            }
            passed += 1;
            let shown = &round["shown"];
            let [writer, filter] = ["writer", "filter"].map(|side| list(&shown[side]));
            // To the writer it is still spam, and the filter no longer catches it.
            assert!(number(&writer[1]) >= 0.0, "{shown}");
            let threshold = number(&shown["threshold"]);
            assert!(number(&filter[0]) >= threshold && number(&filter[1]) < threshold);
            assert_ne!(shown["before"], shown["after"]);
            assert!(number(&round["words_changed"]) >= 1.0, "{round}");
        }
    }
    assert!(passed > 0, "{found}");
    for file in ["game.json", "tables/rounds.csv", "charts/game.svg"] {
        assert!(folder.holds(&format!("out/{file}")), "{file}");
    }
    let again = folder.run_json(&format!("{command} -o again --threads 1"));
    assert_eq!(found, again);
    let told = folder.run("experiment game -q --quick --rounds 1 --models multinomial -o out");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn an_attack_needs_mail_for_three_parts() {
    let folder = Folder::with_builtin_mail(40);
    for name in ["attack", "game"] {
        let said = folder.refused(&format!("experiment {name} mail.csv -q"));
        assert!(said.contains("too few"), "{said}");
    }
}
