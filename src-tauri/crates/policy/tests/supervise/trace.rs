//! What a script led to, in words, so that three implementations can be compared.

use crate::tree::Path;
use policy::supervise::Exit;
use std::collections::BTreeSet;

/// One line a fact. A step's lines are: what was started and stopped, in order
/// (`start`, `boot`, `stop`, `gave up`); the ends of children, sorted (`end`); the
/// answers to requests, in order (`answer`); and every supervisor with its children
/// as they are now (`tree`). Then comes `--`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub lines: Vec<String>,
    log: Vec<String>,
    ends: Vec<String>,
    answers: Vec<String>,
}

impl Trace {
    pub fn log(&mut self, line: String) {
        self.log.push(line);
    }

    pub fn end(&mut self, path: &Path, how: &str) {
        self.ends.push(format!("end {path} {how}"));
    }

    pub fn answer(&mut self, answer: &str) {
        self.answers.push(format!("answer {answer}"));
    }

    /// Closes a step with the tree as it is now.
    pub fn close(&mut self, tree: impl IntoIterator<Item = String>) {
        self.ends.sort();
        for part in [&mut self.log, &mut self.ends, &mut self.answers] {
            self.lines.append(part);
        }
        self.lines.extend(tree);
        self.lines.push("--".into());
    }
}

/// How a child ended, in a word.
pub fn word_of(exit: Exit) -> &'static str {
    match exit {
        Exit::Normal => "normal",
        Exit::Shutdown => "shutdown",
        Exit::Crashed => "crash",
    }
}

/// Puts the stops below dynamic supervisors, whose order OTP leaves open, into the
/// order of their ids. All other order stays.
pub fn settle(lines: &mut [String], dynamic: &BTreeSet<Path>) {
    for run in lines.chunk_by_mut(|one, next| stopped(one).is_some() && stopped(next).is_some()) {
        settle_below(run, &Path::default(), dynamic);
    }
}

/// All of `run` is below `above`.
fn settle_below(run: &mut [String], above: &Path, dynamic: &BTreeSet<Path>) {
    let depth = above.0.len();
    let id = |line: &String| stopped(line).and_then(|path| path.0.get(depth).copied());
    if dynamic.contains(above) {
        run.sort_by_key(id);
    }
    for part in run.chunk_by_mut(|one, next| id(one) == id(next)) {
        if let Some(next) = id(&part[0]) {
            settle_below(part, &above.child(next), dynamic);
        }
    }
}

fn stopped(line: &str) -> Option<Path> {
    let path = line.strip_prefix("stop 0")?;
    path.split('.').skip(1).map(|id| id.parse().ok()).collect::<Option<Vec<u64>>>().map(Path)
}

#[test]
fn settles_the_order_below_dynamic_supervisors_only() {
    let mut lines =
        ["stop 0.3", "stop 0.2.9.2", "stop 0.2.7.1", "stop 0.2.9.1", "start 0.1 ok"].map(String::from);
    settle(&mut lines, &BTreeSet::from([Path(vec![2])]));
    assert_eq!(lines, ["stop 0.3", "stop 0.2.7.1", "stop 0.2.9.2", "stop 0.2.9.1", "start 0.1 ok"]);
}
