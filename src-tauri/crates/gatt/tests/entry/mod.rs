//! One door to all decoders: a name and bytes in, a table of fields out.
//!
//! The cases, the smoke test and the fuzz targets all go through it, so that
//! they mean the same thing by the name of a decoder. A field that is absent, a
//! `false` and a tail of no bytes are left out of the table.

mod boards;
mod show;
mod sig;
mod straps;

use toml::Table;

/// What a decoder made of a packet.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its fields by name.
    pub fields: Table,
    /// How many bytes at the packet's beginning must be there: without any one of them, it has
    /// to be rejected. Neither a tail nor a list without a length of its own counts.
    pub announced: usize,
}

/// What a decoder says: what it saw, or its refusal in words.
pub type Answer = Result<Seen, String>;

/// A decoder by its name.
pub struct Decoder {
    /// A characteristic's short UUID, or a device and what it sends.
    pub name: &'static str,
    /// Decodes one packet.
    pub decode: fn(&[u8]) -> Answer,
}

/// Every decoder of the crate.
pub fn decoders() -> impl Iterator<Item = &'static Decoder> {
    sig::DECODERS.iter().chain(boards::DECODERS).chain(straps::DECODERS)
}

/// Cuts a packet at every place. One that lacks an announced byte has to be refused as too
/// short; one that lacks only bytes of a list or of a tail may be taken.
pub fn cut_everywhere(decoder: &Decoder, packet: &[u8]) {
    let Ok(whole) = (decoder.decode)(packet) else { return };
    for cut in 0..packet.len() {
        let context = || format!("{}: {packet:02x?} cut to {cut} of {}", decoder.name, whole.announced);
        match (decoder.decode)(&packet[..cut]) {
            Ok(_) => assert!(cut >= whole.announced, "{} was taken", context()),
            Err(refusal) if cut < whole.announced => {
                assert!(refusal.contains("ends before its"), "{}: {refusal}", context());
            }
            Err(_) => {}
        }
    }
}
