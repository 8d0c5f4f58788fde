//! Coalescing towards views: how long newer samples of a stream wait for their
//! neighbours before its views are told ("platform, sensor process").
//!
//! Only the way to the views is coalesced; store and recorder get every block
//! at once. A stream without attention tells its views nothing, apart from
//! events that a person makes (a button press), which always go out.

use model::{AttentionLevel, AttributeKind, LoadLevel};

/// What becomes of news of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// Views are told at once.
    Now,
    /// They are told at this host time, ns, together with what comes until then.
    At(i64),
    /// Nobody is told.
    Held,
}

/// For how long news wait, ms.
#[must_use]
pub const fn coalesce_ms(load: LoadLevel, attention: AttentionLevel) -> u32 {
    let high_ms = match load {
        LoadLevel::Normal => 0,
        LoadLevel::Elevated => 16,
        LoadLevel::High => 32,
        LoadLevel::Critical => 64,
    };
    match attention {
        AttentionLevel::High => high_ms,
        AttentionLevel::Medium => 2 * high_ms,
        AttentionLevel::Low => 4 * high_ms,
        AttentionLevel::None => 0,
    }
}

/// Whether a kind goes out even when nobody watches: what a person did, once.
#[must_use]
pub const fn has_priority(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::Button)
}

/// What becomes of news at `now_ns` of a stream whose views were last told at
/// `told_ns`. Because the wait is recomputed from the present load, returning to
/// normal releases at once whatever was waiting.
#[must_use]
pub fn release(
    kind: AttributeKind,
    load: LoadLevel,
    attention: AttentionLevel,
    told_ns: Option<i64>,
    now_ns: i64,
) -> Release {
    if has_priority(kind) {
        return Release::Now;
    }
    if attention == AttentionLevel::None {
        return Release::Held;
    }
    let wait_ns = i64::from(coalesce_ms(load, attention)) * 1_000_000;
    match told_ns.map(|told| told.saturating_add(wait_ns)) {
        Some(due_ns) if due_ns > now_ns => Release::At(due_ns),
        Some(_) | None => Release::Now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AttentionLevel as A, AttributeKind as K, LoadLevel as L};

    #[test]
    fn follows_the_platforms_table() {
        let rows = [
            (L::Normal, [0, 0, 0, 0]),
            (L::Elevated, [16, 32, 64, 0]),
            (L::High, [32, 64, 128, 0]),
            (L::Critical, [64, 128, 256, 0]),
        ];
        for (load, expected) in rows {
            let waits = [A::High, A::Medium, A::Low, A::None].map(|attention| coalesce_ms(load, attention));
            assert_eq!(waits, expected, "{load:?}");
        }
    }

    #[test]
    fn a_return_to_normal_load_releases_what_waits() {
        let told = Some(1_000_000_000);
        let now = 1_050_000_000;
        assert_eq!(release(K::Ecg, L::Critical, A::High, told, now), Release::At(1_064_000_000));
        assert_eq!(release(K::Ecg, L::Normal, A::High, told, now), Release::Now);
    }

    #[test]
    fn without_attention_only_a_button_press_goes_out() {
        for load in L::ALL {
            assert_eq!(release(K::Ecg, load, A::None, None, 0), Release::Held);
            assert_eq!(release(K::Button, load, A::None, Some(0), 0), Release::Now);
        }
    }

    #[test]
    fn the_first_news_of_a_stream_never_wait() {
        assert_eq!(release(K::HeartRate, L::Critical, A::Low, None, 0), Release::Now);
    }
}
