//! `cargo xtask bench`: speed and size as ratios against something real, both
//! sides measured in the same run, in turn, so that a machine whose speed
//! drifts does not decide the outcome.
//!
//! The console's side are release examples of the crates; the other side are
//! plain Elixir scripts in `xtask/bench`. Each program prints one line of JSON.
//! Nothing here fails for being slow: it prints the figure, the bound, and by
//! how much one misses the other.

mod figures;
mod plan;
mod table;

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{process, say};
use figures::Figures;
use plan::{Measure, Race, Side};
use table::Row;

/// How often the two sides of a race run in turn; the median counts.
const ROUNDS: usize = 3;

/// Sets up, builds in release, runs every measure whose name contains `filter`,
/// and prints the table.
pub fn run(may_install: bool, filter: Option<&str>) -> Result<()> {
    let chosen: Vec<Measure> = plan::measures().into_iter().filter(|one| one.is_called(filter)).collect();
    if chosen.is_empty() {
        bail!("no measure has `{}` in its name", filter.unwrap_or_default());
    }
    let mut steps = Steps::default();
    let outcome = carry_out(&mut steps, may_install, &chosen);
    steps.close();
    say::line(&format!("\n{}", table::written(&outcome?)));
    Ok(())
}

fn carry_out(steps: &mut Steps, may_install: bool, chosen: &[Measure]) -> Result<Vec<Row>> {
    steps.step("set up", || setup::ensure(Purpose::Bench, may_install))?;
    steps.step("build", || plan::examples(chosen).iter().try_for_each(|(krate, name)| build(krate, name)))?;
    let mut rows = Vec::new();
    for measure in chosen {
        rows.extend(steps.step(measure.name(), || rows_of(measure))?);
    }
    Ok(rows)
}

fn build(krate: &str, example: &str) -> Result<()> {
    process::run(&mut process::cargo(["build", "--release", "--package", krate, "--example", example]))
}

fn rows_of(measure: &Measure) -> Result<Vec<Row>> {
    match measure {
        Measure::Race(race) => race_row(race).map(|row| vec![row]),
        Measure::Solo(solo) => {
            let figures = figures_of(&solo.side)?;
            solo.bounds.iter().map(|bound| Row::of_bound(solo.name, bound, &figures)).collect()
        }
    }
}

/// Both sides in turn, and the ratio of each pair.
fn race_row(race: &Race) -> Result<Row> {
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let theirs = figures_of(&race.theirs)?;
        let ours = figures_of(&race.ours)?;
        ratios.push(race.ratio(&ours, &theirs)?);
    }
    Ok(Row::of_race(race, ratios))
}

fn figures_of(side: &Side) -> Result<Figures> {
    let mut command = command(side);
    let mut last = String::new();
    process::run_lines(&mut command, |line| {
        say::line(line);
        line.clone_into(&mut last);
    })?;
    Figures::read(&last).with_context(|| format!("{side:?} printed no figures"))
}

fn command(side: &Side) -> Command {
    let mut command = match side {
        Side::Example { name, .. } => {
            process::command(&process::target_dir().join("release/examples").join(name).to_string_lossy(), [])
        }
        Side::Elixir { script, .. } => {
            let mut elixir = process::command("elixir", ["--erl", plan::NO_BUSY_WAIT]);
            elixir.arg(process::root().join("xtask/bench").join(script));
            elixir
        }
    };
    command.args(side.arguments());
    command
}
