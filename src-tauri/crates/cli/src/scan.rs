//! `sensocto scan`, and finding a device by its name.

use crate::failure::Failure;
use crate::{interrupt, say, table};
use api::ErrorCode;
use connect::Command;
use crossbeam_channel::Receiver;
use model::{AdapterState, Advert};
use runtime::{Config, Console};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long the adapter may take to be ready.
const ADAPTER_DEADLINE: Duration = Duration::from_secs(10);
/// How often things are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks for devices and lists them.
///
/// # Errors
/// Bluetooth can't be used.
pub fn run(duration: Duration, settings: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let interrupt = interrupt::channel()?;
    let console = Console::start(Config { bluetooth: true, seed: 0, settings, known: None })?;
    let found = look(&console, duration, &interrupt);
    console.shut_down();
    tell(&found?, json);
    Ok(ExitCode::SUCCESS)
}

fn look(console: &Console, duration: Duration, interrupt: &Receiver<()>) -> Result<Vec<Advert>, Failure> {
    start(console, interrupt)?;
    // Either the time is over, or the operator has seen enough.
    let _ = interrupt.recv_timeout(duration);
    let mut found: Vec<Advert> = console.devices().into_iter().map(|seen| seen.advert).collect();
    found.sort_by(|a, b| b.rssi_dbm.cmp(&a.rssi_dbm).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

/// Waits until the adapter is ready and starts a scan.
///
/// # Errors
/// Bluetooth can't be used: the message says why and what to do.
pub fn start(console: &Console, interrupt: &Receiver<()>) -> Result<(), Failure> {
    let ready = wait(ADAPTER_DEADLINE, interrupt, || matches!(console.adapter(), AdapterState::Ready { .. }));
    if !ready {
        return Err(unusable(console.adapter()));
    }
    console.bluetooth(Command::StartScan).map_err(|_| unusable(console.adapter()))
}

/// Waits until `condition` holds; false if it does not in time, or the operator wants to end.
pub fn wait(deadline: Duration, interrupt: &Receiver<()>, condition: impl Fn() -> bool) -> bool {
    let looks = deadline.as_millis().div_ceil(LOOK_EVERY.as_millis());
    for _ in 0..looks {
        if condition() {
            return true;
        }
        if interrupt.recv_timeout(LOOK_EVERY).is_ok() {
            return false;
        }
    }
    condition()
}

fn unusable(adapter: AdapterState) -> Failure {
    let (problem, remedy) = match adapter {
        AdapterState::Unavailable { problem, remedy } => (problem, remedy),
        AdapterState::Off { name } => (
            format!("The Bluetooth adapter {name} is switched off."),
            "Switch it on and try again.".to_owned(),
        ),
        AdapterState::Unknown | AdapterState::Ready { .. } => {
            ("Bluetooth did not answer in time.".to_owned(), "Try again.".to_owned())
        }
    };
    Failure::new(ErrorCode::Bluetooth, problem, remedy)
}

fn tell(found: &[Advert], json: bool) {
    if json {
        say::result(serde_json::json!({ "devices": found }));
        return;
    }
    if found.is_empty() {
        say::result("No device was seen. Wake the sensor: put the strap on, or wet its electrodes.");
        return;
    }
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    for line in table::lines(&["device", "name", "dBm", "readable", "services"], &rows, &[2]) {
        say::result(line);
    }
}

fn row(advert: &Advert) -> Vec<String> {
    vec![
        advert.device.0.clone(),
        advert.name.to_string(),
        advert.rssi_dbm.map_or("–".to_owned(), |rssi| rssi.to_string()),
        if advert.supported { "yes" } else { "no" }.to_owned(),
        advert.services.join(", "),
    ]
}

/// The device that `wanted` names: by address, by name, or by a part of the
/// name that only one device has.
pub fn find(devices: &[Advert], wanted: &str) -> Option<Advert> {
    let lower = wanted.to_lowercase();
    let exact = |advert: &&Advert| {
        advert.device.0.eq_ignore_ascii_case(wanted) || advert.name.as_str().to_lowercase() == lower
    };
    let partly = |advert: &&Advert| advert.name.as_str().to_lowercase().contains(&lower);
    let mut candidates = devices.iter().filter(partly);
    let only = candidates.next().filter(|_| candidates.next().is_none());
    devices.iter().find(exact).or(only).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DeviceId, DisplayName};

    fn advert(device: &str, name: &str) -> Advert {
        Advert {
            device: DeviceId(device.to_owned()),
            name: DisplayName::clean(name, device),
            rssi_dbm: None,
            services: vec![],
            supported: true,
        }
    }

    #[test]
    fn finds_a_device_by_address_name_or_an_unambiguous_part() {
        let devices =
            [advert("C0:01", "Polar H10 A"), advert("C0:02", "Polar H10 B"), advert("C0:03", "Wahoo")];
        let found = |wanted: &str| find(&devices, wanted).map(|advert| advert.device.0);
        assert_eq!(found("c0:02").as_deref(), Some("C0:02"));
        assert_eq!(found("polar h10 a").as_deref(), Some("C0:01"));
        assert_eq!(found("wah").as_deref(), Some("C0:03"));
        assert_eq!(found("polar"), None, "two devices are called that");
        assert_eq!(found("garmin"), None);
    }
}
