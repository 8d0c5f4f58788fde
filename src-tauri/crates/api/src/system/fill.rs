//! From the runtime's views to the contract's words.

use super::{DropRow, LatencyRow, SENSORS_SHOWN_MAX, SensorAccount, System, TreeKind, TreeNode};
use crate::{QueueRow, rows};
use model::Stamp;
use runtime::{ChildState, ChildView, Console, LatencyView, SensorView, StreamView};

/// The runtime of `console`, which was started at `started`.
pub fn system(console: &Console, started: Stamp) -> System {
    let (now, views) = (console.now(), console.sensors());
    let queues: Vec<QueueRow> = console.queues().into_iter().map(rows::queue).collect();
    System {
        now_ms: now.wall_ns as f64 / 1e6,
        uptime_secs: secs(now.host_ns.saturating_sub(started.host_ns)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        checks: Vec::new(),
        tree: tree(console.threads()),
        load: None,
        attention: None,
        backpressure: None,
        counters: rows::counters(&views),
        sensors: views.iter().take(SENSORS_SHOWN_MAX).map(account).collect(),
        sensors_total: count(views.len()),
        queues_total: count(queues.len()),
        queues: telling_first(queues),
        outbox: None,
        history: None,
        tiers: None,
        breakers: Vec::new(),
        entrances: Vec::new(),
        tasks: None,
        bio: None,
        latencies: console.telemetry().latencies().iter().map(latency).collect(),
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

fn account(view: &SensorView) -> SensorAccount {
    let sum = |of: fn(&StreamView) -> u64| view.streams.iter().map(of).sum::<u64>();
    let rates = view.streams.iter().filter_map(|stream| stream.rate_hz);
    let dropped = sum(|stream| stream.dropped);
    SensorAccount {
        id: view.info.id.to_string(),
        name: view.info.name.to_string(),
        attention: None,
        advice: None,
        message_hz: None,
        sample_hz: rates.reduce(|a, b| a + b),
        offered: sum(|stream| stream.offered),
        delivered: sum(|stream| stream.delivered),
        stored: None,
        drops: (dropped > 0)
            .then(|| DropRow { reason: "dropped".into(), samples: dropped })
            .into_iter()
            .collect(),
        late: None,
        duplicate: None,
        out_of_order: sum(|stream| stream.out_of_order),
        gaps: sum(|stream| stream.gaps),
        rejected: view.rejected,
    }
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

fn tree(threads: Vec<ChildView>) -> TreeNode {
    TreeNode {
        strategy: Some("one_for_one".into()),
        children: threads.into_iter().map(thread).collect(),
        ..node("console", TreeKind::Supervisor, "running")
    }
}

fn thread(view: ChildView) -> TreeNode {
    let state = match view.state {
        ChildState::Running => "running",
        ChildState::Ended => "ended",
        ChildState::GivenUp => "given_up",
    };
    TreeNode {
        restarts: view.restarts,
        last_failure: view.last_failure,
        ..node(&view.name, TreeKind::Thread, state)
    }
}

fn node(name: &str, kind: TreeKind, state: &str) -> TreeNode {
    TreeNode {
        name: name.to_owned(),
        kind,
        strategy: None,
        max_restarts: None,
        within_secs: None,
        restart: "permanent".to_owned(),
        state: state.to_owned(),
        restarts: 0,
        uptime_secs: None,
        last_failure: String::new(),
        backtrace: None,
        abandoned: 0,
        children: Vec::new(),
    }
}
