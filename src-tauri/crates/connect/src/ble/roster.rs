//! What outlives a session: the sensors, and what the operator wants.

use super::Surroundings;
use super::link::Input;
use super::member::{Member, Wire};
use super::strap::STREAMS;
use crate::{AdviceTo, Event};
use model::{AdapterState, ConnectorId, DeviceId, DisplayName, SensorId};
use policy::backoff::Backoff;

/// The most devices that may ever be wanted in one life of the connector; each
/// keeps its numbers for good.
pub(super) const MEMBERS_MAX: usize = 256;

/// Everything that the connector remembers.
pub(super) struct Roster {
    pub(super) connector: ConnectorId,
    backoff: Backoff,
    pub(super) members: Vec<Member>,
    /// The operator looks for devices.
    pub(super) scan: bool,
    pub(super) adapter_told: Option<AdapterState>,
}

/// Why a device can't be a member.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// What was asked for is not the name of a device.
    NoDevice,
    /// Too many were wanted before.
    Full,
}

impl Roster {
    pub(super) fn new(backoff: Backoff) -> Self {
        #[expect(clippy::expect_used, reason = "a constant, which every test of the roster parses")]
        let connector = ConnectorId::parse("ble").expect("a valid connector id");
        Self { connector, backoff, members: Vec::new(), scan: false, adapter_told: None }
    }

    /// The place of a device that was wanted before.
    pub(super) fn find(&self, device: &DeviceId) -> Option<usize> {
        self.members.iter().position(|member| member.device.0.eq_ignore_ascii_case(&device.0))
    }

    /// The place of a device, made where it has none.
    pub(super) fn enrol(&mut self, device: &DeviceId, name: Option<&DisplayName>) -> Result<usize, Refused> {
        if let Some(slot) = self.find(device) {
            return Ok(slot);
        }
        if self.members.len() >= MEMBERS_MAX {
            return Err(Refused::Full);
        }
        let device = canonical(device).ok_or(Refused::NoDevice)?;
        let sensor = SensorId::parse(&format!("ble:{}", device.0)).map_err(|_| Refused::NoDevice)?;
        let name = name.cloned().unwrap_or_else(|| DisplayName::clean(&device.0, "unnamed"));
        let first_stream = self.members.len() as u32 * STREAMS;
        self.members.push(Member::new(device, sensor, name, self.backoff, first_stream));
        Ok(self.members.len() - 1)
    }

    /// Answers advice. A strap that speaks the Heart Rate profile has no way to
    /// be told how often to measure or when to rest, so each says once that it
    /// can't; what it sends is taken as it comes.
    pub(super) fn decline(&mut self, advice: &[AdviceTo], around: &Surroundings) {
        for one in advice {
            let member = self.members.iter_mut().find(|member| member.sensor == one.sensor);
            if let Some(member) = member.filter(|member| !member.declined) {
                member.declined = true;
                around.events.send(Event::Advised { sensor: one.sensor.clone(), obeys: false });
            }
        }
    }

    /// The session is gone: every link with it, whatever was under way.
    pub(super) fn detach(&mut self, reason: &str, around: &Surroundings) {
        for member in &mut self.members {
            member.wire = Wire::default();
            member.feed(Input::Absent(reason.to_owned()), around);
            member.feed(Input::Released, around);
        }
    }

    /// The connector ends; nobody waits any more for a device to be let go of.
    pub(super) fn rest(&mut self, around: &Surroundings) {
        for member in &mut self.members {
            member.wire = Wire::default();
            member.feed(Input::Unsure, around);
            member.feed(Input::Released, around);
        }
    }
}

/// How the Bluetooth library writes the id of a device; none where it is no such id.
fn canonical(device: &DeviceId) -> Option<DeviceId> {
    if cfg!(target_vendor = "apple") {
        let id = uuid::Uuid::try_parse(&device.0).ok()?;
        return Some(DeviceId(id.hyphenated().to_string()));
    }
    let address = btleplug::api::BDAddr::from_str_delim(&device.0).ok()?;
    Some(DeviceId(address.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        Roster::new(Backoff { first_ns: 1, cap_ns: 1, jitter: 0.0 })
    }

    fn device(text: &str) -> DeviceId {
        DeviceId(text.to_owned())
    }

    #[cfg(not(target_vendor = "apple"))]
    #[test]
    fn an_address_in_any_case_is_one_and_the_same_member() {
        let mut roster = roster();
        let slot = roster.enrol(&device("c0:ff:ee:00:00:01"), None);
        assert_eq!(roster.enrol(&device("C0:FF:EE:00:00:01"), None), slot);
        assert_eq!(roster.members[0].sensor.as_str(), "ble:C0:FF:EE:00:00:01");
        assert_eq!(roster.members[0].name.as_str(), "C0:FF:EE:00:00:01");
    }

    #[test]
    fn what_is_no_device_is_refused() {
        for bad in ["", "Polar H10", "<img onerror=x>", "C0:FF:EE", &"C0:".repeat(1000)] {
            assert_eq!(roster().enrol(&device(bad), None), Err(Refused::NoDevice), "{bad:.20}");
        }
    }

    #[cfg(not(target_vendor = "apple"))]
    #[test]
    fn there_is_room_for_256_devices_in_one_life() {
        let mut roster = roster();
        for number in 0..MEMBERS_MAX {
            assert_eq!(roster.enrol(&device(&format!("C0:FF:EE:00:00:{number:02X}")), None), Ok(number));
        }
        assert_eq!(roster.enrol(&device("C0:FF:EE:00:01:00"), None), Err(Refused::Full));
        assert_eq!(roster.enrol(&device("C0:FF:EE:00:00:07"), None), Ok(7));
    }
}
