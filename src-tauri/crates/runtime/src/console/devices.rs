//! The known devices, seen from the console: remembered when they are connected,
//! connected by themselves at the start, named and forgotten by the operator.

use super::Console;
use crate::connectors::{NotTaken, RunningConnector};
use crate::core::{Core, SeenDevice};
use crate::known::{KnownEdit, KnownError, KnownView};
use connect::{Command, NoticeLevel};
use model::{DeviceId, LinkState};
use policy::links::{LINKS_USUAL, Room, room};
use store::known::KnownDevice;

/// Names that are told; the rest is counted.
const NAMES_TOLD: usize = 5;

impl Console {
    /// Devices in range.
    #[must_use]
    pub fn devices(&self) -> Vec<SeenDevice> {
        self.core.devices()
    }

    /// The devices that are known.
    #[must_use]
    pub fn known(&self) -> KnownView {
        self.core.known.view()
    }

    /// Whether a device is known.
    #[must_use]
    pub fn is_known(&self, device: &str) -> bool {
        self.core.known.has(device)
    }

    /// Takes what the operator says of a device. Waits for the disk, but no longer than
    /// [`crate::WRITE_DEADLINE`].
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn set_known(&self, device: &DeviceId, edit: &KnownEdit) -> Result<(), KnownError> {
        self.core.known.edit(device, edit)
    }

    /// Forgets a device; one that is connected stays so. Waits as [`Console::set_known`] does.
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn forget_known(&self, device: &DeviceId) -> Result<(), KnownError> {
        self.core.known.forget(device)
    }

    /// Bluetooth links that are up or being made.
    #[must_use]
    pub fn links(&self) -> u32 {
        let mut links = 0;
        self.core.registry.for_each(|sensor| {
            let is_up = || matches!(sensor.link(), LinkState::Live | LinkState::Connecting);
            links += u32::from(sensor.device().is_some() && is_up());
        });
        links
    }

    /// The sensors from which nothing comes although it should.
    #[must_use]
    pub fn silent_sensors(&self) -> Vec<String> {
        let silent = self.core.alarms.silent();
        let name = |id| Some(self.core.registry.get(id)?.info().name.to_string());
        silent.iter().filter_map(name).collect()
    }
}

/// The device that a command wants connected.
pub(super) fn wanted(command: &Command) -> Option<DeviceId> {
    match command {
        Command::Connect { device } => Some(device.clone()),
        _ => None,
    }
}

/// The operator has connected a device: it is known from now on.
pub(super) fn remember(core: &Core, device: &DeviceId) {
    let seen = core.devices().into_iter().map(|seen| seen.advert);
    let name = seen.into_iter().find(|advert| advert.device == *device).map(|advert| advert.name.to_string());
    core.known.remember(device, name.as_deref().unwrap_or(&device.0));
}

/// Asks for the devices that reconnect by themselves, those seen last first.
pub(super) fn reconnect(core: &Core, bluetooth: &RunningConnector) {
    let (mut asked, mut left_out) = (0_u32, Vec::new());
    for known in core.known.to_reconnect() {
        let device = DeviceId(known.device.clone());
        match bluetooth.command(Command::Connect { device }) {
            Ok(()) => asked += 1,
            Err(NotTaken::TooManyDevices | NotTaken::TimedOut { .. } | NotTaken::Off) => left_out.push(known),
        }
    }
    tell_many(core, asked);
    tell_left_out(core, &left_out);
}

/// More than an adapter usually holds is said before it hurts.
fn tell_many(core: &Core, asked: u32) {
    if room(asked) == Room::Beyond {
        let text = format!(
            "{asked} known devices are being connected, and an adapter usually holds about {LINKS_USUAL} links."
        );
        let remedy =
            "Some may fail: add a second adapter, or switch reconnecting off for those that are not needed.";
        core.notices.say(NoticeLevel::Warning, text, remedy);
    }
}

/// More than fit is said.
fn tell_left_out(core: &Core, left_out: &[KnownDevice]) {
    if left_out.is_empty() {
        return;
    }
    let name =
        |known: &KnownDevice| if known.alias.is_empty() { known.name.clone() } else { known.alias.clone() };
    let names: Vec<String> = left_out.iter().take(NAMES_TOLD).map(name).collect();
    let more = match left_out.len().saturating_sub(NAMES_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!(
        "Known devices that were not connected by themselves, because there is no room for more: {}{more}.",
        names.join(", ")
    );
    let remedy =
        "Switch reconnecting off for devices that are not needed every time, or connect those by hand.";
    core.notices.say(NoticeLevel::Warning, text, remedy);
}

#[cfg(test)]
mod tests {
    use super::*;
    use connect::{Connector, EventSink, Stopped};
    use crossbeam_channel::{Receiver, Sender};
    use model::{Clock, ConnectorKind};
    use std::sync::Arc;
    use std::time::Duration;

    const SOON: Duration = Duration::from_secs(10);

    /// Passes on what it is told, until it is to end.
    struct Told(Sender<Command>);

    impl Connector for Told {
        fn run(
            &mut self,
            commands: &Receiver<Command>,
            _events: &Arc<dyn EventSink>,
            _clock: &Arc<dyn Clock>,
        ) -> Result<(), Stopped> {
            while let Ok(command) = commands.recv() {
                if command == Command::Shutdown || self.0.send(command).is_err() {
                    break;
                }
            }
            Ok(())
        }
    }

    fn device(n: usize) -> DeviceId {
        DeviceId(format!("C0:FF:EE:00:00:{n:02X}"))
    }

    #[test]
    fn known_devices_reconnect_the_last_seen_first_and_those_that_find_no_room_are_named() {
        let clock = Arc::new(testkit::FakeClock::default());
        let probe = Box::new(crate::load::SystemProbe::new());
        let core = Arc::new(Core::with(clock.clone(), &crate::Settings::default(), probe).unwrap());
        core.start_services().unwrap();
        for n in 0..40 {
            core.known.remember(&device(n), &format!("strap {n}"));
            clock.advance_ns(1_000_000_000);
        }
        let off = KnownEdit { alias: "Anna".to_owned(), ..KnownEdit::default() };
        core.known.edit(&device(39), &off).unwrap();
        let (told, asked) = crossbeam_channel::bounded(64);
        let make = move || -> Box<dyn Connector> { Box::new(Told(told.clone())) };
        let bluetooth = RunningConnector::start(&core, "told", ConnectorKind::Simulator, make).unwrap();
        reconnect(&core, &bluetooth);
        let first = asked.recv_timeout(SOON).unwrap();
        assert_eq!(first, Command::Connect { device: device(38) }, "39 is switched off");
        let notices = format!("{:?}", core.notices.all());
        assert!(notices.contains("32 known devices are being connected"), "{notices}");
        assert!(notices.contains("strap 6, strap 5, strap 4, strap 3, strap 2 and 2 more"), "{notices}");
        assert!(core.tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn only_what_is_to_be_connected_is_remembered() {
        assert_eq!(wanted(&Command::Connect { device: device(1) }), Some(device(1)));
        assert_eq!(wanted(&Command::Disconnect { device: device(1) }), None);
    }
}
