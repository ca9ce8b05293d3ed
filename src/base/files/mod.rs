//! Files and folders are written whole or not at all: under a temporary name beside the target,
//! then in its place ([`Unfinished`], [`write_whole`], [`NewFolder`]). What the target is decides
//! how: a link is followed, a device or a pipe is written to as a stream. What is unfinished when
//! the program is interrupted is removed by [`discard_unfinished`]; what a killed program left, by
//! the next one that writes there.

mod folder;
mod leftovers;
mod reason;
mod target;
mod whole;

pub use folder::{NewFolder, check_folder, make_folder};
pub use leftovers::discard_unfinished;
pub use reason::reason;
pub use target::{STANDARD, becomes_file, check_target, is_standard_output, same_file};
pub use whole::{Unfinished, write_whole};

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// The text of a file of at most `most` bytes, which is read whole.
///
/// # Errors
/// Of the kind [`io::ErrorKind::FileTooLarge`] for a larger file, however long it goes on, and
/// [`io::ErrorKind::InvalidData`] for what is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    // What is not text mostly says so at once.
    file.by_ref().take(1 << 16).read_to_end(&mut bytes)?;
    if bytes.contains(&0) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let rest = most.saturating_sub(bytes.len() as u64);
    file.take(rest.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Lower-case hexadecimal digits of some bytes: how sums of files are written.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from(b"0123456789abcdef"[usize::from(four)]);
    bytes
        .iter()
        .flat_map(|&byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_its_limit_and_one_that_never_ends_are_not_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "seven..").unwrap();
        assert_eq!(read_text(&path, 7).unwrap(), "seven..");
        let kind = |path: &Path, most| read_text(path, most).unwrap_err().kind();
        assert_eq!(kind(&path, 6), io::ErrorKind::FileTooLarge);
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(kind(&path, 6), io::ErrorKind::InvalidData);
        #[cfg(unix)]
        assert_eq!(
            kind(Path::new("/dev/zero"), 1 << 40),
            io::ErrorKind::InvalidData
        );
    }
}
