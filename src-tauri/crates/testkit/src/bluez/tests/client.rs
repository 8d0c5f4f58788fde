//! A D-Bus client that calls, and remembers every signal in order.

use super::super::FakeBluez;
use super::SOON;
use crate::wait_until;
use futures_lite::{StreamExt, future::block_on};
use serde::Serialize;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use zbus::message::{Message, Type};
use zbus::{Connection, DynamicType, MessageStream, OwnedObjectPath, OwnedVariant, connection};

pub(super) type Props = HashMap<String, OwnedVariant>;

/// A signal of BlueZ, as told in a line: `changed Connected=true`, `added …/char0004`.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) line: String,
    pub(super) value: Option<Vec<u8>>,
}

pub(super) struct Client {
    link: Connection,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Client {
    pub(super) fn on(fake: &FakeBluez) -> Self {
        let link = block_on(async {
            let queue = NonZeroUsize::new(65_536).unwrap();
            let link = connection::Builder::address(fake.address()).max_queued(queue).build().await.unwrap();
            let bus = Some("org.freedesktop.DBus");
            let rule = "type='signal',sender='org.bluez'";
            link.call_method(bus, "/org/freedesktop/DBus", bus, "AddMatch", &rule).await.unwrap();
            link
        });
        let (seen, mut messages) = (Arc::default(), MessageStream::from(&link));
        let client = Self { link, seen: Arc::clone(&seen) };
        let listen = move || {
            while let Some(Ok(message)) = block_on(messages.next()) {
                let signal = told(&message);
                seen.lock().unwrap().extend(signal);
            }
        };
        thread::Builder::new().name("client".into()).spawn(listen).unwrap();
        client
    }

    /// Calls a method; an error reply is told as `name: text`.
    pub(super) fn call<B: Serialize + DynamicType>(
        &self,
        path: &str,
        method: &str,
        body: &B,
    ) -> Result<Message, String> {
        let (interface, member) = method.rsplit_once('.').unwrap();
        let interface =
            if interface.contains('.') { interface.to_owned() } else { format!("org.bluez.{interface}") };
        let call = self.link.call_method(Some("org.bluez"), path, Some(interface), member, body);
        block_on(call).map_err(|error| match error {
            zbus::Error::MethodError(name, text, _) => format!("{name}: {}", text.unwrap_or_default()),
            other => format!("{other:?}"),
        })
    }

    pub(super) fn do_it(&self, path: &str, method: &str) -> Result<(), String> {
        self.call(path, method, &()).map(drop)
    }

    pub(super) fn get(&self, path: &str, interface: &str, property: &str) -> Result<OwnedVariant, String> {
        let method = "org.freedesktop.DBus.Properties.Get";
        Ok(self.call(path, method, &(interface, property))?.body().deserialize().unwrap())
    }

    pub(super) fn introspect(&self, path: &str) -> String {
        let xml = self.call(path, "org.freedesktop.DBus.Introspectable.Introspect", &()).unwrap();
        xml.body().deserialize().unwrap()
    }

    pub(super) fn objects(&self) -> HashMap<OwnedObjectPath, HashMap<String, Props>> {
        let reply = self.call("/", "org.freedesktop.DBus.ObjectManager.GetManagedObjects", &()).unwrap();
        reply.body().deserialize().unwrap()
    }

    /// The object one of whose properties has this value.
    pub(super) fn path_with(&self, property: &str, value: &str) -> Option<String> {
        let has = |props: &Props| props.get(property).is_some_and(|it| **it == zbus::Variant::from(value));
        let objects = self.objects();
        let (path, _) = objects.iter().find(|(_, interfaces)| interfaces.values().any(has))?;
        Some(path.as_str().to_owned())
    }

    /// Leaves the bus, as a program does that ends.
    pub(super) fn leave(self) {
        block_on(self.link.close()).unwrap();
    }

    /// What was told of the world, up to now.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.catch_up();
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.line != "reply").cloned().collect()
    }

    /// The same, in lines.
    pub(super) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// Signals and replies to calls in the order in which they came, up to `last`.
    pub(super) fn order_up_to(&self, last: &str) -> Vec<String> {
        self.wait_for(last);
        let seen = self.seen.lock().unwrap();
        let to = seen.iter().position(|seen| seen.line == last).unwrap();
        seen[..=to].iter().map(|seen| seen.line.clone()).collect()
    }

    /// Forgets what was seen, when all that BlueZ has sent so far has been.
    pub(super) fn forget(&self) {
        self.catch_up();
        self.seen.lock().unwrap().clear();
    }

    /// A round trip to BlueZ, and a mark sent to itself that comes after its signals.
    fn catch_up(&self) {
        self.objects();
        let to_itself = self.link.unique_name().cloned();
        block_on(self.link.emit_signal(to_itself, "/mark", "test.Mark", "Mark", &())).unwrap();
        self.wait_for("mark");
        self.seen.lock().unwrap().retain(|seen| seen.line != "mark");
    }

    /// The values that were announced so far.
    pub(super) fn values(&self) -> Vec<Vec<u8>> {
        self.seen().into_iter().filter_map(|seen| seen.value).collect()
    }

    pub(super) fn wait_for(&self, line: &str) {
        wait_until(SOON, line, || self.seen.lock().unwrap().iter().any(|seen| seen.line == line));
    }
}

fn told(message: &Message) -> Option<Seen> {
    let header = message.header();
    if header.sender()?.as_str() == "org.freedesktop.DBus" {
        return None;
    }
    if message.message_type() == Type::MethodReturn {
        return Some(Seen { path: String::new(), line: "reply".to_owned(), value: None });
    }
    let (path, body) = (header.path()?.as_str().to_owned(), message.body());
    match header.member()?.as_str() {
        "PropertiesChanged" => {
            let (_, props, gone): (String, Props, Vec<String>) = body.deserialize().unwrap();
            let value = props.get("Value").map(|value| value.try_clone().unwrap().try_into().unwrap());
            Some(Seen { path, line: format!("changed {}", changes(&props, &gone)), value })
        }
        "InterfacesAdded" => {
            let (path, _): (OwnedObjectPath, HashMap<String, Props>) = body.deserialize().unwrap();
            Some(Seen { path: path.to_string(), line: format!("added {}", last(&path)), value: None })
        }
        "InterfacesRemoved" => {
            let (path, _): (OwnedObjectPath, Vec<String>) = body.deserialize().unwrap();
            Some(Seen { path: path.to_string(), line: format!("removed {}", last(&path)), value: None })
        }
        "Mark" => Some(Seen { path, line: "mark".to_owned(), value: None }),
        _ => None,
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn changes(props: &Props, gone: &[String]) -> String {
    let mut told: Vec<String> =
        props.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
    told.extend(gone.iter().map(|name| format!("{name} gone")));
    told.sort();
    told.join(" ")
}

fn plain(value: &OwnedVariant) -> String {
    match &**value {
        zbus::Variant::Bool(value) => value.to_string(),
        zbus::Variant::I16(value) => value.to_string(),
        zbus::Variant::Str(value) => value.to_string(),
        _ => "…".to_owned(),
    }
}
