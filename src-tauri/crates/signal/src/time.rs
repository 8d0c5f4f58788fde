//! When samples were really taken, in host time.
//!
//! A packet is never early and often late: it waits for the next connection
//! event (7.5 to 50 ms), is sent again, comes in a burst. So the truth is the
//! *lower edge* of the arrivals, not their middle.
//!
//! What cannot be known here: the constant part of the delay (sensor to radio,
//! radio to host), because a sensor that is always 5 ms late looks exactly like a
//! clock that is 5 ms behind. Corrected time contains it, unchanged: two streams
//! of different devices agree up to the difference of their constant delays.
//!
//! Nor is the edge known finer than packets have touched it: with a connection
//! interval of 50 ms and two packets a second it takes a minute to be sure of half
//! a millisecond. Where the interval is a simple fraction of the packets' distance,
//! the same few waits come again and again, and the edge stays unknown by the
//! distance of two of them (10 ms for packets every 20 ms over 50 ms) until the
//! clocks have drifted past each other.

pub mod beats;
mod edge;
pub mod fit;
mod hull;
mod spread;
pub mod timeline;
pub mod unwrap;
