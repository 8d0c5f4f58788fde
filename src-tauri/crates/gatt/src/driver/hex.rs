//! Bytes and UUIDs as they are written in a driver file.

/// Bytes to compare with; none stands for any byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Option<u8>>);

impl Pattern {
    /// Reads `01 ?? FF`: pairs of hexadecimal digits, `??` for any byte, blanks between them as
    /// one likes; 1 to `bytes_max` bytes.
    pub(super) fn parse(text: &str, bytes_max: usize) -> Option<Self> {
        let digits: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() || !(1..=bytes_max).contains(&pairs.len()) {
            return None;
        }
        pairs.iter().map(|pair| byte(*pair)).collect::<Option<_>>().map(Self)
    }

    /// Whether `bytes` begin with it.
    #[must_use]
    pub fn begins(&self, bytes: &[u8]) -> bool {
        bytes.len() >= self.0.len()
            && self.0.iter().zip(bytes).all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
    }

    /// How many bytes it names.
    #[must_use]
    pub fn named(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// Its bytes, where it has no `??`.
    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        self.0.into_iter().collect()
    }
}

fn byte([high, low]: [char; 2]) -> Option<Option<u8>> {
    if (high, low) == ('?', '?') {
        return Some(None);
    }
    let byte = high.to_digit(16)? << 4 | low.to_digit(16)?;
    Some(u8::try_from(byte).ok())
}

/// Reads `180D` or `0000180d-0000-1000-8000-00805f9b34fb`.
pub(super) fn uuid(text: &str) -> Option<u128> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return None;
    }
    match text.len() {
        4 => u16::from_str_radix(text, 16).ok().map(crate::uuid::long),
        36 => {
            let groups: Vec<&str> = text.split('-').collect();
            let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
            (lengths == [8, 4, 4, 4, 12]).then(|| u128::from_str_radix(&groups.concat(), 16).ok())?
        }
        _ => None,
    }
}
