//! From a method call to what it means.

use super::faults::{self, OnCall};
use super::refusal::{self, Done};
use super::tree::{self, Interfaces, Props};
use super::values::Place;
use super::world::World;
use std::collections::{BTreeMap, BTreeSet};
use zbus::OwnedVariant;
use zbus::message::Message;

/// A method call, taken apart.
struct Call<'a> {
    path: &'a str,
    interface: &'a str,
    member: &'a str,
    client: &'a str,
    message: &'a Message,
}

/// What lives at a path.
enum Object {
    Adapter,
    Device(String),
    Attribute(Place),
}

/// Answers a call, counts it, and leaves what it causes in the outbox.
pub(super) fn answer(world: &mut World, message: &Message) {
    let header = message.header();
    let call = Call {
        path: header.path().map_or("/", |path| path.as_str()),
        interface: header.interface().map_or("", |interface| interface.as_str()),
        member: header.member().map_or("", |member| member.as_str()),
        client: header.sender().map_or("", |sender| sender.as_str()),
        message,
    };
    let short = call.interface.rsplit('.').next().unwrap_or_default();
    let method = format!("{short}.{}", call.member);
    let trap = world.spring(call.path, &method);
    *world.calls.entry(method).or_default() += 1;
    let done = if world.denied {
        Err(refusal::access_denied(call.interface, call.member))
    } else {
        faults::refused(trap).and_then(|()| route(world, &call))
    };
    if let Err(refusal) = done {
        world.refuse(message, &refusal);
    }
    if let Some(then @ (OnCall::AnswerAfterMs(_) | OnCall::NeverAnswer)) = trap {
        world.hold_answer(message, then);
    }
}

fn route(world: &mut World, call: &Call<'_>) -> Done {
    match (call.interface, call.member) {
        ("org.freedesktop.DBus.Peer", "Ping") => {
            world.reply(call.message, &());
            Ok(())
        }
        (tree::INTROSPECTABLE, "Introspect") => introspect(world, call),
        (tree::OBJECT_MANAGER, "GetManagedObjects") if call.path == "/" => managed_objects(world, call),
        (tree::PROPERTIES, member) => properties(world, call, member),
        _ => match object_at(world, call.path) {
            Some(object) => on_object(world, call, &object),
            None => Err(refusal::unknown_object(call.interface, call.member)),
        },
    }
}

fn on_object(world: &mut World, call: &Call<'_>, object: &Object) -> Done {
    let message = call.message;
    match (object, call.interface, call.member) {
        (Object::Adapter, tree::ADAPTER, "SetDiscoveryFilter") => {
            world.set_discovery_filter(message, call.client)
        }
        (Object::Adapter, tree::ADAPTER, "StartDiscovery") => world.start_discovery(message, call.client),
        (Object::Adapter, tree::ADAPTER, "StopDiscovery") => world.stop_discovery(message, call.client),
        (Object::Adapter, tree::ADAPTER, "GetDiscoveryFilters") => {
            world.reply(message, &vec!["UUIDs", "RSSI", "DuplicateData"]);
            Ok(())
        }
        (Object::Adapter, tree::ADAPTER, "RemoveDevice") => world.remove_device(message),
        (Object::Device(address), tree::DEVICE, "Connect") => world.connect(address, message),
        (Object::Device(address), tree::DEVICE, "Disconnect") => world.disconnect(address, message),
        (Object::Attribute(at), tree::CHARACTERISTIC | tree::DESCRIPTOR, "ReadValue") => {
            world.read_value(at, message)
        }
        (Object::Attribute(at), tree::CHARACTERISTIC, "WriteValue") => world.write_value(at, message),
        (Object::Attribute(at), tree::CHARACTERISTIC, "StartNotify") => {
            world.start_notify(at, call.client, message)
        }
        (Object::Attribute(at), tree::CHARACTERISTIC, "StopNotify") => {
            world.stop_notify(at, call.client, message)
        }
        _ => Err(refusal::unknown_method(call.interface, call.member)),
    }
}

fn object_at(world: &World, path: &str) -> Option<Object> {
    if path == tree::ADAPTER_PATH {
        return world.adapter.as_ref().map(|_| Object::Adapter);
    }
    let device = world.devices.values().find(|device| device.listed && is_within(path, &device.path))?;
    let address = device.script.address.clone();
    if path == device.path {
        return Some(Object::Device(address));
    }
    let index = device.table.iter().position(|attribute| attribute.path == path)?;
    device.table_shown.then_some(Object::Attribute(Place { address, index }))
}

fn is_within(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn interfaces_of(world: &World, object: &Object) -> Option<Interfaces> {
    match object {
        Object::Adapter => Some(world.adapter.as_ref()?.interfaces()),
        Object::Device(address) => Some(world.devices.get(address)?.interfaces()),
        Object::Attribute(at) => Some(world.attribute(at)?.interfaces()),
    }
}

fn managed_objects(world: &mut World, call: &Call<'_>) -> Done {
    let objects: BTreeMap<_, _> = world
        .objects()
        .into_iter()
        .map(|(path, interfaces)| (super::gatt::path(&path), tree::with_standard(interfaces)))
        .collect();
    world.reply(call.message, &objects);
    Ok(())
}

/// Every path that leads to an object answers, as in BlueZ, with its children.
fn introspect(world: &mut World, call: &Call<'_>) -> Done {
    let children = children_of(world, call.path);
    let own = object_at(world, call.path).and_then(|object| interfaces_of(world, &object));
    if own.is_none() && children.is_empty() && call.path != "/org/bluez" {
        return Err(refusal::unknown_object(call.interface, call.member));
    }
    let mut interfaces = own.map(tree::with_standard).unwrap_or_default();
    interfaces.insert(tree::INTROSPECTABLE, Props::new());
    if call.path == "/" {
        interfaces.insert(tree::OBJECT_MANAGER, Props::new());
    }
    let xml = tree::introspection(&interfaces, &children);
    world.reply(call.message, &xml);
    Ok(())
}

fn children_of(world: &World, path: &str) -> Vec<String> {
    let prefix = if path == "/" { "/".to_owned() } else { format!("{path}/") };
    let mut seen = BTreeSet::new();
    let objects = world.objects();
    let below = objects.iter().filter_map(|(object, _)| object.strip_prefix(&prefix)?.split('/').next());
    below.filter(|child| seen.insert(*child)).map(ToOwned::to_owned).collect()
}

fn properties(world: &mut World, call: &Call<'_>, member: &str) -> Done {
    let unknown = || refusal::unknown_object(call.interface, call.member);
    let object = object_at(world, call.path).ok_or_else(unknown)?;
    let mut interfaces = interfaces_of(world, &object).ok_or_else(unknown)?;
    let body = call.message.body();
    match member {
        "GetAll" => {
            let interface: String = body.deserialize().map_err(|_| refusal::invalid_arguments())?;
            let props = interfaces
                .remove(interface.as_str())
                .ok_or_else(|| refusal::unknown_interface(&interface))?;
            world.reply(call.message, &props);
            Ok(())
        }
        "Get" => {
            let (interface, name): (String, String) =
                body.deserialize().map_err(|_| refusal::invalid_arguments())?;
            let mut props = interfaces.remove(interface.as_str()).unwrap_or_default();
            let value = props.remove(name.as_str()).ok_or_else(|| refusal::unknown_property(&name))?;
            world.reply(call.message, &value);
            Ok(())
        }
        "Set" => {
            let (interface, name, value) = body.deserialize().map_err(|_| refusal::invalid_arguments())?;
            set(world, interface, name, value)?;
            world.reply(call.message, &());
            Ok(())
        }
        _ => Err(refusal::unknown_method(call.interface, call.member)),
    }
}

fn set(world: &mut World, interface: String, name: String, value: OwnedVariant) -> Done {
    if !tree::is_writable(&interface, &name) {
        return Err(refusal::read_only(&name));
    }
    match (interface.as_str(), name.as_str()) {
        (tree::ADAPTER, "Powered") => {
            let powered = value.try_into().map_err(|_| refusal::invalid_arguments())?;
            world.power_by_client(powered)
        }
        (tree::ADAPTER, "Alias") => {
            world.rename_adapter(value.try_into().map_err(|_| refusal::invalid_arguments())?);
            Ok(())
        }
        _ => Err(refusal::not_supported()),
    }
}
