//! What is found outside of an experiment, and is written to a folder of its own.

use super::charts;
use super::documents::tables::{self, DataTable};
use super::figure::Figure;
use super::statements::caveats;
use crate::results::experiments::{
    ATTACK, Answered, AttackFound, CROSSOVER, CrossoverFound, DUPLICATES, DuplicatesFound, FEWSHOT,
    FewshotFound, GAME, GameFound, METSIS, MetsisFound, NOISE, NoiseFound, STREAM, StreamFound,
    TRANSFER, TransferFound,
};
use crate::results::{AdversarialGame, GAN};
use serde::Serialize;

/// The names of all that stands alone.
pub(super) const ALONE: [&str; 10] = [
    GAN, ATTACK, CROSSOVER, DUPLICATES, FEWSHOT, GAME, METSIS, NOISE, STREAM, TRANSFER,
];

/// What is written to a folder of its own.
pub trait StandsAlone: Serialize {
    /// Its name in the table of analyses, and that of the file that holds all of it.
    const NAME: &'static str;

    /// What the mail is called that it was found on.
    fn mail(&self) -> String;

    /// What it says: how its numbers came about, and what they show.
    fn words(&self) -> Vec<String>;

    /// Its pictures, each with the name of its files.
    fn figures(&self) -> Vec<(&'static str, Figure)>;

    /// Its tables, each with the name of its file.
    fn tables(&self) -> Vec<(&'static str, DataTable)>;
}

/// An experiment with what misleads its readers.
impl<F: StandsAlone> StandsAlone for Answered<F> {
    const NAME: &'static str = F::NAME;

    fn mail(&self) -> String {
        self.found.mail()
    }

    fn words(&self) -> Vec<String> {
        let words = self.found.words().into_iter();
        words.chain(caveats(&self.caveats)).collect()
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        self.found.figures()
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        self.found.tables()
    }
}

impl StandsAlone for AdversarialGame {
    const NAME: &'static str = GAN;

    fn mail(&self) -> String {
        String::new()
    }

    fn words(&self) -> Vec<String> {
        vec![tables::game_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_game(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("generators", tables::generators(self)),
            ("generated_words", tables::generated_words(self)),
        ]
    }
}

impl StandsAlone for AttackFound {
    const NAME: &'static str = ATTACK;

    fn mail(&self) -> String {
        self.mail.clone()
    }

    fn words(&self) -> Vec<String> {
        tables::withstood_in_words(self)
            .into_iter()
            .chain([tables::attack_in_words(self)])
            .collect()
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_an_attack(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("by_attack", tables::withstood(self)),
            ("attacks", tables::attacked(self)),
            ("defences", tables::defences(self)),
            ("found_words", tables::found_words(self)),
            ("poisoned", tables::poisoned(self)),
        ]
    }
}

impl StandsAlone for CrossoverFound {
    const NAME: &'static str = CROSSOVER;

    fn mail(&self) -> String {
        self.mail.clone()
    }

    fn words(&self) -> Vec<String> {
        let pairs = self.pairs.iter().map(tables::crossings_in_words);
        pairs.chain([tables::crossover_in_words(self)]).collect()
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_crossover(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("points", tables::points(self)),
            ("crossings", tables::crossings(self)),
        ]
    }
}

impl StandsAlone for GameFound {
    const NAME: &'static str = GAME;

    fn mail(&self) -> String {
        self.mail.clone()
    }

    fn words(&self) -> Vec<String> {
        tables::games_in_words(self)
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_game_of_writers(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("rounds", tables::rounds(self))]
    }
}

impl StandsAlone for StreamFound {
    const NAME: &'static str = STREAM;

    fn mail(&self) -> String {
        let streams = self.streams.iter().map(|stream| stream.mail.as_str());
        streams.collect::<Vec<&str>>().join(", ")
    }

    fn words(&self) -> Vec<String> {
        vec![tables::stream_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_stream(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("filters", tables::filters(self)),
            ("over_time", tables::over_time(self)),
        ]
    }
}

impl StandsAlone for TransferFound {
    const NAME: &'static str = TRANSFER;

    fn mail(&self) -> String {
        let corpora = self.corpora.iter().map(|corpus| corpus.name.as_str());
        corpora.collect::<Vec<&str>>().join(", ")
    }

    fn words(&self) -> Vec<String> {
        vec![tables::transfer_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_transfer(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("transfers", tables::transfers(self))]
    }
}

impl StandsAlone for DuplicatesFound {
    const NAME: &'static str = DUPLICATES;

    fn mail(&self) -> String {
        self.mail.clone()
    }

    fn words(&self) -> Vec<String> {
        vec![tables::duplicates_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_duplicates(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("models", tables::flattered(self))]
    }
}

impl StandsAlone for FewshotFound {
    const NAME: &'static str = FEWSHOT;

    fn mail(&self) -> String {
        let corpora = self.corpora.iter().map(|corpus| corpus.name.as_str());
        corpora.collect::<Vec<&str>>().join(", ")
    }

    fn words(&self) -> Vec<String> {
        tables::fewshot_in_words(self)
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_few_messages(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("f1", tables::few_messages(self))]
    }
}

impl StandsAlone for MetsisFound {
    const NAME: &'static str = METSIS;

    fn mail(&self) -> String {
        let sets = self.sets.iter().map(|set| set.name.as_str());
        sets.collect::<Vec<&str>>().join(", ")
    }

    fn words(&self) -> Vec<String> {
        vec![tables::metsis_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_event_models(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("event_models", tables::metsis_means(self)),
            ("recalls", tables::recalls(self)),
        ]
    }
}

impl StandsAlone for NoiseFound {
    const NAME: &'static str = NOISE;

    fn mail(&self) -> String {
        self.mail.clone()
    }

    fn words(&self) -> Vec<String> {
        vec![tables::noise_in_words(self)]
    }

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_noise(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("damaged", tables::damaged(self)),
            ("differences", tables::damage_differences(self)),
        ]
    }
}
