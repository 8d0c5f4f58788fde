//! Alarms as notices: one for each sensor, or one for many that fall silent together;
//! taken down as soon as data flows.

use crate::notices::NoticeBoard;
use crate::sensor::Sensor;
use crate::stream::Stream;
use connect::NoticeLevel;
use model::{LinkState, SensorId};
use std::collections::BTreeMap;

/// So many sensors at once are told one by one; more are told together.
const ONE_BY_ONE: usize = 3;

/// What has happened to a stream of a sensor.
pub(super) struct Event {
    pub sensor: SensorId,
    pub what: What,
}

pub(super) enum What {
    /// Nothing comes.
    Silent {
        /// What the sensor is called.
        name: String,
        /// What the stream measures.
        label: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Data flows again.
    Flows {
        /// What the sensor is called.
        name: String,
    },
    /// Nothing is expected any more.
    Dropped,
}

impl What {
    pub fn raised(sensor: &Sensor, stream: &Stream) -> Self {
        let remedy = match sensor.link() {
            LinkState::Lost { .. } | LinkState::Connecting => {
                "The link is lost and is being made again: see that the sensor is near, worn and charged."
            }
            LinkState::Live | LinkState::Stopped => {
                "The link is up, but nothing comes: see that it is worn and its electrodes are wet. If that \
                 does not help, disconnect it and connect it again."
            }
        };
        Self::Silent { name: sensor.info().name.to_string(), label: stream.spec().kind.label(), remedy }
    }
}

/// Which sensors are silent, and the notices that say so.
#[derive(Default)]
pub(super) struct Board {
    silent: BTreeMap<SensorId, Silent>,
}

struct Silent {
    streams: usize,
    notice: u64,
}

impl Board {
    /// The sensors that are silent.
    pub fn silent(&self) -> Vec<SensorId> {
        self.silent.keys().cloned().collect()
    }

    /// Takes what has happened and tells it; how many sensors have fallen silent.
    pub fn tell(&mut self, events: Vec<Event>, notices: &NoticeBoard) -> usize {
        let (mut fallen, mut back) = (Vec::new(), Vec::new());
        for Event { sensor, what } in events {
            match what {
                What::Silent { name, label, remedy } => {
                    let silent =
                        self.silent.entry(sensor.clone()).or_insert(Silent { streams: 0, notice: 0 });
                    silent.streams += 1;
                    if silent.streams == 1 {
                        fallen.push((sensor, name, label, remedy));
                    }
                }
                What::Flows { name } if self.end_one(&sensor, notices) => back.push(name),
                What::Flows { .. } => {}
                What::Dropped => {
                    self.end_one(&sensor, notices);
                }
            }
        }
        let raised = fallen.len();
        self.tell_fallen(fallen, notices);
        tell_back(&back, notices);
        raised
    }

    /// One stream less is silent. True where that was the sensor's last: then its
    /// notice goes, unless others are told by it, too.
    fn end_one(&mut self, sensor: &SensorId, notices: &NoticeBoard) -> bool {
        let Some(silent) = self.silent.get_mut(sensor) else { return false };
        silent.streams = silent.streams.saturating_sub(1);
        if silent.streams > 0 {
            return false;
        }
        let notice = silent.notice;
        self.silent.remove(sensor);
        if !self.silent.values().any(|other| other.notice == notice) {
            notices.dismiss(notice);
        }
        true
    }

    fn tell_fallen(
        &mut self,
        fallen: Vec<(SensorId, String, &'static str, &'static str)>,
        notices: &NoticeBoard,
    ) {
        if fallen.len() > ONE_BY_ONE {
            let names: Vec<&str> = fallen.iter().map(|(_, name, ..)| name.as_str()).collect();
            let text = format!("No data for 2 s from {} sensors: {}.", fallen.len(), some_of(&names));
            let remedy =
                "They fell silent together: look at what they share, such as the adapter or the scenario.";
            let notice = notices.say(NoticeLevel::Error, text, remedy);
            fallen.into_iter().for_each(|(sensor, ..)| self.note(&sensor, notice));
            return;
        }
        for (sensor, name, label, remedy) in fallen {
            let text = format!("No data from {name} for 2 s ({label}).");
            let notice = notices.say(NoticeLevel::Error, text, remedy);
            self.note(&sensor, notice);
        }
    }

    fn note(&mut self, sensor: &SensorId, notice: u64) {
        if let Some(silent) = self.silent.get_mut(sensor) {
            silent.notice = notice;
        }
    }
}

fn tell_back(names: &[String], notices: &NoticeBoard) {
    if names.len() > ONE_BY_ONE {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = format!("Data flows again from {} sensors: {}.", names.len(), some_of(&names));
        notices.say(NoticeLevel::Info, text, "");
        return;
    }
    for name in names {
        notices.say(NoticeLevel::Info, format!("Data from {name} flows again."), "");
    }
}

fn some_of(names: &[&str]) -> String {
    let first = names.iter().take(ONE_BY_ONE).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(ONE_BY_ONE) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
