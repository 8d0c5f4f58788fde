//! Node's version: the UI build wants 18 or later, and any such Node will do.

/// The oldest major version that builds the UI; Debian 12 has it.
pub const OLDEST_MAJOR: u32 = 18;

/// The major version in what `node --version` prints, such as `v18.20.4`.
pub fn major(printed: &str) -> Option<u32> {
    printed.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Whether a version is new enough.
pub fn is_recent(printed: &str) -> bool {
    major(printed).is_some_and(|major| major >= OLDEST_MAJOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_node_prints() {
        assert_eq!(major("v18.20.4\n"), Some(18));
        assert_eq!(major("v23.0.0-nightly2024"), Some(23));
        assert_eq!(major("20"), Some(20));
        assert_eq!(major("command not found"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn eighteen_will_do_and_sixteen_will_not() {
        assert!(is_recent("v18.0.0"));
        assert!(!is_recent("v16.20.2"));
        assert!(!is_recent("vNext"));
    }
}
