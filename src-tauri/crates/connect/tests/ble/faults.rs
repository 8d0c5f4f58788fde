//! The catalogue of faults: each is a script that does something to a live strap
//! or to what it needs, and ends it. What has to hold after each of them is the
//! same, and written once, in `steady`. The table is in `docs/bluetooth-faults.md`.

mod cut;
mod cycles;
mod host;
mod making;
mod steady;
mod table;
