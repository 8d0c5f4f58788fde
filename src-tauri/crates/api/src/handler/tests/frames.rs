//! Frames as a page pulls them: what it is given, when, and what is counted.

use super::*;
use crate::{ViewQuality, frame::FrameRequest};
use model::LoadLevel;

impl Bench {
    fn ask(&self, chart: u32) -> FrameRequest {
        FrameRequest {
            viewer: "page-1".into(),
            chart,
            sensor: self.snapshot().sensors[0].id.clone(),
            attribute: "ecg".into(),
            window_ms: 5000.0,
            pixels: 800,
        }
    }

    /// A frame's state, when to ask again in ms, and its number of channels.
    fn pull(&self, request: &FrameRequest) -> [u32; 3] {
        let bytes = self.api.frame(request).unwrap();
        [4, 8, 12].map(|at| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()))
    }

    fn view(&self) -> ViewQuality {
        let views = self.api.system().backpressure.unwrap().views;
        let [view] = views.try_into().unwrap_or_else(|views| panic!("{views:?}"));
        view
    }
}

#[test]
fn a_frame_of_a_live_stream_has_points_and_one_of_a_strange_stream_has_none() {
    let bench = bench();
    bench.start_scenario();
    let ask = bench.ask(1);
    assert!(bench.api.frame(&ask).unwrap().len() > 100);
    let strange = FrameRequest { sensor: "sim:nobody".into(), ..ask.clone() };
    assert_eq!(bench.pull(&strange)[0], 2);
    for bad in [
        FrameRequest { sensor: "<img>".into(), ..ask.clone() },
        FrameRequest { viewer: "<img>".into(), ..ask.clone() },
        FrameRequest { window_ms: f64::NAN, ..ask },
    ] {
        assert_eq!(bench.api.frame(&bad).unwrap_err().code, ErrorCode::BadRequest, "{bad:?}");
    }
}

#[test]
fn the_views_table_counts_what_a_page_was_given_and_moves_with_every_frame() {
    let bench = bench();
    bench.start_scenario();
    let (near, far) = (bench.ask(1), FrameRequest { pixels: 5, ..bench.ask(2) });
    let seen = |least: u64| {
        testkit::wait_until(Duration::from_secs(20), "frames with news", || {
            assert_eq!([bench.pull(&near)[0], bench.pull(&far)[0]], [0, 0]);
            let view = bench.view();
            view.delivered > least && view.coalesced > 20
        });
        bench.view().delivered
    };
    let first = seen(20);
    assert!(seen(first + 20) > first);
    let view = bench.view();
    assert_eq!((view.name.as_str(), view.quality.as_str(), view.flush_ms), ("page-1", "high", 64));
    assert_eq!((view.streams, view.overwritten), (2, 0));
    let go = Request::LetGo { viewer: "page-1".into(), charts: vec![2, 9] };
    assert!(matches!(bench.api.answer(go), Ok(Response::Done)));
    assert_eq!(bench.view().streams, 1);
    let flood = Request::LetGo { viewer: "page-1".into(), charts: vec![1; 257] };
    assert_eq!(bench.api.answer(flood).unwrap_err().code, ErrorCode::BadRequest);
}

#[test]
fn a_page_that_is_served_less_is_told_when_to_come_again_and_so_it_is_under_load() {
    let bench = bench();
    bench.start_scenario();
    let choose = Request::SetQuality { viewer: "page-1".into(), quality: crate::QualityChoice::Minimal };
    bench.api.answer(choose).unwrap();
    let ask = bench.ask(1);
    assert_eq!(bench.pull(&ask)[..2], [0, 500]);
    let [state, wait_ms, channels] = bench.pull(&ask);
    assert!(state == 1 && wait_ms <= 500 && channels == 0, "{state} {wait_ms}");

    // Nobody has told what is watched: everything counts as closely watched.
    let choose = Request::SetQuality { viewer: "page-1".into(), quality: crate::QualityChoice::Auto };
    bench.api.answer(choose).unwrap();
    let mut chart = 3;
    testkit::wait_until(Duration::from_secs(20), "a frame under load", || {
        // The load monitor may put its own level back between the two.
        bench.api.console().regime().set_load(LoadLevel::Critical);
        chart += 1;
        bench.pull(&FrameRequest { chart, ..ask.clone() })[..2] == [0, 64]
    });
}
