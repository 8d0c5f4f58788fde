//! A virtual display of our own, and pictures of it.

use crate::program::Running;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// A running Xvfb, 1440 × 900.
pub struct Display {
    _server: Running,
    name: String,
}

impl Display {
    /// Starts a display under a free number.
    ///
    /// # Panics
    /// Xvfb is not installed (`cargo xtask test` installs it) or does not start.
    #[must_use]
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
        let mut server = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut number = String::new();
        let said = server.0.stdout.take().map(|out| BufReader::new(out).read_line(&mut number));
        assert!(matches!(said, Some(Ok(n)) if n > 0), "Xvfb did not start");
        Self { _server: server, name: format!(":{}", number.trim()) }
    }

    /// Its name, for `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture of the whole display. (WebDriver's own pictures hang
    /// where the DMA-BUF renderer is off.)
    ///
    /// # Panics
    /// ImageMagick is not installed (`cargo xtask test` installs it).
    pub fn picture(&self, file: &Path) {
        let taken =
            Command::new("import").args(["-window", "root"]).arg(file).env("DISPLAY", &self.name).status();
        assert!(taken.is_ok_and(|status| status.success()), "no picture could be taken");
    }
}
