//! Real `SIGKILL`s in the middle of writing the outbox and the history. The
//! child process is this test program itself, told by its environment what to do.

use crate::sample::{START, ecg_block, ecg_spec};
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use store::history::{Entry, History, Session};
use store::outbox::{Bounds, NewMessage, Outbox, Put};

const FOLDER: &str = "STORE_KILL_FOLDER";
/// Messages and samples of one round.
const LOT: u64 = 5;
const SAMPLES: u64 = 40;

/// Puts lots in and delivers them into the history, for ever, and says what is safe.
#[test]
#[ignore = "the child process of the test here"]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    let (mut outbox, mut history) = open(folder);
    let put_before = outbox.counts().unwrap().put;
    for round in put_before / LOT.. {
        let lot: Vec<NewMessage> = (round * LOT..(round + 1) * LOT).map(message).collect();
        outbox.put(&lot, &[("rounds", 1)], START).unwrap();
        say(&format!("put {}", (round + 1) * LOT));
        // Two of three lots: some always wait.
        if round % 3 != 0 {
            let claimed = outbox.claim("history", 7, 0, |_| true).unwrap();
            let entries: Vec<Entry> =
                claimed.iter().map(|m| Entry::from_bytes(&m.payload).unwrap()).collect();
            history.append(&entries).unwrap();
            say("appended");
            outbox.ack(&claimed).unwrap();
        }
    }
}

fn open(folder: &Path) -> (Outbox, History) {
    let outbox = Outbox::open(&folder.join("outbox.db"), Bounds::default()).unwrap();
    (outbox, History::open(&folder.join("history.db")).unwrap())
}

fn message(n: u64) -> NewMessage {
    let block = ecg_block(n * SAMPLES, (n + 1) * SAMPLES);
    let entry = Entry::new(Session::new(START, 1), ecg_spec("sim:1"), &block);
    NewMessage {
        topic: "history".to_owned(),
        key: "sim:1 ecg".to_owned(),
        dedup: entry.dedup(),
        payload: entry.to_bytes(),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

struct Victim(Child, Lines<BufReader<ChildStdout>>);

impl Victim {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::child", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self(child, lines)
    }

    /// Kills it after `lines` lines; the number of messages that it was told are safe.
    fn kill_after(mut self, lines: usize) -> u64 {
        let puts = |line: String| line.strip_prefix("put ").and_then(|n| n.parse().ok());
        let said = self.1.by_ref().map_while(Result::ok).filter(|line| !line.is_empty()).take(lines);
        let before: Option<u64> = said.filter_map(puts).last();
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        let rest: Option<u64> = self.1.map_while(Result::ok).filter_map(puts).last();
        rest.or(before).unwrap_or(0)
    }
}

#[test]
fn what_was_put_before_a_kill_arrives_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut safe = 0;
    for round in 0..8 {
        safe = Victim::start(folder.path()).kill_after(20 + round * 13).max(safe);
        let (outbox, history) = open(folder.path());
        let (c, h) = (outbox.counts().unwrap(), history.counts().unwrap());
        assert!(c.put >= safe, "{} put, {safe} were safe", c.put);
        assert_eq!(c.put, c.delivered + c.waiting, "{c:?}");
        assert_eq!((c.put % LOT, outbox.noted("rounds").unwrap()), (0, c.put / LOT), "half a transaction");
        assert!(h.stored >= c.delivered * SAMPLES, "{h:?} {c:?}");
    }
    let (mut outbox, mut history) = open(folder.path());
    loop {
        let claimed = outbox.claim("history", 50, 0, |_| true).unwrap();
        if claimed.is_empty() {
            break;
        }
        let entries: Vec<Entry> = claimed.iter().map(|m| Entry::from_bytes(&m.payload).unwrap()).collect();
        history.append(&entries).unwrap();
        outbox.ack(&claimed).unwrap();
    }
    let put = outbox.counts().unwrap().put;
    assert_eq!(outbox.put(&[], &[], START).unwrap(), Vec::<Put>::new());
    let reader = store::history::Reader::open(history.path()).unwrap();
    let stream = reader.streams(&ecg_spec("sim:1").key).unwrap().remove(0);
    let blocks = reader.range(&stream, i64::MIN, i64::MAX, u64::MAX).unwrap();
    let firsts: Vec<u64> = blocks.iter().map(|past| past.block.first_index()).collect();
    assert_eq!(firsts, (0..put).map(|n| n * SAMPLES).collect::<Vec<_>>());
    assert_eq!(history.counts().unwrap().stored, put * SAMPLES);
}
