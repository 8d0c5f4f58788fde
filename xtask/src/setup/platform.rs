//! Which system this is, and which package manager it has.

use super::evidence::Probe;

/// The kinds of system that the console is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux, with its package manager if it is one that we know.
    Linux(Option<Tool>),
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Debian, Ubuntu and their kin: the one that is installed through.
    Apt,
    /// Fedora and its kin.
    Dnf,
    /// Arch and its kin.
    Pacman,
    /// openSUSE.
    Zypper,
}

impl Platform {
    /// The platform that this program runs on.
    pub fn of(probe: &dyn Probe) -> Self {
        match std::env::consts::OS {
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => Self::Linux(Tool::of(probe)),
        }
    }
}

impl Tool {
    /// Every one, in the order in which they are looked for.
    const ALL: [Self; 4] = [Self::Apt, Self::Dnf, Self::Pacman, Self::Zypper];

    fn of(probe: &dyn Probe) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| probe.program(tool.program()))
    }

    fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Zypper => "zypper",
        }
    }

    /// The words that a person types before the package names.
    pub fn install_words(self) -> &'static str {
        match self {
            Self::Apt => "apt-get install --no-install-recommends",
            Self::Dnf => "dnf install",
            Self::Pacman => "pacman -S --needed",
            Self::Zypper => "zypper install",
        }
    }
}
