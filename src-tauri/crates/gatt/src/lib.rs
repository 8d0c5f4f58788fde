//! Pure decoders of Bluetooth GATT values.
//!
//! Bytes in, numbers out: no thread, no clock, no file, and on the way of a
//! sample no allocation. Every decoder follows the same rule: fields are read
//! as the packet's own flags announce them, never guessed from its length (but
//! for two sizes in [`fitness_machine`] that no flag tells). A packet that ends
//! before a field that its flags promise is rejected; bytes behind the last field
//! are ignored and counted, so that the caller can say so. No input, of whatever
//! length, makes a decoder panic.
//!
//! Numbers stay as they were sent, in the unit that their name or comment gives:
//! a value with a scale is exact, and what it is shown as is for others to say.
//! What is put together over several packets has a bounded buffer and counts what
//! it loses ([`nordic_uart::framing`], [`movesense::join`], [`polar::settings`]).
//! What a lab describes in a file of its own is decoded by [`driver`].

pub mod battery;
pub mod blood_pressure;
pub mod command;
mod cursor;
pub mod cycling_power;
pub mod cycling_speed;
pub mod date_time;
pub mod device_information;
pub mod driver;
pub mod environment;
pub mod fitness_machine;
pub mod glucose;
pub mod health_thermometer;
pub mod heart_rate;
pub mod medfloat;
pub mod microbit;
pub mod movesense;
pub mod muse;
pub mod nordic_uart;
pub mod polar;
pub mod pulse_oximeter;
pub mod reading;
pub mod revolutions;
pub mod running_speed;
pub mod sensortag;
pub mod thingy52;
pub mod uuid;
pub mod weight_scale;

pub use cursor::TooShort;
