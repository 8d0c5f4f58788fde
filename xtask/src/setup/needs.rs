//! What the console needs from the system, why, and what it is called where.
//!
//! The names for apt are tried on Debian 12; those of the other package
//! managers are the best known and are only told, never installed.

use super::evidence::Evidence;
use super::platform::{Platform, Tool};

/// What the machine is to be made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Building and opening the console.
    Run,
    /// The same under a virtual display.
    RunVirtually,
    /// Every test.
    Test,
    /// Measuring against others.
    Bench,
}

/// One thing that is needed.
#[derive(Debug)]
pub struct Need {
    /// The first purpose that needs it; the later ones need it too.
    pub since: Purpose,
    /// What shows that it is there.
    pub evidence: Evidence,
    /// Why it is needed, as one clause.
    pub why: &'static str,
    source: Source,
}

/// Where it comes from.
#[derive(Debug)]
enum Source {
    /// A package: its names for apt, dnf, pacman and zypper.
    Package([&'static str; 4]),
    /// Something that a person does.
    Advice(&'static str),
}

/// What a purpose needs on a platform.
pub fn of(platform: Platform, purpose: Purpose) -> impl Iterator<Item = &'static Need> {
    let table: &[Need] = match platform {
        Platform::Linux(_) => &LINUX,
        Platform::MacOs => &MACOS,
        Platform::Windows => &WINDOWS,
    };
    table.iter().filter(move |need| need.since <= purpose)
}

impl Need {
    /// The package's name for a package manager.
    pub fn package_of(&self, tool: Tool) -> Option<&'static str> {
        match self.source {
            Source::Package(names) => names.get(tool as usize).copied(),
            Source::Advice(_) => None,
        }
    }

    /// Where a person gets it: what to do, or Debian's name for it.
    pub fn advice(&self) -> &'static str {
        match self.source {
            Source::Package([debian, ..]) => debian,
            Source::Advice(advice) => advice,
        }
    }
}

const fn package(since: Purpose, evidence: Evidence, names: [&'static str; 4], why: &'static str) -> Need {
    Need { since, evidence, why, source: Source::Package(names) }
}

const fn by_hand(evidence: Evidence, advice: &'static str, why: &'static str) -> Need {
    Need { since: Purpose::Run, evidence, why, source: Source::Advice(advice) }
}

use Evidence::{Answers, File, Font, Library, Node, Program};
use Purpose::{Bench, Run, RunVirtually, Test};

const LINUX: [Need; 18] = [
    package(
        Run,
        File("/etc/ssl/certs/ca-certificates.crt"),
        ["ca-certificates"; 4],
        "the certificates by which npm trusts its registry",
    ),
    package(
        Run,
        Program("cc"),
        ["gcc"; 4],
        "the C compiler: SQLite is compiled into the program, and Rust links with it",
    ),
    package(
        Run,
        File("/usr/include/stdio.h"),
        ["libc6-dev", "glibc-devel", "glibc", "glibc-devel"],
        "the C library's headers, for the C compiler",
    ),
    package(
        Run,
        Program("pkg-config"),
        ["pkg-config", "pkgconf-pkg-config", "pkgconf", "pkgconf-pkg-config"],
        "finds the libraries below for the build",
    ),
    package(
        Run,
        Library("webkit2gtk-4.1"),
        ["libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1", "webkit2gtk3-devel"],
        "WebKitGTK with GTK 3: the window that shows the UI",
    ),
    package(
        Run,
        Library("dbus-1"),
        ["libdbus-1-dev", "dbus-devel", "dbus", "dbus-1-devel"],
        "D-Bus: the way to Bluetooth sensors",
    ),
    package(
        Run,
        Node,
        ["nodejs", "nodejs", "nodejs", "nodejs-default"],
        "Node 18 or later: builds the UI (the console itself does not use it)",
    ),
    package(
        Run,
        Program("npm"),
        ["npm", "nodejs-npm", "npm", "npm-default"],
        "npm: fetches what the UI build uses",
    ),
    package(
        Run,
        Font,
        ["fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts"],
        "a font, because this machine has none to draw text with",
    ),
    package(
        RunVirtually,
        Program("xvfb-run"),
        ["xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"],
        "Xvfb: a display without a screen, for a real window",
    ),
    package(
        RunVirtually,
        Program("xauth"),
        ["xauth", "xorg-x11-xauth", "xorg-xauth", "xauth"],
        "keeps that display to its own user",
    ),
    package(
        RunVirtually,
        Program("dbus-daemon"),
        ["dbus", "dbus-daemon", "dbus", "dbus-1"],
        "private D-Bus daemons: the window's session, and the fake Bluetooth stack of the tests",
    ),
    package(
        Test,
        Program("dbus-launch"),
        ["dbus-x11", "dbus-x11", "dbus", "dbus-1-x11"],
        "gives a window under test a session bus of its own",
    ),
    package(
        Test,
        Program("WebKitWebDriver"),
        ["webkit2gtk-driver", "webkit2gtk4.1", "webkit2gtk-4.1", "webkit2gtk-4_1-driver"],
        "WebDriver: presses the buttons of the real window in tests",
    ),
    package(
        Test,
        Program("import"),
        ["imagemagick", "ImageMagick", "imagemagick", "ImageMagick"],
        "takes the tests' pictures of the real window",
    ),
    package(
        Test,
        Program("erl"),
        ["erlang-base", "erlang", "erlang", "erlang"],
        "Erlang/OTP: its supervisors are what ours are compared with",
    ),
    package(
        Test,
        Answers(&["/usr/bin/python3", "-c", "import prometheus_client"]),
        [
            "python3-prometheus-client",
            "python3-prometheus_client",
            "python-prometheus_client",
            "python3-prometheus_client",
        ],
        "Prometheus' own reader of metrics: ours have to pass it",
    ),
    package(
        Bench,
        Program("elixir"),
        ["elixir", "elixir", "elixir", "elixir"],
        "Elixir on Erlang/OTP: the other side of the benchmarks",
    ),
];

const NODE: Need = by_hand(Node, "install Node 18 or later from https://nodejs.org", "builds the UI");

const MACOS: [Need; 2] = [
    by_hand(Answers(&["xcode-select", "-p"]), "run `xcode-select --install`", "Apple's compiler and linker"),
    NODE,
];

// Microsoft's linker needs no row: without it this program could not have been built.
const WINDOWS: [Need; 2] = [
    by_hand(
        Answers(&[
            "reg",
            "query",
            r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
        ]),
        "install Microsoft Edge WebView2 (the Evergreen runtime)",
        "the window that shows the UI",
    ),
    NODE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_needs_what_the_one_before_it_needs() {
        let platform = Platform::Linux(Some(Tool::Apt));
        let count = |purpose| of(platform, purpose).count();
        assert!(count(Run) < count(RunVirtually) && count(RunVirtually) < count(Test));
        assert_eq!(count(Bench), LINUX.len());
    }

    #[test]
    fn every_need_on_linux_has_a_name_for_every_package_manager() {
        for need in &LINUX {
            for tool in [Tool::Apt, Tool::Dnf, Tool::Pacman, Tool::Zypper] {
                assert!(need.package_of(tool).is_some_and(|name| !name.is_empty()), "{need:?}");
            }
        }
        assert_eq!(LINUX[1].package_of(Tool::Apt), Some("gcc"));
        assert_eq!(LINUX[5].package_of(Tool::Zypper), Some("dbus-1-devel"));
    }

    #[test]
    fn where_nothing_is_installed_there_is_something_to_do() {
        for need in MACOS.iter().chain(&WINDOWS) {
            assert!(need.advice().contains("install"), "{need:?}");
        }
    }
}
