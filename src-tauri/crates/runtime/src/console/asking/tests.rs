use super::*;
use crate::hub::RunSink;
use crate::testing::{block, sensor};
use connect::{Event, EventSink};
use model::{ConnectorKind, StreamRef};
use std::thread;

const SOON: Duration = Duration::from_secs(20);

/// Two simulated sensors of one shared worker.
struct Room {
    core: Arc<Core>,
    sink: RunSink,
    streams: Vec<Arc<Stream>>,
}

fn room() -> Room {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let sink = RunSink::new(Arc::clone(&core), 1);
    let mut streams: Vec<Arc<Stream>> = Vec::new();
    let mut worker: Option<Inbox> = None;
    for k in 0.. {
        let info = sensor(&format!("test:{k}"), ConnectorKind::Simulator);
        let key = info.streams[0].key.clone();
        sink.send(Event::Sensor(info));
        let there = core.registry.get(&key.sensor).unwrap();
        if worker.get_or_insert_with(|| there.inbox().clone()).is(there.inbox()) {
            sink.send(Event::Bind { stream: StreamRef(streams.len() as u32), key: key.clone() });
            streams.push(there.stream(&key.attribute).unwrap());
        }
        if streams.len() == 2 {
            break;
        }
    }
    Room { core, sink, streams }
}

impl Room {
    fn offer(&self, stream: u32, first: u64) {
        self.sink.send(Event::Block { stream: StreamRef(stream), block: block(first, 10) });
    }

    fn asked(&self, deadline: Duration) -> Result<SensorView, Unanswered> {
        self.core.ask_sensor(&self.streams[1].spec().key.sensor, deadline)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        assert!(self.core.tree.shut_down(SOON).is_empty());
    }
}

#[test]
fn a_sensor_that_is_asked_tells_of_everything_that_was_offered_before() {
    let room = room();
    (0..100).for_each(|k| room.offer(1, k * 10));
    let view = room.asked(SOON).unwrap();
    assert_eq!((view.streams[0].offered, view.streams[0].delivered), (1000, 1000));
    assert_eq!(view.streams[0].latest, [Some(999.0)]);
    let nobody = SensorId::parse("nobody").unwrap();
    assert_eq!(room.core.ask_sensor(&nobody, SOON), Err(Unanswered::Unknown));
    let timed = room.core.telemetry.latencies();
    assert!(timed.iter().any(|view| view.call == SENSOR_READ && view.count == 1), "{timed:?}");
}

#[test]
fn a_worker_that_is_held_is_a_time_out_for_its_caller_and_counted() {
    let (room, after) = (room(), Duration::from_millis(10));
    let error = room.streams[0].with_lane(|_| {
        room.offer(0, 0);
        room.asked(after)
    });
    assert_eq!(error, Err(Unanswered::Call(CallError::TimedOut { after })));
    assert!(room.core.telemetry.counters().contains(&(CALLS_TIMED_OUT, 1)));
}

#[test]
fn what_was_on_its_way_when_a_recording_is_stopped_is_in_it() {
    let (room, folder) = (room(), tempfile::tempdir().unwrap());
    let core = &room.core;
    let info = |stream: &Arc<Stream>| core.registry.get(&stream.spec().key.sensor).unwrap().info();
    let all = || room.streams.iter().map(|stream| (info(stream), Arc::clone(stream))).collect();
    core.recorder.start(&folder.path().join("r.sensocto"), "", "test", all).unwrap();
    let recorded = thread::scope(|scope| {
        // The worker is held at the first stream; the second one's block waits behind it.
        let stopped = room.streams[0].with_lane(|_| {
            room.offer(0, 0);
            room.offer(1, 0);
            let backwards = || room.streams.iter().rev().cloned().collect();
            let stopped = scope.spawn(move || core.stop_recording(backwards));
            // Time enough for a stop that does not wait.
            testkit::pace::holds_within(Duration::from_millis(50), || false);
            stopped
        });
        stopped.join().unwrap().unwrap()
    });
    assert_eq!((recorded.stored, recorded.dropped), (20, 0));
    assert!(core.notices.all().is_empty());
}

#[test]
fn a_worker_that_does_not_answer_holds_up_no_stop_for_ever_and_is_told_by_name() {
    let (room, behind) = (room(), Duration::from_millis(20));
    let late = room.streams[0].with_lane(|_| {
        room.offer(0, 0);
        room.core.flush(behind)
    });
    let inbox = room.core.registry.get(&room.streams[0].spec().key.sensor).unwrap().inbox().queue().view();
    assert_eq!(late.len(), 1, "{late:?}");
    assert!(late[0].0 == inbox.name && matches!(late[0].1, CallError::TimedOut { .. }), "{late:?}");
}
