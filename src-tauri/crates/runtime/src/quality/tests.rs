//! The qualities of views with invented time.

use super::*;
use crate::testing::{block, offer, spec};
use model::LoadLevel;

mod pages;

fn viewer(k: usize) -> ViewerId {
    ViewerId::parse(&format!("v{k}")).unwrap()
}

#[test]
fn a_flood_of_viewers_pushes_out_the_quietest_and_no_more() {
    let qualities = Qualities::default();
    for k in 0..1000 {
        qualities.choose(&viewer(k), Choice::Low, k as i64);
    }
    let views = qualities.views();
    assert_eq!(views.len(), VIEWERS_MAX);
    assert!(views.iter().any(|view| view.viewer == viewer(999)));
    assert!(!views.iter().any(|view| view.viewer == viewer(0)));
}

#[test]
fn a_view_that_never_reads_is_paused_and_harms_no_other() {
    let (qualities, regime) = (Qualities::default(), Regime::default());
    regime.set_load(LoadLevel::Normal);
    for waiting in 0..200 {
        qualities.on_waiting(&viewer(1), waiting, &regime, i64::from(waiting));
        qualities.on_waiting(&viewer(2), 0, &regime, i64::from(waiting));
    }
    let quality = qualities.views().into_iter().map(|view| view.quality).collect::<Vec<_>>();
    assert_eq!(quality, [Quality::Paused, Quality::High]);
}

#[test]
fn the_service_notices_a_page_that_asks_for_nothing() {
    let clock = Arc::new(testkit::FakeClock::default());
    let core = Arc::new(Core::new(Arc::clone(&clock) as Arc<dyn model::Clock>).unwrap());
    core.start_services().unwrap();
    let stream = Arc::new(Stream::new(spec("ecg", Some(100.0))));
    let chart = Chart { viewer: viewer(1), number: 1, own_ms: 5 };
    let now_ns = core.clock.now().host_ns;
    assert_eq!(core.qualities.on_pull(&chart, &stream, &core.regime, now_ns), Answer::Now(0));
    offer(&stream, 1, &block(0, 1000));
    clock.advance_ns(20_000_000_000);
    let is_paused = || core.qualities.views()[0].quality == Quality::Paused;
    testkit::wait_until(Duration::from_secs(10), "the pause", is_paused);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}

#[test]
fn a_view_begins_with_the_choice_of_the_settings_until_its_operator_chooses() {
    let settings = crate::Settings::parse("s", "[views]\nquality = \"low\"\n").settings;
    let clock = Arc::new(testkit::FakeClock::default());
    let core = Core::with(clock, &settings, Box::new(crate::load::SystemProbe::new())).unwrap();
    assert_eq!(core.qualities.on_report(&viewer(1), Report { fps: 60.0 }, 0), (Quality::Low, Choice::Low));
    assert_eq!(core.qualities.choose(&viewer(1), Choice::Auto, 0), Quality::High);
    assert_eq!(core.qualities.on_waiting(&viewer(2), 0, &core.regime, 0), Quality::Low);
    assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
}
