//! Shows a page in the browser of the system.

use crate::cli::common::Common;
use crate::cli::wrap::whole;
use std::path::Path;
use std::process::{Command, Stdio};

/// The program that opens a file as the system would, with the arguments before the file.
const OPENER: (&str, &[&str]) = if cfg!(target_os = "macos") {
    ("open", &[])
} else if cfg!(windows) {
    ("cmd", &["/C", "start", ""])
} else {
    ("xdg-open", &[])
};

/// Opens a page, and says so where that fails: the page is written all the same.
pub fn open(page: &Path, common: &Common) {
    let (program, before) = OPENER;
    let mut command = Command::new(program);
    command
        .args(before)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let why = match command.status() {
        Ok(status) if status.success() => return,
        Ok(_) => format!("{program} failed"),
        Err(_) => format!("there is no program {program}"),
    };
    common.say(format!(
        "{} cannot be opened, since {why}; open it in a browser",
        whole(page.display())
    ));
}
