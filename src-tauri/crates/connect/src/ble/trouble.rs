//! What the Bluetooth library complains about, sorted by what can be done about
//! it, and the words for the operator.
//!
//! Sorted by the names of D-Bus errors where there is a D-Bus, never by the
//! wording of a message. Texts from outside are cleaned and bounded.

use model::{AdapterState, DisplayName};
use std::time::Duration;

/// What the library itself says where a call can't be put on the bus. (BlueZ's own
/// failures are called `org.bluez.Error.Failed`.)
#[cfg(any(target_os = "linux", test))]
const FAILED_TO_SEND: &str = "org.freedesktop.DBus.Error.Failed";

/// How BlueZ answers a second subscription to one value in one link. The name of
/// that error is the name of everything that fails.
#[cfg(any(target_os = "linux", test))]
const ALREADY_NOTIFYING: &str = "Already notifying";

/// A failed call.
#[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code, reason = "only Linux has a D-Bus"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The message bus can't be reached.
    NoBus,
    /// The Bluetooth service is not on the bus.
    NoService,
    /// The system does not let us.
    NotPermitted,
    /// No adapter is plugged in.
    NoAdapter,
    /// The adapter is switched off.
    Off,
    /// The adapter does not know the device (any more).
    UnknownDevice,
    /// It is being done already.
    InProgress,
    /// The link is up already.
    AlreadyConnected,
    /// Nothing answered within the deadline.
    Silent(Duration),
    /// The bus grants no more match rules; bluez-async does not always give them back.
    Exhausted,
    /// The library has panicked, or lost its streams.
    Broken,
    /// Anything else, in the system's words.
    Other(String),
}

impl Trouble {
    /// Sorts an error of btleplug.
    pub(super) fn of(error: &btleplug::Error) -> Self {
        match error {
            btleplug::Error::PermissionDenied => Self::NotPermitted,
            btleplug::Error::DeviceNotFound => Self::UnknownDevice,
            btleplug::Error::NoAdapterAvailable => Self::NoAdapter,
            btleplug::Error::TimedOut(after) => Self::Silent(*after),
            btleplug::Error::Other(inner) => of_system(inner.as_ref()),
            other => Self::Other(bounded(&other.to_string())),
        }
    }

    /// Sorts a D-Bus error by its name.
    #[cfg(any(target_os = "linux", test))]
    fn of_dbus(name: &str, message: &str) -> Self {
        if name == FAILED_TO_SEND {
            return Self::NoBus;
        }
        match name.rsplit('.').next().unwrap_or_default() {
            "FileNotFound" | "NoServer" | "BadAddress" | "Disconnected" | "IOError" => Self::NoBus,
            "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "NoSuchUnit" | "UnitMasked" => Self::NoService,
            _ if name.contains(".DBus.Error.Spawn.") => Self::NoService,
            "AccessDenied" | "AuthFailed" | "NotPermitted" | "NotAuthorized" => Self::NotPermitted,
            "UnknownObject" | "UnknownMethod" | "UnknownInterface" | "DoesNotExist" => Self::UnknownDevice,
            "NotReady" => Self::Off,
            "InProgress" => Self::InProgress,
            "Failed" if message == ALREADY_NOTIFYING => Self::InProgress,
            "AlreadyConnected" => Self::AlreadyConnected,
            "LimitsExceeded" => Self::Exhausted,
            _ => Self::Other(bounded(if message.is_empty() { name } else { message })),
        }
    }

    /// What the operator is told where no adapter can be used.
    pub(super) fn adapter_state(&self) -> AdapterState {
        AdapterState::Unavailable { problem: self.problem(), remedy: self.remedy().to_owned() }
    }

    /// What is wrong, in a sentence.
    pub(super) fn problem(&self) -> String {
        match self {
            Self::NoBus => "The system's message bus (D-Bus) can't be reached.".to_owned(),
            Self::NoService => "The Bluetooth service is not running.".to_owned(),
            Self::NotPermitted => "This program may not use Bluetooth.".to_owned(),
            Self::NoAdapter => "No Bluetooth adapter was found.".to_owned(),
            Self::Off => "Bluetooth is switched off.".to_owned(),
            Self::UnknownDevice => "The device is not in range.".to_owned(),
            Self::InProgress => "The system is still busy with the device.".to_owned(),
            Self::AlreadyConnected => "The device is connected already.".to_owned(),
            Self::Silent(after) => {
                format!("The Bluetooth service does not answer (for {} s).", after.as_secs_f32())
            }
            Self::Exhausted => "The message bus (D-Bus) grants no more match rules.".to_owned(),
            Self::Broken => "The Bluetooth library has failed.".to_owned(),
            Self::Other(text) => format!("Bluetooth reports: {text}"),
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::NoBus => "Start it (systemctl start dbus). The simulator works without it.",
            Self::NoService => "Start it: systemctl start bluetooth",
            Self::NotPermitted if cfg!(target_os = "linux") => {
                "Let your user use Bluetooth (usually: sudo usermod -aG bluetooth $USER), then log in again."
            }
            Self::NotPermitted => {
                "Allow it in the system's privacy settings for Bluetooth, then start again."
            }
            Self::NoAdapter => "Plug one in, or see whether it is blocked (rfkill list).",
            Self::Off => "Switch Bluetooth on.",
            _ if cfg!(target_os = "linux") => "Restart the Bluetooth service: systemctl restart bluetooth",
            _ => "Switch Bluetooth off and on again.",
        }
    }
}

/// Why a step of making a link failed, for the operator.
pub(super) fn reason(step: &str, trouble: &Trouble) -> String {
    match trouble {
        Trouble::UnknownDevice | Trouble::Off | Trouble::NoService | Trouble::NoBus => trouble.problem(),
        Trouble::Silent(after) => {
            format!("{step} failed: the device did not answer within {} s.", after.as_secs_f32())
        }
        _ => format!("{step} failed. {}", trouble.problem()),
    }
}

#[cfg(target_os = "linux")]
fn of_system(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Trouble {
    match error.downcast_ref::<bluez_async::BluetoothError>() {
        Some(bluez_async::BluetoothError::DbusError(error)) => {
            Trouble::of_dbus(error.name().unwrap_or_default(), error.message().unwrap_or_default())
        }
        Some(bluez_async::BluetoothError::NoBluetoothAdapters) => Trouble::NoAdapter,
        _ => Trouble::Other(bounded(&error.to_string())),
    }
}

#[cfg(not(target_os = "linux"))]
fn of_system(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Trouble {
    Trouble::Other(bounded(&error.to_string()))
}

fn bounded(text: &str) -> String {
    DisplayName::clean(text, "an unnamed error").as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: &Trouble) {
        assert_eq!(Trouble::of_dbus(name, ""), *expect, "{name}");
    }

    #[test]
    fn errors_are_sorted_by_their_names() {
        check("org.freedesktop.DBus.Error.FileNotFound", &Trouble::NoBus);
        check("org.freedesktop.DBus.Error.NoServer", &Trouble::NoBus);
        check("org.freedesktop.DBus.Error.Failed", &Trouble::NoBus);
        check("org.freedesktop.DBus.Error.ServiceUnknown", &Trouble::NoService);
        check("org.freedesktop.DBus.Error.NameHasNoOwner", &Trouble::NoService);
        check("org.freedesktop.DBus.Error.Spawn.ChildExited", &Trouble::NoService);
        check("org.freedesktop.systemd1.NoSuchUnit", &Trouble::NoService);
        check("org.freedesktop.DBus.Error.AccessDenied", &Trouble::NotPermitted);
        check("org.freedesktop.DBus.Error.UnknownObject", &Trouble::UnknownDevice);
        check("org.bluez.Error.DoesNotExist", &Trouble::UnknownDevice);
        check("org.bluez.Error.NotReady", &Trouble::Off);
        check("org.bluez.Error.InProgress", &Trouble::InProgress);
        check("org.bluez.Error.AlreadyConnected", &Trouble::AlreadyConnected);
        check("org.freedesktop.DBus.Error.LimitsExceeded", &Trouble::Exhausted);
    }

    #[test]
    fn a_second_subscription_is_no_failure_of_its_own() {
        let second = Trouble::of_dbus("org.bluez.Error.Failed", "Already notifying");
        assert_eq!(second, Trouble::InProgress);
    }

    #[test]
    fn an_unknown_error_keeps_the_systems_words_cleaned_and_bounded() {
        let text = format!("le-connection-abort\u{202e}-by-local {}", "x".repeat(300));
        let Trouble::Other(kept) = Trouble::of_dbus("org.bluez.Error.Failed", &text) else { panic!() };
        assert!(kept.starts_with("le-connection-abort-by-local xx"));
        assert_eq!(kept.chars().count(), 80);
        let nameless = Trouble::of_dbus("org.bluez.Error.Failed", "");
        assert_eq!(nameless, Trouble::Other("org.bluez.Error.Failed".to_owned()));
    }

    #[test]
    fn what_keeps_an_adapter_from_use_comes_with_a_remedy() {
        let troubles =
            [Trouble::NoBus, Trouble::NoService, Trouble::NotPermitted, Trouble::NoAdapter, Trouble::Broken];
        for trouble in troubles {
            let AdapterState::Unavailable { problem, remedy } = trouble.adapter_state() else { panic!() };
            assert!(problem.ends_with('.') && !remedy.is_empty(), "{trouble:?}");
        }
    }

    #[test]
    fn a_reason_names_the_step_and_the_deadline() {
        let silent = Trouble::Silent(Duration::from_secs(15));
        assert_eq!(
            reason("Connecting", &silent),
            "Connecting failed: the device did not answer within 15 s."
        );
        let other = Trouble::Other("br-connection-busy".to_owned());
        assert_eq!(reason("Connecting", &other), "Connecting failed. Bluetooth reports: br-connection-busy");
    }
}
