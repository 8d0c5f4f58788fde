//! A language for the window.
//!
//! WebKit's own formatting of dates and numbers fails in the locales `C` and
//! `POSIX` ("invalid language tag: C"), which is what servers and CI have. The
//! locale named instead need not be generated on the machine.

use std::process::Command;

/// The locale that stands in where none names a language.
const STAND_IN: &str = "en_US.UTF-8";

/// Gives a program a locale with a language, if it would inherit none.
pub fn in_a_language(command: &mut Command) {
    let names_one = |variable| std::env::var(variable).is_ok_and(|locale| names_a_language(&locale));
    // LC_ALL, where it is set, hides LANG.
    if std::env::var_os("LC_ALL").is_some() && !names_one("LC_ALL") {
        command.env_remove("LC_ALL");
    }
    if !names_one("LANG") {
        command.env("LANG", STAND_IN);
    }
}

fn names_a_language(locale: &str) -> bool {
    let language = locale.split(['.', '@']).next().unwrap_or_default();
    !matches!(language, "" | "C" | "POSIX")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_without_a_language_is_told_from_one_with() {
        assert!(names_a_language("de_AT.UTF-8") && names_a_language("en_US"));
        assert!(!names_a_language("C.UTF-8") && !names_a_language("POSIX") && !names_a_language(""));
        assert!(names_a_language(STAND_IN));
    }
}
