//! The files that a command is to write, looked at before any work: whether each can be written,
//! and whether it is none of those that are read.

use crate::base::files::{STANDARD, check_target, reason, same_file};
use crate::cli::usage;
use crate::lab::spec::DataSpec;
use std::fs;
use std::io::Read;
use std::path::Path;

/// Fails if one of the files `written`, or that of rows that cannot be used, cannot be made, or is
/// read as well: as mail, or as one of `read`.
pub fn check(
    data: &DataSpec,
    read: &[Option<&Path>],
    written: &[Option<&Path>],
) -> anyhow::Result<()> {
    let rejects = data.rejects.as_deref();
    let written: Vec<&Path> = written.iter().copied().flatten().chain(rejects).collect();
    let inputs = data.inputs.iter().map(|input| {
        if input == Path::new(STANDARD) {
            Path::new("/dev/stdin")
        } else {
            input
        }
    });
    let read: Vec<&Path> = read.iter().copied().flatten().chain(inputs).collect();
    for (at, path) in written.iter().enumerate() {
        let refused = |why: &str| usage(format!("{} cannot be written: {why}", path.display()));
        check_target(path).map_err(|error| refused(&reason(&error)))?;
        if read.iter().any(|read| holds(read, path)) {
            return Err(refused("it is read here; choose another path"));
        }
        if written[..at]
            .iter()
            .any(|other| other == path || is_same(other, path))
        {
            return Err(refused(
                "something else is written there; choose another path",
            ));
        }
    }
    Ok(())
}

/// Whether what is read is the file, or a folder with it.
fn holds(read: &Path, file: &Path) -> bool {
    if !read.is_dir() {
        return is_same(read, file);
    }
    let (Ok(folder), Ok(file)) = (read.canonicalize(), file.canonicalize()) else {
        return false;
    };
    // A model that was trained on the folder before is no mail.
    file.starts_with(folder) && file.is_file() && !begins_as_model(&file)
}

/// Whether both are one file; devices may be read and written.
fn is_same(a: &Path, b: &Path) -> bool {
    let is_file = |path: &Path| fs::metadata(path).is_ok_and(|about| about.is_file());
    (is_file(b) || !b.exists()) && same_file(a, b)
}

fn begins_as_model(path: &Path) -> bool {
    let mut beginning = [0; 8];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut beginning));
    read.is_ok() && beginning.starts_with(b"SPAMLAB")
}
