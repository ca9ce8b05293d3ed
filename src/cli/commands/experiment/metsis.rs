//! `spamlab experiment metsis`: a published experiment repeated on the user's copy of its mail,
//! beside what was published.

use crate::cli::args::input::ReadOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::metsis::{Recalls, Replication, SETS, replicate};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Repeats the experiment of Metsis and others.
#[derive(Args)]
pub struct Metsis {
    /// Tables of Enron1 to Enron6, in this order, each with its messages in the order in which they
    /// were published
    #[arg(required = true, num_args = 1..=SETS)]
    sets: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadOptions,
    /// Folder to write the tables to
    #[arg(
        short,
        long,
        value_name = "FOLDER",
        default_value = "reports/metsis",
        help_heading = "Output"
    )]
    output: PathBuf,
    /// Print every recall as JSON instead of the tables
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Metsis {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let input = self.read.of(&self.sets);
        targets::check(&input.data(), &[], &[])?;
        if input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        emit::make_folder(&self.output)?;
        let spec = ExperimentSpec {
            data: input.data(),
            ..ExperimentSpec::default()
        };
        let sets = replicate(&spec, &crate::catalog(), &Bar::new(common)).map_err(usage)?;
        let found = Replication::new(&sets);
        self.write("README.md", &page(&found))?;
        self.write("recalls.csv", &recalls_csv(&sets))?;
        emit::result(self.json, || sets.concat(), || as_text(&found))?;
        common.say(format!("wrote {}", whole(self.output.display())));
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        emit::file(&self.output.join(name), |out| {
            out.write_all(text.as_bytes())
        })
    }
}

/// Means over the sets, which fit a terminal; the page has every set.
fn as_text(found: &Replication) -> String {
    let titles = [
        "event model",
        "spam recall %",
        "ham recall %",
        "mean deviation",
    ];
    let mut table = Table::new(titles);
    for recalls in &found.recalls {
        table.section(&format!(
            "{} attributes, mean over the sets",
            recalls.attributes
        ));
        for row in &recalls.rows {
            let cells: Vec<[f64; 2]> = row.cells.iter().copied().flatten().collect();
            let mean = |class: usize| {
                let sum: f64 = cells.iter().map(|cell| cell[class]).sum();
                sum / cells.len() as f64
            };
            let compared = recalls.attributes == found.deviations.attributes;
            let deviations = found.deviations.rows.iter().filter(|_| compared);
            let deviation = deviations
                .filter(|of| of.event == row.event)
                .find_map(|of| {
                    let [spam, ham] = of.mean_absolute?;
                    Some(format!("{:.2}", f64::midpoint(spam, ham)))
                });
            let [spam, ham] = [mean(0), mean(1)].map(|mean| format!("{mean:.2}"));
            let deviation = deviation.unwrap_or_else(|| "–".to_owned());
            table.push([row.event.to_owned(), spam, ham, deviation]);
        }
    }
    table.to_string()
}

/// The page in Markdown.
fn page(found: &Replication) -> String {
    let mut page = "# Which naive Bayes?\n\n\
        Spam recall / ham recall in %, measured again after Metsis, Androutsopoulos and Paliouras, \
        \"Spam Filtering with Naive Bayes - Which Naive Bayes?\" (CEAS 2006): emails in the order \
        of the file, batches of 100, each tested on models trained on all before it; attributes \
        chosen at each step by information gain. Made by `spamlab experiment metsis`.\n"
        .to_owned();
    let sets = found.sets.join(" | ");
    let line = |columns: usize| format!("|---|{}\n", "---|".repeat(columns));
    let joined = |cells: &[Option<[f64; 2]>], cell: &dyn Fn([f64; 2]) -> String| {
        let cells = cells
            .iter()
            .map(|recalls| recalls.map_or_else(String::new, cell));
        cells.collect::<Vec<_>>().join(" | ")
    };
    for table in &found.recalls {
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "\n## {} attributes\n\n| event model | {sets} |\n",
            table.attributes
        );
        page += &line(found.sets.len());
        for row in &table.rows {
            let cells = joined(&row.cells, &|[spam, ham]| format!("{spam:.2}/{ham:.2}"));
            let _ = writeln!(page, "| {} | {cells} |", row.event);
        }
    }
    let _ = write!(
        page,
        "\n## Less what was published, at {} attributes\n\n\
         | event model | {sets} | mean absolute deviation |\n",
        found.deviations.attributes
    );
    page += &line(found.sets.len() + 1);
    for row in &found.deviations.rows {
        let cells = joined(&row.cells, &|[spam, ham]| format!("{spam:+.2}/{ham:+.2}"));
        let mean = row.mean_absolute.map_or_else(String::new, |[spam, ham]| {
            format!("{spam:.2}/{ham:.2}, both {:.2}", f64::midpoint(spam, ham))
        });
        let _ = writeln!(page, "| {} | {cells} | {mean} |", row.event);
    }
    page
}

/// Every recall as a row.
fn recalls_csv(sets: &[Vec<Recalls>]) -> String {
    let mut rows = "set,event_model,attributes,spam_recall_pct,ham_recall_pct,\
        published_spam_recall_pct,published_ham_recall_pct\n"
        .to_owned();
    for (at, set) in sets.iter().enumerate() {
        for recalls in set {
            let [published_spam, published_ham] = recalls
                .published(at)
                .map_or_else(Default::default, |both| both.map(|x| format!("{x:.2}")));
            let Recalls {
                set,
                event,
                attributes,
                spam_recall_pct,
                ham_recall_pct,
            } = recalls;
            let _ = writeln!(
                rows,
                "{set},\"{event}\",{attributes},{spam_recall_pct:.4},{ham_recall_pct:.4},\
                 {published_spam},{published_ham}"
            );
        }
    }
    rows
}
