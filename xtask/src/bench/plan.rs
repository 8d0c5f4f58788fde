//! What is measured, against what, and which bound it has to meet.

use anyhow::Result;

use super::figures::Figures;

/// Makes the schedulers of Erlang sleep when they have nothing to do: busy
/// waiting would count as work against them.
pub const NO_BUSY_WAIT: &str = "+sbwt none +sbwtdcpu none +sbwtdio none";

/// A measure.
#[derive(Debug)]
pub enum Measure {
    /// Two programs against each other.
    Race(Race),
    /// One program against fixed bounds.
    Solo(Solo),
}

/// The console against something real.
#[derive(Debug)]
pub struct Race {
    /// What it is called in the table.
    pub name: &'static str,
    /// The console's side.
    pub ours: Side,
    /// The other side.
    pub theirs: Side,
    /// The figure that is compared, see [`Figures::rate`].
    pub figure: &'static str,
    /// Which way is better.
    pub better: Better,
    /// How many times better it has to be.
    pub bound: f64,
}

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
}

/// One program and the bounds of its figures.
#[derive(Debug)]
pub struct Solo {
    /// What it is called in the table.
    pub name: &'static str,
    /// The program.
    pub side: Side,
    /// What has to hold of its figures.
    pub bounds: &'static [Bound],
}

/// What has to hold of one figure.
#[derive(Debug)]
pub struct Bound {
    /// The figure.
    pub figure: &'static str,
    /// Which way is better.
    pub better: Better,
    /// The most, or the least, that it may be.
    pub limit: f64,
}

/// A program to run.
#[derive(Debug)]
pub enum Side {
    /// A release example of a crate.
    Example { krate: &'static str, name: &'static str, arguments: &'static [&'static str] },
    /// A script in `xtask/bench`.
    Elixir { script: &'static str, arguments: &'static [&'static str] },
}

impl Side {
    /// What it is started with.
    pub fn arguments(&self) -> &'static [&'static str] {
        match self {
            Self::Example { arguments, .. } | Self::Elixir { arguments, .. } => arguments,
        }
    }

    fn example(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Example { krate, name, .. } => Some((krate, name)),
            Self::Elixir { .. } => None,
        }
    }
}

impl Measure {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Race(race) => race.name,
            Self::Solo(solo) => solo.name,
        }
    }

    /// The race, where it is one.
    pub fn race(&self) -> Option<&Race> {
        if let Self::Race(race) = self { Some(race) } else { None }
    }

    /// The program that runs alone, where it is one.
    pub fn solo(&self) -> Option<&Solo> {
        if let Self::Solo(solo) = self { Some(solo) } else { None }
    }

    /// Whether its name contains `filter`; without one, every name does.
    pub fn is_called(&self, filter: Option<&str>) -> bool {
        filter.is_none_or(|filter| self.name().contains(filter))
    }
}

impl Race {
    /// How many times better ours is in one pair of runs.
    pub fn ratio(&self, ours: &Figures, theirs: &Figures) -> Result<f64> {
        let (ours, theirs) = (ours.rate(self.figure)?, theirs.rate(self.figure)?);
        Ok(match self.better {
            Better::Higher => ours / theirs,
            Better::Lower => theirs / ours,
        })
    }
}

/// The examples that have to be built for `chosen`, each once.
pub fn examples(chosen: &[Measure]) -> Vec<(&'static str, &'static str)> {
    let sides = chosen.iter().map(|measure| match measure {
        Measure::Race(race) => &race.ours,
        Measure::Solo(solo) => &solo.side,
    });
    let mut examples: Vec<_> = sides.filter_map(Side::example).collect();
    examples.sort_unstable();
    examples.dedup();
    examples
}

macro_rules! hot_path {
    ($name:literal, $sensors:literal, $batch:literal, $bound:literal) => {
        Measure::Race(Race {
            name: $name,
            ours: Side::Example {
                krate: "runtime",
                name: "hot_path",
                arguments: &["--sensors", $sensors, "--batch", $batch, "--seconds", "4"],
            },
            theirs: Side::Elixir { script: "hot_path.exs", arguments: &[$sensors, $batch, "4"] },
            figure: "samples/cpu_seconds",
            better: Better::Higher,
            bound: $bound,
        })
    };
}

/// Everything that is measured, in the order of the table.
pub fn measures() -> Vec<Measure> {
    let mut measures = vec![
        hot_path!("hot path: 100 sensors, 1 sample a message", "100", "1", 50.0),
        hot_path!("hot path: 1,000 sensors, 1 sample a message", "1000", "1", 50.0),
        hot_path!("hot path: 10,000 sensors, 1 sample a message", "10000", "1", 50.0),
        hot_path!("hot path: 100 sensors, 32 samples a message", "100", "32", 200.0),
        hot_path!("hot path: 1,000 sensors, 32 samples a message", "1000", "32", 200.0),
        hot_path!("hot path: 10,000 sensors, 32 samples a message", "10000", "32", 200.0),
        restart(),
    ];
    measures.extend([others(), fleet(), overload()].map(Measure::Solo));
    measures
}

fn restart() -> Measure {
    Measure::Race(Race {
        name: "restart of a crashed worker (p50)",
        ours: Side::Example { krate: "runtime", name: "restart", arguments: &["1000"] },
        theirs: Side::Elixir { script: "restart.exs", arguments: &["1000"] },
        figure: "p50_us",
        better: Better::Lower,
        bound: 2.0,
    })
}

const fn at_most(figure: &'static str, limit: f64) -> Bound {
    Bound { figure, better: Better::Lower, limit }
}

const fn at_least(figure: &'static str, limit: f64) -> Bound {
    Bound { figure, better: Better::Higher, limit }
}

fn fleet() -> Solo {
    const BOUNDS: [Bound; 5] = [
        at_most("rss_bytes", 2e9),
        at_most("fixed_bytes_per_sensor", 6.0 * 1024.0),
        at_most("hot_bytes_per_sample", 16.5),
        at_most("warm_bytes_per_sample", 2.5),
        at_most("dropped_uncounted", 0.0),
    ];
    let arguments = &["--sensors", "100000", "--watched", "1000", "--seconds", "60"];
    Solo {
        name: "fleet: 100,000 sensors at 1 Hz, 1 % watched at 100 Hz, 60 s",
        side: Side::Example { krate: "runtime", name: "fleet", arguments },
        bounds: &BOUNDS,
    }
}

fn overload() -> Solo {
    const BOUNDS: [Bound; 3] = [
        at_most("rss_growth_over_cap", 1.0),
        at_most("dropped_uncounted", 0.0),
        at_most("normal_again_seconds", 1.0),
    ];
    Solo {
        name: "overload: 10 times what the machine takes, 60 s",
        side: Side::Example { krate: "runtime", name: "overload", arguments: &["--seconds", "60"] },
        bounds: &BOUNDS,
    }
}

/// What the other sensors keep while a worker crashes again and again.
fn others() -> Solo {
    const BOUNDS: [Bound; 1] = [at_least("others_throughput_ratio", 0.95)];
    Solo {
        name: "restart: what the other sensors keep",
        side: Side::Example { krate: "runtime", name: "restart", arguments: &["1000"] },
        bounds: &BOUNDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_how_many_times_better_ours_is_either_way() {
        let figures = |text| Figures::read(text).unwrap();
        let (fast, slow) = (figures(r#"{"p50_us": 5}"#), figures(r#"{"p50_us": 20}"#));
        let Measure::Race(race) = restart() else { unreachable!() };
        assert_eq!(race.ratio(&fast, &slow).unwrap(), 4.0);
        let higher = Race { better: Better::Higher, ..race };
        assert_eq!(higher.ratio(&fast, &slow).unwrap(), 0.25);
    }

    #[test]
    fn every_script_is_in_the_checkout() {
        for measure in measures() {
            if let Measure::Race(Race { theirs: Side::Elixir { script, .. }, .. }) = measure {
                assert!(crate::process::root().join("xtask/bench").join(script).is_file(), "{script}");
            }
        }
    }

    #[test]
    fn an_example_that_serves_many_measures_is_built_once() {
        let examples = examples(&measures());
        assert_eq!(examples.iter().filter(|(_, name)| *name == "hot_path").count(), 1);
    }
}
