//! A private message bus: a real `dbus-daemon` on a socket of its own.
//!
//! Its limits are far above the defaults (256 connections, 64 KB of headroom per
//! slow reader's burst), because the daemon silently drops a broadcast that does
//! not fit, and a test that counts must not lose anything on the way. The daemon
//! and its folder go when the value is dropped, also while a panic unwinds; where
//! the test's process is killed, a shell that reads from it ends the daemon.

use crate::pace::Deadline;
use anyhow::{Context, bail, ensure};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Runs the daemon, and kills it when the shell's input ends.
const GUARD: &str = r#"dbus-daemon "$@" & d=$!; exec >/dev/null; cat; kill -KILL $d; wait $d"#;
const STARTS_WITHIN: Duration = Duration::from_secs(10);

/// A running bus.
#[derive(Debug)]
pub(super) struct Bus {
    guard: Child,
    address: String,
    _folder: TempDir,
}

impl Bus {
    /// Starts a bus and waits until it has told its address.
    pub(super) fn start() -> anyhow::Result<Self> {
        Self::with_match_rules(100_000)
    }

    /// As [`Self::start`], with so many match rules for each connection.
    pub(super) fn with_match_rules(most: u64) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("bus-").tempdir().context("no folder for a test bus")?;
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, configuration(&folder.path().join("socket").display().to_string(), most))?;
        let says = folder.path().join("says");
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "sh", "--nofork", "--nopidfile", "--nosyslog", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&says)?)
            .spawn()
            .context("can't start a shell for dbus-daemon")?;
        let told = guard.stdout.take();
        let mut bus = Self { guard, address: String::new(), _folder: folder };
        bus.address = first_line(told.context("dbus-daemon has no output")?)
            .with_context(|| std::fs::read_to_string(&says).unwrap_or_default())?;
        Ok(bus)
    }

    /// What `DBUS_SYSTEM_BUS_ADDRESS` must say.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Ends the daemon, as when the machine's bus dies. Safe to repeat.
    pub(super) fn stop(&mut self) {
        drop(self.guard.stdin.take());
        // It fails only where the guard has been waited for already.
        let _ = self.guard.wait();
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads one line with a deadline, on a thread that ends with the daemon at the latest.
fn first_line(output: ChildStdout) -> anyhow::Result<String> {
    let (tell, told) = sync_channel(1);
    let wait = Deadline::after(STARTS_WITHIN);
    thread::Builder::new().name("bus-address".into()).spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        // Nobody listens any more where the deadline has passed.
        let _ = tell.send(read.map(|_| line));
    })?;
    match told.recv_timeout(wait.left()) {
        Ok(line) => {
            let address = line?.trim().to_owned();
            ensure!(!address.is_empty(), "dbus-daemon does not start; is its package installed?");
            Ok(address)
        }
        Err(_) => bail!("dbus-daemon did not tell its address within {STARTS_WITHIN:?}"),
    }
}

fn configuration(socket: &str, match_rules: u64) -> String {
    let limits: String = [
        ("max_incoming_bytes", 1_000_000_000_u64),
        ("max_outgoing_bytes", 1_000_000_000),
        ("max_message_size", 100_000_000),
        ("max_completed_connections", 10_000),
        ("max_incomplete_connections", 1_000),
        ("max_connections_per_user", 10_000),
        ("max_names_per_connection", 1_000),
        ("max_match_rules_per_connection", match_rules),
        ("max_replies_per_connection", 100_000),
        ("max_pending_service_starts", 1_000),
    ]
    .iter()
    .map(|(name, value)| format!("  <limit name=\"{name}\">{value}</limit>\n"))
    .collect();
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
    <allow user="*"/>
  </policy>
{limits}</busconfig>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;

    fn socket(bus: &Bus) -> PathBuf {
        let path = bus.address().strip_prefix("unix:path=").unwrap();
        PathBuf::from(path.split(',').next().unwrap())
    }

    #[test]
    fn listens_where_it_says_until_it_is_dropped() {
        let bus = Bus::start().unwrap();
        let socket = socket(&bus);
        UnixStream::connect(&socket).unwrap();
        drop(bus);
        assert!(UnixStream::connect(&socket).is_err());
        assert!(!socket.parent().unwrap().exists(), "the folder is left behind");
    }

    #[test]
    fn goes_when_a_test_panics() {
        let bus = Bus::start().unwrap();
        let socket = socket(&bus);
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _bus = bus;
            std::panic::resume_unwind(Box::new("a failing test"));
        }));
        assert!(unwound.is_err());
        assert!(!socket.parent().unwrap().exists(), "the folder is left behind");
    }
}
