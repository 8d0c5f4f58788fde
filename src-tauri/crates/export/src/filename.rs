//! File names from names that came from outside: `<sensor>_<attribute>.csv`.
//!
//! A name keeps letters and digits of any script, `-`, `_` and `.`; everything
//! else becomes `_`. It can't lead out of its folder, hide, look like an
//! option, or be too long (255 bytes on common file systems), and no two are
//! equal, whatever the file system thinks of capitals.

use std::collections::BTreeSet;

/// What is kept of a sensor's name, in bytes; an attribute has at most 64.
const SENSOR_BYTES_MAX: usize = 100;

/// The names given so far, in small letters.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// A name that is not taken: with `_2`, `_3`, … where it has to be.
    pub(crate) fn unique(&mut self, sensor: &str, attribute: &str) -> String {
        let stem = format!("{}_{}", safe(sensor), safe(attribute));
        let numbered = |n: u64| if n == 1 { format!("{stem}.csv") } else { format!("{stem}_{n}.csv") };
        let mut n = 1;
        while !self.0.insert(numbered(n).to_lowercase()) {
            n += 1;
        }
        numbered(n)
    }
}

fn safe(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = name.chars().map(kept).collect();
    let name = name.trim_matches(['_', '-', '.']);
    let end = name.floor_char_boundary(SENSOR_BYTES_MAX);
    if end == 0 { "sensor".to_owned() } else { name[..end].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(sensor: &str) -> String {
        Names::default().unique(sensor, "ecg")
    }

    #[test]
    fn a_hostile_name_stays_in_its_folder_and_in_sight() {
        assert_eq!(first("../../etc/passwd"), "etc_passwd_ecg.csv");
        assert_eq!(first("C:\\con"), "C__con_ecg.csv");
        assert_eq!(first("-rf ."), "rf_ecg.csv");
        assert_eq!(first("<img onerror=x>\0"), "img_onerror_x_ecg.csv");
        assert_eq!(first("Jörg's 心電図"), "Jörg_s_心電図_ecg.csv");
        assert_eq!(first(" / "), "sensor_ecg.csv");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = Names::default().unique(&"心".repeat(80), &"a".repeat(64));
        assert!(name.len() < 255 && name.starts_with("心心"));
    }

    #[test]
    fn equal_names_are_numbered_and_capitals_do_not_make_a_difference() {
        let mut names = Names::default();
        let given = ["Strap", "strap", "Strap"].map(|sensor| names.unique(sensor, "ecg"));
        assert_eq!(given, ["Strap_ecg.csv", "strap_ecg_2.csv", "Strap_ecg_3.csv"]);
        assert_eq!(names.unique("Strap_ecg", "2"), "Strap_ecg_2_2.csv");
    }
}
