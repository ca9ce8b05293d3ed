//! What only a generative model can do: generate mail, find what is novel, and cluster mail without
//! labels.

use crate::folder::Folder;
use crate::{list, number, of_model, stdout};
use serde_json::Value;

fn with_generators() -> Folder {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o mail.spamlab --model byte-ngram,multinomial,logistic");
    folder
}

#[test]
fn generated_messages_go_on_from_a_prompt_and_say_whether_they_are_copied() {
    let folder = with_generators();
    let mut generate = folder.spamlab("generate -m mail.spamlab -n 6 --copies-of mail.csv");
    let page = stdout(generate.args(["--prompt", "prize t"]));
    assert_eq!(page.matches("\nSubject: prize t").count(), 6, "{page}");
    assert_eq!(page.matches(" cop").count(), 6, "{page}");
}

#[test]
fn a_generated_message_tells_its_class_its_model_and_its_longest_copied_run() {
    let folder = with_generators();
    let generate = "generate -m mail.spamlab -n 6 --jsonl --class spam --copies-of mail.csv";
    let emails = folder.run_lines(generate);
    assert_eq!(emails.len(), 6);
    for email in emails {
        assert_eq!(email["label"], "spam");
        assert_eq!(email["model"], "byte-ngram");
        let run = &email["longest_copied_run"];
        let bytes = run["bytes"].as_u64().unwrap() as usize;
        assert_eq!(bytes, run["text"].as_str().unwrap().len());
    }
}

#[test]
fn the_same_seed_generates_the_same_mail_which_can_be_evaluated() {
    let folder = with_generators();
    for model in ["byte-ngram", "multinomial"] {
        let csv = |seed: u32| {
            let generate = "generate -m mail.spamlab -n 6 --csv";
            folder.run(&format!("{generate} --model {model} --seed {seed}"))
        };
        assert_eq!(csv(3), csv(3));
        assert_ne!(csv(3), csv(4));
        folder.write("generated.csv", csv(3));
        let evaluated = folder.run("evaluate -m mail.spamlab generated.csv -q");
        assert!(evaluated.contains("multinomial"), "{evaluated}");
    }
}

#[test]
fn a_model_that_cannot_generate_or_cannot_continue_a_text_is_refused() {
    let folder = with_generators();
    let said = folder.refused("generate -m mail.spamlab --model logistic");
    assert!(said.contains("logistic cannot generate mail"), "{said}");
    let said = folder.refused("generate -m mail.spamlab --model multinomial --prompt Dear");
    let able = "not a text, so that it cannot continue one; choose a model of text, such as \
                byte-ngram, with --model";
    assert!(said.contains(able), "{said}");
}

/// The classes share no word but one, so nothing is easier than to generate, to classify and to
/// learn.
#[test]
fn generated_mail_is_assessed_and_can_be_learned_from() {
    let folder = Folder::with_three_kinds();
    folder.run("train mail.csv -o m.spamlab --model multinomial,svm");
    let assess = "assess mail.csv -m m.spamlab -n 60";
    let found = folder.run_json(&format!("{assess} --json"));
    assert_eq!(found["generator"], "multinomial");
    assert_eq!(found["classifier"], "svm");
    let agreement = list(&found["agreement"]);
    assert_eq!(agreement.len(), 2, "{found}");
    assert!(agreement.iter().all(|share| number(share) > 0.9), "{found}");
    let inception_score = number(&found["inception_score"]);
    assert!((1.0..=2.0).contains(&inception_score), "{found}");
    let learned = number(&found["train_on_synthetic"][0]["accuracy"]);
    assert!(learned > 0.9, "{found}");
    assert!(folder.run(assess).contains("Inception Score"));
}

#[test]
fn generated_mail_is_assessed_by_a_discriminative_model_only() {
    let folder = Folder::with_three_kinds();
    folder.run("train mail.csv -o g.spamlab --model multinomial");
    let said = folder.refused("assess mail.csv -m g.spamlab");
    let expected = "no discriminative model to classify the generated mail";
    assert!(said.contains(expected), "{said}");
}

/// With a model file, and forty messages of a language that it never saw.
fn with_mail_of_another_kind() -> Folder {
    let folder = with_generators();
    let other = (0..40).map(|at| format!("ordre {at},Voulez-vous bien {at} nous écrire à Ghlin\n"));
    let other: String = other.collect();
    folder.write("other.csv", format!("subject,body\n{other}"));
    folder
}

/// Not a word of the other mail is known: all of it is more novel than all of the first.
#[test]
fn mail_of_another_kind_is_told_from_that_of_the_training_set() {
    let folder = with_mail_of_another_kind();
    let outliers = "outliers mail.csv -q -m mail.spamlab -n 3 --contrast-with other.csv";
    let found = folder.run_json(&format!("{outliers} --json"));
    assert_eq!(found["model"], "byte-ngram");
    assert_eq!(list(&found["outliers"]).len(), 3);
    assert_eq!(found["contrast"]["roc_auc"], 1.0);
    assert!(folder.run(outliers).contains("ROC AUC 1.0000"));
    let said = folder.refused(&format!("{outliers} --model multinomial"));
    assert!(said.contains("gives no code lengths"), "{said}");
}

#[test]
fn the_verdict_on_a_novel_message_says_how_novel_it_is() {
    let folder = with_mail_of_another_kind();
    let emails = folder.run_lines("classify other.csv -q -m mail.spamlab --jsonl");
    assert_eq!(emails.len(), 40);
    for email in emails {
        let novelty = |model: &str| &of_model(&email["verdicts"], model)["novelty"];
        assert_eq!(novelty("byte-ngram")["p_value"], 0.0);
        assert!(novelty("multinomial").is_null());
    }
    let one = "Subject: ordre\n\nVoulez-vous bien nous écrire\n";
    folder.write("one.eml", one);
    let page = folder.run("classify one.eml -q -m mail.spamlab");
    let page: Vec<&str> = page.split_whitespace().collect();
    let page = page.join(" ");
    let warning = "unlike the training mail, so do not rely on the verdicts";
    assert!(page.contains(warning), "{page}");
}

#[test]
fn kinds_of_mail_are_found_without_labels() {
    let folder = Folder::with_three_unlabelled_kinds();
    let found = folder.run_json("cluster mail.csv --json --assign kinds.csv");
    let kinds = list(&found["kinds"]).iter();
    let sizes: Vec<&Value> = kinds.map(|kind| &kind["emails"]).collect();
    assert_eq!(sizes, [30, 30, 30]);
    let assigned = folder.text("kinds.csv");
    let assigned = assigned.lines().skip(1);
    let assigned: Vec<&str> = assigned.map(|row| row.split_once(',').unwrap().1).collect();
    assert_eq!(assigned.len(), 90);
    assert!((0..90).all(|at| assigned[at] == assigned[at % 3]));
}

#[test]
fn kinds_of_labelled_mail_are_told_with_their_classes() {
    let folder = Folder::with_three_kinds();
    let told = folder.run("cluster mail.csv --kinds 3");
    for classes in ["(0 ham, 30 spam)", "(30 ham, 0 spam)"] {
        assert!(told.contains(classes), "{told}");
    }
}

#[test]
fn one_message_is_too_few_to_find_kinds_in() {
    let folder = Folder::new();
    folder.write("few.csv", "text\nhello there\n");
    let said = folder.refused("cluster few.csv");
    assert!(said.contains("too few to find kinds in"), "{said}");
}
