//! What is found outside of an experiment, and is written to a folder of its own.

use super::charts;
use super::documents::tables::{self, DataTable};
use super::figure::Figure;
use crate::results::AdversarialGame;
use crate::results::experiments::{
    AttackFound, CrossoverFound, DuplicatesFound, GameFound, StreamFound, TransferFound,
};
use serde::Serialize;

/// The files of all that stands alone.
pub(super) const ALONE: [&str; 7] = [
    AdversarialGame::FILE,
    AttackFound::FILE,
    CrossoverFound::FILE,
    DuplicatesFound::FILE,
    GameFound::FILE,
    StreamFound::FILE,
    TransferFound::FILE,
];

/// What is written to a folder of its own.
pub trait StandsAlone: Serialize {
    /// The file that holds all of it, in place of an experiment.
    const FILE: &'static str;

    /// Its pictures, each with the name of its files.
    fn figures(&self) -> Vec<(&'static str, Figure)>;

    /// Its tables, each with the name of its file.
    fn tables(&self) -> Vec<(&'static str, DataTable)>;
}

impl StandsAlone for AdversarialGame {
    const FILE: &'static str = "gan.json";

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_game(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("generators", tables::generators(self))]
    }
}

impl StandsAlone for AttackFound {
    const FILE: &'static str = "attack.json";

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_an_attack(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![
            ("attacks", tables::attacked(self)),
            ("defences", tables::defences(self)),
            ("found_words", tables::found_words(self)),
            ("poisoned", tables::poisoned(self)),
        ]
    }
}

impl StandsAlone for CrossoverFound {
    const FILE: &'static str = "crossover.json";

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
    const FILE: &'static str = "game.json";

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_game_of_writers(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("rounds", tables::rounds(self))]
    }
}

impl StandsAlone for StreamFound {
    const FILE: &'static str = "stream.json";

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
    const FILE: &'static str = "transfer.json";

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_a_transfer(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("transfers", tables::transfers(self))]
    }
}

impl StandsAlone for DuplicatesFound {
    const FILE: &'static str = "duplicates.json";

    fn figures(&self) -> Vec<(&'static str, Figure)> {
        charts::of_duplicates(self)
    }

    fn tables(&self) -> Vec<(&'static str, DataTable)> {
        vec![("models", tables::flattered(self))]
    }
}
