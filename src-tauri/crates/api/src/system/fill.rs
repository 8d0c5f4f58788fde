//! From the runtime's views to the contract's words.

use super::{
    CheckRow, DropRow, EndedAccount, EntranceRow, EventRow, LatencyRow, RecordedAccount, SENSORS_SHOWN_MAX,
    SensorAccount, System, TreeNode,
};
use super::{attention, strain, walls};
use crate::{QueueRow, rows};
use model::{GapReason, Stamp};
use peer::{Limits, ServerView};
use runtime::{Console, EndedView, LatencyView, RecordingSums, SensorView, StreamView};
use std::collections::BTreeMap;

/// The runtime of `console`, which was started at `started`.
pub fn system(console: &Console, started: Stamp, health: impl FnOnce(&TreeNode) -> Vec<CheckRow>) -> System {
    let (now, (views, ended)) = (console.now(), console.sensors_and_ended());
    let tree = super::outline::tree(&console.tree());
    let queues: Vec<QueueRow> = console.queues().into_iter().map(rows::queue).collect();
    System {
        now_ms: now.wall_ns as f64 / 1e6,
        uptime_secs: secs(now.host_ns.saturating_sub(started.host_ns)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        checks: health(&tree),
        tree,
        attention: Some(attention::attention(console)),
        backpressure: Some(attention::backpressure(console)),
        load: strain::load(&console.load(), now.host_ns),
        counters: rows::counters(&views, &ended.sums),
        drops: drops(views.iter().flat_map(dropped).chain(ended.sums.by_reason())),
        ended: ended_account(&ended),
        sensors: views.iter().take(SENSORS_SHOWN_MAX).map(account).collect(),
        sensors_total: count(views.len()),
        queues_total: count(queues.len()),
        queues: telling_first(queues),
        outbox: walls::outbox(console),
        history: walls::history(console),
        tiers: Some(walls::tiers(console)),
        breakers: walls::breakers(console),
        entrances: console.server().into_iter().map(http_entrance).chain(walls::entrances(console)).collect(),
        registries: walls::registries(console),
        tasks: Some(walls::tasks(console)),
        bio: Some(strain::bio(console.bio())),
        latencies: console.telemetry().latencies().iter().map(latency).collect(),
        events: console.telemetry().counters().into_iter().chain(overdue(console)).map(event).collect(),
    }
}

fn secs(ns: i64) -> f64 {
    ns.max(0) as f64 / 1e9
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The queues that dropped something first; the rest by name.
fn telling_first(mut queues: Vec<QueueRow>) -> Vec<QueueRow> {
    queues.sort_by(|a, b| (b.dropped, &a.name).cmp(&(a.dropped, &b.name)));
    queues.truncate(SENSORS_SHOWN_MAX);
    queues
}

/// The account of one sensor.
pub fn account(view: &SensorView) -> SensorAccount {
    let sum = |of: fn(&StreamView) -> u64| view.streams.iter().map(of).sum::<u64>();
    let rates = view.streams.iter().filter_map(|stream| stream.rate_hz);
    SensorAccount {
        id: view.info.id.to_string(),
        name: view.info.name.to_string(),
        attention: Some(view.attention.name().to_owned()),
        advice: view.advice.as_ref().map(rows::advice),
        message_hz: view.rates.map(|rates| rates.messages_hz),
        sample_hz: rates.reduce(|a, b| a + b),
        offered: sum(|stream| stream.offered),
        delivered: sum(|stream| stream.delivered),
        recorded: recorded(view),
        drops: drops(dropped(view)),
        late: Some(sum(|stream| stream.late)),
        duplicate: Some(sum(|stream| stream.duplicates)),
        out_of_order: sum(|stream| stream.out_of_order),
        gaps: sum(|stream| stream.gaps),
        rejected: view.rejected,
    }
}

/// What the recording holds of all streams that are in it; none where none is.
fn recorded(view: &SensorView) -> Option<RecordedAccount> {
    let of = |sums: RecordingSums| RecordedAccount {
        offered: sums.offered(),
        stored: sums.stored,
        dropped: sums.dropped,
    };
    view.streams.iter().filter_map(|stream| stream.recorded).map(of).reduce(|a, b| RecordedAccount {
        offered: a.offered + b.offered,
        stored: a.stored + b.stored,
        dropped: a.dropped + b.dropped,
    })
}

fn ended_account(view: &EndedView) -> EndedAccount {
    let sums = &view.sums;
    EndedAccount {
        sensors: view.sensors,
        offered: sums.offered,
        delivered: sums.delivered,
        drops: drops(sums.by_reason()),
        late: sums.late,
        duplicate: sums.duplicates,
        gaps: sums.gaps,
        rejected: view.rejected,
    }
}

/// The drops of all streams of a sensor.
fn dropped(view: &SensorView) -> impl Iterator<Item = (GapReason, u64)> + '_ {
    view.streams.iter().flat_map(|stream| stream.drops.iter().copied())
}

/// Drops by reason, in the order of the reasons.
fn drops(all: impl IntoIterator<Item = (GapReason, u64)>) -> Vec<DropRow> {
    let mut sums = BTreeMap::new();
    for (reason, samples) in all {
        *sums.entry(reason).or_insert(0) += samples;
    }
    sums.into_iter().map(|(reason, samples)| DropRow { reason: reason.code().to_owned(), samples }).collect()
}

/// The HTTP server as an entrance: the limit is that of callers with the token.
fn http_entrance((view, limits): (ServerView, Limits)) -> EntranceRow {
    EntranceRow {
        name: "http".to_owned(),
        rate_hz: f64::from(limits.known_per_sec.get()),
        burst: limits.known_burst.get(),
        passed: view.served + view.failed,
        refused: view.too_many + view.unauthorised + view.foreign + view.busy,
    }
}

/// Calls over HTTP whose caller was told that they take too long.
fn overdue(console: &Console) -> impl Iterator<Item = (&'static str, u64)> {
    let of = |(view, _): (ServerView, Limits)| {
        [("http calls overdue", view.overdue), ("http calls overdue, still at work", view.overdue_now)]
    };
    console.server().into_iter().flat_map(of)
}

fn event((name, count): (&'static str, u64)) -> EventRow {
    EventRow { name: name.to_owned(), count }
}

fn latency(view: &LatencyView) -> LatencyRow {
    let us = |ns: u64| ns as f64 / 1e3;
    LatencyRow {
        call: view.call.to_owned(),
        count: view.count,
        p50_us: us(view.p50_ns),
        p95_us: us(view.p95_ns),
        p99_us: us(view.p99_ns),
        max_us: us(view.max_ns),
    }
}
