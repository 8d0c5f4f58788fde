//! The drivers that come with the console.

use super::{Drivers, load};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../../assets/drivers/", $name)))),*]
    };
}

/// Name and text of each.
pub(super) const FILES: [(&str, &str); 6] = files!(
    "lab-strain-gauge.toml",
    "microbit.toml",
    "muse.toml",
    "sensortag-cc2650.toml",
    "thingy52.toml",
    "uart-lines.toml",
);

/// Reads the drivers that come with the console; they have no problems.
#[must_use]
pub fn bundled() -> Drivers {
    load(FILES)
}
