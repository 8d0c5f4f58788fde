//! Corrected time of simulated Bluetooth streams against the truth, beside what
//! LSL's `proc_dejitter` does. Prints one line of JSON; errors in ms.
//!
//! `cargo run -p signal --example dejitter [-- SEEDS]`
//!
//! `… --example dejitter -- series CASE` prints the packets of one case instead, for
//! `xtask/bench/dejitter.py`, which gives them to the real liblsl.
//!
//! For each case and method: `rms`/`max` from 180 s on (the middle of which has
//! the temperature's step) with the true least delay taken away; `own_…` the same
//! with the method's own mean taken away; `early_…` from 10 to 60 s. `count` (neither
//! clock nor number) leaves out samples it calls doubtful: `doubtful` is their share.

mod cases;
mod rls;
mod score;
mod sim;

use score::{Errors, Known, mean, score};
use std::io::Write;

const STEADY: f64 = 180.0;

fn main() -> std::io::Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name] = &asked[..]
        && word == "series"
    {
        return series(name);
    }
    let seeds: u64 = asked.first().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut lines = Vec::new();
    for case in cases::CASES {
        for seed in 1..=seeds {
            let case = cases::of_seed(case, seed);
            let packets = sim::run(&case);
            let methods = [
                ("clock", score::ours(&case, &packets, Known::Clock).0),
                ("counter", score::ours(&case, &packets, Known::Counter).0),
                ("count", score::ours(&case, &packets, Known::Nothing).0),
                ("lsl", score::lsl(&case, &packets, false)),
                ("lsl_told", score::lsl(&case, &packets, true)),
            ];
            let of: Vec<String> =
                methods.iter().map(|(name, errors)| figures(name, errors, &case, packets.len())).collect();
            lines.push(format!("{{\"case\":\"{}\",\"seed\":{seed},{}}}", case.name, of.join(",")));
        }
    }
    writeln!(std::io::stdout(), "[{}]", lines.join(","))
}

fn figures(name: &str, errors: &Errors, case: &sim::Scenario, packets: usize) -> String {
    let left_out = 1.0 - errors.len() as f64 / (packets * case.samples as usize) as f64;
    let all = score(errors, STEADY, f64::MAX, 0.0);
    let own = score(errors, STEADY, f64::MAX, mean(errors, STEADY));
    let early = score(errors, 10.0, 60.0, 0.0);
    format!(
        "\"{name}\":{{\"rms\":{:.3},\"max\":{:.3},\"own_rms\":{:.3},\"own_max\":{:.3},\"early_rms\":{:.3},\"early_max\":{:.3},\"doubtful\":{left_out:.4}}}",
        all.rms, all.max, own.rms, own.max, early.rms, early.max
    )
}

/// The packets of a case: number, arrival ns, truth of the last sample ns, sample distance ns.
fn series(name: &str) -> std::io::Result<()> {
    let Some(case) = cases::CASES.iter().find(|case| case.name == name) else {
        return Err(std::io::Error::other(format!("no case {name}")));
    };
    let case = cases::of_seed(*case, 1);
    let packets: Vec<String> = sim::run(&case)
        .iter()
        .map(|packet| {
            format!("[{},{},{:.0},{:.3}]", packet.number, packet.host_ns, packet.truth_ns, packet.step_ns)
        })
        .collect();
    let (rate, samples) = (case.nominal_hz, case.samples);
    writeln!(
        std::io::stdout(),
        "{{\"rate\":{rate},\"samples\":{samples},\"packets\":[{}]}}",
        packets.join(",")
    )
}
