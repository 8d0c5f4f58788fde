//! The parts together, while tiers fail under them.

use super::*;
use crate::connectors::RunningConnector;
use crate::stream::Stream;
use crate::supervisor::{NodeState, Tier};
use crate::testing::sensor;
use connect::{Command, Connector, Event, EventSink, Stopped};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use model::{Block, Column, StreamRef};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::wait_until;

mod faults;
mod lost;

const SOON: Duration = Duration::from_secs(20);

/// One sensor that delivers ten samples a millisecond until it is told to end.
struct Streaming(ConnectorKind, &'static str);

impl Connector for Streaming {
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped> {
        let info = sensor(self.1, self.0);
        let (id, stream) = (info.id.clone(), info.streams[0].key.clone());
        events.send(Event::Sensor(info));
        events.send(Event::Bind { stream: StreamRef(0), key: stream });
        let link = |link| {
            events.send(Event::Link { sensor: id.clone(), link, at_host_ns: clock.now().host_ns });
        };
        link(LinkState::Live);
        for k in 0.. {
            match commands.recv_timeout(Duration::from_millis(1)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(_) | Err(RecvTimeoutError::Disconnected) => break,
            }
            events.send(Event::Block { stream: StreamRef(0), block: ten_samples(k * 10, clock) });
        }
        link(LinkState::Stopped);
        Ok(())
    }
}

fn ten_samples(first: u64, clock: &Arc<dyn Clock>) -> Block {
    let now_ns = clock.now().host_ns;
    let times = (1..=10).map(|k| now_ns - 1000 + k * 100).collect();
    Block::new(first, 0, times, None, vec![Column::I32(vec![7; 10])]).unwrap()
}

fn streaming(core: &Arc<Core>, kind: ConnectorKind, id: &'static str) -> RunningConnector {
    RunningConnector::start(core, id, kind, move || Box::new(Streaming(kind, id))).unwrap()
}

fn streams(core: &Core) -> Vec<Arc<Stream>> {
    core.registry.all().iter().flat_map(|sensor| sensor.streams()).collect()
}

/// A child of `tier` that fails once more than the tier may restart.
fn fails_its_tier(core: &Core, tier: Tier) {
    let runs = AtomicU32::new(0);
    let service = Service::thread("planted", move |stop| {
        assert!(runs.fetch_add(1, Ordering::Relaxed) >= 6, "planted");
        let _ = stop.channel().recv();
        Ok(())
    });
    core.tree.start(tier, service).unwrap();
}

#[test]
fn a_tier_that_restarts_under_streaming_sensors_loses_no_sample_uncounted() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let running = [
        streaming(&core, ConnectorKind::Ble, "test:strap"),
        streaming(&core, ConnectorKind::Simulator, "test:simulated"),
    ];
    wait_until(SOON, "both sensors", || streams(&core).len() == 2);
    let folder = tempfile::tempdir().unwrap();
    let recordable: Vec<_> = core
        .registry
        .all()
        .iter()
        .flat_map(|s| s.streams().into_iter().map(move |stream| (s.info(), stream)))
        .collect();
    let path = core.recorder.start(&folder.path().join("r.sensocto"), "", "test", || recordable).unwrap();
    wait_until(SOON, "samples", || streams(&core).iter().all(|stream| stream.delivered() > 100));

    fails_its_tier(&core, Tier::Storage);
    let restarts = |name: &str| core.tree.view().find(name).unwrap().restarts;
    wait_until(SOON, "the restart of the domain", || restarts("domain") == 1 && restarts("edge") == 1);
    let before: Vec<u64> = streams(&core).iter().map(|stream| stream.delivered()).collect();
    wait_until(SOON, "further samples of both", || {
        streams(&core).iter().zip(&before).all(|(stream, before)| stream.delivered() > before + 100)
    });

    assert!(running.iter().all(|connector| connector.shut_down(SOON)));
    for stream in streams(&core) {
        wait_until(SOON, "the identity", || stream.offered() == stream.delivered() + stream.dropped());
    }
    core.recorder.stop(|| streams(&core)).unwrap();
    let report = store::verify(&path, &mut |_, _| {}).unwrap();
    assert!(report.is_good(), "{report:?}");
    assert!(core.tree.shut_down(SOON).is_empty());
}

#[test]
fn when_nothing_helps_the_notice_board_has_the_last_word() {
    let core = Core::new(Arc::new(connect::SystemClock)).unwrap();
    core.tree.start(Tier::Registries, Service::thread("planted", |_| panic!("planted"))).unwrap();
    let last =
        || core.notices.all().into_iter().find(|posted| posted.notice.text.contains("stopped working"));
    wait_until(SOON, "the last word", || last().is_some());
    assert!(last().unwrap().notice.text.contains("“planted”: panicked: planted"));
    assert!(core.tree.is_failed());
    let recorder = core.tree.view().find("recorder").map(|node| node.state);
    assert_eq!(recorder, Some(NodeState::Ended));
}
