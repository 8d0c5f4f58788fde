//! What is known of the disk with the recordings: its free space, and whether it
//! can be written.
//!
//! It is asked in the background, so that a disk that hangs (a network folder whose
//! server has gone) holds up nobody: whoever asks waits 250 ms at most, and while that
//! question is open all others get the last answer at once, and how long the disk
//! has been silent since.

use crate::folders;
use runtime::{Console, TaskPool, Ticket};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How old an answer may be for a face that draws many times a second.
pub(crate) const FOR_A_FACE_NS: i64 = 1_000_000_000;
/// How old it may be for whoever wants to know how it is now.
pub(crate) const NOW_NS: i64 = 0;
/// A disk that has not answered for so long is called silent.
const SILENT_NS: i64 = 3_000_000_000;
/// How long whoever asks waits for the answer.
const PATIENCE: Duration = Duration::from_millis(250);
/// A question that could not be begun for so long is not begun any more.
const DEADLINE: Duration = Duration::from_secs(10);

/// What a disk answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Free space, bytes, where the system tells.
    pub free_bytes: Option<u64>,
    /// Whether files can be made there.
    pub is_writable: bool,
}

impl Answer {
    fn of(folder: &Path) -> Self {
        Self { free_bytes: folders::free_bytes(folder), is_writable: folders::is_writable(folder) }
    }
}

/// What is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The last answer; none if there was none yet.
    pub answer: Option<Answer>,
    /// For how long the disk has been asked without an answer; none while it answers.
    pub silent_ns: Option<i64>,
}

/// The disk under one folder, looked at from time to time.
pub(crate) struct Disk {
    pool: TaskPool,
    ask: fn(&Path) -> Answer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    folder: PathBuf,
    answer: Option<Answer>,
    /// When the question was asked that it answers.
    asked_ns: i64,
    asked: Option<Asked>,
}

/// A question under way.
struct Asked {
    ticket: Ticket<Answer>,
    since_ns: i64,
}

impl Disk {
    /// The disks of a console, asked in its pool for such questions.
    pub fn of(console: &Console) -> Self {
        Self { pool: console.disk_questions().clone(), ask: Answer::of, state: Mutex::default() }
    }

    /// What is known of the disk under `folder`; asks it where the last answer is
    /// `fresh_ns` old or more, and no question is open.
    pub fn look(&self, folder: &Path, now_ns: i64, fresh_ns: i64) -> Known {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.folder != folder {
            // An answer about another folder is nobody's any more.
            *state = State { folder: folder.to_owned(), ..State::default() };
        }
        state.hear(Duration::ZERO);
        let is_old = state.answer.is_none() || now_ns.saturating_sub(state.asked_ns) >= fresh_ns;
        if state.asked.is_none() && is_old {
            state.asked = self.begin(folder, now_ns);
            state.hear(PATIENCE);
        }
        state.known(now_ns)
    }

    /// None where the pool is taken by questions that hang: then it stays unasked.
    fn begin(&self, folder: &Path, now_ns: i64) -> Option<Asked> {
        let (ask, about) = (self.ask, folder.to_owned());
        let ticket = self.pool.submit("free space", DEADLINE, move || ask(&about)).ok()?;
        Some(Asked { ticket, since_ns: now_ns })
    }
}

impl State {
    /// Takes the answer if it comes within `patience`. A question that failed, or was
    /// not begun in time, counts as none, so that the next one to look asks again.
    fn hear(&mut self, patience: Duration) {
        let Some(asked) = &self.asked else { return };
        match asked.ticket.wait_for(patience) {
            Ok(None) => return,
            Ok(Some(answer)) => (self.answer, self.asked_ns) = (Some(answer), asked.since_ns),
            Err(_) => {}
        }
        self.asked = None;
    }

    fn known(&self, now_ns: i64) -> Known {
        let asked_for = |asked: &Asked| now_ns.saturating_sub(asked.since_ns);
        let silent_ns = match (&self.asked, self.answer) {
            (Some(asked), _) => Some(asked_for(asked)).filter(|ns| *ns >= SILENT_NS),
            // Not even asked, for want of room beside questions that hang.
            (None, None) => Some(0),
            (None, Some(_)) => None,
        };
        Known { answer: self.answer, silent_ns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    const SEC: i64 = 1_000_000_000;
    const SOON: Duration = Duration::from_secs(20);

    /// Questions about this folder hang while it is set.
    static DEAD: AtomicBool = AtomicBool::new(false);
    static GONE: AtomicBool = AtomicBool::new(true);

    fn ask(folder: &Path) -> Answer {
        let hangs = || match folder.to_str() {
            Some("dead later") => DEAD.load(Ordering::Relaxed),
            Some("gone") => GONE.load(Ordering::Relaxed),
            _ => false,
        };
        while hangs() {
            std::thread::sleep(Duration::from_millis(1));
        }
        GOOD
    }

    const GOOD: Answer = Answer { free_bytes: Some(7), is_writable: true };

    fn console() -> (Console, Disk) {
        let console = Console::start(runtime::Config::default()).unwrap();
        let disk = Disk { pool: console.disk_questions().clone(), ask, state: Mutex::default() };
        (console, disk)
    }

    fn look(disk: &Disk, folder: &Path, now_ns: i64) -> Known {
        disk.look(folder, now_ns, FOR_A_FACE_NS)
    }

    #[test]
    fn who_looks_first_gets_an_answer_and_the_next_ones_the_same_until_it_is_old() {
        let (console, disk) = console();
        let good = Known { answer: Some(GOOD), silent_ns: None };
        testkit::wait_until(SOON, "an answer", || look(&disk, Path::new("a"), 0) == good);
        let asked = || console.disk_questions().view().done;
        testkit::wait_until(SOON, "the count", || asked() == 1);
        assert_eq!((look(&disk, Path::new("a"), FOR_A_FACE_NS - 1), asked()), (good, 1));
        let again = || look(&disk, Path::new("a"), FOR_A_FACE_NS) == good && asked() == 2;
        testkit::wait_until(SOON, "another answer", again);
        disk.look(Path::new("a"), FOR_A_FACE_NS, NOW_NS);
        testkit::wait_until(SOON, "the answer of this moment", || asked() == 3);
    }

    #[test]
    fn a_disk_that_hangs_holds_up_nobody_is_told_and_another_one_can_still_be_asked() {
        let (console, disk) = console();
        let dead = Path::new("gone");
        assert_eq!(look(&disk, dead, 0), Known::default());
        for _ in 0..100 {
            assert_eq!(look(&disk, dead, 5 * SEC), Known { answer: None, silent_ns: Some(5 * SEC) });
        }
        let running = console.disk_questions().view().running;
        assert_eq!(running, 1, "the question that hangs is one, however often somebody looks");
        testkit::wait_until(SOON, "another disk", || look(&disk, Path::new("b"), 6 * SEC).answer.is_some());
        GONE.store(false, Ordering::Relaxed);
        testkit::wait_until(SOON, "the answer", || look(&disk, dead, 7 * SEC).answer.is_some());
    }

    #[test]
    fn a_disk_that_falls_silent_keeps_its_last_answer_until_it_speaks_again() {
        let (_console, disk) = console();
        let (folder, good) = (Path::new("dead later"), Known { answer: Some(GOOD), silent_ns: None });
        testkit::wait_until(SOON, "an answer", || look(&disk, folder, 0) == good);
        DEAD.store(true, Ordering::Relaxed);
        assert_eq!(look(&disk, folder, FOR_A_FACE_NS), good, "it is asked again, and has time to answer");
        let silent = Known { answer: Some(GOOD), silent_ns: Some(9 * SEC) };
        assert_eq!(look(&disk, folder, FOR_A_FACE_NS + 9 * SEC), silent);
        DEAD.store(false, Ordering::Relaxed);
        testkit::wait_until(SOON, "an answer", || look(&disk, folder, FOR_A_FACE_NS + 10 * SEC) == good);
    }
}
