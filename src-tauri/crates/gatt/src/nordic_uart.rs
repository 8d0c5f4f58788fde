//! Nordic UART: a serial line over Bluetooth, and the framings that are spoken on it.
//!
//! Whoever writes bytes on one side gets them on the other, in pieces as large as
//! the link carries: where a message begins and ends is up to the device. See
//! [`framing`].

pub mod framing;

/// Service: Nordic UART.
pub const SERVICE: u128 = 0x6e40_0001_b5a3_f393_e0a9_e50e_24dc_ca9e;
/// Characteristic: what the host writes, on most devices.
pub const FIRST: u128 = 0x6e40_0002_b5a3_f393_e0a9_e50e_24dc_ca9e;
/// Characteristic: what the device sends, on most devices.
pub const SECOND: u128 = 0x6e40_0003_b5a3_f393_e0a9_e50e_24dc_ca9e;

/// What a characteristic of the service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The device sends on it: subscribe.
    FromDevice,
    /// The device listens to it: write.
    ToDevice,
}

/// The role of a characteristic by its properties. Its UUID does not tell: the micro:bit has the
/// two the other way round.
#[must_use]
pub const fn role(notifies_or_indicates: bool, can_be_written: bool) -> Option<Role> {
    match (notifies_or_indicates, can_be_written) {
        (true, _) => Some(Role::FromDevice),
        (false, true) => Some(Role::ToDevice),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_notifies_sends_and_who_is_only_written_listens() {
        assert_eq!(role(true, false), Some(Role::FromDevice));
        assert_eq!(role(true, true), Some(Role::FromDevice));
        assert_eq!(role(false, true), Some(Role::ToDevice));
        assert_eq!(role(false, false), None);
    }
}
