//! Nothing is lost in silence: over generated mailboxes and folders, rows kept, rows rejected and
//! files left out are what an independent count finds, namely the count of what was generated.

use crate::reading::read_paths;
use spamlab::base::mail::{Content, Email};
use spamlab::input::{BadRows, Labels, Options};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::TempDir;

/// SplitMix64 (Steele, Lea and Flood 2014), so that a failure can be repeated from its seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// Envelope lines, as programs write them. Python 3.11's `mailbox.mbox` and Thunderbird's rule
/// (`^From .*\n[!-~]+:`) find a message after each of them.
const ENVELOPES: [&str; 14] = [
    "From a@b.example Thu Aug 22 12:36:23 2024",
    "From a@b.example Thu Aug  2 12:36:23 +0100 2024",
    "From a@b.example Thu, 22 Aug 2024 12:36:23 +0100",
    "From a@b.example 22 Aug 2024 12:36",
    "From a@b.example 2024-08-22T12:36:23Z",
    "From a@b.example Aug 22 12:36:23 2024",
    "From a@b.example Do Aug 22 12:36:23 2024",
    "From a@b.example Thu Aug 22 12:36:23 24",
    "From a@b.example THU AUG 22 12:36:23 2024",
    "From - Thu Aug 22 12:36:23 2024",
    "From MAILER-DAEMON Thu Aug 22 12:36:23 2024",
    "From a@b.example",
    "From -",
    "From ",
];

/// Lines of bodies that look a little like envelopes.
const BODY: [&str; 8] = [
    "From here on the text goes on.",
    "From Monday 5 May 2024 at 10:00 we are open",
    "From a@b.example Thu Aug 22 12:36:23 2024 he wrote",
    ">From a@b.example Thu Aug 22 12:36:23 2024",
    ">>From here",
    "From: not a head",
    "",
    "plain words",
];

/// A word that no other message has.
fn word(number: usize) -> String {
    format!("word{number}x")
}

/// A message with its own word in the body.
fn message(dice: &mut Dice, number: usize) -> String {
    let first = dice.pick(&[
        "From: a@b.example",
        "Received: by c",
        "X-UIDL: 7",
        "Subject: s",
    ]);
    let mut text = format!("{first}\nSubject: note\nTo: c@d.example\n\n");
    for _ in 0..dice.roll(4) {
        // A line that could be an envelope is followed by text.
        text.extend([dice.pick(&BODY), "\nand so on\n"]);
    }
    text + &word(number) + "\n"
}

/// A mailbox of so many messages, numbered from `first`.
fn mailbox(dice: &mut Dice, first: usize, count: usize) -> String {
    let mut text = dice
        .pick(&["", "\u{feff}", "\n\n", "\u{feff}\n"])
        .to_owned();
    for number in first..first + count {
        let envelope = dice.pick(&ENVELOPES);
        text.extend([envelope, "\n", &message(dice, number)]);
        text += dice.pick(&["", "\n", "\n\n"]);
    }
    match dice.roll(3) {
        0 => text.replace('\n', "\r\n"),
        _ => text,
    }
}

/// The numbers of the words in a message.
fn words(email: &Email) -> Vec<usize> {
    let Content::Raw(raw) = &email.content else {
        panic!("{} is a row of a table", email.id);
    };
    let text = String::from_utf8_lossy(raw);
    let found = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("word")?.strip_suffix('x'));
    found.map(|number| number.parse().unwrap()).collect()
}

fn options() -> Options {
    Options {
        bad_rows: BadRows::Skip,
        labels: Labels::Optional,
        ..Options::default()
    }
}

#[test]
fn a_mailbox_holds_as_many_messages_as_were_put_into_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("box");
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let count = 1 + dice.roll(6);
        let text = mailbox(&mut dice, 0, count);
        fs::write(&path, &text).unwrap();
        let (emails, source) = read_paths(std::slice::from_ref(&path), &options()).unwrap();
        let found: Vec<Vec<usize>> = emails.iter().map(words).collect();
        let expected: Vec<Vec<usize>> = (0..count).map(|number| vec![number]).collect();
        assert_eq!(found, expected, "seed {seed}: {text}");
        assert_eq!(source.account().rejected(), 0, "seed {seed}");
    }
}

/// What the files of a folder amount to.
#[derive(Default)]
struct Expected {
    files: BTreeMap<String, Vec<u8>>,
    emails: usize,
    rejected: u64,
    left_out: u64,
}

impl Expected {
    fn put(&mut self, name: String, bytes: impl Into<Vec<u8>>) {
        let before = self.files.insert(name, bytes.into());
        assert!(before.is_none());
    }
}

/// A folder with a Maildir, a mailbox, single messages, and much else.
fn folder_of(dice: &mut Dice) -> Expected {
    let mut all = Expected::default();
    for at in 0..=dice.roll(5) {
        let text = message(dice, all.emails);
        let before = dice.pick(&["", "\u{feff}", "\n", "Archived by the gateway.\n\n"]);
        let text = format!("{before}{text}");
        match dice.roll(4) {
            0 => all.put(format!("ham/{at}.emlx"), format!("{}\n{text}", text.len())),
            1 => {
                let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
                all.put(
                    format!("ham/{at}.eml"),
                    [0xFF, 0xFE].into_iter().chain(wide).collect::<Vec<u8>>(),
                );
            }
            _ => all.put(format!("ham/{at}.ab"), text),
        }
        all.emails += 1;
    }
    // The head is lost, but the place or the name says that these are messages.
    all.put("ham/77.eml".to_owned(), word(all.emails));
    all.put("box/cur/1:2,S".to_owned(), word(all.emails + 1));
    all.put("box/new/2".to_owned(), message(dice, all.emails + 2));
    all.emails += 3;
    for at in 0..dice.roll(3) {
        let count = 1 + dice.roll(3);
        all.put(format!("boxes/{at}.mbox"), mailbox(dice, all.emails, count));
        all.emails += count;
    }
    for at in 0..dice.roll(2) {
        all.put(format!("spam/{at}.eml"), "");
        all.rejected += 1;
    }
    for name in [
        "box/dovecot-uidlist",
        "box/maildirfolder",
        "box/tmp/3",
        "ham/cmds",
        "ham/.DS_Store",
        "SHA256SUMS",
        "README",
        "index.html",
        "spam/desktop.ini",
        "notes.txt",
        "columns.csv",
    ] {
        if dice.roll(2) == 0 {
            let text = dice.pick(&["some text, of two fields\nand 1, more\n", "mv 1 2\n"]);
            all.put(name.to_owned(), text);
            all.left_out += 1;
        }
    }
    if dice.roll(2) == 0 {
        all.put("spam/photo.png".to_owned(), b"\x89PNG\r\n\x1a\n\0\0");
        all.left_out += 1;
    }
    all
}

fn zip(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn check(path: &Path, all: &Expected, seed: u64) {
    let (emails, source) = read_paths(&[path.to_owned()], &options()).unwrap();
    let account = source.account();
    let found = (account.rejected(), account.left_out());
    let names = account.left_out_names();
    assert_eq!(
        found,
        (all.rejected, all.left_out),
        "seed {seed}: {names:?}"
    );
    let mut found: Vec<usize> = emails.iter().flat_map(words).collect();
    found.sort_unstable();
    assert!(found.into_iter().eq(0..all.emails), "seed {seed}");
    assert_eq!(emails.len(), all.emails, "seed {seed}");
    let noted = source.notes().iter().any(|note| note.contains("left out"));
    assert_eq!(noted, all.left_out > 0, "seed {seed}: {:?}", source.notes());
}

#[test]
fn every_file_of_a_folder_or_archive_is_read_rejected_or_left_out() {
    for seed in 0..60 {
        let all = folder_of(&mut Dice(seed));
        let folder = TempDir::new().unwrap();
        let root = folder.path().join("corpus");
        for (name, bytes) in &all.files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        check(&root, &all, seed);
        let packed = folder.path().join("corpus.zip");
        fs::write(&packed, zip(&all.files)).unwrap();
        check(&packed, &all, seed);
        // The archive among other files.
        let around = folder.path().join("around");
        fs::create_dir(&around).unwrap();
        fs::rename(&packed, around.join("corpus.zip")).unwrap();
        check(&around, &all, seed);
    }
}
