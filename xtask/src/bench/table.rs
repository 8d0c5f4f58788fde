//! The closing table: figure, bound, verdict.

use anyhow::Result;

use super::figures::Figures;
use super::plan::{Better, Bound, Race};

/// One line of the table.
#[derive(Debug, PartialEq)]
pub struct Row {
    name: String,
    figure: String,
    bound: String,
    holds: bool,
}

impl Row {
    /// Of a race: the median ratio, with its spread.
    pub fn of_race(race: &Race, mut ratios: Vec<f64>) -> Self {
        ratios.sort_by(f64::total_cmp);
        let median = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
        let (least, most) =
            (ratios.first().copied().unwrap_or(median), ratios.last().copied().unwrap_or(median));
        Self {
            name: race.name.to_owned(),
            figure: format!("{median:.1}x ({least:.1} to {most:.1})"),
            bound: format!("at least {}x", race.bound),
            holds: median >= race.bound,
        }
    }

    /// Of one figure of a program.
    pub fn of_bound(name: &str, bound: &Bound, figures: &Figures) -> Result<Self> {
        let figure = figures.rate(bound.figure)?;
        let (words, holds) = match bound.better {
            Better::Higher => ("at least", figure >= bound.limit),
            Better::Lower => ("at most", figure <= bound.limit),
        };
        Ok(Self {
            name: format!("{name}: {}", bound.figure),
            figure: number(figure),
            bound: format!("{words} {}", number(bound.limit)),
            holds,
        })
    }

    fn verdict(&self) -> &'static str {
        if self.holds { "holds" } else { "FALLS SHORT" }
    }
}

/// Whole numbers with separators, others with two digits.
fn number(value: f64) -> String {
    if value.abs() < 1000.0 {
        return format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The whole table.
pub fn written(rows: &[Row]) -> String {
    let widest = |text: fn(&Row) -> &str| rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
    let (name, figure, bound) =
        (widest(|row| &row.name), widest(|row| &row.figure), widest(|row| &row.bound));
    let line = |row: &Row| {
        let Row { name: n, figure: f, bound: b, .. } = row;
        format!("{n:name$}  {f:>figure$}  {b:>bound$}  {}", row.verdict())
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_over_its_bound_falls_short() {
        let bound = Bound { figure: "rss_bytes", better: Better::Lower, limit: 2e9 };
        let row = |text| Row::of_bound("fleet", &bound, &Figures::read(text).unwrap()).unwrap();
        assert!(written(&[row(r#"{"rss_bytes": 1999999999}"#)]).ends_with("at most 2,000,000,000  holds"));
        assert!(written(&[row(r#"{"rss_bytes": 2000000001}"#)]).ends_with("FALLS SHORT"));
    }

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(
            ["16.5", "0", "12,345,678"],
            [16.5, 0.0, 12_345_678.0].map(number).each_ref().map(String::as_str)
        );
    }
}
