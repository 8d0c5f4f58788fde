//! How a running console is found: a file for each, with port and token, that
//! only its own user can read.

use crate::token::Token;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of a door's file at most; ours has about 200.
const FILE_BYTES_MAX: u64 = 4096;
/// Doors that are looked at: the youngest.
const DOORS_MAX: usize = 16;

/// Where a console can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Its process.
    pub pid: u32,
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// What its callers have to know.
    pub token: Token,
    /// The console's version.
    pub version: String,
}

/// A published door; closed when dropped.
#[derive(Debug)]
pub struct OpenDoor {
    path: PathBuf,
}

impl OpenDoor {
    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for OpenDoor {
    fn drop(&mut self) {
        // A file that stays behind leads to a closed port: whoever finds it removes it.
        let _ = fs::remove_file(&self.path);
    }
}

/// The folder of the doors: the user's runtime folder (`XDG_RUNTIME_DIR`), or
/// where there is none a folder among the user's local data.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let own = dirs::data_local_dir().map(|data| data.join("sensocto").join("run"));
    dirs::runtime_dir().map(|runtime| runtime.join("sensocto")).or(own)
}

impl Door {
    /// Puts the door's file into `folder`.
    ///
    /// # Errors
    /// The folder can't be made, or the file not written.
    pub fn open(&self, folder: &Path) -> io::Result<OpenDoor> {
        private_folder(folder)?;
        let path = folder.join(format!("console-{}.json", self.pid));
        let fresh = path.with_extension("new");
        // One that a crash has left behind; there is none as a rule.
        let _ = fs::remove_file(&fresh);
        private_file(&fresh)?.write_all(&serde_json::to_vec(self)?)?;
        fs::rename(&fresh, &path)?;
        Ok(OpenDoor { path })
    }

    /// The doors in `folder`, the youngest first. Files that others could have
    /// read or written are left out.
    #[must_use]
    pub fn all(folder: &Path) -> Vec<(PathBuf, Self)> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.filter_map(|entry| dated(entry.path())).collect();
        files.sort();
        files
            .into_iter()
            .rev()
            .take(DOORS_MAX)
            .filter_map(|(_, path)| Some((path.clone(), read(&path)?)))
            .collect()
    }
}

fn dated(path: PathBuf) -> Option<(std::time::SystemTime, PathBuf)> {
    let name = path.file_name()?.to_str()?;
    let is_door = name.starts_with("console-") && name.ends_with(".json");
    let about = fs::symlink_metadata(&path).ok()?;
    let is_sound = is_door && about.is_file() && about.len() <= FILE_BYTES_MAX && is_private(&about);
    is_sound.then_some((about.modified().ok()?, path))
}

fn read(path: &Path) -> Option<Door> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Owned by this user, and nobody else can read or write it.
#[cfg(unix)]
fn is_private(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.uid() == rustix::process::geteuid().as_raw() && about.mode() & 0o077 == 0
}

/// Elsewhere a folder among the user's local data is the user's alone.
#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(not(unix))]
fn is_private(_about: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(pid: u32) -> Door {
        Door { pid, port: 4000, token: Token::random().unwrap(), version: "0.1.0".into() }
    }

    #[test]
    fn a_door_is_found_while_it_is_open_and_gone_when_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("sensocto");
        let (door, other) = (door(7), door(8));
        let open = door.open(&inner).unwrap();
        let _other = other.open(&inner).unwrap();
        assert_eq!(Door::all(&inner).len(), 2);
        assert!(Door::all(&inner).iter().any(|(_, found)| *found == door));
        drop(open);
        assert_eq!(Door::all(&inner).into_iter().map(|(_, found)| found).collect::<Vec<_>>(), [other]);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_user_alone_and_one_that_is_not_is_left_out() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let open = door(7).open(folder.path()).unwrap();
        assert_eq!(fs::metadata(open.path()).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(open.path(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Door::all(folder.path()).is_empty());
    }

    #[test]
    fn files_that_make_no_sense_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = private_file(&folder.path().join("console-1.json")).unwrap();
        file.write_all(b"{\"pid\": \"x\"").unwrap();
        private_file(&folder.path().join("notes.json")).unwrap();
        assert!(Door::all(folder.path()).is_empty());
    }
}
