//! Attention and back-pressure from a face's side, on a real runtime: from what
//! the page shows to what the simulator delivers and a recording holds.

use super::*;
use crate::{AttentionEvent, AttentionTarget, QualityChoice, SensorRow, Served};
use model::LoadLevel;

fn target(sensor: &str, attribute: Option<&str>) -> AttentionTarget {
    AttentionTarget { sensor: sensor.to_owned(), attribute: attribute.map(str::to_owned) }
}

impl Bench {
    fn attend(&self, events: Vec<AttentionEvent>) -> Result<Response, ApiError> {
        self.api.answer(Request::Attention { viewer: "page-1".into(), events })
    }

    fn row(&self) -> SensorRow {
        self.snapshot().sensors.remove(0)
    }

    fn wait_for_row(&self, what: &str, condition: impl Fn(&SensorRow) -> bool) {
        self.wait(what, |snapshot| condition(&snapshot.sensors[0]));
    }
}

#[test]
fn what_a_page_shows_reaches_the_sensor_and_its_source() {
    let bench = bench();
    bench.start_scenario();
    let sensor = bench.row().id;
    let targets = vec![target(&sensor, Some("ecg"))];
    bench.attend(vec![AttentionEvent::ViewEnter { targets: targets.clone() }]).unwrap();
    bench.wait_for_row("the view", |row| row.attention == "medium");
    bench.wait_for_row("the source's answer", |row| row.obeys_advice == Some(true));
    bench.wait_for_row("the advice", |row| row.advice.is_some_and(|advice| advice.window_ms == 500));
    bench.attend(vec![AttentionEvent::Focus { targets: targets.clone() }]).unwrap();
    bench.wait_for_row("the focus", |row| row.attention == "high");
    let battery = |percent: f32, charging| Request::ViewerHealth {
        viewer: "page-1".into(),
        fps: Some(60.0),
        battery_percent: Some(percent),
        charging: Some(charging),
    };
    bench.api.answer(battery(10.0, false)).unwrap();
    bench.wait_for_row("the battery's cap", |row| row.attention == "low");
    bench.api.answer(battery(10.0, true)).unwrap();
    bench.wait_for_row("the charger", |row| row.attention == "high");
    bench.attend(vec![AttentionEvent::Gone]).unwrap();
    bench.wait_for_row("nobody", |row| row.attention == "low");
}

#[test]
fn an_unwatched_source_pauses_at_the_limit_says_so_and_loses_nothing_silently() {
    let bench = bench();
    bench.start_scenario();
    bench.attend(vec![AttentionEvent::PageHidden]).unwrap();
    bench.wait_for_row("nobody watches", |row| row.attention == "none");
    bench.api.console().regime().set_load(LoadLevel::Critical);
    bench.wait_for_row("the pause", |row| row.paused);
    assert!(bench.row().link_note.contains("Paused"), "{}", bench.row().link_note);
    assert_eq!(bench.row().link, crate::LinkView::Live, "a paused source is not a silent one");
    bench.wait("a quiet moment", |snapshot| {
        snapshot.queues.iter().all(|queue| queue.depth == 0) && snapshot.sensors[0].paused
    });
    let before = bench.row().streams[0].offered;

    // A recording gets it back at once, and what the pause passed over is counted.
    bench.api.answer(Request::StartRecording { title: String::new() }).unwrap();
    bench.wait_for_row("the recording's right", |row| !row.paused);
    bench.wait_for_row("samples", |row| row.streams[0].offered > before + 50);
    let Ok(Response::Recorded(recorded)) = bench.api.answer(Request::StopRecording) else { panic!() };
    assert!(recorded.samples > 20);
    let Ok(Response::Verdict(verdict)) = bench.api.answer(Request::Verify { path: recorded.path }) else {
        panic!()
    };
    assert!(verdict.good, "{:?}", verdict.problems);
    bench.wait_for_row("the pause again", |row| row.paused);
    bench.api.console().regime().set_load(LoadLevel::Normal);
    bench.wait_for_row("the end of the pause", |row| !row.paused);
    bench.wait("the account", |snapshot| {
        let stream = &snapshot.sensors[0].streams[0];
        let counters = &snapshot.counters;
        stream.dropped > 0 && counters.offered == counters.delivered + counters.dropped
    });
}

#[test]
fn targets_that_are_none_are_counted_and_the_others_heard() {
    let bench = bench();
    bench.start_scenario();
    let sensor = bench.row().id;
    let targets = vec![
        target("<img src=x>", None),
        target(&sensor, Some("no such attribute!")),
        target("nobody", None),
        target(&sensor, Some("nothing")),
        target(&sensor, None),
    ];
    bench.attend(vec![AttentionEvent::Pin { targets }]).unwrap();
    let view = || bench.api.console().attention();
    bench.wait("the viewer", |_| view().viewers == 1);
    bench.wait_for_row("the pin", |row| row.attention == "high");
    assert_eq!((view().malformed, view().refused.unknown_targets), (2, 2));
    let Ok(Response::System(system)) = bench.api.answer(Request::System) else { panic!() };
    assert_eq!(system.attention.map(|view| (view.refused, view.viewers)), Some((4, 1)));
}

#[test]
fn a_request_without_bounds_is_refused_in_words() {
    let bench = bench();
    let many = (0..5000).map(|k| target(&format!("s{k}"), None)).collect();
    let error = bench.attend(vec![AttentionEvent::ViewEnter { targets: many }]).unwrap_err();
    assert_eq!(error.code, ErrorCode::BadRequest);
    let error = bench.attend(vec![AttentionEvent::PageHidden; 65]).unwrap_err();
    assert!(error.message.contains("at most 64 events"), "{error}");
    let request = Request::Attention { viewer: "no such id!".into(), events: vec![] };
    assert_eq!(bench.api.answer(request).unwrap_err().code, ErrorCode::BadRequest);
    let (fps, charging) = (None, None);
    let request = Request::ViewerHealth { viewer: "v".into(), fps, battery_percent: Some(-1.0), charging };
    assert_eq!(bench.api.answer(request).unwrap_err().code, ErrorCode::BadRequest);
}

#[test]
fn a_slow_face_and_the_operators_choice_change_how_a_view_is_served() {
    let bench = bench();
    let served = |request| match bench.api.answer(request) {
        Ok(Response::Served(Served { quality, flush_ms, .. })) => (quality, flush_ms),
        other => panic!("{other:?}"),
    };
    let (viewer, battery_percent, charging) = (String::from("page-1"), None, None);
    let health = |fps| Request::ViewerHealth { viewer: viewer.clone(), fps, battery_percent, charging };
    assert_eq!(served(health(Some(60.0))), ("high".into(), 64));
    assert_eq!(served(health(None)), ("high".into(), 64));
    let choice = |quality| Request::SetQuality { viewer: viewer.clone(), quality };
    assert_eq!(served(choice(QualityChoice::Low)), ("low".into(), 250));
    let Ok(Response::Served(after)) = bench.api.answer(health(Some(60.0))) else { panic!() };
    assert_eq!(after.choice, QualityChoice::Low, "a page that begins anew learns the choice");
    assert_eq!(served(choice(QualityChoice::Auto)), ("high".into(), 64));
    let Ok(Response::System(system)) = bench.api.answer(Request::System) else { panic!() };
    assert_eq!(system.backpressure.unwrap().views[0].name, "page-1");
}
