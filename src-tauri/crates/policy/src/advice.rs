//! What a source is asked to do: how long to gather, how much, or to pause.
//!
//! Window and size by attention, the window times the load factor, times 5 while
//! memory is short ("platform, back-pressure: source advice"). A source pauses
//! when memory is short or the load critical, and nobody watches it.
//!
//! Three things are decided otherwise than on the platform. While a recording
//! runs no source pauses, and none keeps samples back for longer than
//! [`RECORDED_WINDOW_MS_MAX`], because the recorder loses last. A watched source
//! delivers at least every [`WATCHED_WINDOW_MS_MAX`], where the factors alone
//! would reach 12.5 s. And nobody gathers for longer than the attention table's
//! largest window.

use crate::window;
use model::{Advice, AttentionLevel, LoadLevel};

/// Factor on the window while memory is short.
pub const MEMORY_FACTOR: f64 = 5.0;
/// The longest window of a source that somebody watches (medium or high), ms:
/// what the platform's factors give at most for a focused one.
pub const WATCHED_WINDOW_MS_MAX: u32 = 2_500;
/// The longest window of any source, ms ("platform, attention table": none).
pub const WINDOW_MS_MAX: u32 = 30_000;
/// The longest window while a recording runs, ms: as long as a commit takes, so
/// that a crash costs no more than it would without batches.
pub const RECORDED_WINDOW_MS_MAX: u32 = 250;

/// What the advice to one source depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circumstances {
    /// How closely its sensor is watched.
    pub attention: AttentionLevel,
    /// How hard the machine works.
    pub load: LoadLevel,
    /// Whether memory is short.
    pub memory_protected: bool,
    /// The product of the sensor's bio factors, see [`window::bio_product`].
    pub bio: f64,
    /// Whether a recording runs.
    pub recording: bool,
}

/// The advice to a source.
#[must_use]
pub fn advise(now: Circumstances) -> Advice {
    let paused = pauses(now);
    Advice {
        attention: now.attention,
        load: now.load,
        memory_protected: now.memory_protected,
        paused,
        window_ms: window_ms(now, paused),
        batch_size: batch_size(now.attention),
    }
}

/// Whether an attention level counts as watched: somebody has it in view.
#[must_use]
pub fn is_watched(attention: AttentionLevel) -> bool {
    attention >= AttentionLevel::Medium
}

/// When samples are to be delivered of which the first is from `first_ns` and
/// the one that makes up the advised size from `full_ns`; none while the source
/// pauses. A watched source delivers as soon as it has the size; one that nobody
/// watches uses its whole window, which is what spares the machine.
#[must_use]
pub fn due_ns(advice: &Advice, first_ns: i64, full_ns: i64) -> Option<i64> {
    if advice.paused {
        return None;
    }
    let window_over_ns = first_ns.saturating_add(i64::from(advice.window_ms) * 1_000_000);
    let full_ns = if is_watched(advice.attention) { full_ns } else { i64::MAX };
    Some(window_over_ns.min(full_ns).max(first_ns))
}

fn pauses(now: Circumstances) -> bool {
    let is_short = now.memory_protected || now.load == LoadLevel::Critical;
    is_short && !is_watched(now.attention) && !now.recording
}

fn window_ms(now: Circumstances, paused: bool) -> u32 {
    let memory = if now.memory_protected && !paused { MEMORY_FACTOR } else { 1.0 };
    let base = f64::from(base_window_ms(now.attention));
    let factors = window::load_factor(now.load) * memory * window::bio_product(&[now.bio]);
    window::whole_ms(base * factors).min(longest_ms(now))
}

fn longest_ms(now: Circumstances) -> u32 {
    let watched = if is_watched(now.attention) { WATCHED_WINDOW_MS_MAX } else { WINDOW_MS_MAX };
    if now.recording { RECORDED_WINDOW_MS_MAX.min(watched) } else { watched }
}

const fn base_window_ms(attention: AttentionLevel) -> u32 {
    match attention {
        AttentionLevel::High => 100,
        AttentionLevel::Medium => 500,
        AttentionLevel::Low => 2_000,
        AttentionLevel::None => 5_000,
    }
}

const fn batch_size(attention: AttentionLevel) -> u32 {
    match attention {
        AttentionLevel::High => 1,
        AttentionLevel::Medium => 5,
        AttentionLevel::Low => 10,
        AttentionLevel::None => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AttentionLevel as A, LoadLevel as L};

    fn at(attention: A, load: L) -> Circumstances {
        Circumstances { attention, load, memory_protected: false, bio: 1.0, recording: false }
    }

    #[test]
    fn follows_the_platforms_table_of_windows_and_sizes() {
        let rows = [
            (A::High, 1, [100, 150, 300, 500]),
            (A::Medium, 5, [500, 750, 1_500, 2_500]),
            (A::Low, 10, [2_000, 3_000, 6_000, 10_000]),
            (A::None, 20, [5_000, 7_500, 15_000, 25_000]),
        ];
        for (attention, size, windows) in rows {
            for (load, window) in L::ALL.into_iter().zip(windows) {
                let advice = advise(at(attention, load));
                assert_eq!((advice.batch_size, advice.window_ms), (size, window), "{attention:?} {load:?}");
            }
        }
    }

    #[test]
    fn pauses_exactly_those_that_nobody_watches_when_memory_is_short_or_the_load_critical() {
        for attention in A::ALL {
            for load in L::ALL {
                for memory_protected in [false, true] {
                    let now = Circumstances { memory_protected, ..at(attention, load) };
                    let expected = (memory_protected || load == L::Critical) && attention < A::Medium;
                    assert_eq!(advise(now).paused, expected, "{now:?}");
                }
            }
        }
    }

    #[test]
    fn short_memory_makes_windows_five_times_as_long_unless_the_source_pauses() {
        let short = |attention| advise(Circumstances { memory_protected: true, ..at(attention, L::Normal) });
        assert_eq!(short(A::High).window_ms, 500);
        assert_eq!(short(A::Medium).window_ms, 2_500);
        assert_eq!((short(A::Low).paused, short(A::Low).window_ms), (true, 2_000));
    }

    #[test]
    fn a_running_recording_lets_no_source_pause_and_no_sample_wait() {
        for attention in A::ALL {
            for load in L::ALL {
                let now = Circumstances {
                    recording: true,
                    memory_protected: true,
                    bio: 3.0,
                    ..at(attention, load)
                };
                let advice = advise(now);
                assert!(!advice.paused && advice.window_ms <= RECORDED_WINDOW_MS_MAX, "{advice:?}");
            }
        }
    }

    #[test]
    fn a_watched_source_delivers_at_the_size_and_an_unwatched_one_at_the_window() {
        const MS: i64 = 1_000_000;
        let due = |attention, load, full_ns| due_ns(&advise(at(attention, load)), 0, full_ns);
        assert_eq!(due(A::Medium, L::Normal, 20 * MS), Some(20 * MS));
        assert_eq!(due(A::Medium, L::Normal, 900 * MS), Some(500 * MS));
        assert_eq!(due(A::High, L::Normal, 0), Some(0), "one sample is enough");
        assert_eq!(due(A::Low, L::Normal, 20 * MS), Some(2_000 * MS));
        assert_eq!(due(A::None, L::Critical, 0), None);
    }
}
