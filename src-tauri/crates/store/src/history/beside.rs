//! A history that can't be used is left where it is, and a new one begun beside it.

use super::History;
use crate::StoreError;
use crate::beside::{is_of_this_file, numbered};
use std::path::Path;

/// Files that are tried beside a damaged one.
const TRIES: u32 = 100;

/// An opened history, and what was passed over.
#[derive(Debug)]
pub struct Beside {
    /// The history.
    pub history: History,
    /// The files that could not be used, untouched, each with the reason.
    pub passed_over: Vec<StoreError>,
}

impl History {
    /// Opens the history at `path`; where that is damaged, of another program
    /// or of a newer console, the first usable one of `path-2`, `path-3` …
    ///
    /// # Errors
    /// [`StoreError`] that another file name would not mend: no folder, no
    /// room, no right to write, or a hundred unusable files.
    pub fn open_or_beside(path: &Path) -> Result<Beside, StoreError> {
        let mut passed_over = Vec::new();
        loop {
            let candidate = numbered(path, passed_over.len());
            match Self::open(&candidate) {
                Ok(history) => return Ok(Beside { history, passed_over }),
                Err(error) if is_of_this_file(&error) && passed_over.len() + 1 < TRIES as usize => {
                    passed_over.push(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
}
