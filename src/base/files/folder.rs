//! Folders that take their place when they are whole.

use super::leftovers::{Registered, folder_in};
use super::target::{end_of_links, folder_of};
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A folder that is being written and takes the place of what was there when it is whole; dropped
/// before, it leaves nothing behind.
///
/// It is made beside the old folder and exchanged with it in one step, so that whoever looks finds
/// the old or the new one. Where the old folder cannot give way, because the program runs in it, a
/// file system begins there or nothing can be made beside it, the files are exchanged one by one.
pub struct NewFolder {
    temporary: Registered,
    target: PathBuf,
    old: Option<Metadata>,
    is_inside: bool,
}

impl NewFolder {
    /// Begins a folder that is to be `path`, and makes the folders above it.
    pub fn create(path: &Path) -> io::Result<NewFolder> {
        let target = end_of_links(path)?;
        let old = match fs::metadata(&target) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let Some(old) = old else {
            fs::create_dir_all(folder_of(&target))?;
            return Ok(NewFolder {
                temporary: folder_in(folder_of(&target), 0o777)?,
                target,
                old: None,
                is_inside: false,
            });
        };
        let target = target.canonicalize()?;
        let mode = mode_of(&old) | 0o700;
        let beside = gives_way(&target, &old).then(|| folder_in(folder_of(&target), mode));
        let (temporary, is_inside) = match beside {
            Some(Ok(beside)) => (beside, false),
            _ => (folder_in(&target, mode)?, true),
        };
        Ok(NewFolder {
            temporary,
            target,
            old: Some(old),
            is_inside,
        })
    }

    /// Where the folder is until it takes its place.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Lets the folder take its place. Of the old one goes what `is_ours`, asked with paths from
    /// the folder on; what else is in it stays.
    pub fn finish(self, is_ours: &dyn Fn(&Path) -> bool) -> io::Result<()> {
        let (new, target) = (self.temporary.path(), &self.target);
        let Some(old) = &self.old else {
            return fs::rename(new, target);
        };
        if self.is_inside {
            remove_ours(target, Path::new(""), new, is_ours)?;
            return move_into(new, target);
        }
        take_along(target, Path::new(""), new, is_ours)?;
        fs::set_permissions(new, old.permissions())?;
        // From here on the temporary name is that of the old folder, which goes with it.
        exchange(new, target)
    }
}

/// Whether another folder can take the place of this one.
fn gives_way(folder: &Path, about: &Metadata) -> bool {
    let runs_in_it = std::env::current_dir()
        .and_then(|here| here.canonicalize())
        .is_ok_and(|here| here.starts_with(folder));
    let above = folder.parent().and_then(|above| fs::metadata(above).ok());
    !runs_in_it && above.is_some_and(|above| is_on_same_disk(about, &above))
}

/// Links or copies what is not ours of the folder `old` into `new`; `at` is a path from both on.
fn take_along(
    old: &Path,
    at: &Path,
    new: &Path,
    is_ours: &dyn Fn(&Path) -> bool,
) -> io::Result<()> {
    for entry in fs::read_dir(old.join(at))? {
        let entry = entry?;
        let at = at.join(entry.file_name());
        let (from, to) = (old.join(&at), new.join(&at));
        if entry.file_type()?.is_dir() {
            let is_new = !to.exists();
            if is_new {
                fs::create_dir(&to)?;
            }
            take_along(old, &at, new, is_ours)?;
            if is_new {
                fs::set_permissions(&to, entry.metadata()?.permissions())?;
            }
        } else if !is_ours(&at) && fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Removes what is ours of a folder and not in `new`.
fn remove_ours(
    folder: &Path,
    at: &Path,
    new: &Path,
    is_ours: &dyn Fn(&Path) -> bool,
) -> io::Result<()> {
    for entry in fs::read_dir(folder.join(at))? {
        let entry = entry?;
        let at = at.join(entry.file_name());
        if folder.join(&at) == new {
            continue;
        }
        if entry.file_type()?.is_dir() {
            remove_ours(folder, &at, new, is_ours)?;
        } else if is_ours(&at) && !new.join(&at).exists() {
            fs::remove_file(folder.join(&at))?;
        }
    }
    Ok(())
}

/// Moves all that is in one folder into another.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() && to.is_dir() {
            move_into(&entry.path(), &to)?;
        } else {
            fs::rename(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Gives each of two folders the name of the other.
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    if at_once(new, old).is_ok() {
        return Ok(());
    }
    // Not every file system can, and then there is a moment without either.
    let aside = folder_in(folder_of(old), 0o700)?;
    fs::rename(old, aside.path())?;
    fs::rename(new, old).or_else(|error| fs::rename(aside.path(), old).and(Err(error)))
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn at_once(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn at_once(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn mode_of(about: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;
    about.mode() & 0o777
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> u32 {
    0o777
}

#[cfg(unix)]
fn is_on_same_disk(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    a.dev() == b.dev()
}

#[cfg(not(unix))]
fn is_on_same_disk(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Fails unless a folder can be made or written to at `path`, which is tried out and leaves nothing
/// behind. Asked before long work whose result goes there.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let end = end_of_links(path)?;
    for at in end.ancestors() {
        let at = if at.as_os_str().is_empty() {
            Path::new(".")
        } else {
            at
        };
        match fs::metadata(at) {
            Ok(_) => return folder_in(at, 0o700).map(drop),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::NotFound.into())
}

/// Makes a folder, and those above it, unless it is there; fails if nothing can be written in it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    check_folder(path)?;
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    fn is_ours(path: &Path) -> bool {
        path.extension().is_some_and(|ending| ending == "csv")
    }

    fn put(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(folder_of(&path)).unwrap();
        fs::write(path, text).unwrap();
    }

    fn held(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                names.extend(held(&entry.path()).iter().map(|of| format!("{name}/{of}")));
            } else {
                let text = fs::read_to_string(entry.path()).unwrap();
                names.push(format!("{name}={text}"));
            }
        }
        names.sort();
        names
    }

    /// A folder with files of ours and of others, and another of the same name begun.
    fn begun(home: &Path) -> NewFolder {
        let folder = home.join("out");
        for (name, text) in [("a.csv", "old"), ("b.csv", "old"), ("in/c.csv", "old")] {
            put(&folder, name, text);
        }
        for name in ["notes.txt", "in/notes.txt", "mine/notes.txt"] {
            put(&folder, name, "mine");
        }
        let new = NewFolder::create(&folder).unwrap();
        put(new.path(), "a.csv", "new");
        put(new.path(), "in/d.csv", "new");
        new
    }

    const EXCHANGED: [&str; 5] = [
        "a.csv=new",
        "in/d.csv=new",
        "in/notes.txt=mine",
        "mine/notes.txt=mine",
        "notes.txt=mine",
    ];

    #[test]
    fn a_new_folder_takes_the_place_of_the_old_one_and_what_is_not_ours_stays() {
        let home = tempfile::tempdir().unwrap();
        let new = begun(home.path());
        let folder = home.path().join("out");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        let before = (held(&folder), fs::metadata(&folder).unwrap().ino());
        assert_eq!(before.0.len(), 6);
        new.finish(&is_ours).unwrap();
        assert_eq!(held(&folder), EXCHANGED);
        assert_ne!(fs::metadata(&folder).unwrap().ino(), before.1);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_that_is_dropped_leaves_the_old_one_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        drop(begun(home.path()));
        assert_eq!(held(&home.path().join("out")).len(), 6);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn where_the_old_folder_cannot_give_way_its_files_are_exchanged() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("out");
        let mut new = begun(home.path());
        let inside = folder_in(&folder, 0o700).unwrap();
        put(inside.path(), "a.csv", "new");
        put(inside.path(), "in/d.csv", "new");
        new.temporary = inside;
        new.is_inside = true;
        new.finish(&is_ours).unwrap();
        assert_eq!(held(&folder), EXCHANGED);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_known_before_and_asking_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        check_folder(&home.path().join("a/b/c")).unwrap();
        check_folder(home.path()).unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        put(home.path(), "file", "");
        assert!(check_folder(&home.path().join("file/below")).is_err());
        assert!(check_folder(&home.path().join("file")).is_err());
        // Nobody can make a folder there, not even the administrator.
        #[cfg(target_os = "linux")]
        assert!(check_folder(Path::new("/proc/sys/a/b")).is_err());
    }
}
