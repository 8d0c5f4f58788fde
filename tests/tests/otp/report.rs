//! What the comparison has seen: one difference for a person to read, or what was covered.

use crate::tree::Script;

/// What must occur in any large number of scripts, or they don't test much.
const TELLING: [&str; 14] = [
    "gave up",
    "boot failed",
    " failed",
    " ignored",
    "stop",
    "killed",
    "answer done",
    "answer running",
    "answer restarting",
    "answer not_found",
    "answer already_present",
    "answer simple_one_for_one",
    "answer ended",
    "=stopped",
];

/// Both traces from the step in which they part.
pub fn difference(script: &Script, machine: &[String], otp: &[String]) -> String {
    let part = machine.iter().zip(otp).position(|(one, other)| one != other);
    let part = part.unwrap_or(machine.len().min(otp.len()));
    let step = machine[..part].iter().rposition(|line| line == "--").map_or(0, |end| end + 1);
    let from = |trace: &[String]| trace[step..].iter().map(|line| format!("  {line}\n")).collect::<String>();
    let number = machine[..step].iter().filter(|line| *line == "--").count();
    format!(
        "the traces part in step {number} (0 is the boot).\nThe machine:\n{}OTP:\n{}{script:#?}",
        from(machine),
        from(otp)
    )
}

/// Prints how often each telling thing happened. In many scripts, each must have.
pub fn coverage<'t>(traces: impl Iterator<Item = &'t Vec<String>>, many: bool) {
    let mut counts = [0_usize; TELLING.len()];
    for line in traces.flatten() {
        for (count, telling) in counts.iter_mut().zip(TELLING) {
            *count += usize::from(line.contains(telling));
        }
    }
    for (count, telling) in counts.iter().zip(TELLING) {
        println!("{count:>8} × {telling}");
        assert!(!many || *count > 0, "no script led to {telling:?}");
    }
}
