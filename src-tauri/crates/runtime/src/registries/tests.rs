//! Rooms and their codes against a plain model, in invented time; and what
//! becomes of the attributes of sensors that go.

use super::*;
use crate::hub::RunSink;
use crate::registry::NoPlace;
use crate::testing::sensor;
use connect::{Event, EventSink};
use model::{AttributeId, JoinCode, LinkState};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::thread;

const DAY_NS: i64 = CODE_VALID_NS;

fn id(k: u64) -> RoomId {
    RoomId::parse(&format!("room-{k}")).unwrap()
}

fn name() -> DisplayName {
    DisplayName::clean("Yoga", "?")
}

/// Chance that counts on from `from`.
fn chance(from: u64) -> impl FnMut() -> u64 {
    let mut next = from;
    move || {
        next += 1;
        next
    }
}

#[test]
fn a_code_leads_to_its_room_however_it_is_typed_and_for_a_day() {
    let rooms = Rooms::new(10);
    let room = rooms.open(id(1), name(), &mut chance(1), 0).unwrap();
    let typed = format!(" {}", room.code().unwrap()).to_lowercase();
    let code = JoinCode::parse(&typed).unwrap();
    let found = |now_ns| rooms.by_code(&code, now_ns).map(|room| room.id().clone());
    assert_eq!((found(0), found(DAY_NS - 1), found(DAY_NS)), (Some(id(1)), Some(id(1)), None));
    rooms.sweep(DAY_NS);
    assert_eq!(rooms.views().map(|view| view.held), [1, 0], "the room stays");
    let newer = rooms.renew_code(&room, &mut chance(9), DAY_NS).unwrap();
    assert_eq!(rooms.by_code(&newer, DAY_NS).map(|room| room.id().clone()), Some(id(1)));
}

#[test]
fn a_new_code_stops_the_old_one_and_a_closed_room_has_none() {
    let rooms = Rooms::new(1);
    let room = rooms.open(id(1), name(), &mut chance(1), 0).unwrap();
    let old = room.code().unwrap();
    let new = rooms.renew_code(&room, &mut chance(5), 0).unwrap();
    assert!(rooms.by_code(&old, 0).is_none() && rooms.by_code(&new, 0).is_some());
    assert!(rooms.close(&id(1)) && !rooms.close(&id(1)));
    assert!(rooms.by_code(&new, 0).is_none() && rooms.get(&id(1)).is_none());
    assert_eq!(rooms.views().map(|view| view.held), [0, 0]);
}

#[test]
fn a_clash_takes_another_code_and_when_chance_has_only_one_it_is_an_error_that_changes_nothing() {
    let rooms = Rooms::new(10);
    let first = rooms.open(id(1), name(), &mut || 7, 0).unwrap();
    let mut once = [7, 8].into_iter();
    let second = rooms.open(id(2), name(), &mut || once.next().unwrap(), 0).unwrap();
    assert_ne!(first.code(), second.code());
    assert_eq!(rooms.open(id(3), name(), &mut || 7, 0).map(|_| ()), Err(NoPlace::Taken));
    assert!(rooms.get(&id(3)).is_none());
    let kept = second.code();
    assert_eq!(rooms.renew_code(&second, &mut || 7, 0), Err(NoPlace::Taken));
    assert_eq!(second.code(), kept);
    assert_eq!(rooms.by_code(&kept.unwrap(), 0).map(|room| room.id().clone()), Some(id(2)));
    assert_eq!(rooms.open(id(2), name(), &mut chance(50), 0).map(|_| ()), Err(NoPlace::Taken));
}

#[test]
fn rooms_that_are_opened_renewed_and_closed_at_once_keep_one_code_each() {
    let rooms = Rooms::new(64);
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let rooms = &rooms;
            scope.spawn(move || {
                let mut chance = chance(thread << 20);
                for k in 0..400 {
                    let id = id((thread % 2) * 100 + k % 8);
                    match rooms.open(id.clone(), name(), &mut chance, 0) {
                        Ok(room) => drop(rooms.renew_code(&room, &mut chance, 0)),
                        Err(_) => drop(rooms.close(&id)),
                    }
                }
            });
        }
    });
    rooms.sweep(0);
    let [held, codes] = rooms.views().map(|view| view.held);
    assert!(codes <= held, "{codes} codes of {held} rooms");
}

proptest! {
    #[test]
    fn rooms_and_codes_are_what_a_plain_map_says(
        steps in proptest::collection::vec((0_u8..5, 0_u64..12, 0_i64..DAY_NS), 0..200),
    ) {
        let (rooms, mut model, mut now_ns) = (Rooms::new(8), BTreeMap::new(), 0_i64);
        let mut chance = chance(0);
        for (what, room, passes_ns) in steps {
            match what {
                0 | 1 => {
                    let opened = rooms.open(id(room), name(), &mut chance, now_ns);
                    let expected = match (model.contains_key(&room), model.len() < 8) {
                        (true, _) => Some(NoPlace::Taken),
                        (false, false) => Some(NoPlace::Full),
                        (false, true) => None,
                    };
                    prop_assert_eq!(opened.as_ref().err().copied(), expected);
                    if let Ok(opened) = opened {
                        model.insert(room, (opened.code().unwrap(), now_ns + DAY_NS));
                    }
                }
                2 => {
                    if let Some(there) = rooms.get(&id(room)) {
                        let code = rooms.renew_code(&there, &mut chance, now_ns).unwrap();
                        model.insert(room, (code, now_ns + DAY_NS));
                    }
                }
                3 => prop_assert_eq!(rooms.close(&id(room)), model.remove(&room).is_some()),
                _ => {
                    now_ns += passes_ns;
                    rooms.sweep(now_ns);
                }
            }
            for (room, (code, until_ns)) in &model {
                let found = rooms.by_code(code, now_ns).map(|room| room.id().clone());
                prop_assert_eq!(found, (now_ns < *until_ns).then(|| id(*room)));
            }
            prop_assert_eq!(rooms.views()[0].held as usize, model.len());
        }
    }
}

#[test]
fn attributes_come_and_go_with_their_sensors_and_are_found_by_their_key() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let sink = RunSink::new(Arc::clone(&core), 1);
    let info = sensor("test:1", ConnectorKind::Simulator);
    let (id, key) = (info.id.clone(), info.streams[0].key.clone());
    sink.send(Event::Sensor(info.clone()));
    let stream = core.registries.attributes.get(&key).expect("entered");
    assert!(Arc::ptr_eq(&stream, &core.registry.get(&id).unwrap().stream(&key.attribute).unwrap()));
    let held =
        || core.registries.views().into_iter().map(|view| (view.name, view.held)).collect::<BTreeMap<_, _>>();
    assert_eq!((held()["sensors"], held()["attributes"]), (1, 1));
    sink.send(Event::Link { sensor: id, link: LinkState::Stopped, at_host_ns: 0 });
    core.sweep_stopped_simulation();
    assert_eq!((held()["sensors"], held()["attributes"]), (0, 0));
    sink.send(Event::Sensor(info));
    assert!(!Arc::ptr_eq(&stream, &core.registries.attributes.get(&key).unwrap()), "a new one");
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn a_sensor_with_more_streams_than_it_may_have_takes_no_more_places_than_streams() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    let sink = RunSink::new(Arc::clone(&core), 1);
    let mut info = sensor("test:1", ConnectorKind::Simulator);
    let template = info.streams.remove(0);
    for k in 0..crate::sensor::STREAMS_MAX + 10 {
        let mut spec = template.clone();
        spec.key.attribute = AttributeId::parse(&format!("a{k}")).unwrap();
        info.streams.push(spec);
    }
    sink.send(Event::Sensor(info));
    assert_eq!(core.registries.attributes.len(), crate::sensor::STREAMS_MAX);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn registries_outlast_the_crash_of_whoever_uses_them() {
    let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
    core.registries.rooms.open(id(1), name(), &mut chance(1), 0).unwrap();
    let has_failed = std::sync::atomic::AtomicBool::new(false);
    let registries = Arc::clone(&core.registries);
    let user = Service::thread("user", move |stop| {
        let room = registries.rooms.get(&id(1)).expect("it is still there");
        registries
            .peers
            .put(
                PeerId::parse(&"a".repeat(64)).unwrap(),
                Arc::new(PeerEntry { name: room.name().clone(), seen_ns: 0 }),
            )
            .unwrap();
        assert!(has_failed.swap(true, std::sync::atomic::Ordering::Relaxed), "planted");
        let _ = stop.channel().recv();
        Ok(())
    });
    core.tree.start(crate::supervisor::Tier::Registries, user).unwrap();
    testkit::wait_until(Duration::from_secs(20), "the second run", || {
        core.tree.view().find("user").is_some_and(|node| node.restarts == 1)
    });
    testkit::wait_until(Duration::from_secs(20), "its entry", || core.registries.peers.len() == 1);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}
