//! The only place that spawns: supervisor, sensor workers, hot rings, recorder.
