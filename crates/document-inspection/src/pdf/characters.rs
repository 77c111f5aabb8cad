//! Which characters end a word (7.2.3).

/// Whether a character is part of a name: no white space, and none of the delimiters (7.2.2).
pub(super) const fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Whether a character is white space (7.2.3).
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | b' ')
}
