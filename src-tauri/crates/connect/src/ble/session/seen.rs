//! The session and what its adapter hears: events are taken, devices looked at,
//! sightings told.

use super::{Report, Session};
use crate::Event;
use crate::ble::calls::{self, Outcome, within};
use crate::ble::link::Input;
use crate::ble::scan::{DEVICES_MAX, Facts};
use crate::ble::trouble::Trouble;
use btleplug::api::{Central as _, CentralEvent, Peripheral as _};
use btleplug::platform::{Adapter, Peripheral, PeripheralId};
use model::DeviceId;
use std::time::Duration;

/// So many devices are looked at in one go; the others wait for the next.
const LOOKS_MAX: usize = 32;

/// What a look at a device has found.
pub(super) struct Look {
    key: PeripheralId,
    handle: Peripheral,
    device: DeviceId,
    facts: Facts,
}

impl Session<'_> {
    /// The operator looks for devices: also for those seen before.
    pub(super) fn start_looking(&mut self) {
        self.roster.scan = true;
        let known = self.sightings.tell_again();
        self.to_look.extend(known);
        self.look_at_devices();
    }

    pub(super) fn on_event(&mut self, event: Option<CentralEvent>) {
        let Some(event) = event else { return self.break_off(&Trouble::Broken) };
        match event {
            CentralEvent::DeviceDiscovered(key) | CentralEvent::DeviceUpdated(key) => self.plan_look(key),
            CentralEvent::ServicesAdvertisement { id, services } => self.on_services(id, &services),
            CentralEvent::RssiUpdate { id, rssi } => self.on_rssi(id, rssi),
            CentralEvent::DeviceDisconnected(key) => self.on_disconnected(&key),
            CentralEvent::StateUpdate(_) => self.look_soon(),
            CentralEvent::DeviceConnected(_)
            | CentralEvent::DeviceServicesModified(_)
            | CentralEvent::ManufacturerDataAdvertisement { .. }
            | CentralEvent::ServiceDataAdvertisement { .. } => {}
        }
        self.look_at_devices();
    }

    fn on_rssi(&mut self, key: PeripheralId, rssi_dbm: i16) {
        let is_stale = self.sightings.heard(&key, rssi_dbm, self.now_ns());
        if (is_stale && self.radio.is_scanning()) || self.is_awaited(&key) {
            self.plan_look(key);
        }
    }

    /// Whether a wanted device was only waiting to be heard.
    fn is_awaited(&self, key: &PeripheralId) -> bool {
        let Some(device) = self.sightings.device_of(key) else { return false };
        let slot = self.roster.find(device);
        let member = slot.and_then(|slot| self.roster.members.get(slot));
        member.is_some_and(|member| member.link.is_wanted() && member.wire.handle.is_none())
    }

    /// The wanted device behind a key.
    fn slot_of(&self, key: &PeripheralId) -> Option<usize> {
        let is_it = |handle: &Peripheral| handle.id() == *key;
        let mut members = self.roster.members.iter();
        members.position(|member| member.wire.handle.as_ref().is_some_and(is_it))
    }

    /// The system tells which services a device has. Where one is missing that it
    /// had when its link was made, the device has laid out its table anew, and
    /// what was subscribed to is gone without a word. Or the link is gone.
    fn on_services(&mut self, key: PeripheralId, services: &[uuid::Uuid]) {
        if let Some(slot) = self.slot_of(&key)
            && let Some(member) = self.roster.members.get(slot).filter(|member| member.link.is_live())
            && let Some(handle) = member.wire.handle.clone()
            && handle.services().iter().any(|service| !services.contains(&service.uuid))
        {
            let (attempt, deadline) = (member.attempt, self.around.config.call_deadline);
            self.calls.spawn(async move {
                let connected = within(deadline, handle.is_connected()).await;
                Report::ServicesGone { slot, attempt, connected }
            });
        }
        self.plan_look(key);
    }

    pub(super) fn on_services_gone(&mut self, slot: usize, attempt: u64, connected: &Outcome<bool>) {
        let is_current = self.roster.members.get(slot).is_some_and(|member| member.attempt == attempt);
        if is_current && *connected == Ok(true) {
            self.feed(slot, Input::Cut("The device has changed its services.".to_owned()));
        }
    }

    fn on_disconnected(&mut self, key: &PeripheralId) {
        if let Some(slot) = self.slot_of(key) {
            self.feed(slot, Input::Cut("The link to the device was cut.".to_owned()));
            // Perhaps it is the adapter that went: known before the next try, it is told so.
            self.look_soon();
            self.look_at_host();
        }
    }

    fn plan_look(&mut self, key: PeripheralId) {
        if self.to_look.len() < DEVICES_MAX {
            self.to_look.insert(key);
        }
    }

    /// Looks at what is planned, one batch at a time.
    fn look_at_devices(&mut self) {
        let Some(adapter) = self.host.usable().cloned() else { return };
        if self.looking || self.to_look.is_empty() {
            return;
        }
        self.looking = true;
        let mut keys = Vec::with_capacity(LOOKS_MAX);
        while keys.len() < LOOKS_MAX {
            let Some(key) = self.to_look.pop_first() else { break };
            keys.push(key);
        }
        let deadline = self.around.config.call_deadline;
        self.calls.spawn(async move { Report::Looked(look_at_all(&adapter, keys, deadline).await) });
    }

    pub(super) fn on_looked(&mut self, looks: Vec<Look>) {
        self.looking = false;
        let now_ns = self.now_ns();
        for look in looks {
            self.recognise(&look);
            self.sightings.looked(look.key, look.handle, &look.device, &look.facts, now_ns);
        }
        self.tell_sightings();
        self.look_at_devices();
    }

    /// A wanted device that was missing is here.
    fn recognise(&mut self, look: &Look) {
        let Some(slot) = self.roster.find(&look.device) else { return };
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        let is_heard = look.facts.rssi_dbm.is_some() || look.facts.connected;
        if member.wire.handle.is_none() && (is_heard || !member.wire.unheard) {
            member.wire.handle = Some(look.handle.clone());
            member.wire.unheard = false;
            let presence = self.presence(slot);
            self.feed(slot, presence);
        }
    }

    /// Tells what was seen, where the operator looks.
    pub(super) fn tell_sightings(&mut self) {
        if !self.roster.scan {
            return;
        }
        for advert in self.sightings.due(self.now_ns()) {
            self.around.events.send(Event::Seen(advert));
        }
    }
}

async fn look_at_all(adapter: &Adapter, keys: Vec<PeripheralId>, deadline: Duration) -> Vec<Look> {
    let mut looks = Vec::with_capacity(keys.len());
    for key in keys {
        looks.extend(look_at(adapter, key, deadline).await);
    }
    looks
}

/// None where the device went away meanwhile.
async fn look_at(adapter: &Adapter, key: PeripheralId, deadline: Duration) -> Option<Look> {
    let handle = within(deadline, adapter.peripheral(&key)).await.ok()?;
    let properties = within(deadline, handle.properties()).await.ok()??;
    let connected = within(deadline, handle.is_connected()).await.unwrap_or_default();
    let facts = Facts {
        name: properties.local_name,
        rssi_dbm: properties.rssi,
        services: properties.services.iter().map(uuid::Uuid::as_u128).collect(),
        connected,
    };
    Some(Look { device: calls::device_id(&handle), key, handle, facts })
}
