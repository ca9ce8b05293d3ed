//! Files that take their name when they are whole.

use super::leftovers::{Registered, file_in};
use super::target::{Target, folder_of, open_stream};
use crate::base::shown::Screen;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Writes `path` by `write`, which gets a buffered writer. On any error the old file, if there was
/// one, stays as it was.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = Unfinished::create(path)?;
    write(&mut file)?;
    file.finish()
}

/// A file that is being written and takes its name when it is whole; dropped before, it leaves
/// nothing behind. A device, a pipe or standard output gets what is written as it comes; a terminal
/// there does not get what it would obey.
pub struct Unfinished {
    out: BufWriter<Box<dyn Write + Send>>,
    place: Option<Place>,
}

/// Where a file is to be.
struct Place {
    temporary: Registered,
    file: File,
    target: PathBuf,
    old: Option<Metadata>,
}

impl Unfinished {
    /// Begins a file that is to be `path`.
    pub fn create(path: &Path) -> io::Result<Unfinished> {
        let (out, place): (Box<dyn Write + Send>, _) = match Target::of(path)? {
            Target::StandardOutput => {
                let out = io::stdout();
                let is_seen = out.is_terminal();
                (Box::new(Screen::new(out, is_seen)), None)
            }
            Target::Stream(path) => (Box::new(open_stream(&path)?), None),
            Target::File { path: target, old } => {
                if old.is_some() {
                    open_stream(&target)?;
                }
                let mode = old.as_ref().map_or(0o666, mode_of);
                let (file, temporary) = file_in(folder_of(&target), mode)?;
                let out = Box::new(file.try_clone()?);
                let place = Place {
                    temporary,
                    file,
                    target,
                    old,
                };
                (out, Some(place))
            }
        };
        let out = BufWriter::new(out);
        Ok(Unfinished { out, place })
    }

    /// Gives the file its name; it is whole then.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        let Some(place) = self.place else {
            return Ok(());
        };
        if let Some(old) = &place.old {
            take_permissions(&place.file, old)?;
        }
        fs::rename(place.temporary.path(), &place.target)
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(unix)]
fn mode_of(old: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;
    old.mode() & 0o666
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> u32 {
    0o666
}

/// Gives a file the permissions of the one that it replaces, and its group; if that cannot be, the
/// group that it has instead gets none.
#[cfg(unix)]
fn take_permissions(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let new = file.metadata()?;
    let mut mode = mode_of(old);
    if new.gid() != old.gid() && fchown(file, None, Some(old.gid())).is_err() {
        mode &= !0o060;
    }
    if new.uid() != old.uid() {
        // Only the administrator can; others own what they write.
        let _ = fchown(file, Some(old.uid()), None);
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn take_permissions(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::target::{check_target, same_file};
    use super::*;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        write_whole(path, |out| out.write_all(text.as_bytes()))
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, "old").unwrap();
        let failed = write_whole(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_stay_even_those_that_lead_to_nothing_yet() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("in")).unwrap();
        symlink("in/new.txt", at("one")).unwrap();
        symlink("one", at("two")).unwrap();
        for text in ["first", "second"] {
            write(&at("two"), text).unwrap();
            assert_eq!(fs::read_to_string(at("in/new.txt")).unwrap(), text);
            assert!(at("one").is_symlink() && at("two").is_symlink());
        }
        symlink("round", at("round")).unwrap();
        assert!(write(&at("round"), "").is_err() && check_target(&at("round")).is_err());
        assert!(same_file(&at("two"), &at("in/../in/new.txt")));
        assert!(!same_file(&at("two"), &at("in")));
        assert!(same_file(&at("in/later"), &at("in/../in/later")));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt;
        let null = Path::new("/dev/null");
        check_target(null).unwrap();
        write(null, "gone").unwrap();
        assert!(fs::metadata(null).unwrap().file_type().is_char_device());
        let full = Path::new("/dev/full");
        if full.exists() {
            let kind = write(full, "too much").unwrap_err().kind();
            assert_eq!(kind, io::ErrorKind::StorageFull);
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_old_file_keeps_its_permissions_and_a_new_one_has_those_of_any_new_file() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("any"), "").unwrap();
        let mode = |name: &str| fs::metadata(at(name)).unwrap().mode() & 0o777;
        write(&at("new"), "").unwrap();
        assert_eq!(mode("new"), mode("any"));
        for old in [0o600, 0o640, 0o644, 0o666] {
            fs::set_permissions(at("any"), fs::Permissions::from_mode(old)).unwrap();
            write(&at("any"), "again").unwrap();
            assert_eq!(mode("any"), old);
        }
    }

    #[test]
    fn what_cannot_be_written_is_known_before_and_asking_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(check_target(folder.path()).is_err() && check_target(&at("no/a")).is_err());
        check_target(&at("a")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // Nobody can make a file there, not even the administrator.
        #[cfg(target_os = "linux")]
        assert!(check_target(Path::new("/proc/sys/a.txt")).is_err());
    }
}
