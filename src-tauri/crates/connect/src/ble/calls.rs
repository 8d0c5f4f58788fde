//! Calls into btleplug, each with a deadline, none that can panic outwards.
//!
//! A link is made in steps, so that whoever drives them can stop between any
//! two: connect, discover, subscribe; then values are read while it is live.

use super::BleConfig;
use super::strap::Offers;
use super::trouble::Trouble;
use btleplug::api::{CharPropFlags, Characteristic, Peripheral as _, ValueNotification};
use btleplug::platform::Peripheral;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use gatt::device_information::TEXTS;
use gatt::uuid::{BATTERY_LEVEL, BODY_SENSOR_LOCATION, HEART_RATE_MEASUREMENT, long, short};
use model::{Clock, DeviceId, Stamp};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What a call gives.
pub(super) type Outcome<T> = Result<T, Trouble>;

/// Notifications of one device; `None` once where they end or the library panics.
///
/// btleplug takes them from an unbounded queue of the dbus crate: one message
/// for each signal that was not yet taken. It is emptied by the connector's one
/// thread, which only decodes and hands over to a sink that never blocks; while
/// that thread runs, the queue holds a few messages.
pub(super) type Notifications = BoxStream<'static, Option<ValueNotification>>;

/// Awaits `call` for at most `deadline`.
pub(super) async fn within<T>(
    deadline: Duration,
    call: impl Future<Output = btleplug::Result<T>>,
) -> Outcome<T> {
    let mut call = std::pin::pin!(AssertUnwindSafe(call).catch_unwind());
    match tokio::time::timeout(deadline, call.as_mut()).await {
        Err(_) => {
            tokio::task::yield_now().await; // It may hold a stream: see `discard`.
            Err(Trouble::Silent(deadline))
        }
        Ok(Err(_panic)) => Err(Trouble::Broken),
        Ok(Ok(result)) => result.map_err(|error| Trouble::of(&error)),
    }
}

/// The same for a call that asks the bus for a match rule. Dropped between the
/// question and the answer, it would leave the rule there for ever: so it goes on
/// in a task of its own, to its end or its deadline, whoever has stopped waiting.
async fn whole<T: Send + 'static>(
    deadline: Duration,
    call: impl Future<Output = btleplug::Result<T>> + Send + 'static,
) -> Outcome<T> {
    tokio::spawn(within(deadline, call)).await.unwrap_or(Err(Trouble::Broken))
}

/// Ends a stream of the library with `None` where it ends or panics.
pub(super) fn guarded<T: Send + 'static>(stream: BoxStream<'static, T>) -> BoxStream<'static, Option<T>> {
    let items = AssertUnwindSafe(stream).catch_unwind().map(Result::ok);
    items.chain(futures_util::stream::once(std::future::ready(None))).boxed()
}

/// A stream of the library that nobody listens to any more.
pub(super) type Ended = Box<dyn Send>;

/// Drops streams of the library where it does no harm.
///
/// bluez-async removes a stream's match rule in a task that it spawns when the
/// stream is dropped. Where a signal is read from the bus before that task has
/// run, or where the bus is dead, the task panics: contained, but with noise,
/// and the rule stays with the bus. In a task that has yielded, the bus was just
/// read and is not read again until everything spawned here has run; in the
/// session's loop it may be read first. So the loop must not drop such a stream,
/// but keep it until the bus has answered, and then spawn this.
pub(super) async fn discard(streams: Vec<Ended>) {
    tokio::task::yield_now().await;
    drop(streams);
}

/// How the console names a device: its address, or what macOS gives instead.
pub(super) fn device_id(peripheral: &Peripheral) -> DeviceId {
    if cfg!(target_vendor = "apple") {
        DeviceId(peripheral.id().to_string())
    } else {
        DeviceId(peripheral.address().to_string())
    }
}

/// The characteristics that the console reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    pub(super) heart_rate: Option<Characteristic>,
    pub(super) battery: Option<Characteristic>,
    body_location: Option<Characteristic>,
    texts: Vec<(&'static str, Characteristic)>,
}

impl Values {
    fn of(peripheral: &Peripheral) -> Self {
        let mut values = Self::default();
        for found in peripheral.characteristics() {
            match short(found.uuid.as_u128()) {
                Some(HEART_RATE_MEASUREMENT) => values.heart_rate = Some(found),
                Some(BATTERY_LEVEL) => values.battery = Some(found),
                Some(BODY_SENSOR_LOCATION) => values.body_location = Some(found),
                Some(uuid) => {
                    let fact = TEXTS.iter().find(|(text, _)| *text == uuid);
                    values.texts.extend(fact.map(|(_, name)| (*name, found)));
                }
                None => {}
            }
        }
        values
    }

    pub(super) fn offers(&self) -> Offers {
        Offers { heart_rate: self.heart_rate.is_some(), battery: self.battery.is_some() }
    }
}

/// Whether a notification is one of this characteristic.
pub(super) fn is_of(notification: &ValueNotification, uuid: u16) -> bool {
    notification.uuid.as_u128() == long(uuid)
}

/// Makes the link.
pub(super) async fn connect(peripheral: &Peripheral, config: &BleConfig) -> Outcome<()> {
    let peripheral = peripheral.clone();
    match whole(config.connect_deadline, async move { peripheral.connect().await }).await {
        Err(Trouble::AlreadyConnected) => Ok(()),
        outcome => outcome,
    }
}

/// A device whose services are known. Its notifications are open already, so
/// that none is missed from the subscription on.
pub(super) struct Discovered {
    pub(super) name: Option<String>,
    pub(super) values: Values,
    pub(super) notifications: Notifications,
}

/// Asks for the services anew, whatever was known of them.
pub(super) async fn discover(peripheral: &Peripheral, config: &BleConfig) -> Outcome<Discovered> {
    within(config.discover_deadline, peripheral.discover_services()).await?;
    let handle = peripheral.clone();
    let notifications = whole(config.call_deadline, async move { handle.notifications().await }).await?;
    let properties = within(config.call_deadline, peripheral.properties()).await.ok().flatten();
    Ok(Discovered {
        name: properties.and_then(|known| known.local_name),
        values: Values::of(peripheral),
        notifications: guarded(notifications),
    })
}

/// Subscribes; true where the battery notifies too.
pub(super) async fn subscribe(peripheral: &Peripheral, values: &Values, config: &BleConfig) -> Outcome<bool> {
    if let Some(heart_rate) = &values.heart_rate {
        subscribe_one(peripheral, heart_rate, config).await?;
    }
    let Some(battery) = &values.battery else { return Ok(false) };
    if !battery.properties.intersects(CharPropFlags::NOTIFY | CharPropFlags::INDICATE) {
        return Ok(false);
    }
    Ok(subscribe_one(peripheral, battery, config).await.is_ok())
}

/// BlueZ remembers who subscribed to what; being told so again is no failure.
async fn subscribe_one(peripheral: &Peripheral, value: &Characteristic, config: &BleConfig) -> Outcome<()> {
    match within(config.subscribe_deadline, peripheral.subscribe(value)).await {
        Err(Trouble::InProgress) => Ok(()),
        outcome => outcome,
    }
}

/// Reads the battery, stamped when the answer came.
pub(super) async fn read_battery(
    peripheral: &Peripheral,
    battery: &Characteristic,
    clock: &dyn Clock,
    deadline: Duration,
) -> Outcome<(Vec<u8>, Stamp)> {
    let level = within(deadline, peripheral.read(battery)).await?;
    Ok((level, clock.now()))
}

/// Reads what the device says about itself; what can't be read is left out.
pub(super) async fn read_facts(
    peripheral: &Peripheral,
    values: &Values,
    deadline: Duration,
) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for (name, text) in &values.texts {
        let read = within(deadline, peripheral.read(text)).await;
        let decoded = read.ok().and_then(|value| gatt::device_information::decode(&value));
        facts.extend(decoded.map(|text| ((*name).to_owned(), text)));
    }
    if let Some(location) = &values.body_location {
        let read = within(deadline, peripheral.read(location)).await;
        let place = read.ok().and_then(|value| gatt::heart_rate::body_location(&value));
        facts.extend(place.map(|place| ("body_location".to_owned(), place.to_owned())));
    }
    facts
}

/// Lets go of a device: ends its subscriptions where it is still there, then
/// the link. It also ends a try to connect that the system is still busy with.
pub(super) async fn release(peripheral: &Peripheral, subscribed: Option<&Values>, config: &BleConfig) {
    let half = config.release_deadline / 2;
    if let Some(values) = subscribed {
        let unsubscribing = unsubscribe(peripheral, values, half);
        if tokio::time::timeout(half, unsubscribing).await.is_err() {
            tracing::debug!("subscriptions were left without an answer");
        }
    }
    if let Err(trouble) = within(half, peripheral.disconnect()).await {
        tracing::debug!(?trouble, "a device was let go of without an answer");
    }
}

async fn unsubscribe(peripheral: &Peripheral, values: &Values, deadline: Duration) {
    for value in values.heart_rate.iter().chain(&values.battery) {
        if let Err(trouble) = within(deadline, peripheral.unsubscribe(value)).await {
            tracing::debug!(?trouble, "a subscription was not ended");
        }
    }
}
