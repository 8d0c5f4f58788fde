//! What was asked: the command line, parsed.
//!
//! Decides nothing and does nothing; an argument that is not understood is an
//! error with a sentence, never ignored.

use std::ffi::OsString;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt};

/// What `cargo xtask help` prints.
pub const HELP: &str = "\
cargo xtask COMMAND

  run [--xvfb] [-- ARGS]   set up what is missing, build the UI and the console, open it
                           with the simulator live (ARGS: for the console, instead
                           of its scenario; --xvfb: under a virtual display)
  test [FILTER]            set up what is missing, then every test: UI, crates, whole program
                           (FILTER: only the Rust tests whose name contains it)
  ci                       the CI form of test: format, file length, layers, clippy, generated
                           types and every test, with a table of times
  bench [FILTER]           speed and size against something real, as ratios (FILTER: only the
                           measures whose name contains it); minutes, on a quiet machine
  layers                   hold the layer rules against what the crates depend on
  bindings                 write the UI's types (ui/src/api) anew from the api crate
  help                     this text

  --no-install             never install anything: only say what is missing";

/// A whole command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// What to do.
    pub task: Task,
    /// Whether missing packages may be installed.
    pub install: bool,
}

/// The commands.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Print the help.
    Help,
    /// Open the console.
    Run {
        /// Under a virtual display.
        xvfb: bool,
        /// Arguments for the console itself.
        rest: Vec<OsString>,
    },
    /// Every test.
    Test {
        /// Only the tests whose name contains this.
        filter: Option<String>,
    },
    /// What CI runs.
    Ci,
    /// Speed and size, as ratios.
    Bench {
        /// Only the measures whose name contains this.
        filter: Option<String>,
    },
    /// The layer rules alone.
    Layers,
    /// Regenerate the UI's types.
    Bindings,
}

/// Parses the arguments after the program's name. Errors name the argument.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut seen = Seen::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => seen.help = true,
            Long("no-install") => seen.no_install = true,
            Long("xvfb") => seen.xvfb = true,
            Value(word) if seen.command.is_none() => seen.command = Some(word.string()?),
            Value(word) => seen.words.push(word),
            unknown => return Err(unknown.unexpected().into()),
        }
    }
    let install = !seen.no_install;
    Ok(Arguments { task: seen.task()?, install })
}

#[derive(Default)]
struct Seen {
    command: Option<String>,
    words: Vec<OsString>,
    help: bool,
    no_install: bool,
    xvfb: bool,
}

impl Seen {
    fn task(mut self) -> Result<Task> {
        let command = self.command.take().unwrap_or_else(|| "help".to_owned());
        if self.help {
            return Ok(Task::Help);
        }
        if self.xvfb && command != "run" {
            bail!("--xvfb belongs to `run`; `{command}` does not know it");
        }
        let task = match command.as_str() {
            "run" => return Ok(Task::Run { xvfb: self.xvfb, rest: self.words }),
            "test" => Task::Test { filter: self.words.pop().map(|word| word.string()).transpose()? },
            "ci" => Task::Ci,
            "bench" => Task::Bench { filter: self.words.pop().map(|word| word.string()).transpose()? },
            "layers" => Task::Layers,
            "bindings" => Task::Bindings,
            "help" => Task::Help,
            unknown => bail!("there is no command `{unknown}`"),
        };
        match self.words.first() {
            Some(extra) => bail!("`{command}` does not know what to do with {extra:?}"),
            None => Ok(task),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn run_hands_what_follows_the_dashes_to_the_console() {
        let arguments = parsed("run --xvfb -- --fullscreen two").unwrap();
        let rest = vec!["--fullscreen".into(), "two".into()];
        assert_eq!(arguments, Arguments { task: Task::Run { xvfb: true, rest }, install: true });
    }

    #[test]
    fn test_takes_one_filter_and_may_be_told_not_to_install() {
        let arguments = parsed("test --no-install verify").unwrap();
        let task = Task::Test { filter: Some("verify".into()) };
        assert_eq!(arguments, Arguments { task, install: false });
        assert_eq!(parsed("bench fleet").unwrap().task, Task::Bench { filter: Some("fleet".into()) });
        assert!(parsed("test one two").unwrap_err().to_string().contains("one"));
    }

    #[test]
    fn nothing_at_all_is_a_call_for_help() {
        assert_eq!(parsed("").unwrap().task, Task::Help);
        assert_eq!(parsed("ci --help").unwrap().task, Task::Help);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(parsed("fly").unwrap_err().to_string().contains("`fly`"));
        assert!(parsed("ci --fast").unwrap_err().to_string().contains("--fast"));
        assert!(parsed("ci --xvfb").unwrap_err().to_string().contains("`run`"));
        assert!(parsed("layers now").unwrap_err().to_string().contains("now"));
    }
}
