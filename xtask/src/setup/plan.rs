//! What to do about what is missing: a decision, and the words for it.
//!
//! Pure: it looks at nothing but what it is handed, and installs nothing.

use super::evidence::Probe;
use super::needs::Need;
use super::platform::{Platform, Tool};

/// The decision.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing is missing.
    Ready,
    /// Install these with apt, after saying so.
    Install {
        /// What to say first: one line for each package, with its reason.
        announcement: String,
        /// The packages.
        packages: Vec<&'static str>,
        /// Through sudo.
        by_sudo: bool,
    },
    /// Nothing can or may be installed: say what to do.
    Tell(String),
}

/// Decides what to do about what is missing.
pub fn plan(probe: &dyn Probe, platform: Platform, missing: &[&'static Need], may_install: bool) -> Plan {
    if missing.is_empty() {
        return Plan::Ready;
    }
    let Platform::Linux(Some(tool)) = platform else { return Plan::Tell(by_hand(missing)) };
    let by_sudo = !probe.is_root();
    let can_install = tool == Tool::Apt && may_install && (!by_sudo || probe.program("sudo"));
    match can_install {
        true => {
            Plan::Install { announcement: announcement(missing), packages: names(tool, missing), by_sudo }
        }
        false => Plan::Tell(command(tool, missing, by_sudo)),
    }
}

fn announcement(missing: &[&Need]) -> String {
    format!(
        "Installing with apt-get, because this machine does not have it yet:\n{}",
        listed(Tool::Apt, missing)
    )
}

/// One line for each package, with its reason.
fn listed(tool: Tool, missing: &[&Need]) -> String {
    let rows = missing.iter().filter_map(|need| Some((need.package_of(tool)?, need.why)));
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, why)| format!("  {name:width$}  {why}")).collect::<Vec<_>>().join("\n")
}

fn names(tool: Tool, missing: &[&'static Need]) -> Vec<&'static str> {
    let mut names: Vec<_> = missing.iter().filter_map(|need| need.package_of(tool)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The command for a person to type.
fn command(tool: Tool, missing: &[&'static Need], by_sudo: bool) -> String {
    let sudo = if by_sudo { "sudo " } else { "" };
    format!(
        "something is missing on this machine:\n{}\nInstall it, then try again:\n  {sudo}{} {}",
        listed(tool, missing),
        tool.install_words(),
        names(tool, missing).join(" ")
    )
}

/// For systems where nothing is installed for the person.
fn by_hand(missing: &[&Need]) -> String {
    let rows = missing.iter().map(|need| format!("  {}  ({})", need.advice(), need.why));
    let rows: Vec<_> = rows.collect();
    format!("something is missing on this machine:\n{}\nInstall it, then try again.", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::evidence::scripted::Scripted;
    use super::super::needs::{self, Purpose};
    use super::*;

    const DEBIAN: Platform = Platform::Linux(Some(Tool::Apt));

    fn missing(platform: Platform, evidence: &str) -> Vec<&'static Need> {
        needs::of(platform, Purpose::Test)
            .filter(|need| format!("{:?}", need.evidence).contains(evidence))
            .collect()
    }

    #[test]
    fn nothing_missing_is_nothing_to_do() {
        assert_eq!(plan(&Scripted::bare_debian(), DEBIAN, &[], true), Plan::Ready);
    }

    #[test]
    fn root_installs_directly_after_saying_what_and_why() {
        let missing = missing(DEBIAN, "Library");
        let Plan::Install { announcement, packages, by_sudo } =
            plan(&Scripted::bare_debian(), DEBIAN, &missing, true)
        else {
            panic!("root may install");
        };
        assert_eq!(packages, ["libdbus-1-dev", "libwebkit2gtk-4.1-dev"]);
        assert!(!by_sudo);
        assert!(
            announcement.contains("  libdbus-1-dev          D-Bus: the way to Bluetooth sensors"),
            "{announcement}"
        );
    }

    #[test]
    fn anyone_else_goes_through_sudo_or_gets_the_exact_command() {
        let missing = missing(DEBIAN, "npm");
        let with_sudo = Scripted { programs: vec!["apt-get", "sudo"], ..Scripted::default() };
        assert!(matches!(plan(&with_sudo, DEBIAN, &missing, true), Plan::Install { by_sudo: true, .. }));
        let without = Scripted { programs: vec!["apt-get"], ..Scripted::default() };
        let Plan::Tell(text) = plan(&without, DEBIAN, &missing, true) else { panic!("nobody to install as") };
        assert!(text.ends_with("sudo apt-get install --no-install-recommends npm"), "{text}");
    }

    #[test]
    fn told_not_to_install_it_only_tells() {
        let told = plan(&Scripted::bare_debian(), DEBIAN, &missing(DEBIAN, "npm"), false);
        let Plan::Tell(text) = told else { panic!("it may not install") };
        assert!(text.ends_with("\n  apt-get install --no-install-recommends npm"), "{text}");
    }

    #[test]
    fn other_distributions_get_their_own_names() {
        let fedora = Platform::Linux(Some(Tool::Dnf));
        let Plan::Tell(text) = plan(&Scripted::default(), fedora, &missing(fedora, "webkit"), true) else {
            panic!("only apt installs");
        };
        assert!(text.ends_with("sudo dnf install webkit2gtk4.1-devel"), "{text}");
    }

    #[test]
    fn macos_and_windows_are_told_what_to_install() {
        let Plan::Tell(text) =
            plan(&Scripted::default(), Platform::MacOs, &missing(Platform::MacOs, "Node"), true)
        else {
            panic!("nothing is installed there");
        };
        assert!(text.contains("nodejs.org"), "{text}");
    }
}
