//! Which device a driver is for.

use super::hex::Pattern;
use super::{Driver, Drivers};
use std::fmt;

/// What a device says of itself before anybody connects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Advert<'a> {
    /// Its name, where it has one.
    pub name: Option<&'a str>,
    /// The services that it names.
    pub services: &'a [u128],
    /// Manufacturer data: company id, and the bytes behind it.
    pub manufacturer: &'a [(u16, &'a [u8])],
}

/// What an advert must say. Everything that is given has to hold; at least one is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// All of these services.
    pub services: Vec<u128>,
    /// A name like this one: `*` stands for any characters, `?` for one.
    pub name: Option<String>,
    /// Manufacturer data of this company that begins like this.
    pub manufacturer: Option<(u16, Pattern)>,
}

/// How much a driver asks for, compared from left to right: bytes of manufacturer data (two for
/// the company), services, characters of the name other than `*` and `?`.
pub type Specificity = (usize, usize, usize);

impl Match {
    /// Whether the advert says all of it.
    #[must_use]
    pub fn fits(&self, advert: &Advert<'_>) -> bool {
        let like = |pattern: &String| advert.name.is_some_and(|name| glob(pattern, name));
        let made = |(company, data): &(u16, Pattern)| {
            advert.manufacturer.iter().any(|(id, bytes)| id == company && data.begins(bytes))
        };
        self.services.iter().all(|service| advert.services.contains(service))
            && self.name.as_ref().is_none_or(like)
            && self.manufacturer.as_ref().is_none_or(made)
    }

    /// How much it asks for.
    #[must_use]
    pub fn specificity(&self) -> Specificity {
        let made = self.manufacturer.as_ref().map_or(0, |(_, data)| 2 + data.named());
        let literal = |name: &String| name.chars().filter(|c| !matches!(c, '*' | '?')).count();
        (made, self.services.len(), self.name.as_ref().map_or(0, literal))
    }
}

/// The driver for a device, and those that would have done too.
#[derive(Clone, Debug)]
pub struct Choice<'d> {
    /// The one to use.
    pub driver: &'d Driver,
    /// The others, best first.
    pub others: Vec<&'d Driver>,
}

impl Drivers {
    /// The driver for a device: the most specific one, and of equals the first by name.
    #[must_use]
    pub fn choose(&self, advert: &Advert<'_>) -> Option<Choice<'_>> {
        let mut fitting: Vec<&Driver> =
            self.good.iter().filter(|driver| driver.matches.fits(advert)).collect();
        fitting.sort_by(|a, b| {
            let by_rule = b.matches.specificity().cmp(&a.matches.specificity());
            by_rule.then_with(|| a.name.cmp(&b.name))
        });
        let (driver, others) = fitting.split_first()?;
        Some(Choice { driver, others: others.to_vec() })
    }
}

/// What is said where more than one driver fits.
impl fmt::Display for Choice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "driver {} is used", self.driver.name)?;
        let Some(next) = self.others.first() else { return Ok(()) };
        let names: Vec<&str> = self.others.iter().map(|driver| driver.name.as_str()).collect();
        let equal = next.matches.specificity() == self.driver.matches.specificity();
        let why = if equal { "comes first by name" } else { "asks for more" };
        write!(f, "; {} would fit too, but it {why}", names.join(", "))
    }
}

/// Whether all of `text` is like `pattern`. It goes back to the last `*` only, so that the work
/// is bounded by the product of both lengths.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '?' || text.get(t) == Some(c) => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((after, from)) = star else { return false };
                (p, t) = (after, from + 1);
                star = Some((after, from + 1));
            }
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        let fitting = [("Lab-*", "Lab-"), ("Lab-*", "Lab-7"), ("*", ""), ("a*b*c", "axxbxbc"), ("?é", "aé")];
        for (pattern, text) in fitting {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("Lab-?", "Lab-"), ("Lab", "Lab-7"), ("a*b", "abc"), ("", "a"), ("*a?", "a")]
        {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
        let long = "a".repeat(248);
        assert!(!glob(&"a*".repeat(32).replace("a*", "*a").replacen('a', "b", 1), &long));
    }
}
