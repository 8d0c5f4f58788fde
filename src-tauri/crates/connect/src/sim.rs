//! The simulator: scenario files turned into sensors.
//!
//! `scenario` and `read` turn a YAML file into a checked plan, `wave` computes
//! any sample of it from its index alone, `stepper` decides which samples are
//! due at a given moment, and `simulator` is the thin [`crate::Connector`] over
//! it that waits and sends. Only the last one knows a channel or a clock.
//! Bounds: 4 MB, 1,000 sensors and 10,000 attributes a file, 10,000 Hz a stream.

mod hash;
mod plan;
mod problem;
mod read;
mod scenario;
mod simulator;
mod stepper;
mod track;
mod wave;
mod yaml;

pub use plan::{AttributePlan, Counts, Scenario, SensorPlan, TrackMode, TrackName, TrackPlan};
pub use problem::{Place, ScenarioError, Warning, Warnings};
pub use scenario::{Loaded, list};
pub use simulator::{Simulator, SimulatorConfig};
pub use stepper::Stepper;
