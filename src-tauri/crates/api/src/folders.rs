//! Where scenarios come from and recordings go, and the one setting about it
//! that is kept between two starts.

use crate::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The folders that a host gives the console.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The scenarios that come with the console.
    pub scenarios: PathBuf,
    /// Where recordings go until the operator says otherwise.
    pub recordings: PathBuf,
    /// The file in which settings are kept; none to keep nothing.
    pub settings: Option<PathBuf>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    recording_folder: Option<PathBuf>,
}

impl Folders {
    /// The recording folder that the operator chose last, if it is still there.
    /// An unreadable settings file counts as none.
    #[must_use]
    pub fn remembered(&self) -> PathBuf {
        let text = self.settings.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let settings: Settings = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        settings.recording_folder.filter(|folder| folder.is_dir()).unwrap_or_else(|| self.recordings.clone())
    }

    /// Keeps the operator's choice for the next start.
    ///
    /// # Errors
    /// The settings file can't be written.
    pub fn remember(&self, folder: &Path) -> Result<(), ApiError> {
        let Some(file) = &self.settings else { return Ok(()) };
        let settings = Settings { recording_folder: Some(folder.to_owned()) };
        let text = serde_json::to_string_pretty(&settings).unwrap_or_default();
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text)).map_err(|error| {
            ApiError::new(
                ErrorCode::Storage,
                format!("The setting can't be kept in {}: {error}.", file.display()),
                "It holds until the console is closed.",
            )
        })
    }
}

/// Makes sure that `folder` is there and takes files.
///
/// # Errors
/// It is missing and can't be made, or can't be written.
pub fn usable(folder: &Path) -> Result<(), ApiError> {
    let refused = |error: std::io::Error| {
        ApiError::new(
            ErrorCode::Storage,
            format!("{} can't be used for recordings: {error}.", folder.display()),
            "Choose another folder.",
        )
    };
    std::fs::create_dir_all(folder).map_err(refused)?;
    let probe = folder.join(".sensocto-probe");
    std::fs::write(&probe, b"").map_err(refused)?;
    std::fs::remove_file(&probe).map_err(refused)
}

/// Free space on the folder's disk, where the system tells.
#[cfg(unix)]
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|ancestor| ancestor.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether files can be made in the folder, or the folder itself where it is not
/// there yet; without trying it, so that it can be asked often.
#[cfg(unix)]
#[must_use]
pub fn is_writable(folder: &Path) -> bool {
    use rustix::fs::Access;
    let there = folder.ancestors().find(|ancestor| ancestor.exists());
    let there = there.filter(|there| !there.as_os_str().is_empty()).unwrap_or(Path::new("."));
    there.is_dir() && rustix::fs::access(there, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Not told on this system: the first file will tell.
#[cfg(not(unix))]
#[must_use]
pub fn is_writable(_folder: &Path) -> bool {
    true
}

/// Not told on this system.
#[cfg(not(unix))]
#[must_use]
pub fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(at: &Path) -> Folders {
        Folders {
            scenarios: at.to_owned(),
            recordings: at.join("default"),
            settings: Some(at.join("config/settings.json")),
        }
    }

    #[test]
    fn a_chosen_folder_is_remembered() {
        let here = tempfile::tempdir().unwrap();
        let folders = folders(here.path());
        assert_eq!(folders.remembered(), here.path().join("default"));
        folders.remember(here.path()).unwrap();
        assert_eq!(folders.remembered(), here.path());
    }

    #[test]
    fn a_broken_settings_file_or_a_vanished_folder_falls_back_to_the_default() {
        let here = tempfile::tempdir().unwrap();
        let folders = folders(here.path());
        folders.remember(&here.path().join("gone")).unwrap();
        assert_eq!(folders.remembered(), here.path().join("default"));
        std::fs::write(here.path().join("config/settings.json"), "{").unwrap();
        assert_eq!(folders.remembered(), here.path().join("default"));
    }

    #[test]
    fn a_folder_under_a_file_can_not_be_used() {
        let here = tempfile::tempdir().unwrap();
        let file = here.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(usable(&file.join("sub")).unwrap_err().code, ErrorCode::Storage);
        assert!(cfg!(not(unix)) || !is_writable(&file.join("sub")));
        assert!(is_writable(here.path()) && is_writable(&here.path().join("new/folder")));
    }
}
