//! Outbox, history, entrances and background work, as a face sees them.

use super::*;
use runtime::HistoryConfig;

#[test]
fn a_history_that_is_kept_shows_its_samples_and_an_empty_outbox_and_its_breakers() {
    let bench = bench();
    assert!(bench.api.system().history.is_none(), "off unless it is asked for");
    let config =
        HistoryConfig { flush_ns: 50_000_000, ..HistoryConfig::in_folder(bench.folder.path().to_owned()) };
    bench.api.console().keep_history(config).unwrap();
    bench.start_scenario();
    testkit::wait_until(Duration::from_secs(20), "samples in the history", || {
        let system = bench.api.system();
        let (history, outbox) = (system.history.unwrap(), system.outbox.unwrap());
        history.stored > 100 && outbox.sent > 0 && history.problem.is_empty() && outbox.problem.is_empty()
    });
    let system = bench.api.system();
    assert!(!system.breakers.is_empty() && system.breakers.iter().all(|row| row.state == "closed"));
    let deliveries = system.latencies.iter().find(|row| row.call == "outbox delivery").unwrap();
    assert!(deliveries.count > 0 && deliveries.p99_us > 0.0, "{deliveries:?}");
    let metrics = crate::metrics::text(&system, bench.api.console());
    assert!(metrics.contains("sensocto_outbox_parked 0"), "{metrics}");
    assert!(
        metrics.contains("sensocto_call_seconds{call=\"outbox delivery\",quantile=\"0.95\"}"),
        "{metrics}"
    );
}

#[test]
fn a_storm_of_requests_is_turned_away_and_counted() {
    let bench = bench();
    let refused = (0..20_000).filter(|_| bench.api.answer(Request::DismissNotice { id: 0 }).is_err()).count();
    let entrances = bench.api.system().entrances;
    let row = entrances.iter().find(|row| row.name == "requests").unwrap();
    assert!(refused > 0 && row.refused == refused as u64, "{refused} {row:?}");
}

#[test]
fn a_verification_runs_in_the_pool() {
    let bench = bench();
    let path = bench.folder.path().join("none.sensocto").display().to_string();
    assert_eq!(bench.api.answer(Request::Verify { path }).unwrap_err().code, ErrorCode::NotFound);
    testkit::wait_until(Duration::from_secs(10), "the task's count", || {
        bench.api.system().tasks.unwrap().done == 1
    });
}

#[test]
fn a_disk_that_hangs_is_a_time_out_in_words_for_the_listing_and_for_a_recording() {
    let bench = bench();
    let (release, held) = std::sync::mpsc::sync_channel::<()>(1);
    let held = std::sync::Arc::new(Mutex::new(held));
    std::thread::scope(|scope| {
        // Four calls that hang take every place of the wall.
        for _ in 0..4 {
            let (held, files) = (std::sync::Arc::clone(&held), bench.api.console().files());
            let hangs =
                move || held.lock().map(|held| held.recv().is_ok()).map_err(|error| error.to_string());
            scope.spawn(move || files.call("hangs", hangs, |_| true));
        }
        let under_way = || bench.api.console().files().view().under_way.0;
        testkit::wait_until(Duration::from_secs(10), "four calls", || under_way() == 4);
        for request in [Request::Recordings, Request::StartRecording { title: String::new() }] {
            let error = bench.api.answer(request).unwrap_err();
            assert_eq!(error.code, ErrorCode::Busy, "{error:?}");
            assert!(error.message.contains("busy with earlier calls"), "{error:?}");
        }
        drop(release);
        testkit::wait_until(Duration::from_secs(20), "the places", || under_way() == 0);
    });
    assert!(matches!(bench.api.answer(Request::Recordings), Ok(Response::Recordings(_))));
    assert!(bench.api.system().breakers.iter().any(|row| row.name == "recordings"));
}

#[test]
fn what_the_store_holds_and_how_often_a_sensor_speaks_are_shown() {
    let bench = bench();
    bench.start_scenario();
    testkit::wait_until(Duration::from_secs(20), "the keeper's round and a rate", || {
        let system = bench.api.system();
        let tiers = system.tiers.unwrap();
        let message_hz = system.sensors.first().and_then(|sensor| sensor.message_hz);
        tiers.hot_bytes > 0 && tiers.hot_samples > 0 && message_hz.is_some_and(|hz| hz > 0.0)
    });
}

/// A console with these settings; with `in_the_way`, the history's folder can't be made.
fn with_settings(folder: &Path, text: &str, in_the_way: bool) -> Api {
    let settings = folder.join("settings.toml");
    std::fs::write(&settings, text).unwrap();
    let recordings = folder.join("recordings");
    std::fs::create_dir(&recordings).unwrap();
    if in_the_way {
        std::fs::write(recordings.join("history"), "").unwrap();
    }
    let config = runtime::Config { seed: 1, settings: Some(settings), ..runtime::Config::default() };
    let folders = Folders { scenarios: folder.to_owned(), recordings, settings: None };
    Api::new(Console::start(config).unwrap(), folders)
}

const WITH_HISTORY: &str = "[history]\nenabled = true\nhours_max = 2\nmegabytes_max = 100\n";

#[test]
fn the_settings_switch_the_history_on_beside_the_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let api = with_settings(folder.path(), WITH_HISTORY, false);
    let history = api.system().history.unwrap();
    assert_eq!((history.max_age_secs, history.max_bytes), (7200.0, 100_000_000));
    assert!(folder.path().join("recordings/history/history.db").exists());
    api.console().shut_down();
}

#[test]
fn a_history_that_can_not_be_kept_is_told_and_the_console_runs() {
    let folder = tempfile::tempdir().unwrap();
    let api = with_settings(folder.path(), WITH_HISTORY, true);
    assert!(api.system().history.is_none());
    let notices = api.console().notices();
    assert!(notices.iter().any(|posted| posted.notice.text.starts_with("No history is kept")), "{notices:?}");
    api.console().shut_down();
}
