//! What is known of a device, put on the sensor that it is: the alias in place of
//! its own name, which becomes a fact beside owner and room. So list, charts and
//! recordings say the same.

use model::{DisplayName, SensorInfo};
use store::known::KnownDevice;

/// The fact in which a sensor with an alias keeps the device's own name.
pub const OWN_NAME: &str = "own_name";
/// The fact that says whose it is.
pub const OWNER: &str = "owner";
/// The fact that says where it belongs.
pub const ROOM: &str = "room";
/// The fact that says by what it is read.
pub const DRIVER: &str = "driver";

/// Puts on what is known now, in place of what was known before.
pub fn dress(info: &mut SensorInfo, known: Option<&KnownDevice>) {
    if let Some(own) = take(info, OWN_NAME) {
        info.name = DisplayName::clean(&own, info.id.as_str());
    }
    for fact in [OWNER, ROOM] {
        take(info, fact);
    }
    let Some(known) = known else { return };
    if !known.alias.is_empty() {
        info.facts.push((OWN_NAME.to_owned(), info.name.to_string()));
        info.name = DisplayName::clean(&known.alias, info.id.as_str());
    }
    for (fact, text) in [(OWNER, &known.owner), (ROOM, &known.room)] {
        if !text.is_empty() {
            info.facts.push((fact.to_owned(), text.clone()));
        }
    }
}

/// What a fact says.
pub fn fact<'a>(info: &'a SensorInfo, name: &str) -> Option<&'a str> {
    info.facts.iter().find(|(fact, _)| fact == name).map(|(_, text)| text.as_str())
}

/// The device's own name.
pub fn own_name(info: &SensorInfo) -> &str {
    fact(info, OWN_NAME).unwrap_or_else(|| info.name.as_str())
}

fn take(info: &mut SensorInfo, name: &str) -> Option<String> {
    let at = info.facts.iter().position(|(fact, _)| fact == name)?;
    Some(info.facts.remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sensor;
    use model::ConnectorKind;

    fn known(alias: &str, owner: &str) -> KnownDevice {
        KnownDevice { alias: alias.to_owned(), owner: owner.to_owned(), ..KnownDevice::default() }
    }

    #[test]
    fn an_alias_stands_in_place_of_the_name_and_goes_without_a_trace() {
        let bare = sensor("ble:C0:FF:EE:00:00:01", ConnectorKind::Ble);
        let mut info = bare.clone();
        dress(&mut info, Some(&known("Anna", "Lab 3")));
        assert_eq!((info.name.as_str(), own_name(&info)), ("Anna", bare.name.as_str()));
        assert_eq!(fact(&info, OWNER), Some("Lab 3"));
        dress(&mut info, Some(&known("Berta", "")));
        assert_eq!((info.name.as_str(), fact(&info, OWNER)), ("Berta", None));
        assert_eq!(own_name(&info), bare.name.as_str());
        dress(&mut info, None);
        assert_eq!(info, bare);
    }
}
