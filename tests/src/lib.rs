//! Helpers of the whole-program tests: the built programs, real input, a real
//! display. The tests themselves are in `tests/whole`.

#[cfg(target_os = "linux")]
pub mod disk;
#[cfg(target_os = "linux")]
pub mod display;
pub mod program;
#[cfg(unix)]
pub mod served;
#[cfg(target_os = "linux")]
pub mod webdriver;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The checkout.
#[must_use]
pub fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// A file of the real test data, if that is here: in the folder that
/// `SENSOCTO_TEST_DATA` names, or beside the checkout.
#[must_use]
pub fn test_data(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SENSOCTO_TEST_DATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| checkout().join("../shared/data"));
    let path = folder.join(file);
    path.exists().then_some(path)
}

/// Held by a test that measures real time, so that no other of its kind runs beside it.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
