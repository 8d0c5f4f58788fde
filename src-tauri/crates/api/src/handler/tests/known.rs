//! Known devices and how streams fare, from a face's side.

use super::*;

#[test]
fn a_stream_says_how_it_does_against_what_it_promised_and_what_its_battery_was() {
    let bench = bench();
    bench.start_scenario();
    testkit::wait_until(Duration::from_secs(20), "a verdict", || {
        bench.snapshot().sensors[0].streams[0].health == crate::RateHealth::Good
    });
    let snapshot = bench.snapshot();
    let (sensor, stream) = (&snapshot.sensors[0], &snapshot.sensors[0].streams[0]);
    assert_eq!((stream.expected_rate_hz, stream.expected_by.as_str()), (Some(100.0), "promised"));
    assert!(stream.health_words.ends_with(" of 100 Hz"), "{}", stream.health_words);
    assert_eq!((sensor.health, &sensor.alarm, &snapshot.no_data), (crate::RateHealth::Good, &None, &None));
    let trails = bench.api.answer(Request::Trails { sensor: sensor.id.clone() }).unwrap();
    assert!(matches!(trails, Response::Trails(trails) if trails.rssi.is_empty()));
    let unknown = bench.api.answer(Request::Trails { sensor: "<img>".to_owned() }).unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
}

#[test]
fn where_no_device_is_known_the_list_is_empty_and_says_so_of_each_that_is_asked_for() {
    let bench = bench();
    let Ok(Response::Known(known)) = bench.api.answer(Request::Known) else { panic!("no list") };
    assert_eq!((known.devices.len(), known.max, known.problem), (0, 1000, None));
    let set = Request::SetKnown {
        device: "C0:FF:EE:00:00:01".to_owned(),
        alias: "Anna".to_owned(),
        owner: String::new(),
        room: String::new(),
        reconnects: true,
    };
    assert_eq!(bench.api.answer(set).unwrap_err().code, ErrorCode::NotFound);
    let forget = Request::ForgetKnown { device: "<img>".to_owned() };
    assert_eq!(bench.api.answer(forget).unwrap_err().code, ErrorCode::NotFound);
}
