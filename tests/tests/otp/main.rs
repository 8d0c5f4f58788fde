//! The supervisor against the real one: random trees and scripts run through
//! `policy::supervise` and through Erlang/OTP, and the traces must be equal.
//!
//! `OTP_SCRIPTS` says how many scripts, `OTP_SEED` which; `OTP_ONLY` runs a single one.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_macros,
    reason = "all of this is tests: a panic is their report, and seed and figures are printed"
)]

mod erlang;
mod report;

// The same trees, scripts and traces as in policy's own property test.
#[path = "../../../src-tauri/crates/policy/tests/supervise/drive.rs"]
mod drive;
#[path = "../../../src-tauri/crates/policy/tests/supervise/scripts.rs"]
mod scripts;
#[path = "../../../src-tauri/crates/policy/tests/supervise/trace.rs"]
mod trace;
#[path = "../../../src-tauri/crates/policy/tests/supervise/tree.rs"]
mod tree;

use erlang::{Erlang, Traces};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use tree::{Script, Step};

/// Scripts that were too late on a busy machine are run again this often.
const ROUNDS_MAX: usize = 5;
/// How long smaller scripts are tried in order to print a small one: in runs of
/// Erlang, of which a wait costs ten.
const SHRINK_BUDGET: usize = 150;
const WAIT_COST: usize = 10;

#[test]
fn does_what_erlang_otp_does() {
    let Some(erlang) = Erlang::find() else {
        assert!(std::env::var_os("CI").is_none(), "`erlc` is missing: install erlang-base");
        say("\n*** SKIPPED: the supervisor was NOT held against Erlang/OTP: install erlang-base ***\n");
        return;
    };
    let seed = number("OTP_SEED").unwrap_or_else(|| RandomState::new().hash_one("seed") >> 32);
    let count = number("OTP_SCRIPTS").unwrap_or(10_000) as usize;
    let numbers: Vec<usize> = match number("OTP_ONLY") {
        Some(only) => vec![only as usize],
        None => (0..count).collect(),
    };
    say(&format!("OTP_SEED={seed}: {} scripts against Erlang/OTP", numbers.len()));
    let scripts: BTreeMap<usize, Script> =
        numbers.iter().map(|number| (*number, draw(seed, *number).current())).collect();
    let (machine, otp) = both(&erlang, &scripts);
    let different = scripts.keys().find(|number| machine[number] != otp[number]);
    if let Some(number) = different {
        let script = shrunk(&erlang, draw(seed, *number));
        let (machine, otp) = both(&erlang, &BTreeMap::from([(0, script.clone())]));
        panic!("OTP_SEED={seed} OTP_ONLY={number}: {}", report::difference(&script, &machine[&0], &otp[&0]));
    }
    report::coverage(otp.values(), numbers.len() >= 5_000);
}

/// Past the test harness, which keeps what a test that passes has printed.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// A script, ready to be made smaller. Each number has its own chance.
fn draw(seed: u64, number: usize) -> impl ValueTree<Value = Script> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&(number as u64).to_le_bytes());
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), chance);
    scripts::script().new_tree(&mut runner).unwrap()
}

type Settled = BTreeMap<usize, Vec<String>>;

/// The traces of scripts by the machine and by OTP, in comparable order.
fn both(erlang: &Erlang, scripts: &BTreeMap<usize, Script>) -> (Settled, Settled) {
    let running = erlang.start(scripts.iter().map(|(number, script)| (*number, script)));
    let mine: BTreeMap<usize, _> =
        scripts.iter().map(|(number, script)| (*number, drive::run(script))).collect();
    let theirs = in_time(erlang, scripts, running.finish());
    let mut otp: Settled = theirs.into_iter().filter_map(|(number, lines)| Some((number, lines?))).collect();
    assert_eq!(otp.len(), scripts.len(), "the machine is too busy for the scripts that wait");
    let mut machine = Settled::new();
    for (number, (mut lines, dynamic)) in mine {
        trace::settle(&mut lines, &dynamic);
        trace::settle(otp.get_mut(&number).unwrap(), &dynamic);
        machine.insert(number, lines);
    }
    (machine, otp)
}

/// Runs those that were late once more.
fn in_time(erlang: &Erlang, scripts: &BTreeMap<usize, Script>, mut traces: Traces) -> Traces {
    for _ in 0..ROUNDS_MAX {
        let late: Vec<usize> =
            traces.iter().filter(|(_, lines)| lines.is_none()).map(|(number, _)| *number).collect();
        if late.is_empty() {
            break;
        }
        println!("{} scripts were late and are run again", late.len());
        traces.extend(erlang.start(late.iter().map(|number| (*number, &scripts[number]))).finish());
    }
    traces
}

/// The smallest script that was found to differ still.
fn shrunk(erlang: &Erlang, mut tree: impl ValueTree<Value = Script>) -> Script {
    let mut smallest = tree.current();
    let mut budget = SHRINK_BUDGET;
    while budget > 0 {
        let script = tree.current();
        let waits = script.steps.iter().filter(|step| matches!(step, Step::Wait)).count();
        budget = budget.saturating_sub(1 + WAIT_COST * waits);
        let (machine, otp) = both(erlang, &BTreeMap::from([(0, script.clone())]));
        let differs = machine != otp;
        if differs {
            smallest = script;
        }
        if !(if differs { tree.simplify() } else { tree.complicate() }) {
            break;
        }
    }
    smallest
}
