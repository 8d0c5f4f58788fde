//! `sensocto tree`: the supervision tree of the running console.

use crate::failure::Failure;
use crate::{running, say, table};
use api::{TreeKind, TreeNode};
use std::process::ExitCode;

/// Letters of a failure that are shown; the rest is in `--json`.
const FAILURE_LETTERS: usize = 72;

/// Prints the tree.
///
/// # Errors
/// No console is running, or it does not answer.
pub fn run(json: bool) -> Result<ExitCode, Failure> {
    let tree: TreeNode = running::get("/api/tree")?;
    if json {
        say::result(serde_json::json!(tree));
    } else {
        lines(&tree).into_iter().for_each(say::result);
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(tree: &TreeNode) -> Vec<String> {
    let mut rows = Vec::new();
    add(tree, "", "", &mut rows);
    table::lines(&["name", "kind", "state", "restarts", "up", "rule", "last failure"], &rows, &[3, 4])
}

/// Adds a node's row and those below it. `first` stands in front of its name,
/// `below` in front of its children's lines.
fn add(node: &TreeNode, first: &str, below: &str, rows: &mut Vec<Vec<String>>) {
    rows.push(row(node, first));
    for (k, child) in node.children.iter().enumerate() {
        let is_last = k + 1 == node.children.len();
        let (branch, trunk) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        add(child, &format!("{below}{branch}"), &format!("{below}{trunk}"), rows);
    }
}

fn row(node: &TreeNode, first: &str) -> Vec<String> {
    vec![
        format!("{first}{}", node.name),
        kind(node.kind).to_owned(),
        node.state.replace('_', " "),
        node.restarts.to_string(),
        node.uptime_secs.map_or("–".to_owned(), uptime),
        rule(node),
        failure(node),
    ]
}

const fn kind(kind: TreeKind) -> &'static str {
    match kind {
        TreeKind::Supervisor => "supervisor",
        TreeKind::Thread => "thread",
        TreeKind::Task => "task",
        TreeKind::Process => "process",
    }
}

/// A supervisor's strategy and budget, a worker's kind of restart.
fn rule(node: &TreeNode) -> String {
    let Some(strategy) = &node.strategy else { return node.restart.clone() };
    let strategy = strategy.replace('_', " ");
    match (node.max_restarts, node.within_secs) {
        (Some(most), Some(secs)) => format!("{strategy}, {most} in {secs:.0} s"),
        _ => strategy,
    }
}

fn failure(node: &TreeNode) -> String {
    let line = node.last_failure.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(FAILURE_LETTERS).collect();
    if shown.len() < node.last_failure.len() {
        shown.push('…');
    }
    if node.abandoned > 0 {
        shown.push_str(&format!(" [{} left behind]", node.abandoned));
    }
    shown
}

/// `0.4 s`, `59 s`, `12 min 5 s`, `3 h 7 min`, `2 d 4 h`.
fn uptime(secs: f64) -> String {
    let whole = secs as u64;
    match whole {
        0..10 => format!("{secs:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..86_400 => format!("{} h {} min", whole / 3600, whole / 60 % 60),
        _ => format!("{} d {} h", whole / 86_400, whole / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, children: Vec<TreeNode>) -> TreeNode {
        let strategy = (!children.is_empty()).then(|| "one_for_one".to_owned());
        TreeNode {
            name: name.to_owned(),
            kind: if children.is_empty() { TreeKind::Thread } else { TreeKind::Supervisor },
            max_restarts: strategy.as_ref().map(|_| 3),
            within_secs: strategy.as_ref().map(|_| 5.0),
            strategy,
            restart: "permanent".to_owned(),
            state: "running".to_owned(),
            restarts: 0,
            uptime_secs: Some(75.0),
            last_failure: String::new(),
            backtrace: None,
            abandoned: 0,
            children,
        }
    }

    #[test]
    fn the_tree_is_drawn_with_its_branches() {
        let failed =
            TreeNode { restarts: 2, last_failure: "panicked: planted\nmore".into(), ..node("b", vec![]) };
        let tree = node("root", vec![node("left", vec![node("a", vec![]), failed]), node("right", vec![])]);
        let lines = lines(&tree);
        for (line, start) in lines[1..].iter().zip(["root ", "├─ left ", "│  ├─ a ", "│  └─ b ", "└─ right "])
        {
            assert!(line.starts_with(start), "{line:?} does not start with {start:?}");
        }
        assert!(lines[4].ends_with("panicked: planted…"), "{}", lines[4]);
        assert!(
            lines[1].contains("one for one, 3 in 5 s") && lines[1].contains("1 min 15 s"),
            "{}",
            lines[1]
        );
    }

    #[test]
    fn uptimes_are_told_in_two_units() {
        let cases = [(0.42, "0.4 s"), (59.9, "59 s"), (725.0, "12 min 5 s"), (11_220.0, "3 h 7 min")];
        for (secs, words) in cases {
            assert_eq!(uptime(secs), words);
        }
        assert_eq!(uptime(187_200.0), "2 d 4 h");
    }
}
