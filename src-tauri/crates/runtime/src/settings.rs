//! The configuration file: one TOML file with a table for every part of the
//! runtime, read at the start.
//!
//! Nothing in it can keep the console from starting. A value of a wrong type, a
//! key that nobody knows, a number that makes no sense: each is named with its
//! line and column and with what is allowed; its default is kept, and the rest of
//! the file counts. Every knob has one row in [`knobs`], which is read, written as
//! the example file, and tested.

mod complaint;
mod example;
mod knob;
mod knobs;
mod order;
mod read;

pub use complaint::Complaint;

use crate::bio::BioConfig;
use crate::core::Core;
use crate::entrances::Rates;
use crate::history::HistorySettings;
use crate::load::MonitorConfig;
use connect::NoticeLevel;
use policy::attention::Timings;
use policy::limits::Table;
use policy::quality::Choice;
use std::io::Read;
use std::path::Path;

/// A longer file is no configuration.
const BYTES_MAX: u64 = 256 * 1024;
/// So many complaints go to the notice board, which holds other things too.
const NOTICES_MAX: usize = 5;

/// Every setting of the runtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Threads that the simulated sensors share.
    pub shared_workers: u32,
    /// Load monitor and memory protection.
    pub monitor: MonitorConfig,
    /// Bio tier.
    pub bio: BioConfig,
    /// Rolling history.
    pub history: HistorySettings,
    /// How long attention lasts.
    pub attention: Timings,
    /// How a view is served of which nobody has chosen anything.
    pub view_choice: Choice,
    /// What is kept of a stream in memory, by kind.
    pub store: Table,
    /// Token buckets.
    pub entrances: Rates,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shared_workers: 2,
            monitor: MonitorConfig::default(),
            bio: BioConfig::default(),
            history: HistorySettings::default(),
            attention: Timings::default(),
            view_choice: Choice::default(),
            store: Table::default(),
            entrances: Rates::default(),
        }
    }
}

/// What came of reading a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The settings, with defaults where the file is silent or wrong.
    pub settings: Settings,
    /// What is wrong with the file, in its order.
    pub complaints: Vec<Complaint>,
}

impl Settings {
    /// Reads a file. One that is not there is no settings, and no complaint.
    #[must_use]
    pub fn load(path: &Path) -> Loaded {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match text_of(path) {
            Ok(Some(text)) => Self::parse(&name, &text),
            Ok(None) => Loaded::default(),
            Err(why) => {
                let complaints = vec![Complaint::of_file(&name, &why)];
                Loaded { settings: Self::default(), complaints }
            }
        }
    }

    /// The text of the example file, `assets/settings.toml`: every setting with its
    /// default, its meaning and its bounds.
    #[must_use]
    pub fn example() -> String {
        example::example()
    }

    /// Reads the text of a file called `name`.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> Loaded {
        read::read(name, text)
    }
}

impl Core {
    /// Tells the operator what is wrong with the configuration file, the first last,
    /// so that it stands on top.
    pub(crate) fn tell_complaints(&self, complaints: &[Complaint]) {
        let (shown, more) = complaints.split_at(complaints.len().min(NOTICES_MAX));
        if !more.is_empty() {
            let text = format!("The settings have {} more mistakes.", more.len());
            self.notices.say(NoticeLevel::Warning, text, "The log names them.");
            more.iter().for_each(|complaint| tracing::warn!(%complaint, "settings"));
        }
        for complaint in shown.iter().rev() {
            let remedy = "The rest of the file is used. Put it right and start the console again.";
            self.notices.say(NoticeLevel::Warning, complaint.to_string(), remedy);
        }
    }
}

fn text_of(path: &Path) -> Result<Option<String>, String> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("it can't be opened: {error}")),
    };
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| format!("it can't be read: {error}"))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err("it is longer than 256 KiB".to_owned());
    }
    String::from_utf8(bytes).map(Some).map_err(|_| "it is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests;
