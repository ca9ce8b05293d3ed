//! Denoising: corrupted words are recovered, and how many of them is measured.

use crate::folder::Folder;
use crate::{list, number};

fn with_model() -> Folder {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o mail.spamlab --model byte-ngram,multinomial");
    folder
}

/// Mail that the model was trained on is recovered for the most part.
#[test]
fn it_is_measured_how_many_corrupted_words_are_recovered() {
    let folder = with_model();
    let measure = "denoise -q -m mail.spamlab mail.csv --measure --corrupted 0.3 -n 10 --json";
    let found = folder.run_json(measure);
    let before = number(&found["word_error_before"]);
    let after = number(&found["word_error_after"]);
    assert!(before > 0.15 && after < before / 2.0, "{found}");
    let by_corruption = list(&found["by_corruption"]).iter();
    let corrupted: f64 = by_corruption.map(|of| number(&of["words"])).sum();
    let share = corrupted / number(&found["words"]);
    assert!((share - before).abs() < 1e-9, "{share}: {found}");
}

#[test]
fn the_same_seed_corrupts_the_same_words() {
    let folder = with_model();
    let few = "denoise -q -m mail.spamlab mail.csv --measure --corrupted 0.3 -n 2";
    let found = folder.run(few);
    assert_eq!(found, folder.run(few));
    assert_ne!(found, folder.run(&format!("{few} --seed 2")));
}

#[test]
fn a_corrupted_message_is_denoised_word_by_word() {
    let folder = with_model();
    let one = "Subject: hello\n\npr1ze and an \u{43e}ther\n";
    folder.write("one.eml", one);
    let found = folder.run_json("denoise -q -m mail.spamlab one.eml --json");
    let mut changed = list(&found["changed"]).iter();
    assert!(changed.any(|word| word["denoised"] == "prize"), "{found}");
    let table = folder.run("denoise -q -m mail.spamlab one.eml --csv");
    assert!(table.starts_with("id,subject,body\none.eml,"), "{table}");
}

#[test]
fn a_masked_model_fills_in_masks_and_leaves_all_else_alone() {
    let folder = Folder::with_mail();
    folder.run(
        "train mail.csv -q -o mail.spamlab --model diffusion --set diffusion.layers=1 \
         --set diffusion.head_size=4 --set diffusion.max_iter=2 --set diffusion.max_bytes=200",
    );
    let measure = "denoise -q -m mail.spamlab mail.csv --model diffusion --measure \
                   --corrupted 0.3 -n 10 --json";
    let found = folder.run_json(measure);
    assert_eq!(found["intact_changed"], 0);
    for of in list(&found["by_corruption"]) {
        assert!(number(&of["words"]) > 0.0);
        assert!(of["corruption"] == "mask" || of["recovered"] == 0, "{of}");
    }
    let one = "Subject: hello\n\npr1ze and ___, an ___ther\n";
    folder.write("one.eml", one);
    let found = folder.run_json("denoise -q -m mail.spamlab one.eml --model diffusion --json");
    let changed = list(&found["changed"]);
    assert_eq!(changed.len(), 1, "{found}");
    let word = changed[0]["denoised"].as_str().unwrap();
    let letters = word.strip_suffix(',').unwrap();
    assert!(
        letters.bytes().all(|byte| byte.is_ascii_alphabetic()),
        "{word}"
    );
}

#[test]
fn a_model_without_order_and_a_share_above_one_are_refused() {
    let folder = with_model();
    folder.write("one.eml", "Subject: hello\n\nthere\n");
    let said = folder.refused("denoise one.eml -m mail.spamlab --model multinomial");
    assert!(said.contains("does not predict the next byte"), "{said}");
    let said = folder.refused("denoise one.eml -m mail.spamlab --corrupted 1");
    assert!(said.contains("between 0 and 1"), "{said}");
}
