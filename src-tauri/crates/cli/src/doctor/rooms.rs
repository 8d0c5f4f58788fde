//! Folders and what lies in them: recordings, the doors of running consoles.

use super::Finding;
use peer::{Client, Unreachable};
use std::path::Path;

/// Less free space than this is worth a word.
const SPACE_WARNING: u64 = 1_000_000_000;

/// The recording folder: there, writable, with room.
pub fn recordings(folder: &Path) -> Finding {
    const NAME: &str = "recordings";
    if let Err(error) = api::usable_folder(folder) {
        return Finding::failed(NAME, error.message, error.remedy);
    }
    let shown = folder.display();
    match api::free_bytes(folder) {
        Some(free @ 0..SPACE_WARNING) => {
            let words = format!("{shown} can be written; only {:.0} MB are free", free as f64 / 1e6);
            Finding::warning(NAME, words, "Make room on its disk before a long recording.")
        }
        Some(free) => {
            Finding::good(NAME, format!("{shown} can be written; {:.1} GB are free", free as f64 / 1e9))
        }
        None => Finding::good(NAME, format!("{shown} can be written")),
    }
}

/// The folder of the doors can be used.
pub fn doors() -> Finding {
    const NAME: &str = "runtime folder";
    let Some(folder) = peer::folder() else {
        return Finding::warning(
            NAME,
            "There is none.",
            "Set XDG_RUNTIME_DIR or HOME; `sensocto serve` needs it.",
        );
    };
    match api::usable_folder(&folder) {
        Ok(()) => Finding::good(NAME, format!("{} can be written", folder.display())),
        Err(error) => Finding::warning(NAME, error.message, "`sensocto serve` and `tree` need it."),
    }
}

/// Whether a console is running.
pub fn console() -> Finding {
    const NAME: &str = "running console";
    match Client::of_running_console() {
        Ok(client) => Finding::good(NAME, format!("process {} answers", client.pid())),
        Err(Unreachable::NoConsole) => Finding::good(NAME, "none that could be asked"),
        Err(Unreachable::Broken(why)) => {
            Finding::warning(NAME, format!("One does not answer: {why}."), "Restart that console.")
        }
    }
}
