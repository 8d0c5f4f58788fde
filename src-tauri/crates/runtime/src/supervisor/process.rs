//! Child processes: a thread each that starts the process, gives its pipes away,
//! and waits for its end or for the word to stop. A process can be killed, so a
//! stubborn one is never left behind.
//!
//! The thread looks every 20 ms whether the process has ended. It alone waits
//! for it, so no signal can hit a stranger who got its number.

use super::service::{Failure, StopSignal};
use parking_lot::Mutex;
use std::io::{self, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// How often a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long the system may take to end a killed process.
pub const KILL_MARGIN: Duration = Duration::from_secs(1);

/// A process to be started.
pub struct ProcessSpec {
    command: Box<dyn Fn() -> Command + Send + Sync>,
    owner: Box<dyn Fn(ProcessIo) + Send + Sync>,
}

/// The pipes of a started process, for its owner.
pub struct ProcessIo {
    /// Its number.
    pub pid: u32,
    /// Its input.
    pub stdin: ProcessStdin,
    /// Its output.
    pub stdout: ChildStdout,
}

/// The input of a process. The tree closes it when the process is to stop.
#[derive(Clone)]
pub struct ProcessStdin(Arc<Mutex<Option<ChildStdin>>>);

impl Write for ProcessStdin {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().as_mut().map_or(Ok(()), ChildStdin::flush)
    }
}

impl ProcessStdin {
    /// A writer that is inside keeps it open: then the signal has to do.
    fn close(&self) {
        if let Some(mut stdin) = self.0.try_lock() {
            stdin.take();
        }
    }
}

impl ProcessSpec {
    pub fn new(
        command: impl Fn() -> Command + Send + Sync + 'static,
        owner: impl Fn(ProcessIo) + Send + Sync + 'static,
    ) -> Self {
        Self { command: Box::new(command), owner: Box::new(owner) }
    }

    /// Runs the process to its end, or ends it by `deadline` after the signal.
    pub fn run(&self, stop: &StopSignal, deadline: Duration) -> Result<(), Failure> {
        let mut command = (self.command)();
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let process = command.spawn().map_err(|error| failed(format!("could not be started: {error}")))?;
        let mut process = KilledOnDrop(process);
        let stdin = ProcessStdin(Arc::new(Mutex::new(process.0.stdin.take())));
        if let Some(stdout) = process.0.stdout.take() {
            (self.owner)(ProcessIo { pid: process.0.id(), stdin: stdin.clone(), stdout });
        }
        loop {
            if let Some(status) = ended(&mut process.0)? {
                return judge(status);
            }
            if stop.wait(LOOK_EVERY) {
                stdin.close();
                return end(&mut process.0, deadline);
            }
        }
    }
}

/// Asks a process to end and kills it at the deadline.
fn end(process: &mut Child, deadline: Duration) -> Result<(), Failure> {
    ask_to_end(process);
    let looks = deadline.as_nanos() / LOOK_EVERY.as_nanos();
    for _ in 0..looks {
        if ended(process)?.is_some() {
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    tracing::warn!(pid = process.id(), "a process did not end in time and is killed");
    process.kill().and_then(|()| process.wait()).map_err(|error| failed(error.to_string()))?;
    Ok(())
}

#[cfg(unix)]
fn ask_to_end(process: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
        // It may have ended a moment ago; nobody else has its number before we wait for it.
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// Elsewhere its closed input has to do.
#[cfg(not(unix))]
fn ask_to_end(_process: &Child) {}

fn ended(process: &mut Child) -> Result<Option<ExitStatus>, Failure> {
    process.try_wait().map_err(|error| failed(error.to_string()))
}

fn judge(status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(failed(format!("the process ended: {status}"))) }
}

fn failed(words: String) -> Failure {
    Failure::Restartable(words)
}

/// However its thread ends, by return or by panic, the process does not outlive it.
struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // Harmless where it has ended and was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
