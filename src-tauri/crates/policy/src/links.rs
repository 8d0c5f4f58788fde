//! How many links an adapter holds: said before it hurts.

/// Links that one Bluetooth adapter usually holds. The controllers of laptops and
/// dongles are built for 7 (the classic piconet's number, which many keep for LE); some
/// take more, and none says how many. Up to 7 is what works in practice; with 8 and more
/// the advice of those who run such rooms is a second adapter.
pub const LINKS_USUAL: u32 = 7;
/// From so many on it is worth a word.
const LINKS_NEAR: u32 = LINKS_USUAL - 1;

/// How much room an adapter has for links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is room.
    Ample,
    /// The next ones may fail.
    Near,
    /// More than an adapter usually holds.
    Beyond,
}

/// The room with so many links in use.
#[must_use]
pub fn room(links: u32) -> Room {
    match links {
        0..LINKS_NEAR => Room::Ample,
        LINKS_NEAR..=LINKS_USUAL => Room::Near,
        _ => Room::Beyond,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_said_before_the_seventh_link_and_a_louder_one_after_it() {
        let rooms = [0, 5, 6, 7, 8, 20].map(room);
        assert_eq!(rooms, [Room::Ample, Room::Ample, Room::Near, Room::Near, Room::Beyond, Room::Beyond]);
    }
}
