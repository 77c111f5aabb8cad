use unicode_normalization::UnicodeNormalization;

use super::invalid::Invalid;
use crate::text::{is_ambiguous, is_invisible};

/// Which line breaks and invisible characters a text may contain, and how far it is tidied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One line, as people write it: no line breaks, no tabulators; blanks of every sort become single ones.
    Line,
    /// One line that other systems compare to the letter: only white space at its ends does not count.
    Verbatim,
    /// One line of an identifier: no invisible characters either.
    Identifier,
    /// Several lines: line breaks and tabulators are allowed.
    Lines,
}

/// The text without what does not count at its ends, in NFC, and with single blanks where it is one line that people
/// write. Joiners inside stay: Persian and Indian scripts need them.
pub(crate) fn tidied(raw: &str, layout: Layout) -> String {
    let bare = trimmed(raw, layout);
    match layout {
        // Normalisation does not change ASCII, and this check is cheaper.
        Layout::Verbatim | Layout::Identifier if bare.is_ascii() => bare.to_owned(),
        Layout::Verbatim | Layout::Identifier => bare.nfc().collect(),
        Layout::Line if bare.is_ascii() && !bare.contains("  ") => bare.to_owned(),
        Layout::Line => single_blanks(bare.nfc()),
        Layout::Lines => bare.replace("\r\n", "\n").nfc().collect(),
    }
}

fn trimmed(raw: &str, layout: Layout) -> &str {
    match layout {
        Layout::Verbatim | Layout::Identifier => raw.trim(),
        Layout::Line | Layout::Lines => raw.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)),
    }
}

/// Blanks of every sort as single ones. Line breaks and tabulators stay, to be refused.
fn single_blanks(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::with_capacity(characters.size_hint().0);
    for c in characters {
        let is_blank = c.is_whitespace() && !is_separator(c) && !c.is_control();
        if !is_blank {
            text.push(c);
        } else if !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text
}

/// Tidies a text and checks length, layout and visibility.
pub(crate) fn parse_text(raw: &str, layout: Layout, min: usize, max: usize) -> Result<String, Invalid> {
    // The length is checked before normalisation, so that a huge input costs nothing. Composition can turn up
    // to four characters into one (for example ᾷ), hence the margin.
    let bare = trimmed(raw, layout);
    if bare.chars().take(max.saturating_mul(4) + 1).count() > max.saturating_mul(4) {
        return Err(Invalid::TooLong { max });
    }
    let text = tidied(bare, layout);
    let length = text.chars().count();
    if length == 0 && !raw.trim().is_empty() {
        return Err(Invalid::Invisible);
    }
    if length < min {
        return Err(Invalid::TooShort { min });
    }
    if length > max {
        return Err(Invalid::TooLong { max });
    }
    if text.chars().any(|c| is_forbidden(c, layout)) {
        return Err(Invalid::ControlCharacter);
    }
    if length > 0 && !text.chars().any(is_visible) {
        return Err(Invalid::Invisible);
    }
    if layout == Layout::Identifier && text.chars().any(is_ambiguous) {
        return Err(Invalid::InvisibleCharacter);
    }
    Ok(text)
}

fn is_forbidden(c: char, layout: Layout) -> bool {
    let layout_character = layout == Layout::Lines && matches!(c, '\n' | '\t');
    (c.is_control() && !layout_character) || turns_direction(c) || is_separator(c) || is_noncharacter(c)
}

/// Embeddings, overrides and isolates, which can make one name look like another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The Unicode line and paragraph separators, which also break lines.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_invisible(c)
}

/// Defines a text newtype: private field, one constructor, masked `Debug` where the text is personal.
macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $layout:ident, $min:literal..=$max:literal, $visibility:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The minimum number of characters.
            pub const MIN: usize = $min;
            /// The maximum number of characters.
            pub const MAX: usize = $max;

            /// Tidies the text ([`value`](crate::value)) and checks the rule.
            pub fn parse(raw: &str) -> Result<Self, $crate::value::invalid::Invalid> {
                $crate::value::text::parse_text(raw, $crate::value::text::Layout::$layout, $min, $max).map(Self)
            }

            /// The text as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::value::text::text_value!(@debug $visibility f, self, $name)
            }
        }

        $crate::conversions::text_conversions!($name, as_str);
    };
    (@debug personal $f:ident, $self:ident, $name:ident) => {
        $f.write_str(concat!(stringify!($name), "(***)"))
    };
    (@debug open $f:ident, $self:ident, $name:ident) => {
        $f.debug_tuple(stringify!($name)).field(&$self.0).finish()
    };
}
pub(crate) use text_value;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limits_count_characters_after_trimming_and_composition() {
        assert_eq!(parse_text("  ab ", Layout::Line, 2, 3).as_deref(), Ok("ab"));
        assert_eq!(parse_text("e\u{301}e\u{301}", Layout::Line, 1, 2).as_deref(), Ok("éé"));
        assert_eq!(parse_text("abcd", Layout::Line, 1, 3), Err(Invalid::TooLong { max: 3 }));
        assert_eq!(parse_text("   ", Layout::Line, 1, 3), Err(Invalid::TooShort { min: 1 }));
    }

    #[test]
    fn invisible_and_misleading_characters_are_rejected() {
        for hostile in ["a\0b", "a\u{7f}b", "a\nb", "a\u{202E}b", "a\u{2066}b", "a\u{2028}b", "a\u{FFFE}b"] {
            assert_eq!(
                parse_text(hostile, Layout::Line, 1, 9),
                Err(Invalid::ControlCharacter),
                "{hostile:?}"
            );
        }
        assert_eq!(parse_text("\u{200B}\u{200D}", Layout::Line, 1, 9), Err(Invalid::Invisible));
        assert_eq!(parse_text("\u{200B}\u{200D}", Layout::Lines, 0, 9), Err(Invalid::Invisible));
        assert_eq!(parse_text("a\r\nb\tc", Layout::Lines, 1, 9).as_deref(), Ok("a\nb\tc"));
        assert_eq!(parse_text("a\0b", Layout::Lines, 1, 9), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn a_line_is_stored_without_what_does_not_count() {
        for (raw, stored) in [
            ("\u{FEFF}Zingara\u{200E}", "Zingara"),
            ("\u{202A}Ada\u{202C}", "Ada"),
            ("Van  \u{A0}Dijk", "Van Dijk"),
            ("山田\u{3000}太郎", "山田 太郎"),
            ("\u{200D}علی\u{200C}رضا\u{200C}", "علی\u{200C}رضا"),
        ] {
            assert_eq!(parse_text(raw, Layout::Line, 1, 20).as_deref(), Ok(stored), "{raw:?}");
        }
        assert_eq!(parse_text("a  b", Layout::Verbatim, 1, 9).as_deref(), Ok("a  b"));
        assert_eq!(parse_text("\u{FEFF}ab", Layout::Verbatim, 1, 9).as_deref(), Ok("\u{FEFF}ab"));
        assert_eq!(parse_text("a \n b", Layout::Line, 1, 9), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn identifier_with_invisible_characters_is_rejected() {
        for hidden in ["A1\u{200B}2", "A1\u{AD}2", "A12\u{FE0F}", "A12\u{2800}", "\u{E000}A12", "A\u{600}12"]
        {
            let refused = parse_text(hidden, Layout::Identifier, 1, 9);
            assert_eq!(refused, Err(Invalid::InvisibleCharacter), "{hidden:?}");
            assert!(parse_text(hidden, Layout::Line, 1, 9).is_ok(), "{hidden:?}");
        }
        for plain in ["A12", "A 1-2", "№ 12/3", "Z٣٤", "李12"] {
            assert_eq!(parse_text(plain, Layout::Identifier, 1, 9).as_deref(), Ok(plain));
        }
    }

    #[test]
    fn huge_text_is_rejected_before_normalisation() {
        let huge = "x".repeat(10_000_000);
        assert_eq!(parse_text(&huge, Layout::Line, 1, 50), Err(Invalid::TooLong { max: 50 }));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_trimmed_composed_bounded_and_accepted_again(raw in "\\PC{0,60}|.{0,60}") {
            if let Ok(text) = parse_text(&raw, Layout::Line, 1, 50) {
                prop_assert_eq!(text.trim(), &text);
                prop_assert_eq!(text.nfc().collect::<String>(), text.clone());
                prop_assert!((1..=50).contains(&text.chars().count()));
                prop_assert_eq!(parse_text(&text, Layout::Line, 1, 50), Ok(text));
            }
        }
    }
}
