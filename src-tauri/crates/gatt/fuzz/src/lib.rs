//! What every fuzz target does: the same as the tests, through the same door.

#[path = "../../tests/entry/mod.rs"]
pub mod entry;
#[path = "../../tests/targets/mod.rs"]
pub mod targets;

pub use libfuzzer_sys;

/// A fuzz target of that name.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::targets::push($name, bytes));
    };
}
