//! How much of a stream is kept in memory, by kind. A stream always has its newest
//! sample, and never more than the keeper keeps of any.

use crate::keeper::KEPT_MAX;
use crate::settings::Settings;
use crate::settings::knob::{Kind, Knob};
use model::AttributeKind;

pub fn knobs() -> Vec<Knob> {
    let hot =
        AttributeKind::ALL.map(|kind| kept("store.hot", kind, 1, |s, kind| &mut s.store.of_mut(kind).hot));
    let warm =
        AttributeKind::ALL.map(|kind| kept("store.warm", kind, 0, |s, kind| &mut s.store.of_mut(kind).warm));
    hot.into_iter().chain(warm).collect()
}

fn kept(
    table: &'static str,
    kind: AttributeKind,
    min: u32,
    at: fn(&mut Settings, AttributeKind) -> &mut u32,
) -> Knob {
    Knob { table, key: kind.code(), what: "", kind: Kind::Kept { kind, min, max: KEPT_MAX as u32, at } }
}
