//! What the load monitor tells the operator. No figures: the same trouble is then
//! the same notice, and is counted instead of repeated.

use connect::{Notice, NoticeLevel};
use model::LoadLevel;
use policy::load::measures::{Measure, Strain, in_force};
use policy::load::{Pressures, Weights};
use policy::memory::MemoryState;

/// What is said when the load's level changes.
pub fn of_load(after: Strain, cause: &str) -> Notice {
    let (level, text) = match after.load {
        LoadLevel::Normal => (NoticeLevel::Info, "The machine has room again."),
        LoadLevel::Elevated => (NoticeLevel::Info, "The machine is busy."),
        LoadLevel::High => (NoticeLevel::Warning, "The machine is very busy."),
        LoadLevel::Critical => (NoticeLevel::Error, "The machine is at its limit."),
    };
    let remedy = match after.load {
        LoadLevel::Normal => measures(after),
        _ => format!("Most pressing: {cause}. {}", measures(after)),
    };
    Notice { level, text: text.to_owned(), remedy: remedy.trim().to_owned() }
}

/// What is said when memory becomes short or free.
pub fn of_memory(after: Strain) -> Notice {
    let (level, text) = match after.memory {
        MemoryState::Free => (NoticeLevel::Info, "There is enough memory again."),
        MemoryState::Protected => (NoticeLevel::Warning, "Memory is short."),
        MemoryState::Critical => (NoticeLevel::Error, "Memory is almost used up."),
    };
    let advice = if after.memory == MemoryState::Free { "" } else { "Close what is not needed. " };
    Notice { level, text: text.to_owned(), remedy: format!("{advice}{}", measures(after)).trim().to_owned() }
}

fn measures(strain: Strain) -> String {
    let words: Vec<String> = in_force(strain).into_iter().map(Measure::words).collect();
    words.join(" ")
}

/// The pressure that adds most to the score, in words.
pub fn cause(pressures: Pressures, weights: Weights) -> &'static str {
    let weights = weights.normalised();
    let parts = [
        (weights.cpu * pressures.cpu, "the processor"),
        (weights.event_bus * pressures.event_bus, "what waits for views"),
        (weights.queues * pressures.queues, "what waits for sensor workers"),
        (weights.memory * pressures.memory, "memory"),
    ];
    let most = parts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    most.map_or("", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_what_presses_and_what_is_done_about_it() {
        let strain = Strain { load: LoadLevel::Critical, memory: MemoryState::Free };
        let notice = of_load(strain, "the processor");
        assert_eq!(
            (notice.level, notice.text.as_str()),
            (NoticeLevel::Error, "The machine is at its limit.")
        );
        assert!(notice.remedy.starts_with("Most pressing: the processor. Sources gather 5 times as long"));
        assert!(notice.remedy.contains("nobody watches pause"));
    }

    #[test]
    fn the_cause_is_what_adds_most_not_what_is_highest() {
        let pressures = Pressures { cpu: 0.5, event_bus: 0.0, queues: 0.0, memory: 0.9 };
        assert_eq!(cause(pressures, Weights::default()), "the processor");
    }

    #[test]
    fn good_news_ask_for_nothing() {
        assert_eq!(of_memory(Strain::default()).remedy, "");
        assert_eq!(of_load(Strain::default(), "x").remedy, "");
    }
}
