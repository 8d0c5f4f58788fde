//! `sensocto ask`: the last values of a sensor of the running console, asked of
//! its worker behind everything that was offered before.

use crate::failure::Failure;
use crate::{running, say, table};
use api::{AskedSensor, ChannelRow, Request, Response, StreamRow};
use std::process::ExitCode;

/// Asks, and prints the answer.
///
/// # Errors
/// No console is running, there is no such sensor, or its worker does not answer.
pub fn run(sensor: String, json: bool) -> Result<ExitCode, Failure> {
    let Response::Asked(asked) = running::ask(&Request::AskSensor { sensor })? else {
        return Err(running::strange(200));
    };
    if json {
        say::result(serde_json::json!(asked));
    } else {
        lines(&asked).into_iter().for_each(say::result);
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(asked: &AskedSensor) -> Vec<String> {
    let account = &asked.account;
    let head = format!(
        "{} ({}): {} offered, {} delivered, answered in {:.1} ms",
        asked.sensor.name, asked.sensor.id, account.offered, account.delivered, asked.took_ms
    );
    let rows: Vec<Vec<String>> = asked.sensor.streams.iter().map(row).collect();
    let heads = ["attribute", "last value", "age", "offered", "dropped", "gaps"];
    std::iter::once(head).chain(table::lines(&heads, &rows, &[2, 3, 4, 5])).collect()
}

fn row(stream: &StreamRow) -> Vec<String> {
    vec![
        stream.attribute.clone(),
        stream.channels.iter().map(value).collect::<Vec<_>>().join(", "),
        stream.age_secs.map_or("–".to_owned(), |age| format!("{age:.1} s")),
        stream.offered.to_string(),
        stream.dropped.to_string(),
        stream.gaps.to_string(),
    ]
}

fn value(channel: &ChannelRow) -> String {
    match (&channel.words, channel.value) {
        (Some(words), _) => words.clone(),
        (None, Some(value)) => {
            let digits = usize::from(channel.digits);
            format!("{value:.digits$} {}", channel.unit).trim_end().to_owned()
        }
        (None, None) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_with_its_digits_and_unit_or_in_its_words_or_not_at_all() {
        let channel = |value, words: Option<&str>| ChannelRow {
            name: String::new(),
            unit: "mV".to_owned(),
            digits: 2,
            value,
            words: words.map(str::to_owned),
            plausible: true,
        };
        assert_eq!(value(&channel(Some(1.2345), None)), "1.23 mV");
        assert_eq!(value(&channel(Some(1.0), Some("in contact"))), "in contact");
        assert_eq!(value(&channel(None, None)), "–");
    }
}
