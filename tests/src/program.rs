//! The built programs, and `sensocto` as a script uses it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A program that the workspace builds.
///
/// # Panics
/// It is not built: `cargo xtask test` builds it before the tests.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let folder = test.ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is not built; run `cargo build --workspace` first", program.display());
    program
}

/// The command `sensocto` with these arguments.
#[must_use]
pub fn sensocto<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(built("sensocto"));
    command.args(args).stdin(Stdio::null());
    command
}

/// Runs `sensocto` to its end and gives what it printed.
///
/// # Panics
/// It can't be started.
#[must_use]
pub fn output<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    match sensocto(args).output() {
        Ok(output) => output,
        Err(error) => panic!("sensocto can't be started: {error}"),
    }
}

/// Runs `sensocto … --json` and reads what it printed.
///
/// # Panics
/// It fails, or does not print JSON.
#[must_use]
pub fn json<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Value {
    let output = output(args);
    let text = String::from_utf8_lossy(&output.stdout);
    match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => panic!("{error}: {text:?} {}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The verdict of `sensocto verify`.
///
/// # Panics
/// The file can't be opened as a recording.
#[must_use]
pub fn verdict(file: &Path) -> Value {
    json([Path::new("verify"), file, Path::new("--json")])
}

/// A running program; killed when dropped, with everything that it started.
pub struct Running(pub Child);

impl Running {
    /// Starts a program.
    ///
    /// # Panics
    /// It can't be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        match command.spawn() {
            Ok(child) => Self(child),
            Err(error) => panic!("{command:?} can't be started: {error}"),
        }
    }

    /// Asks it to end as Ctrl-C does, and waits.
    ///
    /// # Panics
    /// It does not end well in time.
    #[cfg(unix)]
    pub fn interrupt(mut self) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal could not be sent");
        self.ended(Duration::from_secs(30));
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It does not end well within `deadline`.
    pub fn ended(&mut self, deadline: Duration) {
        let mut status = None;
        testkit::wait_until(deadline, "the end of the program", || {
            status = self.0.try_wait().ok().flatten();
            status.is_some()
        });
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; either way it has to be reaped, and what it started too.
        #[cfg(unix)]
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0.id())])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
