//! Which characters a reader can see.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Whether a reader sees nothing in the place of this character: Unicode gives it no shape of its own
/// (`Default_Ignorable_Code_Point`: soft hyphens, joiners, variation selectors, tags, Hangul fillers), or its
/// shape is empty.
///
/// Two texts that differ only by such characters look alike. In names of some scripts, characters such as
/// joiners have a meaning.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        // The Braille blank, annotation marks, the object placeholder, the null notehead.
        | '\u{2800}' | '\u{FFF9}'..='\u{FFFC}' | '\u{1D159}')
}

/// Whether the character must not occur in an identifier, such as a subject or the number of a document: it
/// is a control or format character, it has no shape, or its shape depends on the font alone.
///
/// ```
/// use client_domain::text::is_ambiguous;
///
/// assert!(is_ambiguous('\u{200B}') && is_ambiguous('\u{2800}') && is_ambiguous('\u{E000}'));
/// assert!(!is_ambiguous('é') && !is_ambiguous('李') && !is_ambiguous(' '));
/// ```
pub fn is_ambiguous(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    !c.is_ascii_graphic()
        && (is_invisible(c)
            || matches!(
                c.general_category(),
                Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
            ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_not_ambiguous_but_for_control_characters() {
        for c in '\0'..='\u{7F}' {
            assert_eq!(is_ambiguous(c), c.is_control(), "{c:?}");
        }
    }

    #[test]
    fn every_invisible_character_is_ambiguous() {
        let mut ambiguous = 0;
        for c in '\0'..=char::MAX {
            assert!(!is_invisible(c) || is_ambiguous(c), "{c:?}");
            ambiguous += usize::from(is_ambiguous(c));
        }
        // Most code points are unassigned or for private use.
        assert!(ambiguous > 900_000);
        for c in ['\u{FFF9}', '\u{70F}', '\u{E000}', '\u{378}', '\u{600}', '\u{6DD}', '\u{13430}', '\u{FFFC}']
        {
            assert!(is_ambiguous(c), "{c:?}");
        }
    }
}
