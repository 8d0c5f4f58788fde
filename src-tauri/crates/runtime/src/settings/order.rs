//! Settings that only make sense together: rows of numbers, each next to the one
//! before it. Where a row is not in order, all of it get their defaults; so no
//! setting stands in two rows.

/// A row of settings, and how each must stand to the next.
pub struct Order {
    /// Table and key of each.
    pub row: &'static [(&'static str, &'static str)],
    /// Whether two neighbours are in order.
    pub holds: fn(f64, f64) -> bool,
    /// What they must, in words, and why.
    pub must: &'static str,
}

/// Every row.
pub const ORDERS: &[Order] = &[
    rising(&[("load.thresholds", "elevated"), ("load.thresholds", "high"), ("load.thresholds", "critical")]),
    rising(&[("memory", "start"), ("memory", "critical")]),
    by_load(&[
        ("attention.unfocus_s", "normal"),
        ("attention.unfocus_s", "elevated"),
        ("attention.unfocus_s", "high"),
        ("attention.unfocus_s", "critical"),
    ]),
    by_load(&[
        ("attention.hover_leave_s", "normal"),
        ("attention.hover_leave_s", "elevated"),
        ("attention.hover_leave_s", "high"),
        ("attention.hover_leave_s", "critical"),
    ]),
    by_load(&[
        ("attention.orphan_s", "normal"),
        ("attention.orphan_s", "elevated"),
        ("attention.orphan_s", "high"),
        ("attention.orphan_s", "critical"),
    ]),
    Order {
        row: &[
            ("attention.stale_s", "normal"),
            ("attention.stale_s", "elevated"),
            ("attention.stale_s", "high"),
            ("attention.stale_s", "critical"),
            ("attention", "sweep_s"),
        ],
        holds: never_rises,
        must: "must not rise in this order: under load a page counts as gone sooner, \
               and none is found gone before it is looked for",
    },
];

const fn rising(row: &'static [(&'static str, &'static str)]) -> Order {
    Order { row, holds: |one, next| one < next, must: "must rise in this order" }
}

const fn by_load(row: &'static [(&'static str, &'static str)]) -> Order {
    let must = "must not rise in this order: under load attention is let go of sooner";
    Order { row, holds: never_rises, must }
}

fn never_rises(one: f64, next: f64) -> bool {
    one >= next
}
