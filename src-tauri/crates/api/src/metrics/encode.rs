//! Prometheus' text format, version 0.0.4. (The crate prometheus-client wants to
//! own the counters; ours live where they are counted.)

use std::fmt::{Display, Write};

/// What a metric is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Quantiles, sum and count.
    Summary,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
        }
    }
}

/// The text so far.
#[derive(Debug, Default)]
pub struct Text(String);

impl Text {
    /// A metric with one value.
    pub fn one(&mut self, name: &str, kind: Kind, help: &str, value: f64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// A metric with a value for each value of one label; nothing where there is none.
    pub fn each<'a>(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, f64)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.family(name, kind, help);
        }
        for (key, value) in values {
            self.sample(name, &[(label, key)], value);
        }
    }

    /// The head of a metric. `name` and `help` are words of the program.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str) {
        self.put(format_args!("# HELP {name} {help}\n# TYPE {name} {}\n", kind.word()));
    }

    /// One value. Labels' values may come from outside.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.put(name);
        for (k, (label, text)) in labels.iter().enumerate() {
            let opening = if k == 0 { '{' } else { ',' };
            self.put(format_args!("{opening}{label}=\"{}\"", escaped(text)));
        }
        self.put(if labels.is_empty() { " " } else { "} " });
        self.put(format_args!("{value}\n"));
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }

    fn put(&mut self, text: impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{text}");
    }
}

/// Backslash, quote and line feed are what the format escapes in a label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_from_outside_can_not_break_out() {
        let mut text = Text::default();
        let hostile = "a\"} 1\nevil 2\n\\";
        text.each("depth", Kind::Gauge, "Help.", "queue", [(hostile, 3.0)]);
        let expected =
            "# HELP depth Help.\n# TYPE depth gauge\ndepth{queue=\"a\\\"} 1\\nevil 2\\n\\\\\"} 3\n";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn a_metric_without_values_is_left_out() {
        let mut text = Text::default();
        text.each("depth", Kind::Gauge, "Help.", "queue", []);
        assert_eq!(text.finish(), "");
    }
}
