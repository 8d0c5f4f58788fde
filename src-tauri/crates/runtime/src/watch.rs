//! What sensors and streams carry of attention and advice: small cells that
//! anybody may read while they change.

use model::{Advice, AttentionLevel};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

/// How closely something is watched. As long as no viewer has ever reported, all
/// counts as watched closely: the console can't know better.
#[derive(Debug)]
pub struct Watched(AtomicU8);

impl Default for Watched {
    fn default() -> Self {
        Self(AtomicU8::new(AttentionLevel::High as u8))
    }
}

impl Watched {
    /// The level.
    #[must_use]
    pub fn level(&self) -> AttentionLevel {
        let index = usize::from(self.0.load(Ordering::Relaxed));
        AttentionLevel::ALL.get(index).copied().unwrap_or_default()
    }

    /// Sets the level; whether it is another one than before.
    pub fn set(&self, level: AttentionLevel) -> bool {
        self.0.swap(level as u8, Ordering::Relaxed) != level as u8
    }
}

/// What a source was asked to do, and whether it can.
#[derive(Debug, Default)]
pub struct Advised(Mutex<(Option<Advice>, Option<bool>)>);

impl Advised {
    /// What it was last asked.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        self.0.lock().0
    }

    /// Notes what it is asked; whether that is news.
    pub fn ask(&self, advice: Advice) -> bool {
        self.0.lock().0.replace(advice) != Some(advice)
    }

    /// Notes that its connector has begun anew and knows nothing of any advice.
    pub fn forget(&self) {
        *self.0.lock() = (None, None);
    }

    /// Notes whether the source can do what it is asked.
    pub fn answered(&self, obeys: bool) {
        self.0.lock().1 = Some(obeys);
    }

    /// Whether the source can do what it is asked; none until it has answered.
    #[must_use]
    pub fn obeys(&self) -> Option<bool> {
        self.0.lock().1
    }
}
