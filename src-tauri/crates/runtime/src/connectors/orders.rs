//! The orders that wait for a connector: what becomes of them where it ends and
//! where it begins again.

use crate::core::Core;
use crate::queue::Queue;
use connect::{Command, NoticeLevel};
use model::DeviceId;
use parking_lot::Mutex;
use std::collections::BTreeSet;

/// The word to end always finds room: what was asked before no longer matters.
pub(super) fn order_to_end(commands: &Queue<Command>) {
    while commands.push_or_refuse(Command::Shutdown, 0).is_err() {
        // Empty already: the connector has just made the room itself.
        let _ = commands.receiver().try_recv();
    }
}

/// A run that failed before it could obey leaves its order to end behind, which
/// is not meant for the next one.
pub(super) fn forget_old_ends(commands: &Queue<Command>, lost: impl FnOnce(usize)) {
    let waiting: Vec<Command> = commands.receiver().try_iter().collect();
    put_back(commands, waiting, lost);
}

/// Puts orders back but for those to end. Tells `lost` how many found no room, because
/// somebody gave new ones meanwhile.
fn put_back(commands: &Queue<Command>, orders: Vec<Command>, lost: impl FnOnce(usize)) {
    let orders = orders.into_iter().filter(|order| *order != Command::Shutdown);
    match orders.filter_map(|order| commands.push_or_refuse(order, 0).err()).count() {
        0 => {}
        n => lost(n),
    }
}

/// Nothing is lost silently, orders neither.
pub(super) fn tell_lost_orders(core: &Core, name: &str, lost: usize) {
    let text = format!("Orders to the source \"{name}\" that found no room when it began again: {lost}.");
    core.notices.say(NoticeLevel::Warning, text, "Give them again: a scan, a refresh, a device to let go.");
}

/// After a restart the connector knows no device: the operator's wishes stand.
pub(super) fn ask_again_for(wanted: &Mutex<BTreeSet<DeviceId>>, commands: &Queue<Command>) {
    for device in wanted.lock().iter() {
        // No room means that the same wish is waiting already, or too many others are.
        let _ = commands.push_or_refuse(Command::Connect { device: device.clone() }, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Policy;
    use std::sync::Arc;

    #[test]
    fn an_order_to_end_that_was_meant_for_a_failed_run_does_not_end_the_next() {
        let commands = Queue::of_words("test", Policy::Block, 64);
        for command in [Command::StartScan, Command::Shutdown, Command::Refresh] {
            assert_eq!(commands.push_or_refuse(command, 0), Ok(()));
        }
        forget_old_ends(&commands, |lost| panic!("{lost} lost"));
        let left: Vec<Command> = commands.receiver().try_iter().collect();
        assert_eq!(left, [Command::StartScan, Command::Refresh]);
    }

    #[test]
    fn an_old_order_whose_place_was_taken_meanwhile_is_not_lost_without_a_word() {
        let core = Core::new(Arc::new(connect::SystemClock)).unwrap();
        let commands = Queue::of_words("test", Policy::Block, 2);
        assert_eq!(commands.push_or_refuse(Command::Refresh, 0), Ok(()));
        let old = vec![Command::StartScan, Command::Shutdown, Command::StopScan];
        put_back(&commands, old, |lost| tell_lost_orders(&core, "deaf", lost));
        let notices = format!("{:?}", core.notices.all());
        assert!(notices.contains("\\\"deaf\\\"") && notices.contains("began again: 1"), "{notices}");
    }

    #[test]
    fn the_order_to_end_finds_room_among_commands_that_nobody_takes() {
        let commands = Queue::of_words("test", Policy::Block, 4);
        (0..4).for_each(|_| assert!(commands.push_or_refuse(Command::Refresh, 0).is_ok()));
        order_to_end(&commands);
        let waiting: Vec<Command> = commands.receiver().try_iter().collect();
        assert_eq!(waiting.last(), Some(&Command::Shutdown));
        assert_eq!(waiting.len(), 4);
    }
}
