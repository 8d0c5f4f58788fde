//! `sensocto outbox`: the messages that the running console has set aside,
//! because they could not be delivered by their own fault; released or discarded
//! by their numbers.

use crate::args::OutboxCommand;
use crate::failure::Failure;
use crate::{running, say, table};
use api::{ParkedPage, ParkedRow, Request, Response};
use jiff::Timestamp;
use std::process::ExitCode;

/// Does what is asked; lists where nothing is.
///
/// # Errors
/// No console is running, it keeps no outbox, the message is gone, or the
/// outbox's disk does not answer.
pub fn run(command: Option<OutboxCommand>, json: bool) -> Result<ExitCode, Failure> {
    match command {
        None => list(None, json),
        Some(OutboxCommand::List { after }) => list(after, json),
        Some(OutboxCommand::Release { id }) => settle(
            &Request::ReleaseParked { id },
            json,
            format!("Message {id} is released: it is tried again."),
        ),
        Some(OutboxCommand::Discard { id }) => {
            settle(&Request::DiscardParked { id }, json, format!("Message {id} is discarded."))
        }
    }
}

fn list(after: Option<i64>, json: bool) -> Result<ExitCode, Failure> {
    let Response::Parked(page) = running::ask(&Request::Parked { after })? else {
        return Err(running::strange(200));
    };
    if json {
        say::result(serde_json::json!(page));
    } else {
        lines(&page).into_iter().for_each(say::result);
    }
    Ok(ExitCode::SUCCESS)
}

fn settle(request: &Request, json: bool, done: String) -> Result<ExitCode, Failure> {
    let Response::Done = running::ask(request)? else {
        return Err(running::strange(200));
    };
    say::result(if json { serde_json::json!({ "done": true }).to_string() } else { done });
    Ok(ExitCode::SUCCESS)
}

fn lines(page: &ParkedPage) -> Vec<String> {
    if page.messages.is_empty() {
        return vec![match page.total {
            0 => "Nothing is set aside.".to_owned(),
            total => format!("Nothing more is set aside; {total} in all, from the start of the list."),
        }];
    }
    let rows: Vec<Vec<String>> = page.messages.iter().map(row).collect();
    let heads = ["number", "put in (UTC)", "topic", "belongs to", "bytes", "tries", "reason"];
    let mut lines = table::lines(&heads, &rows, &[0, 4, 5]);
    lines.extend(page.next.map(|next| {
        let shown = page.messages.len();
        format!("{shown} of {} are shown; the next: sensocto outbox list --after {next}", page.total)
    }));
    lines
}

fn row(message: &ParkedRow) -> Vec<String> {
    let at = Timestamp::from_millisecond(message.put_ms as i64).ok();
    vec![
        message.id.to_string(),
        at.map_or("–".to_owned(), |at| at.strftime("%F %T").to_string()),
        message.topic.clone(),
        message.key.clone(),
        message.bytes.to_string(),
        message.tries.to_string(),
        message.reason.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(total: u64, next: Option<i64>, messages: Vec<ParkedRow>) -> ParkedPage {
        ParkedPage { messages, total, next }
    }

    fn message(id: i64) -> ParkedRow {
        ParkedRow {
            id,
            topic: "history".to_owned(),
            key: "p ecg".to_owned(),
            put_ms: 1.7e12,
            tries: 5,
            reason: "it ends early".to_owned(),
            bytes: 412,
        }
    }

    #[test]
    fn parked_messages_are_listed_with_number_time_place_tries_and_reason() {
        let lines = lines(&page(1, None, vec![message(7)]));
        assert_eq!(lines.len(), 2);
        let words: Vec<&str> = lines[1].split_whitespace().collect();
        let told = ["7", "2023-11-14", "22:13:20", "history", "p", "ecg", "412", "5", "it", "ends", "early"];
        assert_eq!(words, told);
    }

    #[test]
    fn a_page_that_is_not_the_last_says_how_the_next_is_asked_for() {
        let lines = lines(&page(45, Some(8), vec![message(7), message(8)]));
        assert_eq!(lines.last().unwrap(), "2 of 45 are shown; the next: sensocto outbox list --after 8");
    }

    #[test]
    fn an_empty_list_is_said_in_words() {
        assert_eq!(lines(&page(0, None, vec![])), ["Nothing is set aside."]);
        assert!(lines(&page(3, None, vec![]))[0].contains("3 in all"));
    }
}
