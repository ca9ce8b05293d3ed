//! `spamlab experiment`: a published experiment repeated on the user's copy of its mail, beside
//! what was published.

use crate::base::files;
use crate::base::progress::Progress;
use crate::cli::args::training::Common;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::input;
use crate::input::Labels;
use crate::lab::replicate;
use crate::results::{PUBLISHED, PUBLISHED_ATTRIBUTES, Replica, SETS, deviation};
use crate::tokenize::{Cut, Recipe};
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};

/// Repeats a published experiment.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    which: Which,
}

#[derive(Subcommand)]
enum Which {
    /// Five event models of naive Bayes on Enron1 to Enron6 (Metsis, Androutsopoulos and Paliouras,
    /// CEAS 2006)
    Metsis(Metsis),
}

/// Repeats the experiment of Metsis and others.
#[derive(Args)]
struct Metsis {
    /// Enron1 to Enron6 in this order, each a table with its messages in the order in which they
    /// were published
    #[arg(required = true, num_args = 1..=SETS)]
    sets: Vec<PathBuf>,
    /// Folder of the tables
    #[arg(short, long, value_name = "FOLDER", default_value = "reports/metsis")]
    output: PathBuf,
    /// Every cell as JSON instead of the tables
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let Which::Metsis(metsis) = &self.which;
        metsis.run(common)
    }
}

impl Metsis {
    fn run(&self, common: &Common) -> anyhow::Result<()> {
        let sets = self
            .sets
            .iter()
            .map(|path| repeat(path, common))
            .collect::<anyhow::Result<Vec<_>>>()?;
        std::fs::create_dir_all(&self.output)
            .map_err(|error| usage(format!("{} cannot be made: {error}", self.output.display())))?;
        let page = page(&sets);
        self.write("README.md", &page)?;
        self.write("recalls.csv", &cells(&sets))?;
        let text = if self.json {
            serde_json::to_string_pretty(&sets.concat())? + "\n"
        } else {
            page
        };
        stdout().write_all(text.as_bytes())?;
        common.say(format!("wrote {}", self.output.display()));
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.output.join(name);
        files::write_whole(&path, |out| out.write_all(text.as_bytes())).map_err(|error| {
            anyhow::anyhow!(
                "{} cannot be written: {}",
                path.display(),
                files::reason(&error)
            )
        })
    }
}

/// Reads one set and repeats the experiment on it.
fn repeat(path: &Path, common: &Common) -> anyhow::Result<Vec<Replica>> {
    let options = input::Options {
        labels: Labels::BothClasses,
        ..input::Options::default()
    };
    let mut source = input::open_all(&[path.to_owned()], &options).map_err(usage)?;
    let recipe = Recipe {
        cut: Cut::Spaces,
        ..Recipe::default()
    };
    let mut builder = CorpusBuilder::new(&recipe, CorpusOptions::default());
    let bar = Bar::new(common);
    bar.begin("reading mail", source.size().unwrap_or(0));
    builder
        .read_all(source.with_progress(|bytes| bar.advance(bytes)))
        .map_err(usage)?;
    let corpus = builder.finish();
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = name.split('.').next().unwrap_or_default();
    let replicas = replicate(name, &corpus, &bar).map_err(usage)?;
    bar.finish();
    Ok(replicas)
}

/// The tables in Markdown.
fn page(sets: &[Vec<Replica>]) -> String {
    let mut page = "# Which naive Bayes?\n\nSpam recall / ham recall in %, measured again after Metsis, Androutsopoulos and Paliouras, \"Spam Filtering with Naive \
                    Bayes - Which Naive Bayes?\" (CEAS 2006): emails in the order of the file, batches of 100, each tested on \
                    what all before it taught; attributes chosen at each step by information gain. Made by `spamlab experiment metsis`.\n"
        .to_owned();
    let names: Vec<&str> = sets
        .iter()
        .filter_map(|set| set.first())
        .map(|cell| cell.set.as_str())
        .collect();
    let mut attributes: Vec<usize> = sets.iter().flatten().map(|cell| cell.attributes).collect();
    attributes.sort_unstable_by(|a, b| b.cmp(a));
    attributes.dedup();
    for most in attributes {
        let _ = writeln!(
            page,
            "\n## {most} attributes\n\n| event model | {} |",
            names.join(" | ")
        );
        let _ = writeln!(page, "|---|{}", "---|".repeat(names.len()));
        for (event, _) in PUBLISHED {
            let cell = |set: &Vec<Replica>| {
                let cell = set
                    .iter()
                    .find(|cell| cell.event == event && cell.attributes == most);
                cell.map_or_else(String::new, |cell| {
                    format!("{:.2}/{:.2}", cell.spam_recall_pct, cell.ham_recall_pct)
                })
            };
            let _ = writeln!(
                page,
                "| {event} | {} |",
                sets.iter().map(cell).collect::<Vec<_>>().join(" | ")
            );
        }
    }
    let _ = writeln!(
        page,
        "\n## Less what was published, at {PUBLISHED_ATTRIBUTES} attributes\n\n| event model | {} | mean absolute deviation |\n|---|{}",
        names.join(" | "),
        "---|".repeat(names.len() + 1)
    );
    for (event, _) in PUBLISHED {
        let cell = |(at, set): (usize, &Vec<Replica>)| {
            let mut cells = set.iter().filter(|cell| cell.event == event);
            let cell = cells.find_map(|cell| cell.published(at).map(|published| (cell, published)));
            cell.map_or_else(String::new, |(cell, [spam, ham])| {
                format!(
                    "{:+.2}/{:+.2}",
                    cell.spam_recall_pct - spam,
                    cell.ham_recall_pct - ham
                )
            })
        };
        let cells: Vec<String> = sets.iter().enumerate().map(cell).collect();
        let mean = deviation(sets, event).map_or_else(String::new, |[spam, ham]| {
            format!("{spam:.2}/{ham:.2}, both {:.2}", f64::midpoint(spam, ham))
        });
        let _ = writeln!(page, "| {event} | {} | {mean} |", cells.join(" | "));
    }
    page
}

/// Every cell as a row.
fn cells(sets: &[Vec<Replica>]) -> String {
    let mut rows =
        "set,event_model,attributes,spam_recall_pct,ham_recall_pct,published_spam_recall_pct,published_ham_recall_pct\n"
            .to_owned();
    for (at, set) in sets.iter().enumerate() {
        for cell in set {
            let [spam, ham] = cell
                .published(at)
                .map_or_else(Default::default, |both| both.map(|x| format!("{x:.2}")));
            let Replica {
                set,
                event,
                attributes,
                spam_recall_pct,
                ham_recall_pct,
            } = cell;
            let _ = writeln!(
                rows,
                "{set},\"{event}\",{attributes},{spam_recall_pct:.4},{ham_recall_pct:.4},{spam},{ham}"
            );
        }
    }
    rows
}
