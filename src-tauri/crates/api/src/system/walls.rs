//! Outbox, history, store tiers, breakers, entrances, registries and task pool in the contract's words.

use super::{BreakerRow, EntranceRow, HistoryView, OutboxView, RegistryRow, TaskPoolView, TiersView};
use crate::parked::{KEY_CHARS_MAX, REASON_CHARS_MAX};
use model::one_line;
use runtime::{BreakerView, Console, EntranceView, RegistryView};
use store::outbox::ParkedMessage;

/// The outbox of the history, where one is kept.
pub fn outbox(console: &Console) -> Option<OutboxView> {
    let view = console.outbox()?;
    let parked = view.parked.iter().flatten().next().map(|first| parked_words(view.counts.parked, first));
    let refused = view.counts.refused + view.counts.dropped;
    let full = (refused > 0).then(|| format!("It was full: {} gave way.", messages(refused)));
    Some(OutboxView {
        waiting: view.counts.waiting,
        oldest_secs: view.oldest_ns.map(|ns| ns as f64 / 1e9),
        sent: view.counts.delivered,
        failed: view.failed,
        parked: view.counts.parked,
        problem: words(view.problem).or(parked).or(full).unwrap_or_default(),
    })
}

/// What was set aside, and what to do about it.
fn parked_words(count: u64, first: &ParkedMessage) -> String {
    let were = if count == 1 { "was" } else { "were" };
    let key = one_line(&first.key, KEY_CHARS_MAX);
    let reason = one_line(&first.failure, REASON_CHARS_MAX);
    format!("{} {were} set aside; the first: {key} ({reason}). Release or discard each.", messages(count))
}

fn messages(count: u64) -> String {
    format!("{count} {}", if count == 1 { "message" } else { "messages" })
}

/// The rolling history, where one is kept.
pub fn history(console: &Console) -> Option<HistoryView> {
    let view = console.history()?;
    let passed_over = (!view.passed_over.is_empty()).then(|| view.passed_over.join(" "));
    Some(HistoryView {
        bytes: view.counts.bytes_on_disk,
        from_ms: view.counts.oldest_at_ns.map(|ns| ns as f64 / 1e6),
        max_bytes: view.bytes_max,
        max_age_secs: view.age_max_ns as f64 / 1e9,
        stored: view.kept,
        dropped: view.dropped,
        problem: words(view.problem).or(passed_over).unwrap_or_default(),
    })
}

/// What the attribute store held at its keeper's last round.
pub fn tiers(console: &Console) -> TiersView {
    let held = console.held();
    TiersView {
        hot_bytes: held.hot_bytes,
        hot_samples: held.hot_samples,
        warm_bytes: held.warm_bytes,
        warm_samples: held.warm_samples,
    }
}

/// Every breaker.
pub fn breakers(console: &Console) -> Vec<BreakerRow> {
    console.breakers().into_iter().map(breaker).collect()
}

fn breaker(view: BreakerView) -> BreakerRow {
    BreakerRow {
        name: view.name,
        state: view.state.name().to_owned(),
        failures: view.failures,
        opened: u32::try_from(view.openings).unwrap_or(u32::MAX),
        next_try_secs: view.retry_after_ns.map(|ns| ns as f64 / 1e9),
        last_error: view.last_error,
    }
}

/// The entrances of the runtime.
pub fn entrances(console: &Console) -> impl Iterator<Item = EntranceRow> {
    console.entrances().views().into_iter().map(entrance)
}

fn entrance(view: EntranceView) -> EntranceRow {
    EntranceRow {
        name: view.name.to_owned(),
        rate_hz: f64::from(view.per_sec),
        burst: view.burst,
        passed: view.passed,
        refused: view.refused,
    }
}

/// Every registry.
pub fn registries(console: &Console) -> Vec<RegistryRow> {
    console.registries().views().into_iter().map(registry).collect()
}

fn registry(view: RegistryView) -> RegistryRow {
    RegistryRow {
        name: view.name.to_owned(),
        held: view.held,
        bound: view.bound,
        refused_full: view.refused_full,
        refused_taken: view.refused_taken,
    }
}

/// The pool for background work.
pub fn tasks(console: &Console) -> TaskPoolView {
    let view = console.tasks().view();
    TaskPoolView {
        running: view.running,
        waiting: view.waiting,
        limit: view.limit,
        done: view.done,
        failed: view.failed,
        refused: view.refused,
    }
}

fn words(problem: Option<(String, String)>) -> Option<String> {
    problem.map(|(what, remedy)| format!("{what} {remedy}"))
}
