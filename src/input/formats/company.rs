//! Which files of a folder are messages.
//!
//! A message begins with a header field, but there are corpora of plain text, and damaged messages.
//! So a text without a head is judged by the company that it keeps: it is a message if files that
//! are named like it have heads, if it is one of a numbered series, or if nothing around it has a
//! head. In a Maildir the place decides. Whatever else lies there is not mail.

use super::format::Holds;
use crate::input::unpack::{FileRef, Meter, Opened, is_hidden, is_of_the_system, without_packing};
use std::collections::{BTreeMap, BTreeSet};

/// What the place of a file says of it, before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is not mail.
    Outside,
    /// It is a message.
    Message,
    /// Nothing.
    Open,
}

/// The files of a folder, as each other's company.
pub(super) struct Company {
    files: Vec<FileRef>,
    judge: fn(&str, &[u8]) -> Holds,
    /// Folders that are a Maildir.
    maildirs: BTreeSet<String>,
    /// The files by the shape of their names; made when it is first needed.
    shapes: BTreeMap<String, Vec<usize>>,
    /// Whether a file with a name of this shape has a head.
    heads: BTreeMap<String, bool>,
    /// Whether any file has a head.
    any_head: Option<bool>,
}

impl Company {
    /// `judge` tells from a name and a beginning what a file holds.
    pub fn new(files: Vec<FileRef>, judge: fn(&str, &[u8]) -> Holds) -> Company {
        let maildirs = files.iter().filter_map(|file| {
            let name = file.name();
            let (folder, sub) = name.rsplit_once('/')?.0.rsplit_once('/')?;
            (sub == "cur" || file.is_in_a_maildir()).then(|| folder.to_owned())
        });
        Company {
            maildirs: maildirs.collect(),
            files,
            judge,
            shapes: BTreeMap::new(),
            heads: BTreeMap::new(),
            any_head: None,
        }
    }

    pub fn files(&self) -> &[FileRef] {
        &self.files
    }

    /// What the place of a file says.
    pub fn place(&self, name: &str) -> Place {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let is_apart = is_hidden(name) || is_of_the_system(name) || is_a_backup(file);
        if is_apart || self.maildirs.contains(folder) {
            return Place::Outside;
        }
        if let Some((above, sub)) = folder.rsplit_once('/')
            && self.maildirs.contains(above)
        {
            match sub {
                "cur" | "new" => return Place::Message,
                "tmp" => return Place::Outside,
                _ => {}
            }
        }
        let lower = file.to_lowercase();
        match without_packing(&lower).rsplit_once('.') {
            Some((_, "eml" | "emlx")) => Place::Message,
            _ => Place::Open,
        }
    }

    /// Whether a file that is not mail by itself counts as a message for the company it keeps.
    pub fn vouches_for(&mut self, name: &str, holds: Holds) -> bool {
        let shape = shape(name);
        if self.has_head(&shape) {
            return true;
        }
        if holds != Holds::Text || is_a_known_companion(name) {
            return false;
        }
        let series = shape.contains('#') && self.shapes[&shape].len() > 1;
        series || !self.any_has_head()
    }

    /// Whether a file whose name has this shape begins with a head.
    fn has_head(&mut self, shape: &str) -> bool {
        if self.shapes.is_empty() {
            for (at, file) in self.files.iter().enumerate() {
                let of = self.shapes.entry(self::shape(&file.name())).or_default();
                of.push(at);
            }
        }
        if let Some(&known) = self.heads.get(shape) {
            return known;
        }
        let alike = self.shapes.get(shape).into_iter().flatten();
        let found = alike.copied().any(|at| self.is_mail(at));
        self.heads.insert(shape.to_owned(), found);
        found
    }

    fn any_has_head(&mut self) -> bool {
        let found = self
            .any_head
            .unwrap_or_else(|| (0..self.files.len()).any(|at| self.is_mail(at)));
        *self.any_head.insert(found)
    }

    fn is_mail(&self, at: usize) -> bool {
        let (file, name) = (&self.files[at], self.files[at].name());
        if self.place(&name) == Place::Outside {
            return false;
        }
        match file.open(&Meter::new(false)) {
            Ok(Opened::Stream(stream)) => Holds::peeked(&name, stream, self.judge)
                .is_ok_and(|(holds, _)| holds == Holds::Mail),
            _ => false,
        }
    }
}

/// The shape of a file name: a `#` for each number, also a hexadecimal one, and the rest in lower
/// case. Names of a series have one shape.
fn shape(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let mut shape = String::new();
    for part in without_packing(&name).split_inclusive(|c: char| !c.is_alphanumeric()) {
        let run = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_number =
            run.chars().all(|c| c.is_ascii_hexdigit()) && run.chars().any(|c| c.is_ascii_digit());
        if is_number {
            shape.push('#');
        } else {
            let mut in_number = false;
            for c in run.chars() {
                match c.is_ascii_digit() {
                    true if in_number => {}
                    true => shape.push('#'),
                    false => shape.push(c),
                }
                in_number = c.is_ascii_digit();
            }
        }
        shape.push_str(&part[run.len()..]);
    }
    shape
}

/// Whether a file is the copy that an editor or MH keeps of one that was changed or removed.
fn is_a_backup(file: &str) -> bool {
    file.ends_with('~') || file.starts_with([',', '#'])
}

/// Whether a file has a name that files beside mail have, and messages do not.
fn is_a_known_companion(path: &str) -> bool {
    const STEMS: [&str; 21] = [
        "about",
        "authors",
        "changelog",
        "changes",
        "checksum",
        "checksums",
        "cmds",
        "copying",
        "desktop",
        "index",
        "licence",
        "license",
        "maildirfolder",
        "maildirsize",
        "makefile",
        "manifest",
        "notice",
        "readme",
        "subscriptions",
        "thumbs",
        "todo",
    ];
    const ENDINGS: [&str; 15] = [
        "asc", "bat", "cfg", "conf", "css", "ini", "js", "log", "md", "msf", "py", "sh", "sig",
        "yaml", "yml",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
    let stem = stem.trim_end_matches(|c: char| !c.is_alphabetic());
    let sums = |text: &str| {
        let digits = text.strip_prefix("sha").or(text.strip_prefix("md"));
        text.ends_with("sums")
            || digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
    };
    STEMS.contains(&stem)
        || ENDINGS.contains(&ending)
        || sums(stem)
        || sums(ending)
        || stem.starts_with("dovecot")
        || stem.starts_with("courier")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_series_have_one_shape() {
        for (name, expected) in [
            ("ham/0001.7c53336b37003a9286aba55d2945844c", "#.#"),
            ("ham/0002.b3120c4dcbf3101e661161ee7efcb8bf", "#.#"),
            ("3-1msg2.txt", "#-#msg#.txt"),
            ("Msg12.TXT.gz", "msg#.txt"),
            ("SHA256SUMS", "sha#sums"),
            ("0001.ab", "#.ab"),
            ("cmds", "cmds"),
            ("", ""),
        ] {
            assert_eq!(shape(name), expected, "{name}");
        }
    }

    #[test]
    fn files_that_lie_beside_mail_are_known_by_their_names() {
        for name in [
            "a/cmds",
            "README",
            "Readme.txt",
            "README_2.txt",
            "SHA256SUMS",
            "mail.sha256",
            "index.html",
            "desktop.ini",
            "dovecot-uidlist",
            "dovecot.index.log",
            "Inbox.msf",
            "subscriptions",
            "LICENSE",
            "MD5SUMS",
            "check.md5",
        ] {
            assert!(is_a_known_companion(name), "{name}");
        }
        for name in [
            "lunch.txt",
            "0001",
            "note",
            "prize",
            "1.html",
            "shape",
            "mdx",
        ] {
            assert!(!is_a_known_companion(name), "{name}");
        }
    }
}
