//! From the runtime's tree to the contract's.

use super::tree::{TreeKind, TreeNode};
use policy::supervise::{RestartType, Strategy};
use runtime::{NodeKind, NodeState, NodeView, TreeView};

/// So many backtraces are told at most: each may have 16 KB.
const BACKTRACES_MAX: usize = 16;

/// The whole tree.
pub fn tree(view: &TreeView) -> TreeNode {
    node(&view.root, &mut BACKTRACES_MAX.clone())
}

fn node(view: &NodeView, backtraces_left: &mut usize) -> TreeNode {
    let (kind, strategy) = kind(view.kind);
    let runs = matches!(view.state, NodeState::Starting | NodeState::Running | NodeState::Stopping);
    TreeNode {
        name: view.name.to_string(),
        kind,
        strategy: strategy.map(str::to_owned),
        max_restarts: view.intensity.map(|intensity| intensity.restarts_max),
        within_secs: view.intensity.map(|intensity| intensity.window_ns as f64 / 1e9),
        restart: restart(view.restart).to_owned(),
        state: state(view.state).to_owned(),
        restarts: view.restarts,
        uptime_secs: runs.then(|| view.uptime_ns.max(0) as f64 / 1e9),
        last_failure: last_failure(view),
        backtrace: backtrace(view, backtraces_left),
        abandoned: view.abandoned,
        children: view.children.iter().map(|child| node(child, backtraces_left)).collect(),
    }
}

fn last_failure(view: &NodeView) -> String {
    let Some(fault) = &view.last_failure else { return String::new() };
    match &fault.place {
        Some(place) => format!("{} ({place})", fault.words),
        None => fault.words.clone(),
    }
}

fn backtrace(view: &NodeView, left: &mut usize) -> Option<String> {
    let backtrace = view.last_failure.as_ref().filter(|_| *left > 0)?.backtrace()?;
    *left -= 1;
    Some(backtrace)
}

fn kind(kind: NodeKind) -> (TreeKind, Option<&'static str>) {
    match kind {
        NodeKind::Supervisor(strategy) => (TreeKind::Supervisor, Some(strategy_name(strategy))),
        NodeKind::Thread => (TreeKind::Thread, None),
        NodeKind::Task => (TreeKind::Task, None),
        NodeKind::Process => (TreeKind::Process, None),
    }
}

fn strategy_name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::OneForOne => "one_for_one",
        Strategy::OneForAll => "one_for_all",
        Strategy::RestForOne => "rest_for_one",
        Strategy::SimpleOneForOne => "simple_one_for_one",
    }
}

fn restart(restart: RestartType) -> &'static str {
    match restart {
        RestartType::Permanent => "permanent",
        RestartType::Transient => "transient",
        RestartType::Temporary => "temporary",
    }
}

fn state(state: NodeState) -> &'static str {
    match state {
        NodeState::Waiting => "waiting",
        NodeState::Starting => "starting",
        NodeState::Running => "running",
        NodeState::Stopping => "stopping",
        NodeState::Ended => "ended",
        NodeState::GivenUp => "given_up",
        NodeState::Abandoned => "abandoned",
    }
}
