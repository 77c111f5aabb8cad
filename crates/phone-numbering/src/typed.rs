//! Telephone numbers as people type, write and paste them.

use client_domain::Invalid;
use client_domain::text::is_ambiguous;

/// The zeros of the scripts that have digits of their own; nine digits follow each.
const ZEROS: [char; 36] = [
    '\u{660}',
    '\u{6F0}',
    '\u{7C0}',
    '\u{966}',
    '\u{9E6}',
    '\u{A66}',
    '\u{AE6}',
    '\u{B66}',
    '\u{BE6}',
    '\u{C66}',
    '\u{CE6}',
    '\u{D66}',
    '\u{DE6}',
    '\u{E50}',
    '\u{ED0}',
    '\u{F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{1D7CE}',
];

/// The value of a digit of any script.
fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    let value = |zero: char| u32::from(c).checked_sub(u32::from(zero));
    // Mathematical digits come in five styles, one after the other.
    let count = |zero: char| if zero == '\u{1D7CE}' { 50 } else { 10 };
    let mut values = ZEROS.into_iter().filter_map(|zero| value(zero).filter(|value| *value < count(zero)));
    values.next().and_then(|value| char::from_digit(value % 10, 10))
}

const CHARACTERS: Invalid = Invalid::Characters {
    allowed: "digits, blanks, hyphens, dots, slashes, brackets and a + before the first digit",
};

/// The typed text as a plus, digits, brackets and blanks; an extension, a plus after a digit and anything else is refused.
pub(crate) fn plain(typed: &str) -> Result<String, Invalid> {
    let mut plain = String::with_capacity(typed.len());
    let trimmed = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    for (at, c) in trimmed.char_indices() {
        if let Some(digit) = digit(c) {
            plain.push(digit);
            continue;
        }
        match c {
            // After a digit it would be dropped, and the text would be read as another number.
            '+' | '\u{FF0B}' | '\u{FE62}' if plain.contains(|c: char| c.is_ascii_digit()) => {
                return Err(CHARACTERS);
            }
            '+' | '\u{FF0B}' | '\u{FE62}' => plain.push('+'),
            '(' | '[' | '\u{FF08}' => plain.push('('),
            ')' | ']' | '\u{FF09}' => plain.push(')'),
            '-'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
            | '\u{FE58}'
            | '\u{FE63}'
            | '\u{FF0D}'
            | '.'
            | '\u{B7}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{FF0E}'
            | '/'
            | '\u{2044}'
            | '\u{FF0F}' => plain.push(' '),
            c if c.is_whitespace() && !c.is_control() => plain.push(' '),
            c if is_invisible(c) => {}
            _ if is_extension(trimmed.get(at..).unwrap_or_default()) => {
                return Err(Invalid::Format { expected: "a telephone number without an extension" });
            }
            _ => return Err(CHARACTERS),
        }
    }
    Ok(plain)
}

/// Format characters, such as those that a list of contacts puts around a number to keep its direction.
fn is_invisible(c: char) -> bool {
    is_ambiguous(c) && !c.is_control() && !('\u{E000}'..='\u{F8FF}').contains(&c)
}

fn is_extension(rest: &str) -> bool {
    let rest = rest.to_lowercase();
    ["ext", ";ext", ", ext", ",ext", "x", "#", "доб"].iter().any(|mark| rest.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_every_sort_are_read() {
        for typed in [
            "+234.803.555.0103",
            "+234-803-555-0103",
            "+234\u{2011}803\u{2013}555\u{2212}0103",
            "\u{202A}+234 803 555 0103\u{202C}",
            "+234\u{A0}803\u{2009}555\u{202F}0103",
            "\u{FEFF}+234 803 555 0103\u{200B}",
            "＋２３４ ８０３ ５５５ ０１０３",
            "+٢٣٤ ٨٠٣ ٥٥٥ ٠١٠٣",
            "+२३४/८०३/५५५/०१०३",
            "+𝟐𝟑𝟒 𝟖𝟎𝟑 𝟓𝟓𝟓 𝟎𝟏𝟎𝟑",
            "+𝟸𝟹𝟺 𝟾𝟶𝟹 𝟻𝟻𝟻 𝟶𝟷𝟶𝟹",
        ] {
            let bare: String = plain(typed).unwrap().chars().filter(|c| *c != ' ').collect();
            assert_eq!(bare, "+2348035550103", "{typed:?}");
        }
    }

    #[test]
    fn plus_after_a_digit_is_refused() {
        for typed in [
            "8031234599+234",
            "234+8031234599",
            "0803 123 4599 (+234)",
            "٨٠٣١٢٣٤٥٩٩＋٢٣٤",
            "８０３１２３４﹢234",
            "+234+803",
        ] {
            assert!(matches!(plain(typed), Err(Invalid::Characters { .. })), "{typed}");
        }
    }

    #[test]
    fn extensions_and_letters_are_refused() {
        for typed in ["+1 415 555 0100 ext. 5", "+1 415 555 0100x5", "+1 415 555 0100;ext=5", "0803 #12"] {
            assert_eq!(
                plain(typed),
                Err(Invalid::Format { expected: "a telephone number without an extension" }),
                "{typed}"
            );
        }
        for typed in ["0803 CALL NOW", "0803 123 4567 (home)", "1234567\u{0}8", "12345\u{E000}678"] {
            assert!(matches!(plain(typed), Err(Invalid::Characters { .. })), "{typed:?}");
        }
    }
}
