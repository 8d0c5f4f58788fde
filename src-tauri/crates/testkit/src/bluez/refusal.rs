//! The errors BlueZ answers with, by their D-Bus names and in its own words.
//!
//! Programs match on both, so neither may be prettier here than it is there.

/// A D-Bus error reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// What handling a call comes to: answered (now or later), or refused.
pub(super) type Done = Result<(), Refusal>;

fn refusal(name: &'static str, text: &str) -> Refusal {
    Refusal { name, text: text.to_owned() }
}

pub(super) fn not_ready() -> Refusal {
    refusal("org.bluez.Error.NotReady", "Resource Not Ready")
}

pub(super) fn busy() -> Refusal {
    refusal("org.bluez.Error.InProgress", "Operation already in progress")
}

pub(super) fn in_progress() -> Refusal {
    refusal("org.bluez.Error.InProgress", "In Progress")
}

pub(super) fn failed(text: &str) -> Refusal {
    refusal("org.bluez.Error.Failed", text)
}

pub(super) fn blocked() -> Refusal {
    refusal("org.bluez.Error.Blocked", "Blocked through rfkill")
}

pub(super) fn not_connected() -> Refusal {
    refusal("org.bluez.Error.NotConnected", "Not Connected")
}

pub(super) fn does_not_exist() -> Refusal {
    refusal("org.bluez.Error.DoesNotExist", "Does Not Exist")
}

pub(super) fn not_supported() -> Refusal {
    refusal("org.bluez.Error.NotSupported", "Operation is not supported")
}

pub(super) fn not_permitted(text: &str) -> Refusal {
    refusal("org.bluez.Error.NotPermitted", text)
}

pub(super) fn invalid_arguments() -> Refusal {
    refusal("org.bluez.Error.InvalidArguments", "Invalid arguments in method call")
}

pub(super) fn unknown_property(property: &str) -> Refusal {
    refusal("org.freedesktop.DBus.Error.InvalidArgs", &format!("No such property '{property}'"))
}

pub(super) fn unknown_interface(interface: &str) -> Refusal {
    refusal("org.freedesktop.DBus.Error.InvalidArgs", &format!("No such interface '{interface}'"))
}

pub(super) fn read_only(property: &str) -> Refusal {
    let text = format!("Property '{property}' is not writable");
    refusal("org.freedesktop.DBus.Error.PropertyReadOnly", &text)
}

pub(super) fn unknown_object(interface: &str, member: &str) -> Refusal {
    refusal("org.freedesktop.DBus.Error.UnknownObject", &no_such_method(interface, member))
}

pub(super) fn unknown_method(interface: &str, member: &str) -> Refusal {
    refusal("org.freedesktop.DBus.Error.UnknownMethod", &no_such_method(interface, member))
}

pub(super) fn access_denied(interface: &str, member: &str) -> Refusal {
    let text = format!(
        "Rejected send message, 2 matched rules; type=\"method_call\", \
         interface=\"{interface}\" member=\"{member}\" destination=\"org.bluez\""
    );
    refusal("org.freedesktop.DBus.Error.AccessDenied", &text)
}

fn no_such_method(interface: &str, member: &str) -> String {
    format!("Method \"{member}\" on interface \"{interface}\" doesn't exist\n")
}
