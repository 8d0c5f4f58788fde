//! How much, how often and how long: everything that a caller could overdo.

use std::num::NonZeroU32;
use std::time::Duration;

/// The limits of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; more wait in the system's own short queue.
    pub connections_max: usize,
    /// Calls at once; more are answered with 503.
    pub calls_max: usize,
    /// Bytes of a request's body; the largest request of the contract is a few KB.
    pub body_bytes_max: usize,
    /// How long the head of a request may take, the wait for it included.
    pub head_timeout: Duration,
    /// How long the body may take.
    pub body_timeout: Duration,
    /// How long an answer may take; the work behind it goes on.
    pub call_timeout: Duration,
    /// How long a connection may last, whatever it does.
    pub connection_timeout: Duration,
    /// Calls a second with the token …
    pub known_per_sec: NonZeroU32,
    /// … and so many at once.
    pub known_burst: NonZeroU32,
    /// Calls a second without the token, of all strangers together …
    pub strangers_per_sec: NonZeroU32,
    /// … and so many at once.
    pub strangers_burst: NonZeroU32,
}

impl Default for Limits {
    /// Generous for a face that asks ten times a second and a scraper beside it.
    fn default() -> Self {
        Self {
            connections_max: 64,
            calls_max: 8,
            body_bytes_max: 64 * 1024,
            head_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(120),
            connection_timeout: Duration::from_secs(900),
            known_per_sec: const { NonZeroU32::new(100).unwrap() },
            known_burst: const { NonZeroU32::new(200).unwrap() },
            strangers_per_sec: const { NonZeroU32::new(5).unwrap() },
            strangers_burst: const { NonZeroU32::new(20).unwrap() },
        }
    }
}
