//! The table of generators of document vectors, and what it rests on in words.

use super::super::table::{DataTable, TableCell};
use crate::base::numbers::{count, number};
use crate::results::{AdversarialGame, GeneratorQuality, PlayedGame};

/// Decimals of a share.
const DECIMALS: usize = 3;

/// Every generator with its name, those without a game first.
pub fn generators_of(game: &AdversarialGame) -> Vec<(String, GeneratorQuality)> {
    let mut all = vec![
        ("other real mail".to_owned(), game.real_against_real),
        (
            "independent marginals".to_owned(),
            game.independent_marginals,
        ),
        ("normal by class".to_owned(), game.gaussian),
    ];
    let played = |all: &mut Vec<(String, GeneratorQuality)>, name: &str, of: &PlayedGame| {
        all.push((name.to_owned(), of.quality));
        all.push((format!("{name}, chosen"), of.chosen));
    };
    played(&mut all, "game", &game.game);
    if let Some(lopsided) = &game.lopsided {
        played(&mut all, "lopsided game", lopsided);
    }
    all
}

/// The table.
pub fn generators(game: &AdversarialGame) -> DataTable {
    let share = |value| TableCell::known(Some(value), DECIMALS);
    let row = |(name, of): (String, GeneratorQuality)| {
        vec![
            TableCell::Text(name),
            share(of.accuracy),
            share(of.auc),
            share(of.precision),
            share(of.recall),
            TableCell::known(of.tstr, DECIMALS),
        ]
    };
    let labels = [
        "generator",
        "accuracy of a fresh discriminator",
        "its ROC AUC",
        "precision",
        "recall",
        "TSTR accuracy",
    ];
    DataTable::of(&labels, generators_of(game).into_iter().map(row).collect())
}

/// Words that weigh most in vectors which the generator of the game generated, a row each.
pub fn generated_words(game: &AdversarialGame) -> DataTable {
    let row = |(class, words): (&str, &Vec<String>)| {
        vec![
            TableCell::Text(class.to_owned()),
            TableCell::Text(words.join(", ")),
        ]
    };
    let classes = ["ham", "spam"].into_iter().zip(&game.game.words);
    let vectors = classes.flat_map(|(class, words)| words.iter().map(move |words| (class, words)));
    let labels = ["class", "words that weigh most in a generated vector"];
    DataTable::of(&labels, vectors.map(row).collect())
}

/// What was played with what.
pub fn game_in_words(game: &AdversarialGame) -> String {
    format!(
        "Vectors of {} coordinates by latent semantic analysis of {} words, which hold {} % of \
         the sum of squares. Generators learned from {} messages. A fresh discriminator was then \
         trained to tell what each generates from {} other real messages, and tested on {} vectors \
         that it had not seen: 50 % would be chance. Chosen is what the \
         discriminator of a game keeps of sixteen vectors.",
        count(game.width),
        count(game.words),
        number(100.0 * game.share, 0),
        count(game.training),
        count(game.judged),
        count(game.game.quality.tested),
    )
}
