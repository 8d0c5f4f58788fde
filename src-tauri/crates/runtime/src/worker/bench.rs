//! A worker without a thread, for tests.

use super::*;
use crate::notices::NoticeBoard;
use crate::registries::{Registries, Sensors};
use crate::sensor::{Opened, Sensor};
use crate::slots::{Outlets, Port};
use crate::testing::{block, sensor, spec_of};
use model::{ConnectorKind, StreamRef};
use std::sync::Weak;

/// One inbox, a registry, and streams of one run, bound in the order they are added.
pub(super) struct Bench {
    pub(super) inbox: Inbox,
    pub(super) slots: Arc<Slots>,
    pub(super) outlets: Outlets,
    pub(super) registry: Arc<Sensors>,
    pub(super) registries: Registries,
    pub(super) notices: Arc<NoticeBoard>,
    pub(super) wards: Arc<Wards>,
    pub(super) streams: Vec<Arc<Stream>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let (registries, notices) = (Registries::default(), Arc::new(NoticeBoard::default()));
        let registry = Arc::clone(&registries.sensors);
        let wards = Wards::new(Arc::new(connect::SystemClock), Arc::clone(&registry), Arc::clone(&notices));
        Self {
            inbox: Inbox::new("test"),
            slots: Arc::default(),
            outlets: Outlets::default(),
            wards: Arc::new(wards),
            registry,
            registries,
            notices,
            streams: Vec::new(),
        }
    }

    /// A sensor with one stream.
    pub(super) fn add(&mut self, id: &str, attribute: &str) -> Arc<Stream> {
        let sensor = Sensor::new(sensor(id, ConnectorKind::Simulator), self.inbox.clone(), None);
        let Opened::New(stream) = sensor.open_stream(&spec_of(id, attribute, None), |_| true) else {
            panic!("not new")
        };
        self.registry.add(sensor.id().clone(), Arc::new(sensor)).unwrap();
        assert!(stream.source().claim(1, &Weak::new()));
        let outlet = self.outlets.to(&self.inbox);
        let name = StreamRef(self.streams.len() as u32);
        assert!(self.slots.bind(name, Port { stream: Arc::clone(&stream), outlet }));
        self.streams.push(Arc::clone(&stream));
        stream
    }

    /// The run of the connector ends: only parcels still hold its streams.
    pub(super) fn end_run(&mut self) {
        (self.slots, self.outlets) = (Arc::default(), Outlets::default());
        self.streams.clear();
    }

    pub(super) fn offer(&mut self, stream: usize, first: u64, n: u64) {
        self.offer_in_run(1, stream, first, n);
    }

    pub(super) fn offer_in_run(&mut self, run: u64, stream: usize, first: u64, n: u64) {
        let mut bundle = Bundle::default();
        assert!(bundle.push(StreamRef(stream as u32), &block(first, n)));
        self.outlets.route(run, &self.slots, &bundle.get(0).unwrap());
        self.outlets.flush(&self.slots);
    }

    pub(super) fn work_off(&self) {
        self.work(usize::MAX);
    }

    /// Offers blocks of 5 samples of these streams, each behind the one before, in one parcel.
    pub(super) fn offer_together(&mut self, streams: &[usize]) {
        for stream in streams {
            let mut bundle = Bundle::default();
            let first = self.streams[*stream].offered();
            assert!(bundle.push(StreamRef(*stream as u32), &block(first, 5)));
            self.outlets.route(1, &self.slots, &bundle.get(0).unwrap());
        }
        self.outlets.flush(&self.slots);
    }

    /// Takes so many parcels through.
    pub(super) fn work(&self, parcels: usize) {
        let parcels: Vec<Parcel> = self.inbox.queue.take_waiting().take(parcels).collect();
        parcels.into_iter().for_each(|parcel| take(parcel, &self.inbox, &self.wards));
    }

    /// offered = delivered + dropped, for every stream.
    pub(super) fn balances(&self) -> bool {
        self.streams.iter().all(|stream| stream.offered() == stream.delivered() + stream.dropped())
    }
}
