//! The `Connector` trait and its kinds.
//!
//! A connector turns the outside world into blocks. It is driven by two
//! serialisable enums, [`Command`] in and [`Event`] out, and by nothing else,
//! so that it can as well run in a process of its own. It stamps every sample
//! once, when it arrives; it numbers the samples of each stream from 0 without
//! reusing a number; it never blocks on its consumer.

pub mod ble;
mod bundler;
mod clock;
mod protocol;
pub mod sim;
pub mod wire;

pub use clock::{SystemClock, wall_minus_host_ns};
pub use protocol::{AdviceTo, Command, Connector, Event, EventSink, Notice, NoticeLevel, Stopped};
