//! The end of a PDF, and the names in it that do something (ISO 32000-1).

use memchr::memmem;

use super::Unfit;

/// Where the end must be: within the last 1,024 bytes, as readers take it (ISO 32000-1, annex H, note 18).
const END_WITHIN: usize = 1024;

/// What makes a reader run a script, start a program, or unpack a file or a player: 12.6.4.16, 12.6.4.5, 7.11.4, 13.7.
///
/// `/JS` is not among them, because three bytes occur by chance in every compressed picture; whatever has it has
/// `/JavaScript` as well. What is written inside a compressed object stream (7.5.7) is not seen.
const ACTIVE: [&[u8]; 5] = [b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia"];

/// The longest of these names with every character escaped, with the slash before and one character behind.
pub(super) const LONGEST_NAME: usize = 1 + 13 * 3 + 1;

/// Whether the name that begins with this slash is one of these. A character of a name may be written as `#` and two
/// hexadecimal digits (7.3.5).
pub(super) fn is_active_name(text: &[u8]) -> bool {
    let mut name = Vec::with_capacity(16);
    let mut rest = text.get(1..).unwrap_or_default();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = (*byte == b'#')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let (character, next) = match escaped {
            Some(character) => (character, after.get(2..).unwrap_or_default()),
            None if is_regular(*byte) => (*byte, after),
            None => break,
        };
        name.push(character);
        if name.len() > 13 {
            return false;
        }
        rest = next;
    }
    ACTIVE.contains(&name.as_slice())
}

/// Whether a character is part of a name: no white space, and none of the delimiters (7.2.2).
const fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | 9 | 10 | 12 | 13 | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

pub(super) fn finish(tail: &[u8]) -> Result<(), Unfit> {
    let end = tail.get(tail.len().saturating_sub(END_WITHIN)..).unwrap_or(tail);
    if memmem::rfind(end, b"%%EOF").is_some() { Ok(()) } else { Err(Unfit::Truncated) }
}
