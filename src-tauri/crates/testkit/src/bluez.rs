//! A fake BlueZ on a private D-Bus, for the real Bluetooth stack above it.
//!
//! [`FakeBluez::start`] runs a `dbus-daemon` of its own and answers on it as
//! `org.bluez`. The program under test is started with `DBUS_SYSTEM_BUS_ADDRESS`
//! set to [`FakeBluez::address`], and then talks btleplug → bluez-async → libdbus
//! as on any machine, without a radio or rights. What BlueZ does that surprises
//! people is done here too: see `link`, `values` and `radio`.
//!
//! Devices are named by address, characteristics by UUID (short or long). The
//! fake lives in the test's process and goes when it is dropped.

mod adapter;
mod bus;
mod control;
mod device;
mod discovery;
mod dispatch;
mod faults;
mod gatt;
mod link;
mod radio;
mod refusal;
mod script;
mod station;
mod stream;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod world;

use bus::Bus;
pub use device::ConnectMode;
pub use faults::OnCall;
pub use script::{CharacteristicScript, DeviceScript, ServiceScript, heart_rate_value};
use station::Station;
use std::sync::Arc;
use std::thread::JoinHandle;
pub use stream::NotifyStream;

/// A private bus with a BlueZ on it.
#[derive(Debug)]
pub struct FakeBluez {
    bus: Bus,
    station: Arc<Station>,
    answering: Option<JoinHandle<()>>,
    planning: Option<JoinHandle<()>>,
}

impl FakeBluez {
    /// A bus, BlueZ on it, and one adapter (hci0), powered.
    ///
    /// # Errors
    /// When `dbus-daemon` is missing or does not start within 10 s.
    pub fn start() -> anyhow::Result<Self> {
        let fake = Self::without_adapter()?;
        fake.add_adapter();
        Ok(fake)
    }

    /// A bus and BlueZ on it, without an adapter.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn without_adapter() -> anyhow::Result<Self> {
        let mut fake = Self::bus_without_bluez()?;
        fake.restart_service()?;
        Ok(fake)
    }

    /// A bus on which nobody is `org.bluez`: BlueZ is not installed, or not running.
    /// [`Self::restart_service`] starts it.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn bus_without_bluez() -> anyhow::Result<Self> {
        Self::upon(Bus::start()?)
    }

    /// As [`Self::start`], on a bus that grants each client so many match rules and
    /// no more. (A machine's system bus grants 512.)
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn with_match_rules(most: u64) -> anyhow::Result<Self> {
        let mut fake = Self::upon(Bus::with_match_rules(most)?)?;
        fake.restart_service()?;
        fake.add_adapter();
        Ok(fake)
    }

    fn upon(bus: Bus) -> anyhow::Result<Self> {
        let station = Arc::new(Station::default());
        let planning = Some(station.keep_agenda()?);
        Ok(Self { bus, station, answering: None, planning })
    }

    /// What `DBUS_SYSTEM_BUS_ADDRESS` must say in the program under test.
    #[must_use]
    pub fn address(&self) -> &str {
        self.bus.address()
    }

    /// BlueZ ends, as when its daemon is stopped or crashes: links and discovery
    /// end unannounced, and nobody is `org.bluez` any more.
    pub fn quit_service(&mut self) {
        self.station.leave();
        join(&mut self.answering);
    }

    /// BlueZ starts (again), with the adapter that is plugged in, if any, and with
    /// the devices it has kept: those known of old or once connected.
    ///
    /// # Errors
    /// When the bus is gone.
    pub fn restart_service(&mut self) -> anyhow::Result<()> {
        if self.answering.is_none() {
            self.answering = Some(self.station.enter(self.bus.address())?);
        }
        Ok(())
    }

    /// The bus itself dies, with all that is on it. It does not come back.
    pub fn kill_bus(&mut self) {
        self.bus.stop();
        self.station.leave();
        join(&mut self.answering);
    }
}

impl Drop for FakeBluez {
    fn drop(&mut self) {
        self.station.close_agenda();
        self.station.leave();
        join(&mut self.answering);
        join(&mut self.planning);
    }
}

fn join(thread: &mut Option<JoinHandle<()>>) {
    if let Some(thread) = thread.take() {
        // Its panic has told of itself, and a second one while unwinding would abort.
        let _ = thread.join();
    }
}
