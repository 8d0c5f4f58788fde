//! `sensocto devices`: the devices that the running console knows, listed, named
//! and forgotten.

use crate::args::{DevicesCommand, KnownArgs};
use crate::failure::Failure;
use crate::{running, say, table};
use api::{ErrorCode, KnownDevices, KnownRow, Request, Response};
use jiff::Timestamp;
use std::process::ExitCode;

/// Does what is asked; lists where nothing is.
///
/// # Errors
/// No console is running, the device is not known, or it could not be kept.
pub fn run(command: Option<DevicesCommand>, json: bool) -> Result<ExitCode, Failure> {
    match command {
        None | Some(DevicesCommand::List) => list(json),
        Some(DevicesCommand::Set(args)) => set(&args, json),
        Some(DevicesCommand::Forget { device }) => {
            let done = format!("{device} is forgotten.");
            settle(&Request::ForgetKnown { device }, json, done)
        }
    }
}

fn known() -> Result<KnownDevices, Failure> {
    match running::ask(&Request::Known)? {
        Response::Known(known) => Ok(known),
        _ => Err(running::strange(200)),
    }
}

fn list(json: bool) -> Result<ExitCode, Failure> {
    let known = known()?;
    if json {
        say::result(serde_json::json!(known));
    } else {
        lines(&known).into_iter().for_each(say::result);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is not said anew stays as it is.
fn set(args: &KnownArgs, json: bool) -> Result<ExitCode, Failure> {
    let known = known()?;
    let Some(row) = known.devices.iter().find(|row| is_called(row, &args.device)) else {
        let message = format!("{} is not a known device.", args.device);
        let remedy = "`sensocto devices` lists what is known; a device is remembered when it is connected.";
        return Err(Failure::new(ErrorCode::NotFound, message, remedy));
    };
    let or = |said: &Option<String>, before: &str| said.clone().unwrap_or_else(|| before.to_owned());
    let request = Request::SetKnown {
        device: row.device.clone(),
        alias: or(&args.alias, &row.alias),
        owner: or(&args.owner, &row.owner),
        room: or(&args.room, &row.room),
        reconnects: args.reconnect.unwrap_or(row.reconnects),
    };
    settle(&request, json, format!("What is said of {} is kept.", row.device))
}

/// By address, or by an alias.
fn is_called(row: &KnownRow, wanted: &str) -> bool {
    row.device.eq_ignore_ascii_case(wanted) || (!row.alias.is_empty() && row.alias == wanted)
}

fn settle(request: &Request, json: bool, done: String) -> Result<ExitCode, Failure> {
    let Response::Done = running::ask(request)? else {
        return Err(running::strange(200));
    };
    say::result(if json { serde_json::json!({ "done": true }).to_string() } else { done });
    Ok(ExitCode::SUCCESS)
}

fn lines(known: &KnownDevices) -> Vec<String> {
    let mut lines = Vec::new();
    if known.devices.is_empty() {
        lines.push("No device is known yet; one is remembered when it is connected.".to_owned());
    } else {
        let rows: Vec<Vec<String>> = known.devices.iter().map(row).collect();
        let heads =
            ["device", "alias", "name", "owner", "room", "reconnects", "last seen (UTC)", "usual rates"];
        lines.extend(table::lines(&heads, &rows, &[]));
    }
    lines.extend((!known.words.is_empty()).then(|| known.words.clone()));
    lines.extend(known.problem.iter().map(|problem| format!("Not kept: {problem}")));
    lines
}

fn row(device: &KnownRow) -> Vec<String> {
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let seen = device.last_seen_ms.and_then(|ms| Timestamp::from_millisecond(ms as i64).ok());
    let rates = device.rates.iter().map(|rate| format!("{} {:.2} Hz", rate.attribute, rate.hz));
    vec![
        device.device.clone(),
        or_none(&device.alias),
        device.name.clone(),
        or_none(&device.owner),
        or_none(&device.room),
        if device.reconnects { "yes" } else { "no" }.to_owned(),
        seen.map_or("–".to_owned(), |at| at.strftime("%F %T").to_string()),
        or_none(&rates.collect::<Vec<_>>().join(", ")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strap() -> KnownRow {
        KnownRow {
            device: "C0:FF:EE:00:00:01".to_owned(),
            name: "Polar H10".to_owned(),
            alias: "Anna".to_owned(),
            owner: String::new(),
            room: "Lab 3".to_owned(),
            driver: String::new(),
            last_seen_ms: Some(1.7e12),
            rates: vec![api::KnownRate { attribute: "heart_rate".to_owned(), hz: 1.0 }],
            reconnects: true,
            link: None,
            battery_percent: None,
            rssi_dbm: None,
        }
    }

    #[test]
    fn known_devices_are_listed_with_what_is_said_of_them() {
        let known = KnownDevices { devices: vec![strap()], max: 1000, words: String::new(), problem: None };
        let lines = lines(&known);
        let told: Vec<&str> = lines[1].split_whitespace().collect();
        let words = "C0:FF:EE:00:00:01 Anna Polar H10 – Lab 3 yes 2023-11-14 22:13:20 heart_rate 1.00 Hz";
        assert_eq!(told, words.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn an_empty_list_and_what_stands_in_the_way_are_said_in_words() {
        let known = KnownDevices {
            devices: vec![],
            max: 1000,
            words: String::new(),
            problem: Some("disk full".into()),
        };
        let lines = lines(&known);
        assert!(lines[0].starts_with("No device is known yet") && lines[1] == "Not kept: disk full");
    }

    #[test]
    fn a_device_is_named_by_its_address_in_any_case_or_by_its_alias() {
        assert!(is_called(&strap(), "c0:ff:ee:00:00:01") && is_called(&strap(), "Anna"));
        let bare = KnownRow { alias: String::new(), ..strap() };
        assert!(!is_called(&bare, "") && !is_called(&bare, "Polar H10"));
    }
}
