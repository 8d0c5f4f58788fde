//! How the world looks as D-Bus objects: interfaces with properties, and the
//! introspection data by which btleplug walks from a device to its descriptors.

use std::collections::BTreeMap;
use std::fmt::Write;
use zbus::Variant;

pub(super) const ADAPTER_PATH: &str = "/org/bluez/hci0";
pub(super) const ADAPTER: &str = "org.bluez.Adapter1";
pub(super) const DEVICE: &str = "org.bluez.Device1";
pub(super) const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
pub(super) const DESCRIPTOR: &str = "org.bluez.GattDescriptor1";
pub(super) const OBJECT_MANAGER: &str = "org.freedesktop.DBus.ObjectManager";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
pub(super) const INTROSPECTABLE: &str = "org.freedesktop.DBus.Introspectable";

/// Properties of one interface.
pub(super) type Props = BTreeMap<&'static str, Variant<'static>>;

/// Interfaces of one object.
pub(super) type Interfaces = BTreeMap<&'static str, Props>;

/// A string as a property.
pub(super) fn text(value: &str) -> Variant<'static> {
    Variant::from(value.to_owned())
}

/// Adds the two interfaces that BlueZ's D-Bus layer gives to every object.
pub(super) fn with_standard(mut interfaces: Interfaces) -> Interfaces {
    interfaces.insert(INTROSPECTABLE, Props::new());
    interfaces.insert(PROPERTIES, Props::new());
    interfaces
}

/// A method's name and its argument types, in and out.
type Method = (&'static str, &'static str, &'static str);

const METHODS: &[(&str, &[Method])] = &[
    (INTROSPECTABLE, &[("Introspect", "", "s")]),
    (PROPERTIES, &[("Get", "ss", "v"), ("Set", "ssv", ""), ("GetAll", "s", "a{sv}")]),
    (OBJECT_MANAGER, &[("GetManagedObjects", "", "a{oa{sa{sv}}}")]),
    (
        ADAPTER,
        &[
            ("StartDiscovery", "", ""),
            ("StopDiscovery", "", ""),
            ("SetDiscoveryFilter", "a{sv}", ""),
            ("GetDiscoveryFilters", "", "as"),
            ("RemoveDevice", "o", ""),
        ],
    ),
    (DEVICE, &[("Connect", "", ""), ("Disconnect", "", "")]),
    (
        CHARACTERISTIC,
        &[
            ("ReadValue", "a{sv}", "ay"),
            ("WriteValue", "aya{sv}", ""),
            ("StartNotify", "", ""),
            ("StopNotify", "", ""),
        ],
    ),
    (DESCRIPTOR, &[("ReadValue", "a{sv}", "ay"), ("WriteValue", "aya{sv}", "")]),
];

/// The properties a client may set.
const WRITABLE: &[(&str, &str)] = &[(ADAPTER, "Powered"), (ADAPTER, "Alias")];

/// Whether a client may set this property.
pub(super) fn is_writable(interface: &str, property: &str) -> bool {
    WRITABLE.contains(&(interface, property))
}

/// The introspection XML of an object and the names of its children.
pub(super) fn introspection(interfaces: &Interfaces, children: &[String]) -> String {
    let mut xml = String::from(
        "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n\
         \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>",
    );
    for (interface, props) in interfaces {
        xml += &interface_xml(interface, props);
    }
    for child in children {
        // Writing into a String cannot fail.
        let _ = write!(xml, "<node name=\"{child}\"/>");
    }
    xml + "</node>"
}

fn interface_xml(interface: &str, props: &Props) -> String {
    let mut xml = format!("<interface name=\"{interface}\">");
    for (_, methods) in METHODS.iter().filter(|(name, _)| *name == interface) {
        for (method, takes, gives) in *methods {
            let args = arguments_xml(takes, "in") + &arguments_xml(gives, "out");
            let _ = write!(xml, "<method name=\"{method}\">{args}</method>");
        }
    }
    for (property, value) in props {
        let access = if is_writable(interface, property) { "readwrite" } else { "read" };
        let kind = value.value_signature();
        let _ = write!(xml, "<property name=\"{property}\" type=\"{kind}\" access=\"{access}\"/>");
    }
    xml + "</interface>"
}

/// One `arg` for each complete type of a signature.
fn arguments_xml(signature: &str, direction: &str) -> String {
    complete_types(signature).map(|one| format!("<arg type=\"{one}\" direction=\"{direction}\"/>")).collect()
}

fn complete_types(mut signature: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (one, rest) = signature.split_at_checked(type_length(signature))?;
        signature = rest;
        (!one.is_empty()).then_some(one)
    })
}

fn type_length(signature: &str) -> usize {
    match signature.as_bytes() {
        [] => 0,
        [b'a', b'{', ..] => 1 + braces_length(&signature[1..]),
        [b'a', ..] => 1 + type_length(&signature[1..]),
        _ => 1,
    }
}

fn braces_length(signature: &str) -> usize {
    let mut depth = 0_u32;
    for (index, byte) in signature.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return index + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    signature.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_signature_into_its_complete_types() {
        let split: Vec<&str> = complete_types("aya{sv}sa{oa{sa{sv}}}v").collect();
        assert_eq!(split, ["ay", "a{sv}", "s", "a{oa{sa{sv}}}", "v"]);
    }

    #[test]
    fn introspection_names_methods_properties_and_children() {
        let interfaces = Interfaces::from([(ADAPTER, Props::from([("Powered", Variant::from(true))]))]);
        let xml = introspection(&interfaces, &["dev_C0".to_owned()]);
        assert!(xml.contains("<property name=\"Powered\" type=\"b\" access=\"readwrite\"/>"), "{xml}");
        assert!(xml.contains("<method name=\"RemoveDevice\"><arg type=\"o\" direction=\"in\"/>"), "{xml}");
        assert!(xml.ends_with("<node name=\"dev_C0\"/></node>"), "{xml}");
    }
}
