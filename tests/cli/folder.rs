//! Folders in which the program is run, and the mail that they hold.

use crate::stdout;
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder of its own, in which the program is run and nothing else is.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    /// With `mail.csv`: sixty messages of two lines each, a third of them spam, every word its
    /// class's own but for a few.
    pub fn with_mail() -> Folder {
        let mut rows = vec!["label,id,subject,text".to_owned()];
        for at in 0..60 {
            let (label, words) = if at % 3 == 0 {
                ("spam", ["prize", "claim", "cash", "winner", "offer"])
            } else {
                ("ham", ["meeting", "notes", "lunch", "project", "agenda"])
            };
            let (a, b, c) = (words[at % 5], words[(at / 5) % 5], words[(at / 7) % 5]);
            rows.push(format!(
                "{label},m{at},{a} today,\"{b} and {c}, number {at}\nthe second line about {a}\""
            ));
        }
        let folder = Folder::new();
        folder.write("mail.csv", rows.join("\n") + "\n");
        folder
    }

    /// With `mail.csv`: the first messages of the mail that comes with the program.
    pub fn with_builtin_mail(messages: usize) -> Folder {
        let folder = Folder::new();
        let all = concat!(env!("CARGO_MANIFEST_DIR"), "/data/emails.csv");
        first_rows(Path::new(all), messages, &folder.path("mail.csv"));
        folder
    }

    /// With `mail.csv`: ninety messages of three kinds, one of which is spam.
    pub fn with_three_kinds() -> Folder {
        let rows = three_kinds().map(|(at, label, text)| format!("{label},kind{},{text}", at % 3));
        let rows: Vec<String> = rows.collect();
        let folder = Folder::new();
        let header = "label,kind,subject,text";
        folder.write("mail.csv", format!("{header}\n{}\n", rows.join("\n")));
        folder
    }

    /// With `mail.csv`: the same messages, of which nothing is told.
    pub fn with_three_unlabelled_kinds() -> Folder {
        let rows: Vec<String> = three_kinds().map(|(_, _, text)| text).collect();
        let folder = Folder::new();
        folder.write("mail.csv", format!("subject,text\n{}\n", rows.join("\n")));
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn holds(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    /// The names of what it holds.
    pub fn files(&self) -> Vec<String> {
        files(self.0.path())
    }

    /// The program, to be run in the folder with the words of `line`.
    pub fn spamlab(&self, line: &str) -> Command {
        let mut command = Command::cargo_bin("spamlab").unwrap();
        command
            .current_dir(self.0.path())
            .args(line.split_whitespace());
        command
    }

    /// What the program prints.
    pub fn run(&self, line: &str) -> String {
        stdout(&mut self.spamlab(line))
    }

    /// The document that the program prints.
    pub fn run_json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(line)).unwrap()
    }

    /// The documents that the program prints, one a line.
    pub fn run_lines(&self, line: &str) -> Vec<Value> {
        let printed = self.run(line);
        let lines = printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What the program says beside its results.
    pub fn said(&self, line: &str) -> String {
        let output = self.spamlab(line).assert().success().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    }

    /// What the program says where it refuses to go on, with exit code 2.
    pub fn refused(&self, line: &str) -> String {
        let output = self.spamlab(line).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {said}");
        said
    }
}

/// Copies the first rows of a table.
pub fn first_rows(from: &Path, count: usize, to: &Path) {
    let mut all = csv::Reader::from_path(from).unwrap();
    let mut some = csv::Writer::from_path(to).unwrap();
    some.write_record(all.headers().unwrap()).unwrap();
    for row in all.records().take(count) {
        some.write_record(&row.unwrap()).unwrap();
    }
    some.flush().unwrap();
}

/// Number, label, and subject and text of ninety messages of three kinds.
fn three_kinds() -> impl Iterator<Item = (usize, &'static str, String)> {
    const SPAM: [&str; 6] = ["prize", "claim", "cash", "winner", "offer", "bonus"];
    const WORK: [&str; 6] = ["meeting", "notes", "lunch", "project", "agenda", "budget"];
    const GARDEN: [&str; 6] = ["garden", "tulip", "spade", "seeds", "compost", "watering"];
    (0..90).map(|at| {
        let (label, words) = [("spam", SPAM), ("ham", WORK), ("ham", GARDEN)][at % 3];
        let [a, b, c, d] = [3, 7, 11, 13].map(|step| words[(at / step + at) % 6]);
        (at, label, format!("{a} today,{b} and {c} with {d}"))
    })
}

/// The names of what a folder holds.
pub fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}
