//! Generators against discriminators: on document vectors, and on text.

use crate::folder::Folder;
use crate::{list, number};
use serde_json::Value;

#[test]
fn a_game_is_judged_beside_real_mail_and_drawn() {
    let folder = Folder::with_builtin_mail(600);
    let found = folder.run_json("gan mail.csv -q --steps 300 --collapse --json -o game");
    let of = |generator: &str, what: &str| number(&found[generator][what]);
    // Of some 140 vectors; real against real is chance but for three standard errors.
    assert!(
        (of("real_against_real", "accuracy") - 0.5).abs() < 0.13,
        "{found}"
    );
    assert!(of("real_against_real", "recall") > of("independent_marginals", "precision"));
    for game in ["game", "lopsided"] {
        let losses = list(&found[game]["losses"]);
        assert_eq!(losses.last().unwrap()["step"], 300);
        let finite = |of: &Value| number(&of["generator"]).is_finite();
        assert!(losses.iter().all(finite));
        // Before the first step, and at doublings from a 128th of 300 on.
        let steps: Vec<&Value> = list(&found[game]["course"])
            .iter()
            .map(|at| &at["step"])
            .collect();
        assert_eq!(steps, [0, 2, 4, 9, 18, 37, 75, 150, 300]);
    }
    for file in [
        "gan.json",
        "tables/generators.csv",
        "tables/generated_words.csv",
        "charts/gan_losses.svg",
        "charts/gan_clouds.png",
    ] {
        assert!(folder.holds(&format!("game/{file}")), "{file}");
    }
    assert_eq!(
        found,
        folder.run_json("gan mail.csv -q --steps 300 --collapse --json --threads 1")
    );
    let page = folder.run("gan mail.csv -q --steps 1");
    assert!(
        page.lines().all(|line| line.chars().count() <= 80),
        "{page}"
    );
}

#[test]
fn a_game_needs_mail_and_leaves_a_foreign_folder_alone() {
    let folder = Folder::with_builtin_mail(60);
    let said = folder.refused("gan mail.csv -q");
    assert!(said.contains("too few to play with"), "{said}");
    std::fs::create_dir(folder.path("notes")).unwrap();
    folder.write("notes/one.txt", "mine");
    let said = folder.refused("gan mail.csv -q -o notes");
    assert!(said.contains("notes"), "{said}");
    assert_eq!(folder.text("notes/one.txt"), "mine");
}

#[test]
fn a_report_shows_the_game_of_its_first_fold() {
    let folder = Folder::with_builtin_mail(400);
    folder.write(
        "gan.toml",
        "models = [\"multinomial\"]\n[analyses]\ngan = { steps = 50 }\n",
    );
    folder.run("compare mail.csv -q --config gan.toml --folds 2 -o report");
    let page = folder.text("report/report.html");
    assert!(page.contains("<section id=\"gan\">"));
    assert!(
        folder
            .text("report/report.md")
            .contains("# A generator against a discriminator")
    );
    assert!(folder.holds("report/charts/gan_clouds.svg"));
    assert!(
        folder
            .text("report/tables/generators.csv")
            .contains("normal by class")
    );
}

/// A generator that hardly looks at its counts writes rare words far too often, which a linear
/// model over words can tell and mend.
#[test]
fn what_a_discriminator_chooses_is_harder_to_tell_from_real_mail() {
    let folder = Folder::with_builtin_mail(700);
    folder.run(
        "train mail.csv -q -o m.spamlab --model multinomial,logistic --set multinomial.alpha=3",
    );
    let assess = "assess mail.csv -q -m m.spamlab -n 200 --rounds 1 --candidates 16";
    let found = folder.run_json(&format!("{assess} --json"));
    let game = &found["game"];
    assert_eq!(game["generator"], "multinomial");
    let told = |of: &Value| number(&of["accuracy"]);
    let [low, high] = [0, 1].map(|end| number(&game["real_against_real"]["interval"][end]));
    assert!(low < 0.5 && 0.5 < high, "{game}");
    let rounds = list(&game["rounds"]);
    assert_eq!(rounds.len(), 2);
    assert!(told(&rounds[1]) < told(&rounds[0]), "{game}");
    assert!(folder.run(assess).contains("chosen in one round"));
    let said = folder.refused(&format!("{assess} --discriminator multinomial"));
    assert!(said.contains("no discriminative model"), "{said}");
}
