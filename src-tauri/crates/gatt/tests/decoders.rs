//! Every decoder against its cases, and against everything that is no message at all.

mod cases;
mod drivers;
mod entry;

use cases::Case;
use entry::{Decoder, cut_everywhere};
use proptest::prelude::*;
use std::sync::LazyLock;

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| cases::all().unwrap_or_else(|error| panic!("{error}")));

/// How far a float may be from what the case says.
const TOLERANCE: f64 = 1e-6;

fn decoder(name: &str) -> Option<&'static Decoder> {
    entry::decoders().find(|decoder| decoder.name == name)
}

#[test]
fn every_case_decodes_to_its_fields() {
    let mut wrong = Vec::new();
    for case in &*CASES {
        let decoder = decoder(&case.decoder).unwrap_or_else(|| panic!("{}: no decoder", case.name));
        let got = (decoder.decode)(&case.bytes).map(|seen| seen.fields);
        let agrees = match (&case.expected, &got) {
            (Ok(expected), Ok(got)) => {
                agree(&toml::Value::Table(expected.clone()), &toml::Value::Table(got.clone()))
            }
            (expected, got) => expected == got,
        };
        if !agrees {
            wrong.push(format!(
                "{}\n  expected {}\n  got      {}",
                case.name,
                words(&case.expected),
                words(&got)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn words(answer: &Result<toml::Table, String>) -> String {
    match answer {
        Ok(fields) => format!("{fields:?}"),
        Err(refusal) => format!("refused: {refusal}"),
    }
}

fn agree(expected: &toml::Value, got: &toml::Value) -> bool {
    use toml::Value::*;
    match (expected, got) {
        (Float(expected), Float(got)) => (expected - got).abs() <= TOLERANCE * expected.abs().max(1.0),
        (Array(expected), Array(got)) => {
            expected.len() == got.len()
                && expected.iter().zip(got).all(|(expected, got)| agree(expected, got))
        }
        (Table(expected), Table(got)) => {
            expected.len() == got.len()
                && expected.iter().all(|(key, value)| got.get(key).is_some_and(|got| agree(value, got)))
        }
        _ => expected == got,
    }
}

#[test]
fn every_decoder_has_a_case_and_every_case_a_name_of_its_own() {
    for decoder in entry::decoders() {
        assert!(CASES.iter().any(|case| case.decoder == decoder.name), "no case for {}", decoder.name);
    }
    let mut names: Vec<_> = CASES.iter().map(|case| &case.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), CASES.len());
}

#[test]
fn a_case_cut_anywhere_inside_an_announced_field_is_rejected() {
    for case in &*CASES {
        if let Some(decoder) = decoder(&case.decoder) {
            cut_everywhere(decoder, &case.bytes);
        }
    }
}

#[test]
fn every_flag_alone_and_with_the_others_rejects_what_is_cut() {
    for decoder in entry::decoders() {
        for flags in (0..=24).map(|bit| (1u32 << bit) - 1).chain((0..24).map(|bit| 1 << bit)) {
            for filler in [0x00, 0x01, 0x7f, 0xff] {
                let mut packet = vec![filler; 80];
                packet[..3].copy_from_slice(&flags.to_le_bytes()[..3]);
                cut_everywhere(decoder, &packet);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_bytes_never_panic_and_never_lose_an_announced_field(
        packet in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        for decoder in entry::decoders() {
            cut_everywhere(decoder, &packet);
        }
    }

    #[test]
    fn a_case_with_bytes_changed_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        tail in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        for case in &*CASES {
            let Some(decoder) = decoder(&case.decoder) else { continue };
            let mut packet = [&case.bytes[..], &tail].concat();
            for (at, byte) in &changes {
                if !packet.is_empty() {
                    let at = at.index(packet.len());
                    packet[at] = *byte;
                }
            }
            cut_everywhere(decoder, &packet);
        }
    }
}
