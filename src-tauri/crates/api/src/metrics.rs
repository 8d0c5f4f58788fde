//! The metrics as Prometheus' text (format 0.0.4), from the same view of the
//! runtime that the screen shows. Sensors are summed up and not told one by one:
//! their names come and go, and a scraper keeps each for ever.

mod encode;

use crate::{CheckStatus, LatencyRow, RegistryRow, System, TreeNode};
use encode::{Kind, Text};
use runtime::Console;
use std::collections::BTreeMap;

/// The metrics of a console.
pub fn text(system: &System, console: &Console) -> String {
    let mut text = Text::default();
    console_itself(&mut text, system);
    samples(&mut text, system);
    reasons(&mut text, system);
    alarms(&mut text, console);
    queues(&mut text, system);
    registries(&mut text, system);
    tree(&mut text, &system.tree);
    load(&mut text, system);
    services(&mut text, system);
    let sums = console.telemetry().latencies().into_iter().map(|view| (view.call, view.sum_ns));
    latencies(&mut text, &system.latencies, &sums.collect());
    let counters = console.telemetry().counters();
    let events = counters.iter().map(|(name, count)| (*name, *count as f64));
    text.each("sensocto_events_total", Kind::Counter, "What happened, by kind.", "event", events);
    text.finish()
}

fn console_itself(text: &mut Text, system: &System) {
    text.each(
        "sensocto_build_info",
        Kind::Gauge,
        "The version that runs.",
        "version",
        [(system.version.as_str(), 1.0)],
    );
    text.one("sensocto_uptime_seconds", Kind::Gauge, "Since the start.", system.uptime_secs);
    let checks = system.checks.iter().map(|check| (check.name.as_str(), f64::from(rank(check.status))));
    let help = "How each check stands: 0 good, 1 warning, 2 failed.";
    text.each("sensocto_check_status", Kind::Gauge, help, "check", checks);
}

fn rank(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Good => 0,
        CheckStatus::Warning => 1,
        CheckStatus::Failed => 2,
    }
}

fn samples(text: &mut Text, system: &System) {
    let sums = &system.counters;
    text.one("sensocto_sensors", Kind::Gauge, "Sensors known.", f64::from(system.sensors_total));
    for (name, help, value) in [
        ("sensocto_samples_offered", "Samples offered by the sources since the start.", sums.offered),
        ("sensocto_samples_delivered", "Samples that reached the hot rings since the start.", sums.delivered),
        ("sensocto_samples_dropped", "Samples dropped on the way since the start.", sums.dropped),
    ] {
        text.one(name, Kind::Counter, help, value as f64);
    }
    let ended = "Sensors that are there no more; their samples stay in the sums.";
    text.one("sensocto_sensors_ended", Kind::Counter, ended, system.ended.sensors as f64);
}

fn alarms(text: &mut Text, console: &Console) {
    let silent = console.silent_sensors().len() as f64;
    let help = "Sensors from which nothing comes although it should.";
    text.one("sensocto_sensors_without_data", Kind::Gauge, help, silent);
    let help = "Bluetooth links that are up or being made.";
    text.one("sensocto_bluetooth_links", Kind::Gauge, help, f64::from(console.links()));
}

fn reasons(text: &mut Text, system: &System) {
    let sums = system.drops.iter().map(|drop| (drop.reason.as_str(), drop.samples as f64));
    let help = "Samples dropped since the start, by reason.";
    text.each("sensocto_samples_dropped_for", Kind::Counter, help, "reason", sums);
}

fn queues(text: &mut Text, system: &System) {
    // Two sensors may have one name; two samples of one metric may not.
    let mut by_name: BTreeMap<&str, [f64; 8]> = BTreeMap::new();
    for queue in &system.queues {
        let (dropped, overtaken, refused) =
            (queue.dropped as f64, queue.overtaken as f64, queue.refused as f64);
        let waited_secs = queue.waited_ms / 1e3;
        let row = [
            f64::from(queue.depth),
            f64::from(queue.capacity),
            dropped,
            overtaken,
            refused,
            waited_secs,
            queue.bytes as f64,
            queue.bytes_max as f64,
        ];
        let sums = by_name.entry(&queue.name).or_default();
        sums.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
    }
    let column = |k: usize| by_name.iter().map(move |(name, row)| (*name, row[k]));
    text.each("sensocto_queue_depth", Kind::Gauge, "Entries waiting.", "queue", column(0));
    text.each("sensocto_queue_capacity", Kind::Gauge, "Entries that fit.", "queue", column(1));
    text.each(
        "sensocto_queue_dropped_samples",
        Kind::Gauge,
        "Samples dropped because it was full.",
        "queue",
        column(2),
    );
    let overtaken = "Entries overtaken by newer ones before they were read.";
    text.each("sensocto_queue_overtaken", Kind::Gauge, overtaken, "queue", column(3));
    let refused = "Entries, no samples, that found no room.";
    text.each("sensocto_queue_refused", Kind::Gauge, refused, "queue", column(4));
    let waited = "For how long senders waited for room.";
    text.each("sensocto_queue_waited_seconds", Kind::Gauge, waited, "queue", column(5));
    text.each("sensocto_queue_bytes", Kind::Gauge, "Memory of what waits.", "queue", column(6));
    text.each("sensocto_queue_bytes_max", Kind::Gauge, "Memory that it takes at most.", "queue", column(7));
}

fn registries(text: &mut Text, system: &System) {
    let column = |of: fn(&RegistryRow) -> u64| {
        system.registries.iter().map(move |row| (row.name.as_str(), of(row) as f64))
    };
    let held = "Entries of each registry.";
    text.each("sensocto_registry_entries", Kind::Gauge, held, "registry", column(|row| row.held));
    let bound = "Entries that each registry takes.";
    text.each("sensocto_registry_bound", Kind::Gauge, bound, "registry", column(|row| row.bound));
    let refused = "Entries that a registry refused because it was full.";
    let full = column(|row| row.refused_full);
    text.each("sensocto_registry_refused_total", Kind::Counter, refused, "registry", full);
}

fn tree(text: &mut Text, root: &TreeNode) {
    let mut states: BTreeMap<&str, f64> = BTreeMap::new();
    let mut restarts = 0.0;
    root.walk(&mut |node| {
        *states.entry(&node.state).or_default() += 1.0;
        restarts += f64::from(node.restarts);
    });
    text.each(
        "sensocto_tree_nodes",
        Kind::Gauge,
        "Places of the supervision tree by state.",
        "state",
        states,
    );
    text.one("sensocto_tree_restarts", Kind::Gauge, "Restarts of the places in the tree.", restarts);
    text.one(
        "sensocto_tree_abandoned",
        Kind::Gauge,
        "Runs that were left behind.",
        f64::from(root.abandoned),
    );
}

fn load(text: &mut Text, system: &System) {
    if let Some(load) = &system.load {
        text.one(
            "sensocto_load_score",
            Kind::Gauge,
            "The weighted sum of the pressures, 0 to 1.",
            load.score,
        );
        text.each(
            "sensocto_load_level",
            Kind::Gauge,
            "1 for the level in force.",
            "level",
            [(load.level.as_str(), 1.0)],
        );
        let pressures = load.pressures.iter().map(|row| (row.name.as_str(), row.value));
        text.each("sensocto_load_pressure", Kind::Gauge, "Pressures, 0 to 1.", "pressure", pressures);
        text.one("sensocto_memory_used_bytes", Kind::Gauge, "Memory used.", load.memory.used_bytes as f64);
        text.one(
            "sensocto_memory_limit_bytes",
            Kind::Gauge,
            "Memory that may be used.",
            load.memory.limit_bytes as f64,
        );
    }
    if let Some(attention) = &system.attention {
        let levels = attention.levels;
        let rows =
            [("none", levels.none), ("low", levels.low), ("medium", levels.medium), ("high", levels.high)];
        let rows = rows.map(|(level, sensors)| (level, f64::from(sensors)));
        text.each("sensocto_attention_sensors", Kind::Gauge, "Sensors by attention level.", "level", rows);
    }
}

fn services(text: &mut Text, system: &System) {
    if let Some(tiers) = system.tiers {
        let bytes = [("hot", tiers.hot_bytes as f64), ("warm", tiers.warm_bytes as f64)];
        let samples = [("hot", tiers.hot_samples as f64), ("warm", tiers.warm_samples as f64)];
        text.each("sensocto_store_bytes", Kind::Gauge, "Memory of the attribute store.", "tier", bytes);
        text.each("sensocto_store_samples", Kind::Gauge, "Samples in the attribute store.", "tier", samples);
    }
    if let Some(outbox) = &system.outbox {
        text.one(
            "sensocto_outbox_waiting",
            Kind::Gauge,
            "Entries that wait to be delivered.",
            outbox.waiting as f64,
        );
        let parked = "Entries set aside, for the operator to release or discard.";
        text.one("sensocto_outbox_parked", Kind::Gauge, parked, outbox.parked as f64);
        text.one("sensocto_outbox_sent_total", Kind::Counter, "Entries delivered.", outbox.sent as f64);
        text.one(
            "sensocto_outbox_failed_total",
            Kind::Counter,
            "Deliveries that failed.",
            outbox.failed as f64,
        );
    }
    let passed = system.entrances.iter().map(|row| (row.name.as_str(), row.passed as f64));
    text.each("sensocto_entrance_passed_total", Kind::Counter, "Let in.", "entrance", passed);
    let refused = system.entrances.iter().map(|row| (row.name.as_str(), row.refused as f64));
    text.each("sensocto_entrance_refused_total", Kind::Counter, "Turned away.", "entrance", refused);
    let open =
        system.breakers.iter().map(|row| (row.name.as_str(), f64::from(u8::from(row.state != "closed"))));
    text.each(
        "sensocto_breaker_open",
        Kind::Gauge,
        "1 while a circuit breaker is not closed.",
        "breaker",
        open,
    );
    let factors = system.bio.iter().flatten().map(|row| (row.name.as_str(), row.factor));
    text.each("sensocto_bio_factor", Kind::Gauge, "Factors of the bio modules.", "module", factors);
}

fn latencies(text: &mut Text, rows: &[LatencyRow], sums_ns: &BTreeMap<&str, u64>) {
    text.family("sensocto_call_seconds", Kind::Summary, "How long calls took since the start.");
    for row in rows {
        for (quantile, us) in [("0.5", row.p50_us), ("0.95", row.p95_us), ("0.99", row.p99_us)] {
            text.sample("sensocto_call_seconds", &[("call", &row.call), ("quantile", quantile)], us / 1e6);
        }
        let sum_ns = sums_ns.get(row.call.as_str()).copied().unwrap_or_default();
        text.sample("sensocto_call_seconds_sum", &[("call", &row.call)], sum_ns as f64 / 1e9);
        text.sample("sensocto_call_seconds_count", &[("call", &row.call)], row.count as f64);
    }
    let longest = rows.iter().map(|row| (row.call.as_str(), row.max_us / 1e6));
    text.each(
        "sensocto_call_longest_seconds",
        Kind::Gauge,
        "The longest call since the start.",
        "call",
        longest,
    );
}
