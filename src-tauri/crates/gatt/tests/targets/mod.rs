//! Fuzz targets, by name: what they push and where the kept corpus belongs.

use crate::entry::{Decoder, cut_everywhere, decoders};

/// The fuzz target that a decoder belongs to: a characteristic's own, or its device's.
pub fn target(decoder: &Decoder) -> String {
    match decoder.name.split_once(' ') {
        Some((device, _)) => device.to_owned(),
        None => format!("sig_{}", decoder.name.to_lowercase()),
    }
}

/// Pushes bytes through a fuzz target. The first one chooses where a device has several decoders.
pub fn push(name: &str, bytes: &[u8]) {
    let of_target: Vec<_> = decoders().filter(|decoder| target(decoder) == name).collect();
    match (of_target.as_slice(), bytes) {
        ([], _) => panic!("no decoder of {name}"),
        ([decoder], bytes) => cut_everywhere(decoder, bytes),
        (_, []) => {}
        (several, [first, rest @ ..]) => cut_everywhere(several[usize::from(*first) % several.len()], rest),
    }
}
