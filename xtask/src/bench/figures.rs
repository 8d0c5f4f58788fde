//! The figures that a measured program prints: one line of JSON, numbers by name.

use anyhow::{Context, Result};
use serde_json::Value;

/// Numbers by name.
#[derive(Debug)]
pub struct Figures(Value);

impl Figures {
    /// Reads a program's last line.
    pub fn read(line: &str) -> Result<Self> {
        serde_json::from_str(line).map(Self).with_context(|| format!("`{line}` is no JSON"))
    }

    /// One figure.
    pub fn get(&self, name: &str) -> Result<f64> {
        self.0[name].as_f64().with_context(|| format!("there is no number `{name}` in {}", self.0))
    }

    /// What a race compares: one figure, or one divided by another (`samples/cpu_seconds`).
    pub fn rate(&self, name: &str) -> Result<f64> {
        match name.split_once('/') {
            None => self.get(name),
            Some((upper, lower)) => Ok(self.get(upper)? / self.get(lower)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_one_figure_or_the_quotient_of_two() {
        let figures = Figures::read(r#"{"samples": 10, "cpu_seconds": 4.0}"#).unwrap();
        assert_eq!(figures.rate("samples/cpu_seconds").unwrap(), 2.5);
        assert_eq!(figures.rate("samples").unwrap(), 10.0);
    }

    #[test]
    fn a_figure_that_was_not_printed_is_named() {
        let figures = Figures::read("{}").unwrap();
        assert!(figures.rate("rss_bytes").unwrap_err().to_string().contains("`rss_bytes`"));
        assert!(Figures::read("panicked").is_err());
    }
}
