//! The atomics behind the hand-written concurrent pieces, by one name, so that
//! their tests can put `loom`'s in their place (see `tests/loom`).

pub(crate) use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};
