//! How long attention lasts. A page reports every 5 s and its report may take 3 s:
//! a silence is none before 15 s, and a grace shorter than 10 s would let levels
//! fall before every page has reported. The service comes by once a second at least.

use crate::settings::Settings;
use crate::settings::knob::{Kind, Knob};
use std::ops::RangeInclusive;

pub const KNOBS: &[Knob] = &[
    seconds(
        "attention",
        "sweep_s",
        1.0..=600.0,
        |s| &mut s.attention.sweep_ns,
        "How often pages that are gone are looked for.",
    ),
    seconds(
        "attention",
        "grace_s",
        10.0..=600.0,
        |s| &mut s.attention.grace_ns,
        "How long the levels hold after a crash of the service.",
    ),
    seconds(
        "attention.unfocus_s",
        "normal",
        0.0..=600.0,
        |s| &mut s.attention.unfocus_ns[0],
        "Under normal load.",
    ),
    seconds(
        "attention.unfocus_s",
        "elevated",
        0.0..=600.0,
        |s| &mut s.attention.unfocus_ns[1],
        "Under elevated load.",
    ),
    seconds(
        "attention.unfocus_s",
        "high",
        0.0..=600.0,
        |s| &mut s.attention.unfocus_ns[2],
        "Under high load.",
    ),
    seconds(
        "attention.unfocus_s",
        "critical",
        0.0..=600.0,
        |s| &mut s.attention.unfocus_ns[3],
        "Under critical load.",
    ),
    seconds(
        "attention.hover_leave_s",
        "normal",
        0.0..=600.0,
        |s| &mut s.attention.hover_leave_ns[0],
        "Under normal load.",
    ),
    seconds(
        "attention.hover_leave_s",
        "elevated",
        0.0..=600.0,
        |s| &mut s.attention.hover_leave_ns[1],
        "Under elevated load.",
    ),
    seconds(
        "attention.hover_leave_s",
        "high",
        0.0..=600.0,
        |s| &mut s.attention.hover_leave_ns[2],
        "Under high load.",
    ),
    seconds(
        "attention.hover_leave_s",
        "critical",
        0.0..=600.0,
        |s| &mut s.attention.hover_leave_ns[3],
        "Under critical load.",
    ),
    seconds(
        "attention.stale_s",
        "normal",
        15.0..=86400.0,
        |s| &mut s.attention.stale_ns[0],
        "Under normal load.",
    ),
    seconds(
        "attention.stale_s",
        "elevated",
        15.0..=86400.0,
        |s| &mut s.attention.stale_ns[1],
        "Under elevated load.",
    ),
    seconds(
        "attention.stale_s",
        "high",
        15.0..=86400.0,
        |s| &mut s.attention.stale_ns[2],
        "Under high load.",
    ),
    seconds(
        "attention.stale_s",
        "critical",
        15.0..=86400.0,
        |s| &mut s.attention.stale_ns[3],
        "Under critical load.",
    ),
    seconds(
        "attention.orphan_s",
        "normal",
        1.0..=3600.0,
        |s| &mut s.attention.orphan_ns[0],
        "Under normal load.",
    ),
    seconds(
        "attention.orphan_s",
        "elevated",
        1.0..=3600.0,
        |s| &mut s.attention.orphan_ns[1],
        "Under elevated load.",
    ),
    seconds(
        "attention.orphan_s",
        "high",
        1.0..=3600.0,
        |s| &mut s.attention.orphan_ns[2],
        "Under high load.",
    ),
    seconds(
        "attention.orphan_s",
        "critical",
        1.0..=3600.0,
        |s| &mut s.attention.orphan_ns[3],
        "Under critical load.",
    ),
];

const fn seconds(
    table: &'static str,
    key: &'static str,
    bounds: RangeInclusive<f64>,
    at: fn(&mut Settings) -> &mut i64,
    what: &'static str,
) -> Knob {
    Knob { table, key, what, kind: Kind::Seconds { min: *bounds.start(), max: *bounds.end(), at } }
}
