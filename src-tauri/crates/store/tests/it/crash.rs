//! Real `SIGKILL`s, in the middle of a commit or of closing. The child process
//! is this test program itself, told by its environment to record.

use crate::sample::*;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

const FILE: &str = "STORE_CRASH_FILE";
const COMMITS: &str = "STORE_CRASH_COMMITS";
/// Samples in a commit.
const SAMPLES: u64 = 50;

#[test]
#[ignore = "the child process of the other tests here"]
fn child() {
    let Ok(path) = std::env::var(FILE) else { return };
    let commits: u64 = std::env::var(COMMITS).unwrap().parse().unwrap();
    let mut one = fixture_at(Path::new(&path));
    for n in 0..commits {
        one.store(n * SAMPLES, (n + 1) * SAMPLES).unwrap();
        say(&format!("committed {}", n + 1));
    }
    say("closing");
    one.close();
    say("closed");
}

/// Straight to the pipe: the test harness captures `println!`.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

struct Recorder(Child, Lines<BufReader<ChildStdout>>);

impl Recorder {
    fn start(path: &Path, commits: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child", "--ignored", "--nocapture"])
            .env(FILE, path)
            .env(COMMITS, commits.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self(child, lines)
    }

    fn wait_for(&mut self, line: &str) {
        assert!(self.1.any(|said| said.unwrap() == line), "the child ended before it said “{line}”");
    }

    /// Kills it; the number of commits that it was told are safe.
    fn kill(mut self) -> u64 {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        let last = self.1.map_while(Result::ok).filter(|line| line.starts_with("committed ")).last();
        last.map_or(0, |line| line["committed ".len()..].parse().unwrap())
    }
}

#[test]
fn a_file_killed_in_mid_commit_is_good_and_holds_all_that_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let path = folder.path().join(format!("{round}.sensocto"));
        let mut recorder = Recorder::start(&path, u64::MAX / SAMPLES);
        let before = 1 + round * 37;
        recorder.wait_for(&format!("committed {before}"));
        let safe = recorder.kill().max(before);
        let report = report(&path);
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.info.closed, None);
        let stored = report.streams[0].stored;
        assert!(stored >= safe * SAMPLES, "{stored} stored, {safe} commits were safe");
        assert_eq!(stored % SAMPLES, 0, "half a commit");
    }
}

#[test]
fn a_file_killed_while_it_is_closed_opens_and_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let path = folder.path().join(format!("{round}.sensocto"));
        let mut recorder = Recorder::start(&path, 40);
        recorder.wait_for("closing");
        recorder.kill();
        let report = report(&path);
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.streams[0].stored, 40 * SAMPLES);
    }
}
