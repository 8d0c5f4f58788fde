//! Polar's own vector, and a compressor to go against.

use super::*;
use proptest::prelude::*;

#[test]
fn polars_vector_decodes_as_in_polars_test() {
    let content = [0xf1, 0xff, 0x14, 0x00, 0xf0, 0x03, 0x06, 0x01, 0x7b, 0x0f, 0x08];
    let delta = Delta::<3>::decode(&content, 2).unwrap();
    assert_eq!(delta.iter().collect::<Vec<_>>(), [[-15, 20, 1008], [-20, 17, 1008]]);
    assert_eq!(delta.samples(), 2);
}

#[test]
fn every_cut_inside_a_block_is_rejected() {
    let content = [0xf1, 0xff, 0x14, 0x00, 0xf0, 0x03, 0x06, 0x01, 0x7b, 0x0f, 0x08];
    for cut in 0..content.len() {
        // Behind the first sample a frame may end: there is no block then.
        assert_eq!(Delta::<3>::decode(&content[..cut], 2).is_ok(), cut == 6, "{cut}");
    }
}

#[test]
fn widths_of_0_and_above_32_are_no_widths() {
    for width in 0..=255u8 {
        let mut content = vec![0, 0, width, 1];
        content.extend([0; 32]);
        let refused = Delta::<1>::decode(&content[..4 + usize::from(width).div_ceil(8).min(32)], 2);
        assert_eq!(refused == Err(DeltaError::Width(width)), !(1..=32).contains(&width), "{width}");
    }
}

#[test]
fn a_single_bit_is_0_or_minus_1() {
    let delta = Delta::<1>::decode(&[5, 1, 3, 0b101], 1).unwrap();
    assert_eq!(delta.iter().flatten().collect::<Vec<_>>(), [5, 4, 4, 3]);
}

#[test]
fn signed_numbers_of_one_to_four_bytes_keep_their_sign() {
    assert_eq!(signed(&[0xff]), -1);
    assert_eq!(signed(&[0x00, 0x80]), -32768);
    assert_eq!(signed(&[0x02, 0x80, 0xff]), -32766);
    assert_eq!(signed(&[0xff, 0xff, 0x7f]), 8_388_607);
    assert_eq!(signed(&[0, 0, 0, 0x80]), i32::MIN);
    assert_eq!(signed(&[]), 0);
}

/// Compresses samples into blocks of `count`, each as narrow as it can be.
fn compress(samples: &[[i32; 3]], count: usize) -> Vec<u8> {
    let mut out: Vec<u8> = samples[0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let differences: Vec<[i32; 3]> = samples
        .windows(2)
        .map(|pair| [0, 1, 2].map(|channel| pair[1][channel].wrapping_sub(pair[0][channel])))
        .collect();
    for block in differences.chunks(count) {
        let all = block.as_flattened();
        let width = all
            .iter()
            .map(|value| 33 - value.unsigned_abs().max(1).leading_zeros())
            .max()
            .unwrap_or(1)
            .min(32);
        out.extend([width as u8, block.len() as u8]);
        let mut bits =
            all.iter().flat_map(|value| (0..width).map(move |bit| (*value >> bit) as u8 & 1)).peekable();
        while bits.peek().is_some() {
            out.push((0..8).fold(0, |byte, at| byte | bits.next().unwrap_or(0) << at));
        }
    }
    out
}

proptest! {
    #[test]
    fn whatever_is_compressed_comes_out_again(
        samples in proptest::collection::vec(prop_oneof![
            prop::array::uniform3(-9..9i32), prop::array::uniform3(-40_000..40_000i32), any::<[i32; 3]>(),
        ], 1..80),
        count in 1usize..255,
    ) {
        let content = compress(&samples, count);
        let delta = Delta::<3>::decode(&content, 4).unwrap();
        prop_assert_eq!(delta.samples(), samples.len());
        prop_assert_eq!(delta.iter().collect::<Vec<_>>(), samples);
    }

    #[test]
    fn no_content_panics_and_the_count_is_kept(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(delta) = Delta::<3>::decode(&content, 2) {
            prop_assert_eq!(delta.iter().count(), delta.samples());
        }
        let _ = Delta::<1>::decode(&content, 4).map(|delta| delta.iter().count());
    }
}
