//! The simulator: scenario files turned into sensors.
