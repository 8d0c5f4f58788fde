//! A look at the adapter: is there a bus, a Bluetooth service, an adapter, and
//! is it on? It opens what is missing, so that what is plugged in, switched on
//! or started later is noticed by itself.
//!
//! An answer that does not come is the watchdog's only trace of a bus that died
//! silently; its deadlines are the runtime's own and not on that bus.

use super::calls::{Outcome, guarded, within};
use super::trouble::Trouble;
use btleplug::api::{Central as _, CentralEvent, CentralState, Manager as _, ScanFilter};
use btleplug::platform::{Adapter, Manager};
use futures_util::stream::BoxStream;
use model::DisplayName;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Events of an adapter; `None` once where they end or the library panics.
pub(super) type CentralEvents = BoxStream<'static, Option<CentralEvent>>;

/// The adapter in use.
#[derive(Clone, Debug)]
pub(super) struct Central {
    pub(super) adapter: Adapter,
    pub(super) name: DisplayName,
}

/// What is known of the way to the adapter; kept from one look to the next.
#[derive(Clone)]
pub(super) struct Way {
    manager: Option<Manager>,
    pub(super) central: Option<Central>,
    /// One at a time opens the bus; one that hangs is not joined by others.
    opening: Arc<Semaphore>,
}

impl Way {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self { manager: None, central: None, opening: Arc::new(Semaphore::new(1)) }
    }

    /// Whether the bus was opened.
    pub(super) fn is_open(&self) -> bool {
        self.manager.is_some()
    }
}

/// What a look has found.
pub(super) struct Found {
    pub(super) way: Way,
    /// Given with an adapter that was not in use before.
    pub(super) events: Option<CentralEvents>,
    /// Whether the adapter is switched on, or why there is none.
    pub(super) powered: Outcome<bool>,
}

/// Looks, and opens what is missing.
pub(super) async fn look(mut way: Way, deadline: Duration) -> Found {
    let mut events = None;
    let powered = follow(&mut way, &mut events, deadline).await.map_err(of_adapter);
    Found { way, events, powered }
}

/// What is unknown is the adapter: it went away between two questions.
fn of_adapter(trouble: Trouble) -> Trouble {
    if trouble == Trouble::UnknownDevice { Trouble::NoAdapter } else { trouble }
}

async fn follow(way: &mut Way, events: &mut Option<CentralEvents>, deadline: Duration) -> Outcome<bool> {
    if let Some(central) = &way.central {
        match power(&central.adapter, deadline).await {
            Err(Trouble::Silent(after)) => return Err(Trouble::Silent(after)),
            Err(_) => way.central = None, // Gone; there may be another one.
            powered => return powered,
        }
    }
    let manager = match way.manager.take() {
        Some(manager) => manager,
        None => open(&way.opening, deadline).await?,
    };
    let adapters = within(deadline, way.manager.insert(manager).adapters()).await?;
    let central = first(adapters, deadline).await?;
    let opened = within(deadline, central.adapter.events()).await?;
    let powered = power(&central.adapter, deadline).await?;
    *events = Some(guarded(opened));
    way.central = Some(central);
    Ok(powered)
}

/// Opening the bus blocks without a deadline inside the library: so it is done
/// on a thread beside, and left there where it hangs.
async fn open(opening: &Arc<Semaphore>, deadline: Duration) -> Outcome<Manager> {
    let Ok(permit) = opening.clone().try_acquire_owned() else { return Err(Trouble::Silent(deadline)) };
    let runtime = tokio::runtime::Handle::current();
    let opening = tokio::task::spawn_blocking(move || {
        let manager = runtime.block_on(Manager::new());
        drop(permit);
        manager
    });
    match tokio::time::timeout(deadline, opening).await {
        Err(_) => Err(Trouble::Silent(deadline)),
        Ok(Err(_panic)) => Err(Trouble::Broken),
        Ok(Ok(manager)) => manager.map_err(|error| Trouble::of(&error)),
    }
}

/// The adapter with the first name; the system lists them in no order.
async fn first(adapters: Vec<Adapter>, deadline: Duration) -> Outcome<Central> {
    let mut named = Vec::new();
    for adapter in adapters {
        if let Ok(name) = within(deadline, adapter.adapter_info()).await {
            named.push((name, adapter));
        }
    }
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let (name, adapter) = named.into_iter().next().ok_or(Trouble::NoAdapter)?;
    let short = name.split(" (").next().unwrap_or_default();
    Ok(Central { name: DisplayName::clean(short, "Bluetooth adapter"), adapter })
}

/// Whether it is on. (btleplug calls an adapter that is gone "off"; asking for
/// its facts first tells the two apart.)
async fn power(adapter: &Adapter, deadline: Duration) -> Outcome<bool> {
    within(deadline, adapter.adapter_info()).await?;
    let state = within(deadline, adapter.adapter_state()).await?;
    Ok(state == CentralState::PoweredOn)
}

/// Starts a scan. btleplug would switch the adapter on for it; whether it is on
/// is the operator's decision, so it is asked first.
pub(super) async fn start_scan(adapter: &Adapter, deadline: Duration) -> Outcome<()> {
    if !power(adapter, deadline).await? {
        return Err(Trouble::Off);
    }
    match within(deadline, adapter.start_scan(ScanFilter::default())).await {
        Err(Trouble::InProgress) => Ok(()),
        outcome => outcome,
    }
}

/// Stops it; one that did not run is stopped.
pub(super) async fn stop_scan(adapter: &Adapter, deadline: Duration) {
    if let Err(trouble) = within(deadline, adapter.stop_scan()).await {
        tracing::debug!(?trouble, "a scan was stopped without an answer");
    }
}
