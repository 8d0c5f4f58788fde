//! Panics of children: caught, and kept with their words, their place and the
//! way that led there.
//!
//! A hook, installed once, notes place and backtrace for supervised code and
//! leaves every other panic to the hook that was there before. A backtrace is
//! taken without its symbols, which costs microseconds; they are looked up only
//! when somebody reads it. In a storm only the first panics of a second get one.
//!
//! The hook runs between a crash and the next run of its child, with cold caches:
//! it formats nothing and takes no lock.

use super::service::Failure;
use model::Clock;
use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};

/// Backtraces taken in a second at most.
const BACKTRACES: u64 = 20;
/// Bytes of a backtrace that are shown at most.
pub const BACKTRACE_BYTES_MAX: usize = 16 * 1024;

static HOOK: Once = Once::new();
/// The second in which backtraces were last taken, and how many there were, in the
/// lowest byte.
static TAKEN: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static SUPERVISED: Cell<bool> = const { Cell::new(false) };
    static NOTED: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

struct Noted {
    place: Option<PanicPlace>,
    backtrace: Option<Backtrace>,
}

/// Where a panic began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanicPlace {
    file: Box<str>,
    line: u32,
    column: u32,
}

impl From<&Location<'_>> for PanicPlace {
    fn from(at: &Location<'_>) -> Self {
        Self { file: at.file().into(), line: at.line(), column: at.column() }
    }
}

impl fmt::Display for PanicPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Why a child last failed.
#[derive(Clone)]
pub struct Fault {
    /// In words.
    pub words: String,
    /// File and line of a panic.
    pub place: Option<PanicPlace>,
    /// Host time.
    pub at_ns: i64,
    backtrace: Option<Arc<Backtrace>>,
    pub(super) is_final: bool,
}

impl Fault {
    pub(super) fn new(failure: Failure) -> Self {
        let (words, is_final) = match failure {
            Failure::Restartable(words) => (words, false),
            Failure::Final(words) => (words, true),
        };
        Self { words, place: None, at_ns: 0, backtrace: None, is_final }
    }

    /// The way to the panic, at most 16 KB of it. Looks symbols up, which takes
    /// milliseconds; none for a failure that was no panic, or one of a storm.
    #[must_use]
    pub fn backtrace(&self) -> Option<String> {
        let mut text = Bounded(String::new());
        // An error says that the text is full, which is what we want of it.
        let _ = write!(text, "{}", self.backtrace.as_ref()?);
        Some(text.0)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("words", &self.words)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// Text that takes no more than its bound.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > BACKTRACE_BYTES_MAX {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// Runs supervised code; a panic becomes a fault.
pub fn caught<T>(body: impl FnOnce() -> T) -> Result<T, Fault> {
    install();
    let before = SUPERVISED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    SUPERVISED.set(before);
    outcome.map_err(|panic| {
        let noted = NOTED.take();
        let words = ["panicked: ", panic_words(&*panic)].concat();
        let (place, backtrace) = noted.map_or((None, None), |noted| (noted.place, noted.backtrace));
        Fault { words, place, at_ns: 0, backtrace: backtrace.map(Arc::new), is_final: false }
    })
}

fn install() {
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| match SUPERVISED.get() {
            true => note(info),
            false => previous(info),
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(PanicPlace::from);
    let second = connect::SystemClock.now().host_ns.unsigned_abs() / 1_000_000_000;
    let backtrace = may_take_backtrace(&TAKEN, second).then(Backtrace::force_capture);
    NOTED.set(Some(Noted { place, backtrace }));
}

/// Counts a backtrace that is taken in this second; false if there were enough.
fn may_take_backtrace(taken: &AtomicU64, second: u64) -> bool {
    let one_more = |before: u64| match (before >> 8 == second, before & 0xff) {
        (false, _) => Some(second << 8 | 1),
        (true, n) => (n < BACKTRACES).then_some(before + 1),
    };
    taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
}

fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_kept_with_its_words_and_its_place() {
        let fault = caught(|| panic!("planted {}", 7)).map(|(): ()| ()).unwrap_err();
        assert_eq!(fault.words, "panicked: planted 7");
        assert!(fault.place.unwrap().to_string().contains("panics.rs:"));
    }

    #[test]
    fn in_a_storm_the_first_panics_of_each_second_get_a_backtrace() {
        let taken = AtomicU64::new(0);
        let got = |second| (0..100).filter(|_| may_take_backtrace(&taken, second)).count() as u64;
        assert_eq!([got(7), got(7), got(8), got(100_000)], [BACKTRACES, 0, BACKTRACES, BACKTRACES]);
    }

    #[test]
    fn a_text_that_is_full_takes_no_more() {
        let mut text = Bounded("x".repeat(BACKTRACE_BYTES_MAX - 1));
        assert!(text.write_str("y").is_ok());
        assert!(text.write_str("z").is_err());
        assert_eq!(text.0.len(), BACKTRACE_BYTES_MAX);
    }
}
