//! The vectors of the standard's decoders elsewhere, and every shape of packet.

use super::*;

/// Heart rate, contact code, energy, RR ticks.
type Expected = (u16, u8, Option<u16>, &'static [u16]);

fn check(packet: &[u8], (bpm, contact, energy_kj, rr): Expected) {
    let got = HeartRate::decode(packet).unwrap();
    assert_eq!((got.bpm, got.contact.code(), got.energy_kj), (bpm, contact, energy_kj), "{packet:02x?}");
    assert_eq!(got.rr_ticks().collect::<Vec<_>>(), rr, "{packet:02x?}");
    assert_eq!(got.tail_bytes, 0, "{packet:02x?}");
}

#[test]
fn known_packets_decode_as_other_implementations_decode_them() {
    check(&[0x00, 0x48], (72, 0, None, &[]));
    check(&[0x10, 0x3c, 0x00, 0x04, 0x00, 0x03], (60, 0, None, &[1024, 768]));
    check(&[0x16, 0x50, 0x33, 0x03], (80, 3, None, &[819]));
    check(&[0x1f, 0x2c, 0x01, 0x64, 0x00, 0x00, 0x04], (300, 3, Some(100), &[1024]));
    check(&[0x01, 0x80, 0x80], (32896, 0, None, &[]));
    check(&[0x08, 0x00, 0x7f, 0x80], (0, 0, Some(32895), &[]));
}

#[test]
fn every_contact_code_keeps_its_bits() {
    let codes = [Contact::Unsupported(0), Contact::Unsupported(1), Contact::NotDetected, Contact::Detected];
    for (code, contact) in (0..).zip(codes) {
        assert_eq!(HeartRate::decode(&[code << 1, 60]).unwrap().contact, contact);
        assert_eq!(contact.code(), code);
    }
}

/// A packet with `flags` whose fields hold values that tell them apart.
fn packet_of(flags: u8, rr: &[u16]) -> Vec<u8> {
    let mut packet = vec![flags, 0x41];
    if flags & FLAG_RATE_IS_U16 != 0 {
        packet.push(0x01);
    }
    if flags & FLAG_ENERGY != 0 {
        packet.extend(0x1234u16.to_le_bytes());
    }
    if flags & FLAG_RR != 0 {
        packet.extend(rr.iter().flat_map(|ticks| ticks.to_le_bytes()));
    }
    packet
}

#[test]
fn every_combination_of_flags_yields_exactly_its_fields() {
    let rr: Vec<u16> = (1000..1009).collect();
    for flags in 0..=255 {
        let packet = packet_of(flags, &rr);
        let got = HeartRate::decode(&packet).unwrap();
        assert_eq!(got.bpm, if flags & 1 == 0 { 0x41 } else { 0x141 });
        assert_eq!(got.contact.code(), (flags >> 1) & 3);
        assert_eq!(got.energy_kj, (flags & 8 != 0).then_some(0x1234));
        let expected: &[u16] = if flags & 16 == 0 { &[] } else { &rr };
        assert_eq!(got.rr_ticks().collect::<Vec<_>>(), expected);
        assert_eq!(got.tail_bytes, 0);
    }
}

#[test]
fn a_packet_cut_anywhere_is_rejected_or_keeps_only_whole_fields() {
    let rr: Vec<u16> = (1000..1009).collect();
    for flags in 0..=255 {
        let packet = packet_of(flags, &rr);
        let fixed = packet_of(flags, &[]).len();
        for cut in 0..packet.len() {
            let got = HeartRate::decode(&packet[..cut]);
            assert_eq!(got.is_ok(), cut >= fixed, "flags {flags:#04x}, {cut} bytes");
            let Ok(got) = got else { continue };
            assert_eq!(got.rr_ticks().len(), (cut - fixed) / 2);
            assert!(got.rr_ticks().eq(rr.iter().copied().take((cut - fixed) / 2)));
            assert_eq!(got.tail_bytes, (cut - fixed) % 2);
        }
    }
}

#[test]
fn the_rejection_names_the_missing_field() {
    let missing = |packet: &[u8]| HeartRate::decode(packet).unwrap_err().field;
    assert_eq!(missing(&[]), "flags");
    assert_eq!(missing(&[0x00]), "heart rate");
    assert_eq!(missing(&[0x01, 0x40]), "heart rate");
    assert_eq!(missing(&[0x08, 0x40, 0x01]), "energy expended");
    let error = HeartRate::decode(&[0x01, 0x40]).unwrap_err();
    assert_eq!(error.to_string(), "the packet of 2 bytes ends before its heart rate");
}

#[test]
fn bytes_behind_the_last_field_are_counted() {
    assert_eq!(HeartRate::decode(&[0x00, 0x48, 1, 2, 3]).unwrap().tail_bytes, 3);
    assert_eq!(HeartRate::decode(&[0x10, 0x48, 0, 4, 9]).unwrap().tail_bytes, 1);
}

#[test]
fn no_packet_of_any_length_panics() {
    for flags in 0..=255 {
        for len in 0..=600 {
            let mut packet = vec![0xff; len];
            if let Some(first) = packet.first_mut() {
                *first = flags;
            }
            if let Ok(got) = HeartRate::decode(&packet) {
                let read = got.rr_ticks().rev().count() * 2 + got.tail_bytes;
                assert!(read < len);
            }
        }
    }
}

#[test]
fn a_body_location_is_named_and_an_unknown_one_is_not_guessed() {
    assert_eq!(body_location(&[1]), Some("chest"));
    assert_eq!(body_location(&[6, 9]), Some("foot"));
    assert_eq!(body_location(&[7]), None);
    assert_eq!(body_location(&[]), None);
}
