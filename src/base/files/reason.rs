//! What the file system said, in words.

use std::io::{self, ErrorKind};

/// What the file system said, as the middle of a sentence and without the name of any temporary
/// file.
pub fn reason(error: &io::Error) -> String {
    // Writers of tables wrap what the file system said.
    let wrapped = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<csv::Error>());
    if let Some(csv::ErrorKind::Io(inner)) = wrapped.map(csv::Error::kind) {
        return reason(inner);
    }
    let plain = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::NotADirectory => "what should be a folder is a file",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "the disk quota is used up",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        ErrorKind::FileTooLarge => "the file is too large",
        ErrorKind::BrokenPipe => "its reader has gone",
        _ => return error.to_string(),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_full_however_deep_it_is_wrapped() {
        let full = || io::Error::from(ErrorKind::StorageFull);
        let wrapped = io::Error::from(csv::Error::from(full()));
        let twice = io::Error::other(csv::Error::from(full()));
        for error in [full(), wrapped, twice] {
            assert_eq!(reason(&error), "the disk is full");
        }
    }
}
