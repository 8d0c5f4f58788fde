//! Where the console's own configuration file is. The window asks its toolkit;
//! here it is found by the same rules.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the console's settings, named after its identifier.
const FOLDER: &str = "org.sensocto.console";

/// The configuration file of this user; none where there is no place for one.
pub fn usual_file() -> Option<PathBuf> {
    let home = std::env::home_dir();
    let folder = config_folder(home.as_deref(), |name| std::env::var_os(name))?;
    Some(folder.join(FOLDER).join("settings.toml"))
}

fn config_folder(home: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let given = |name: &str| variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    match () {
        () if cfg!(windows) => given("APPDATA"),
        () if cfg!(target_os = "macos") => home.map(|home| home.join("Library/Application Support")),
        () => given("XDG_CONFIG_HOME").or_else(|| home.map(|home| home.join(".config"))),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_users_folder_is_where_the_desktop_says_or_below_home() {
        let home = Path::new("/home/x");
        let with = |value: &'static str| config_folder(Some(home), move |_| Some(value.into()));
        assert_eq!(with("/etc/x"), Some("/etc/x".into()));
        assert_eq!(with("not/absolute"), Some("/home/x/.config".into()));
        assert_eq!(config_folder(None, |_| None), None);
    }
}
