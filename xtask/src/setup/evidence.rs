//! How a thing is found on a machine: by what it does, not by who installed it.
//!
//! [`Probe`] is the one way to look; tests put a scripted machine in its place.

use std::path::Path;

use super::node;
use crate::{files, process};

/// Questions to a machine.
pub trait Probe {
    /// Whether a program is on PATH.
    fn program(&self, name: &str) -> bool;
    /// Whether pkg-config knows a library.
    fn library(&self, module: &str) -> bool;
    /// Whether a file exists.
    fn file(&self, path: &str) -> bool;
    /// Whether a command runs and ends well.
    fn answers(&self, words: &[&str]) -> bool;
    /// What `node --version` prints.
    fn node(&self) -> Option<String>;
    /// Whether there is any font to draw text with.
    fn font(&self) -> bool;
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether this is root.
    fn is_root(&self) -> bool;
}

/// What shows that a thing is there.
#[derive(Debug, Clone, Copy)]
pub enum Evidence {
    /// A program on PATH.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// A file.
    File(&'static str),
    /// A command that ends well.
    Answers(&'static [&'static str]),
    /// Node, recent enough.
    Node,
    /// Any font.
    Font,
}

impl Evidence {
    /// Whether the thing is there.
    pub fn is_there(self, probe: &dyn Probe) -> bool {
        match self {
            Self::Program(name) => probe.program(name),
            Self::Library(module) => probe.library(module),
            Self::File(path) => probe.file(path),
            Self::Answers(words) => probe.answers(words),
            Self::Node => probe.node().is_some_and(|printed| node::is_recent(&printed)),
            Self::Font => probe.font(),
        }
    }

    /// What is not right, in words.
    pub fn shortfall(self, probe: &dyn Probe) -> String {
        match self {
            Self::Program(name) => format!("there is no program `{name}` on PATH"),
            Self::Library(module) => format!("pkg-config does not know `{module}`"),
            Self::File(path) => format!("there is no {path}"),
            Self::Answers(words) => format!("`{}` does not answer", words.join(" ")),
            Self::Font => "there is no font".to_owned(),
            Self::Node => match probe.node() {
                Some(printed) => {
                    format!("the Node on PATH is {}, {} is wanted", printed.trim(), node::OLDEST_MAJOR)
                }
                None => "there is no Node on PATH".to_owned(),
            },
        }
    }
}

/// The machine that this program runs on.
pub struct Machine;

impl Probe for Machine {
    fn program(&self, name: &str) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&path).any(|folder| folder.join(&file).is_file())
    }

    fn library(&self, module: &str) -> bool {
        self.answers(&["pkg-config", "--exists", module])
    }

    fn file(&self, path: &str) -> bool {
        Path::new(path).exists()
    }

    fn answers(&self, words: &[&str]) -> bool {
        let Some((program, arguments)) = words.split_first() else { return false };
        process::ends_well(process::command(program, []).args(arguments))
    }

    fn node(&self) -> Option<String> {
        if !self.program("node") {
            return None;
        }
        process::output(&mut process::command("node", ["--version"])).ok()
    }

    fn font(&self) -> bool {
        let home = self.variable("HOME").unwrap_or_default();
        let own = [format!("{home}/.fonts"), format!("{home}/.local/share/fonts")];
        let shared = ["/usr/share/fonts".to_owned(), "/usr/local/share/fonts".to_owned()];
        own.iter()
            .chain(&shared)
            .any(|folder| files::below(Path::new(folder)).is_ok_and(|found| has_font(&found)))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn is_root(&self) -> bool {
        process::output(&mut process::command("id", ["-u"])).is_ok_and(|id| id.trim() == "0")
    }
}

fn has_font(found: &[std::path::PathBuf]) -> bool {
    found
        .iter()
        .any(|path| path.extension().is_some_and(|kind| kind == "ttf" || kind == "otf" || kind == "ttc"))
}

/// Machines made up for tests.
#[cfg(test)]
pub mod scripted {
    use super::Probe;

    /// A machine that has exactly what a test gives it.
    #[derive(Clone, Default)]
    pub struct Scripted {
        /// Whether everything but Node is there.
        pub everything: bool,
        /// Programs on PATH.
        pub programs: Vec<&'static str>,
        /// What `node --version` prints.
        pub node: Option<&'static str>,
        /// Whether it is root's.
        pub root: bool,
    }

    impl Scripted {
        /// Debian's base system, as root.
        pub fn bare_debian() -> Self {
            Self { programs: vec!["apt-get"], root: true, ..Self::default() }
        }

        /// A developer's machine.
        pub fn complete() -> Self {
            Self { everything: true, node: Some("v20.11.0"), ..Self::default() }
        }
    }

    impl Probe for Scripted {
        fn program(&self, name: &str) -> bool {
            self.everything || self.programs.contains(&name)
        }
        fn library(&self, _: &str) -> bool {
            self.everything
        }
        fn file(&self, _: &str) -> bool {
            self.everything
        }
        fn answers(&self, _: &[&str]) -> bool {
            self.everything
        }
        fn node(&self) -> Option<String> {
            self.node.map(str::to_owned)
        }
        fn font(&self) -> bool {
            self.everything
        }
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn is_root(&self) -> bool {
            self.root
        }
    }
}
