//! Training that was interrupted: when the same command is run again, it goes on from its
//! checkpoint and writes the same bytes.

use crate::folder::Folder;
use spamlab::base::progress::Progress;
use spamlab::lab::{self, ExperimentSpec};
use spamlab::train::CheckpointFile;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const MODELS: [&str; 2] = ["vae", "transformer"];
const SETTINGS: [&str; 12] = [
    "vae.hidden_units=8",
    "vae.latent_dimensions=2",
    "vae.max_iter=8",
    "transformer.layers=1",
    "transformer.heads=2",
    "transformer.head_size=4",
    "transformer.window=24",
    "transformer.vocabulary=260",
    "transformer.max_bytes=200",
    "transformer.batch_size=8",
    "transformer.max_iter=4",
    "transformer.n_iter_no_change=10",
];
const CHECKPOINT: &str = "mail.spamlab.part";

/// A training of nets that are small, with more settings given over these.
struct Nets(Vec<&'static str>);

impl Nets {
    fn new(more: &[&'static str]) -> Nets {
        Nets([&SETTINGS, more].concat())
    }

    /// What is typed.
    fn line(&self, output: &str) -> String {
        let models = MODELS.join(",");
        let given: Vec<String> = self
            .0
            .iter()
            .map(|given| format!("--set {given}"))
            .collect();
        let given = given.join(" ");
        format!("train mail.csv --model {models} -o {output} {given}")
    }

    /// Ends the training in its pass number `most` over all fits, after which nothing is written
    /// any more, and leaves what a program that is killed then would leave.
    fn interrupt(&self, folder: &Folder, most: usize) {
        let mut spec = ExperimentSpec {
            models: MODELS.map(str::to_owned).to_vec(),
            ..ExperimentSpec::default()
        };
        spec.data.inputs = vec![folder.path("mail.csv")];
        spec.analyses.clear();
        for given in &self.0 {
            spec.set(given.parse().unwrap());
        }
        // At each step, where the program waits for a minute.
        let checkpoints = CheckpointFile::new(folder.path(CHECKPOINT), Duration::ZERO);
        let until = Until(most, AtomicUsize::new(0));
        let train = || lab::train(&spec, &spamlab::catalog(), Some(&checkpoints), &until);
        // One thread, since another would go on with another model.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let trained = catch_unwind(AssertUnwindSafe(|| pool.unwrap().install(train)));
        if let Ok(trained) = trained {
            let why = trained.err().map(|why| why.to_string());
            panic!("it came to its end before pass {most}: {why:?}");
        }
    }
}

/// Unwinds at a pass.
struct Until(usize, AtomicUsize);

impl Progress for Until {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    /// Who watches is told how long it will take, by a trial that must leave nothing behind. Of a
    /// fit without end, which is interrupted at once, a trial has no end either.
    fn is_watched(&self) -> bool {
        self.0 > 0
    }
    fn detail(&self, _: &str) {
        if self.1.fetch_add(1, Ordering::Relaxed) == self.0 {
            resume_unwind(Box::new("interrupted"));
        }
    }
}

/// A text in one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn training_that_was_interrupted_goes_on_and_writes_the_same_bytes() {
    let folder = Folder::with_mail();
    let nets = Nets::new(&[]);
    let said = folder.said(&nets.line("whole.spamlab"));
    assert!(!said.contains("going on"), "{said}");
    let whole = folder.bytes("whole.spamlab");
    // The transformer is fitted first, in four passes, then the other net again in eight.
    for (most, told) in [
        (0, "transformer in its first pass"),
        (2, "transformer after 2 passes"),
        (5, "vae after one pass"),
        (9, "vae after 5 passes"),
        (11, "vae after 7 passes"),
    ] {
        nets.interrupt(&folder, most);
        let said = flat(&folder.said(&nets.line("mail.spamlab")));
        let from = said.split("going on from mail.spamlab.part: ").nth(1);
        assert!(
            from.is_some_and(|from| from.contains(told)),
            "{most}: {said}"
        );
        assert!(folder.bytes("mail.spamlab") == whole, "{most}");
        assert_eq!(
            folder.files(),
            ["mail.csv", "mail.spamlab", "whole.spamlab"]
        );
    }
}

#[test]
fn a_checkpoint_of_other_mail_or_settings_is_ignored_and_said_to_be() {
    let folder = Folder::with_mail();
    let nets = Nets::new(&[]);
    nets.interrupt(&folder, 2);
    let kept = folder.bytes(CHECKPOINT);
    let is_ignored = |line: &str| {
        let said = flat(&folder.said(line));
        let told = "mail.spamlab.part is a checkpoint of another training";
        assert!(said.contains(told) && !said.contains("going on"), "{said}");
        assert!(folder.bytes(CHECKPOINT) == kept);
    };
    is_ignored(&format!("{} --seed 2", nets.line("mail.spamlab")));
    is_ignored(&format!(
        "{} --set vae.max_iter=7",
        nets.line("mail.spamlab")
    ));
    // One word less, and the same words under another label.
    let mail = folder.text("mail.csv");
    for other in [
        mail.replacen("today", "", 1),
        mail.replacen("ham,m1", "spam,m1", 1),
    ] {
        assert_ne!(other, mail);
        folder.write("mail.csv", other);
        is_ignored(&nets.line("mail.spamlab"));
    }
    // The file may have another name, and a model that is not long to train looks at no checkpoint.
    folder.write("other.csv", mail);
    let said = folder.said(&nets.line("mail.spamlab").replace("mail.csv", "other.csv"));
    assert!(flat(&said).contains("going on from"), "{said}");
    folder.write(CHECKPOINT, "mine");
    let said = folder.said("train other.csv --model multinomial -o mail.spamlab");
    assert!(
        !said.contains(CHECKPOINT) && folder.text(CHECKPOINT) == "mine",
        "{said}"
    );
    let said = folder.said(&nets.line("mail.spamlab"));
    assert!(
        flat(&said).contains("is not a checkpoint: it stays"),
        "{said}"
    );
    assert_eq!(folder.text(CHECKPOINT), "mine");
}

#[cfg(unix)]
#[test]
fn an_interrupt_says_how_to_go_on() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    let folder = Folder::with_mail();
    let nets = Nets::new(&[
        "transformer.max_iter=100000",
        "transformer.n_iter_no_change=1000000",
    ]);
    nets.interrupt(&folder, 0);
    let kept = folder.bytes(CHECKPOINT);
    let mut program = Command::new(assert_cmd::cargo::cargo_bin("spamlab"));
    program.args(nets.line("mail.spamlab").split_whitespace());
    program.current_dir(folder.path("")).stderr(Stdio::piped());
    let mut running = program.spawn().unwrap();
    let mut said = BufReader::new(running.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("going on from") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it does not go on");
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    let mut last = String::new();
    said.read_to_string(&mut last).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let told = "interrupted; run the same command again to go on from mail.spamlab.part";
    assert!(flat(&last).ends_with(told), "{last}");
    assert!(folder.bytes(CHECKPOINT) == kept);
    assert_eq!(folder.files(), ["mail.csv", CHECKPOINT]);
}
