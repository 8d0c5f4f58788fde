//! From the YAML tree to a checked [`Scenario`]: connectors, sensors, attributes.
//!
//! What can't be used is left out with a warning and the rest runs; only a file
//! that is no YAML, has no connectors or nothing usable in them is refused.
//! Bounds: 1,000 sensors and 10,000 attributes; ids of at most 128 bytes.

mod attribute;
mod fields;

use self::fields::Fields;
use super::plan::{AttributePlan, Scenario, SensorPlan};
use super::problem::{Fault, Place, Rejected, Warnings, quoted};
use super::yaml::{self, Key, Node};
use model::{AttributeId, ConnectorId, DisplayName, SensorId};
use std::collections::BTreeSet;

const SENSORS_MAX: usize = 1_000;
const ATTRIBUTES_MAX: usize = 10_000;
/// Two of these, `sim:`, a slash and a counter stay under an id's 128 bytes.
const ID_PART_BYTES_MAX: usize = 56;
const SHAPE: &str = "A scenario needs connectors, sensors in them and attributes in these: see the examples that come with the console";

/// Reads the text of a scenario file.
pub fn scenario(text: &str, file_name: &str) -> Result<(Scenario, Warnings), Fault> {
    let document = yaml::parse(text)?;
    let root = document.root.filter(|root| !root.is_null());
    let root = root.ok_or_else(|| Fault::whole_file("the file is empty", SHAPE))?;
    let top = Key { text: "the file".to_owned(), place: Place { line: 1, column: 1 } };
    let top = Fields::of(&top, &root).map_err(|why| why.refusing_the_file(SHAPE))?;
    let Some((key, node)) = top.entry("connectors") else {
        return Err(Fault::at(root.place, "there is no connectors section with anything in it", SHAPE));
    };
    let mut reading = Reading::default();
    reading.note_other_sections(&top, document.second);
    reading.connectors(&Fields::of(key, node).map_err(|why| why.refusing_the_file(SHAPE))?);
    reading.finish(text, file_name, key.place)
}

#[derive(Default)]
struct Reading {
    warnings: Warnings,
    first_left_out: Option<Rejected>,
    sensors: Vec<SensorPlan>,
    sensor_ids: BTreeSet<String>,
    connectors: usize,
    attributes: usize,
    sensors_beyond: Beyond,
    attributes_beyond: Beyond,
}

/// What stood beyond a bound: how many, and where the first one.
#[derive(Default)]
struct Beyond {
    count: usize,
    first: Option<Place>,
}

impl Beyond {
    fn count(&mut self, place: Place) {
        self.count += 1;
        self.first.get_or_insert(place);
    }

    fn warn(&self, what: &str, max: usize, warnings: &mut Warnings) {
        if let Some(place) = self.first {
            let count = self.count;
            warnings.add(
                place,
                format!("a scenario runs at most {max} {what}: {count} from here on are left out."),
            );
        }
    }
}

/// A connector while its sensors are read.
struct ConnectorName {
    part: String,
    id: ConnectorId,
    name: DisplayName,
}

impl Reading {
    fn note_other_sections(&mut self, top: &Fields, second: Option<Place>) {
        for (key, _) in top.entries().filter(|(key, _)| key.text != "connectors") {
            let text =
                format!("the section {} is not used by the console; the rest runs.", quoted(&key.text));
            self.warnings.add(key.place, text);
        }
        if let Some(place) = second {
            self.warnings.add(place, "a second document begins here; only the first one runs.");
        }
    }

    fn leave_out(&mut self, what: &str, why: Rejected) {
        self.warnings.add(why.place, format!("{}. The {what} is left out.", why.problem));
        self.first_left_out.get_or_insert(why);
    }

    fn connectors(&mut self, connectors: &Fields) {
        for (key, node) in connectors.entries() {
            if let Err(why) = self.connector(key, node) {
                self.leave_out("connector", why);
            }
        }
    }

    fn connector(&mut self, key: &Key, node: &Node) -> Result<(), Rejected> {
        let fields = Fields::of(key, node)?;
        fields.note_unknown_keys(&["connector_id", "connector_name", "sensors"], &mut self.warnings);
        let connector = connector_name(&fields)?;
        let Some((key, node)) = fields.entry("sensors") else {
            return Err(fields.missing("sensors", "must be a group of sensors"));
        };
        let before = self.sensors.len();
        for (key, node) in Fields::of(key, node)?.entries() {
            if let Err(why) = self.sensor(&connector, key, node) {
                self.leave_out("sensor", why);
            }
        }
        self.connectors += usize::from(self.sensors.len() > before);
        Ok(())
    }

    fn sensor(&mut self, connector: &ConnectorName, key: &Key, node: &Node) -> Result<(), Rejected> {
        if self.sensors.len() == SENSORS_MAX {
            self.sensors_beyond.count(key.place);
            return Ok(());
        }
        let fields = Fields::of(key, node)?;
        let known = ["sensor_id", "sensor_name", "sensor_type", "attributes"];
        fields.note_unknown_keys(&known, &mut self.warnings);
        let raw_id = fields.text("sensor_id")?.unwrap_or(fields.name);
        let name = shown_name(fields.text("sensor_name")?, raw_id, "Sensor");
        let attributes = self.attributes(&fields)?;
        let id = self.unique_id(&connector.part, raw_id, fields.place_of("sensor_id"))?;
        self.attributes += attributes.len();
        let (connector, connector_name) = (connector.id.clone(), connector.name.clone());
        self.sensors.push(SensorPlan { id, name, connector, connector_name, attributes });
        Ok(())
    }

    fn attributes(&mut self, sensor: &Fields) -> Result<Vec<AttributePlan>, Rejected> {
        let Some((key, node)) = sensor.entry("attributes") else {
            return Err(sensor.missing("attributes", "must be a group of attributes"));
        };
        let (mut plans, mut ids) = (Vec::new(), BTreeSet::new());
        for (key, node) in Fields::of(key, node)?.entries() {
            if self.attributes + plans.len() >= ATTRIBUTES_MAX {
                self.attributes_beyond.count(key.place);
                continue;
            }
            match self.attribute(&mut ids, key, node) {
                Ok(plan) => plans.push(plan),
                Err(why) => self.leave_out("attribute", why),
            }
        }
        if plans.is_empty() {
            let problem = format!("{} has no attribute that can run", quoted(sensor.name));
            return Err(Rejected::at(sensor.place, problem));
        }
        Ok(plans)
    }

    fn attribute(
        &mut self,
        ids: &mut BTreeSet<AttributeId>,
        key: &Key,
        node: &Node,
    ) -> Result<AttributePlan, Rejected> {
        let fields = Fields::of(key, node)?;
        let plan = attribute::attribute(&fields, &mut self.warnings)?;
        if ids.insert(plan.id.clone()) {
            return Ok(plan);
        }
        let problem = format!("the sensor has an attribute {} already", quoted(plan.id.as_str()));
        Err(Rejected::at(fields.place_of("attribute_id"), problem))
    }

    /// An id that no sensor before has: a second `person_1` of one connector becomes `person_1_2`.
    fn unique_id(&mut self, connector: &str, raw: &str, place: Place) -> Result<SensorId, Rejected> {
        let base = format!("sim:{connector}/{}", id_part(raw));
        let candidates = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}_{n}")));
        let free = candidates.take(SENSORS_MAX + 1).find(|id| !self.sensor_ids.contains(id));
        let text = free.unwrap_or_default();
        let id = SensorId::parse(&text).map_err(|error| Rejected::at(place, error.to_string()))?;
        if text != base {
            self.warnings
                .add(place, format!("the sensor id {} stands twice; this one runs as {text}.", quoted(raw)));
        } else if id_part(raw) != raw {
            self.warnings.add(place, format!("{} can't be a sensor id; it runs as {text}.", quoted(raw)));
        }
        self.sensor_ids.insert(text);
        Ok(id)
    }

    fn finish(
        mut self,
        text: &str,
        file_name: &str,
        connectors: Place,
    ) -> Result<(Scenario, Warnings), Fault> {
        self.sensors_beyond.warn("sensors", SENSORS_MAX, &mut self.warnings);
        self.attributes_beyond.warn("attributes", ATTRIBUTES_MAX, &mut self.warnings);
        if self.sensors.is_empty() {
            return Err(nothing_usable(self.first_left_out, connectors));
        }
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let scenario = Scenario {
            file_name: stem.to_owned(),
            name: DisplayName::clean(&in_words(stem), "Scenario"),
            description: description(text),
            connectors: self.connectors,
            sensors: self.sensors,
        };
        Ok((scenario, self.warnings))
    }
}

/// A file with nothing to run is told by where it went wrong first.
fn nothing_usable(first_left_out: Option<Rejected>, connectors: Place) -> Fault {
    match first_left_out {
        Some(first) => Fault::at(
            first.place,
            format!("nothing in the file can run: {}", first.problem),
            "Correct this and what is like it",
        ),
        None => Fault::at(connectors, "there is no sensor in the file", SHAPE),
    }
}

fn connector_name(fields: &Fields) -> Result<ConnectorName, Rejected> {
    let raw = fields.text("connector_id")?.unwrap_or(fields.name);
    let part = id_part(raw);
    let place = fields.place_of("connector_id");
    let id = ConnectorId::parse(&format!("sim:{part}"));
    let id = id.map_err(|error| Rejected::at(place, error.to_string()))?;
    let name = shown_name(fields.text("connector_name")?, raw, "Connector");
    Ok(ConnectorName { part, id, name })
}

/// The name, or the id where there is none to show.
fn shown_name(name: Option<&str>, raw_id: &str, fallback: &str) -> DisplayName {
    let id = DisplayName::clean(raw_id, fallback);
    DisplayName::clean(name.unwrap_or_default(), id.as_str())
}

/// A text as part of an id: other characters become `_`, and it is cut to its bound.
fn id_part(raw: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part: String =
        raw.chars().take(ID_PART_BYTES_MAX).map(|c| if allowed(c) { c } else { '_' }).collect();
    if part.is_empty() { "_".to_owned() } else { part }
}

/// The first comment line with anything in it.
fn description(text: &str) -> String {
    text.trim_start_matches('\u{feff}')
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('#'))
        .map(|comment| DisplayName::clean(comment.trim_start_matches('#'), "").as_str().to_owned())
        .find(|comment| !comment.is_empty())
        .unwrap_or_default()
}

/// `small_group` as "Small group".
fn in_words(stem: &str) -> String {
    let words = stem.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
