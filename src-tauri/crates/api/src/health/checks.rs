//! The checks themselves: facts in, findings out.

use super::{Facts, Finding};
use crate::TreeNode;
use model::{AdapterState, LoadLevel};
use runtime::RegistryView;

/// Less free space than this is worth a word: some 50 h of a chest strap's ECG,
/// or an hour of a hundred of them.
const SPACE_WARNING_BYTES: u64 = 1_000_000_000;
/// With less than this nothing should be begun.
const SPACE_MIN_BYTES: u64 = 100_000_000;
/// A registry of which so much is taken is worth a word.
const NEAR_PERCENT: u64 = 90;
/// Names that are told; the rest is counted.
const NAMES_TOLD: usize = 3;

/// Every check with its name.
pub fn all(facts: &Facts<'_>) -> [(&'static str, Finding); 7] {
    [
        ("recorder", recorder(facts)),
        ("disk", disk(facts)),
        ("connectors", connectors(facts)),
        ("data", data(facts)),
        ("load", load(facts)),
        ("registries", registries(facts)),
        ("tree", tree(facts)),
    ]
}

fn recorder(facts: &Facts<'_>) -> Finding {
    if let Some((problem, remedy)) = &facts.recorder.problem {
        return Finding::failed(problem.clone(), remedy.clone());
    }
    match find(facts.tree, "recorder") {
        Some(node) if node.state == "running" => match &facts.recorder.file {
            Some(_) => {
                Finding::good(format!("A recording runs; {} samples are stored.", facts.recorder.stored))
            }
            None => Finding::good("The recorder is ready."),
        },
        _ => Finding::failed(
            "The recorder does not run.",
            "Wait a moment; if it does not help, restart the console.",
        ),
    }
}

fn disk(facts: &Facts<'_>) -> Finding {
    if let Some(silent_ns) = facts.disk.silent_ns {
        let secs = silent_ns / 1_000_000_000;
        let last = facts.disk.answer.and_then(|answer| answer.free_bytes).map(in_words);
        let last = last.map(|free| format!(" When it last did, {free} free.")).unwrap_or_default();
        return Finding::failed(
            format!("The disk of the recording folder has not answered for {secs} s.{last}"),
            crate::background::ANOTHER_FOLDER,
        );
    }
    let Some(answer) = facts.disk.answer else {
        return Finding::warning("The disk of the recording folder is being asked.", "");
    };
    if !answer.is_writable {
        return Finding::failed(
            "The recording folder can't be written.",
            "Check its disk and the rights to it, or choose another folder.",
        );
    }
    let remedy = "Make room on the disk of the recording folder, or choose another folder.";
    let Some(free) = answer.free_bytes else {
        return Finding::warning(
            "The free space of the recording folder is not known.",
            "Check that its disk is connected.",
        );
    };
    let words = format!("{} free for recordings.", in_words(free));
    match free {
        0..SPACE_MIN_BYTES => Finding::failed(words, remedy),
        SPACE_MIN_BYTES..SPACE_WARNING_BYTES => Finding::warning(words, remedy),
        _ => Finding::good(words),
    }
}

fn in_words(bytes: u64) -> String {
    let gigabytes = bytes as f64 / 1e9;
    if gigabytes < 1.0 {
        format!("{:.0} MB are", bytes as f64 / 1e6)
    } else {
        format!("{gigabytes:.1} GB are")
    }
}

/// Connectors are given up one by one; the console is not ready where none is left.
fn connectors(facts: &Facts<'_>) -> Finding {
    let all = find(facts.tree, "connectors").map(|place| place.children.as_slice()).unwrap_or_default();
    let gone: Vec<&str> = all.iter().filter(|node| is_lost(node)).map(|node| node.name.as_str()).collect();
    let remedy = "Start the source again; if that does not help, restart the console.";
    if !gone.is_empty() {
        let words = format!("Given up: {}.", told(&gone));
        return if gone.len() == all.len() {
            Finding::failed(words, remedy)
        } else {
            Finding::warning(words, remedy)
        };
    }
    match &facts.adapter {
        Some(AdapterState::Unavailable { problem, remedy }) => {
            Finding::warning(format!("Bluetooth can't be used: {problem}"), remedy.clone())
        }
        Some(AdapterState::Off { name }) => Finding::warning(
            format!("The Bluetooth adapter {name} is switched off."),
            "Switch it on to use Bluetooth sensors.",
        ),
        Some(AdapterState::Unknown | AdapterState::Ready { .. }) | None => Finding::good(match all.len() {
            0 => "No source is running.".to_owned(),
            1 => format!("1 source is running: {}.", all[0].name),
            n => format!("{n} sources are running."),
        }),
    }
}

/// A sensor that is off its wearer is no fault of the console: a warning.
fn data(facts: &Facts<'_>) -> Finding {
    if facts.silent.is_empty() {
        return Finding::good("Every stream that should flow does.");
    }
    let names: Vec<&str> = facts.silent.iter().map(String::as_str).collect();
    Finding::warning(
        format!("No data from {}.", told(&names)),
        "See that they are near, worn and charged; connect them anew if that does not help.",
    )
}

fn load(facts: &Facts<'_>) -> Finding {
    let remedy = "Close other programs, or run fewer sensors.";
    match facts.load {
        LoadLevel::Critical => {
            Finding::failed("The machine is at its limit; only what is watched goes on.", remedy)
        }
        _ if facts.memory_protected => Finding::warning("Memory is short and is being protected.", remedy),
        LoadLevel::High => {
            Finding::warning("The machine is very busy; what nobody watches gets less.", remedy)
        }
        LoadLevel::Elevated => Finding::good("The machine is busy."),
        LoadLevel::Normal => Finding::good("There is room."),
    }
}

/// A full registry refuses what is new; the rest goes on.
fn registries(facts: &Facts<'_>) -> Finding {
    // Not bound ÷ 100: that is nothing for a registry with room for 64.
    let is_near =
        |view: &&RegistryView| view.held.saturating_mul(100) >= view.bound.saturating_mul(NEAR_PERCENT);
    let near: Vec<&RegistryView> = facts.registries.iter().filter(is_near).collect();
    let Some(nearest) = near.first() else { return Finding::good("There is room in every registry.") };
    let names: Vec<&str> = near.iter().map(|view| view.name).collect();
    let words = format!(
        "Nearly full or full: {}; {} of {} {}.",
        told(&names),
        nearest.held,
        nearest.bound,
        nearest.name
    );
    Finding::warning(words, "Stop what is not needed: what is new is refused when a registry is full.")
}

fn tree(facts: &Facts<'_>) -> Finding {
    if facts.is_failed {
        return Finding::failed(
            "The console has stopped working: its parts failed again and again.",
            "Restart the console.",
        );
    }
    let (mut lost, mut down) = (Vec::new(), Vec::new());
    facts.tree.walk(&mut |node| {
        if is_given_up(node) {
            lost.push(node.name.as_str());
        } else if node.state == "waiting" {
            down.push(node.name.as_str());
        }
    });
    lost.dedup();
    if !lost.is_empty() {
        return Finding::warning(
            format!("Given up or left behind: {}.", told(&lost)),
            "The rest goes on. The tree says why.",
        );
    }
    if !down.is_empty() {
        return Finding::warning(format!("Being restarted: {}.", told(&down)), "Wait a moment.");
    }
    Finding::good("Every part of the console runs.")
}

/// The first node of this name.
fn find<'a>(tree: &'a TreeNode, name: &str) -> Option<&'a TreeNode> {
    if tree.name == name { Some(tree) } else { tree.children.iter().find_map(|child| find(child, name)) }
}

fn is_given_up(node: &TreeNode) -> bool {
    matches!(node.state.as_str(), "given_up" | "abandoned")
}

/// It, or the one that it guards.
fn is_lost(node: &TreeNode) -> bool {
    is_given_up(node) || (!node.children.is_empty() && node.children.iter().all(is_given_up))
}

fn told(names: &[&str]) -> String {
    let first = names.iter().take(NAMES_TOLD).map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_TOLD) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests;
