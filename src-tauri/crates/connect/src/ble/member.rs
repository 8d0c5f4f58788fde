//! One device that was ever wanted: its sensor, its streams, its link.
//!
//! It lives as long as the connector, so that the numbers of its samples go on
//! over reconnects, sessions and restarts. Only its [`Wire`] belongs to one
//! session.

use super::Surroundings;
use super::calls::Values;
use super::link::{Action, Input, Link};
use super::strap::{Offers, Strap};
use crate::Event;
use btleplug::platform::Peripheral;
use model::{ConnectorId, ConnectorKind, DeviceId, DisplayName, SensorId, SensorInfo};
use policy::backoff::Backoff;
use tokio::task::AbortHandle;

/// What a device is to the session that drives it.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// The device, where the adapter knows it.
    pub(super) handle: Option<Peripheral>,
    /// It did not answer: that the adapter remembers it is not enough, it has to be heard.
    pub(super) unheard: bool,
    /// What it offers, from discovery on; then a subscription may exist.
    pub(super) values: Option<Values>,
    /// When the battery is to be read; none where it notifies or is not there.
    pub(super) battery_due_ns: Option<i64>,
    /// The step that is under way.
    pub(super) step: Option<AbortHandle>,
    /// The reading that is under way.
    pub(super) reading: Option<AbortHandle>,
}

impl Wire {
    /// Stops what is under way; gives what has to be let go of.
    pub(super) fn cut(&mut self) -> (Option<Peripheral>, Option<Values>) {
        for task in [self.step.take(), self.reading.take()].into_iter().flatten() {
            task.abort();
        }
        self.battery_due_ns = None;
        (self.handle.clone(), self.values.take())
    }
}

/// A device and its sensor.
pub(super) struct Member {
    pub(super) device: DeviceId,
    pub(super) sensor: SensorId,
    pub(super) name: DisplayName,
    pub(super) facts: Vec<(String, String)>,
    pub(super) offers: Offers,
    pub(super) strap: Strap,
    pub(super) link: Link,
    /// Counts the tries; a report of an earlier one is stale.
    pub(super) attempt: u64,
    pub(super) rssi_told: Option<i16>,
    /// It has said that it can't be advised.
    pub(super) declined: bool,
    /// Until then a device that the adapter does not know is only being looked for.
    pub(super) sure_at_ns: Option<i64>,
    pub(super) wire: Wire,
}

impl Member {
    pub(super) fn new(
        device: DeviceId,
        sensor: SensorId,
        name: DisplayName,
        backoff: Backoff,
        first_stream: u32,
    ) -> Self {
        Self {
            strap: Strap::new(sensor.clone(), first_stream),
            link: Link::new(backoff),
            facts: Vec::new(),
            offers: Offers::default(),
            attempt: 0,
            rssi_told: None,
            declined: false,
            sure_at_ns: None,
            wire: Wire::default(),
            device,
            sensor,
            name,
        }
    }

    /// Announces the sensor with all that is known of it.
    pub(super) fn introduce(&mut self, connector: &ConnectorId, around: &Surroundings) {
        self.declined = false;
        around.events.send(Event::Sensor(SensorInfo {
            id: self.sensor.clone(),
            name: self.name.clone(),
            connector: connector.clone(),
            connector_kind: ConnectorKind::Ble,
            streams: self.strap.specs(self.offers),
            facts: self.facts.clone(),
        }));
    }

    /// Takes an input of the link; announces, and gives what is left to do.
    pub(super) fn feed(&mut self, input: Input, around: &Surroundings) -> Vec<Action> {
        let now_ns = around.now_ns();
        let mut actions = self.link.on(input, now_ns, fastrand::f64());
        actions.retain(|action| {
            let Action::Announce(link) = action else { return true };
            let (sensor, link) = (self.sensor.clone(), link.clone());
            around.events.send(Event::Link { sensor, link, at_host_ns: now_ns });
            false
        });
        actions
    }
}
