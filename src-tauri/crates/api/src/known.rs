//! The known devices in the contract's words: listed, named, forgotten.

use crate::{ApiError, DeviceRow, ErrorCode, LinkView, SensorRow};
use model::{DeviceId, one_line};
use policy::links::LINKS_USUAL;
use runtime::{Console, KNOWN_MAX, KnownEdit, KnownError};
use serde::{Deserialize, Serialize};
use store::known::KnownDevice;
use ts_rs::TS;

/// The devices that are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KnownDevices {
    /// The devices, by what they are called; [`KnownDevices::max`] of them at most.
    pub devices: Vec<KnownRow>,
    /// How many there may be.
    pub max: u32,
    /// What there is to say of those that are connected by themselves; often empty.
    pub words: String,
    /// Why what is said of them can't be kept; none where it is.
    pub problem: Option<String>,
}

/// A device that was connected once. Its texts are plain text from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KnownRow {
    /// What `Connect`, `SetKnown` and `ForgetKnown` take.
    pub device: String,
    /// What it calls itself.
    pub name: String,
    /// What the operator calls it; empty for none.
    pub alias: String,
    /// Whose it is, or who wears it; empty for nobody.
    pub owner: String,
    /// Where it belongs; empty for nowhere.
    pub room: String,
    /// By what it was read; empty where that is not told.
    pub driver: String,
    /// When it was last connected: wall clock, milliseconds since 1970 UTC.
    pub last_seen_ms: Option<f64>,
    /// How often its streams usually deliver, where their source promises nothing.
    pub rates: Vec<KnownRate>,
    /// Whether it is connected by itself when the console starts.
    pub reconnects: bool,
    /// The state of its link, if it is a sensor in this run.
    pub link: Option<LinkView>,
    /// Battery level, %, while it is a sensor.
    pub battery_percent: Option<f64>,
    /// Signal strength, dBm, of its link or of what a scan heard of it.
    pub rssi_dbm: Option<i16>,
}

/// How often a stream usually delivers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KnownRate {
    /// Attribute id.
    pub attribute: String,
    /// Samples a second.
    pub hz: f64,
}

/// The list, with what is to be seen of its devices at the moment.
pub fn list(console: &Console, sensors: &[SensorRow], in_range: &[DeviceRow]) -> KnownDevices {
    let view = console.known();
    let reconnect = view.devices.iter().filter(|device| device.reconnects).count();
    let mut devices: Vec<KnownRow> =
        view.devices.into_iter().map(|device| row(device, sensors, in_range)).collect();
    devices.sort_by_cached_key(|row| (shown(row).to_lowercase(), row.device.clone()));
    KnownDevices { devices, max: KNOWN_MAX as u32, words: words(reconnect), problem: view.problem }
}

fn words(reconnect: usize) -> String {
    if reconnect <= LINKS_USUAL as usize {
        return String::new();
    }
    format!(
        "{reconnect} devices reconnect by themselves when the console starts, and an adapter usually holds about \
         {LINKS_USUAL} links. Switch it off for those that are not needed every time."
    )
}

/// What a device goes by.
fn shown(row: &KnownRow) -> &str {
    if row.alias.is_empty() { &row.name } else { &row.alias }
}

fn row(known: KnownDevice, sensors: &[SensorRow], in_range: &[DeviceRow]) -> KnownRow {
    let is_it = |device: &str| device.eq_ignore_ascii_case(&known.device);
    let sensor = sensors.iter().find(|row| row.device.as_deref().is_some_and(is_it));
    let heard = in_range.iter().find(|row| is_it(&row.device));
    let of_link = sensor.filter(|row| row.link != LinkView::Stopped);
    KnownRow {
        link: sensor.map(|row| row.link),
        battery_percent: of_link.and_then(|row| row.battery_percent),
        rssi_dbm: of_link.and_then(|row| row.rssi_dbm).or(heard.and_then(|row| row.rssi_dbm)),
        last_seen_ms: (known.last_seen_ns > 0).then_some(known.last_seen_ns as f64 / 1e6),
        rates: known.rates.into_iter().map(|(attribute, hz)| KnownRate { attribute, hz }).collect(),
        device: known.device,
        name: known.name,
        alias: known.alias,
        owner: known.owner,
        room: known.room,
        driver: known.driver,
        reconnects: known.reconnects,
    }
}

/// Takes what the operator says of a device.
pub fn set(console: &Console, device: &str, edit: &KnownEdit) -> Result<(), ApiError> {
    let id = parse(device)?;
    console.set_known(&id, edit).map_err(|error| refused(device, &error))
}

/// Forgets a device.
pub fn forget(console: &Console, device: &str) -> Result<(), ApiError> {
    let id = parse(device)?;
    console.forget_known(&id).map_err(|error| refused(device, &error))
}

fn parse(device: &str) -> Result<DeviceId, ApiError> {
    DeviceId::parse(device).map_err(|_| refused(device, &KnownError::Unknown))
}

fn refused(device: &str, error: &KnownError) -> ApiError {
    let (code, remedy) = match error {
        KnownError::Unknown => (ErrorCode::NotFound, "Connect it once: then it is remembered."),
        KnownError::NotKept(_) => {
            (ErrorCode::Storage, "Check the disk with the console's own data, then say it again.")
        }
        KnownError::TimedOut => (ErrorCode::Timeout, "Check the disk with the console's own data."),
    };
    let device = one_line(device, 80);
    ApiError::new(code, format!("Of the known device {device}: {error}."), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_devices_than_an_adapter_holds_are_said_before_the_next_start() {
        assert_eq!(words(7), "");
        assert!(words(8).starts_with("8 devices reconnect by themselves"));
    }

    #[test]
    fn what_holds_without_being_kept_is_no_device_that_is_missing() {
        let codes = [KnownError::Unknown, KnownError::NotKept("x".to_owned()), KnownError::TimedOut]
            .map(|error| refused("D1", &error).code);
        assert_eq!(codes, [ErrorCode::NotFound, ErrorCode::Storage, ErrorCode::Timeout]);
    }
}
