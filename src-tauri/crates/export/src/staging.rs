//! The folder in which an export grows until it is whole.
//!
//! It lies beside the wanted folder, so that taking its name is one rename. An
//! older export is moved into it first, and goes away with what is left of it;
//! if anything fails, the older one gets its name back.

use crate::{ExportError, sidecar};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The part of the staging folder that becomes the export.
const NEW: &str = "new";
/// Where an older export waits until it is replaced.
const OLD: &str = "old";

/// An export in the making; dropped, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    room: TempDir,
    new: PathBuf,
}

impl Staging {
    /// Begins an export that is to be called `folder`.
    pub(crate) fn begin(folder: &Path, overwrite: bool) -> Result<Self, ExportError> {
        let folder = std::path::absolute(folder).map_err(|error| ExportError::from_io(folder, &error))?;
        let parent = folder.parent().unwrap_or(&folder);
        if !parent.is_dir() {
            return Err(ExportError::MissingFolder { folder: parent.to_owned() });
        }
        check_place(&folder, overwrite)?;
        let made = tempfile::Builder::new().prefix(".export-").tempdir_in(parent);
        let room = made.map_err(|error| ExportError::from_io(&folder, &error))?;
        let new = room.path().join(NEW);
        fs::create_dir(&new).map_err(|error| ExportError::from_io(&folder, &error))?;
        Ok(Self { folder, room, new })
    }

    /// Where the files go.
    pub(crate) fn path(&self) -> &Path {
        &self.new
    }

    /// Gives the export its name; returns where it is.
    pub(crate) fn finish(self) -> Result<PathBuf, ExportError> {
        let old = self.room.path().join(OLD);
        let moved = self.folder.exists() && move_to(&self.folder, &old)?;
        if let Err(error) = move_to(&self.new, &self.folder) {
            if moved {
                // It was there a moment ago; if even this fails, the first error says enough.
                let _ = fs::rename(&old, &self.folder);
            }
            return Err(error);
        }
        Ok(self.folder)
    }
}

fn move_to(from: &Path, to: &Path) -> Result<bool, ExportError> {
    fs::rename(from, to).map_err(|error| ExportError::from_io(to, &error))?;
    Ok(true)
}

/// Nothing may be there but an empty folder or, if it is to be replaced, an
/// export that holds nothing else.
fn check_place(folder: &Path, overwrite: bool) -> Result<(), ExportError> {
    if !folder.exists() {
        return Ok(());
    }
    let not_an_export = || ExportError::NotAnExport { folder: folder.to_owned() };
    if !folder.is_dir() {
        return Err(not_an_export());
    }
    let names = names_in(folder).map_err(|error| ExportError::from_io(folder, &error))?;
    if names.is_empty() {
        return Ok(());
    }
    if !overwrite {
        return Err(ExportError::Exists { folder: folder.to_owned() });
    }
    let ours = sidecar::files_of(&folder.join(sidecar::FILE)).ok_or_else(not_an_export)?;
    if names.iter().all(|name| ours.contains(name)) { Ok(()) } else { Err(not_an_export()) }
}

fn names_in(folder: &Path) -> std::io::Result<Vec<String>> {
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    fs::read_dir(folder)?.map(name).collect()
}
