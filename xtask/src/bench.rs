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
use plan::{Measure, Race, Side, Solo};
use table::Row;

/// How often the two sides of each race run in turn; the median counts. All races
/// have a turn before one has its second: a minute in which something else takes
/// the machine's memory or cores must not decide a whole row.
const ROUNDS: usize = 5;

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
    let races: Vec<&Race> = chosen.iter().filter_map(Measure::race).collect();
    let mut ratios = vec![Vec::new(); races.len()];
    if !races.is_empty() {
        steps.step("races", || (0..ROUNDS).try_for_each(|_| run_each_once(&races, &mut ratios)))?;
    }
    let mut rows: Vec<Row> =
        races.iter().zip(ratios).map(|(race, ratios)| Row::of_race(race, ratios)).collect();
    for solo in chosen.iter().filter_map(Measure::solo) {
        rows.extend(steps.step(solo.name, || rows_of(solo))?);
    }
    Ok(rows)
}

fn build(krate: &str, example: &str) -> Result<()> {
    process::run(&mut process::cargo(["build", "--release", "--package", krate, "--example", example]))
}

/// Both sides of each race, one after the other, and the ratio of the pair.
fn run_each_once(races: &[&Race], ratios: &mut [Vec<f64>]) -> Result<()> {
    for (race, ratios) in races.iter().zip(ratios) {
        let theirs = figures_of(&race.theirs)?;
        let ours = figures_of(&race.ours)?;
        ratios.push(race.ratio(&ours, &theirs)?);
    }
    Ok(())
}

fn rows_of(solo: &Solo) -> Result<Vec<Row>> {
    let figures = figures_of(&solo.side)?;
    solo.bounds.iter().map(|bound| Row::of_bound(solo.name, bound, &figures)).collect()
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
