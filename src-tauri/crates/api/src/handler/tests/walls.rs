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
