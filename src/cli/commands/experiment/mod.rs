//! `spamlab experiment`: protocols of many fits that answer one question.

mod attack;
mod crossover;
mod duplicates;
mod fewshot;
mod game;
mod metsis;
mod noise;
mod shared;
mod stream;
mod transfer;

use self::attack::AttackOptions;
use self::crossover::Crossover;
use self::duplicates::Duplicates;
use self::fewshot::Fewshot;
use self::game::GameOptions;
use self::metsis::Metsis;
use self::noise::Noise;
use self::stream::StreamOptions;
use self::transfer::Transfer;
use super::{ablate, tune};
use crate::cli::common::Common;
use clap::{Args, Subcommand};

/// Runs an experiment.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    which: Which,
}

#[derive(Subcommand)]
enum Which {
    /// What each clue and each choice of the recipe is worth: the same as `spamlab ablate`
    Ablate(ablate::Arguments),
    /// Which model still catches spam that is changed to pass it, and what defences cost (after
    /// Lowd and Meek, CEAS 2005)
    Attack(AttackOptions),
    /// From how many training messages on a discriminative model is ahead of a generative one that
    /// reads the same (after Ng and Jordan, NIPS 2001)
    Crossover(Crossover),
    /// By how much near-duplicates on both sides of a split flatter each model
    Duplicates(Duplicates),
    /// Whether a filter that learns from what passed it gets ahead of a writer that searches for
    /// what passes
    Game(GameOptions),
    /// How well a model filters that learned from 4 to 256 messages, beside pretrained language
    /// models (after Labonne and Moran 2023)
    Fewshot(Fewshot),
    /// Five event models of naive Bayes on Enron1 to Enron6 (Metsis, Androutsopoulos and Paliouras,
    /// CEAS 2006)
    Metsis(Metsis),
    /// Which family breaks first when labels are wrong, spam is rare, words are missing or messages
    /// are short
    Noise(Noise),
    /// Which model filters best if it scores each message as it comes, and learns from it only then
    /// (after the TREC spam tracks, Cormack and Lynam 2005)
    Stream(StreamOptions),
    /// What a model that learned from one corpus is worth on another, and what a few labels there
    /// give back
    Transfer(Transfer),
    /// What models are worth with the settings that a search chooses inside each fold: the same as
    /// `spamlab tune`
    Tune(tune::Arguments),
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        match &self.which {
            Which::Ablate(ablate) => ablate.run(common),
            Which::Tune(tune) => tune.run(common),
            Which::Attack(attack) => attack.run(common),
            Which::Crossover(crossover) => crossover.run(common),
            Which::Duplicates(duplicates) => duplicates.run(common),
            Which::Game(game) => game.run(common),
            Which::Fewshot(fewshot) => fewshot.run(common),
            Which::Metsis(metsis) => metsis.run(common),
            Which::Noise(noise) => noise.run(common),
            Which::Stream(stream) => stream.run(common),
            Which::Transfer(transfer) => transfer.run(common),
        }
    }
}
