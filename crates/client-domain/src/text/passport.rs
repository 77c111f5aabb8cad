//! Names as the machine-readable zone of a passport writes them (ICAO 9303, part 3, section 6).

use unicode_normalization::UnicodeNormalization as _;

use super::normalize::name_key;

/// A name of the Latin script as passports write it (`Müller` as `mueller`), where that is another text than its normal
/// form.
pub(crate) fn latin_passport(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut written = String::with_capacity(text.len() + 4);
    let mut letters = text.nfkd().peekable();
    let mut marks = Vec::new();
    while let Some(letter) = letters.next() {
        marks.clear();
        while let Some(mark) = letters.next_if(|c| unicode_normalization::char::is_combining_mark(*c)) {
            marks.push(mark);
        }
        written.push(letter);
        match letter {
            'a' | 'A' | 'o' | 'O' | 'u' | 'U' if marks.contains(&DIAERESIS) => written.push('e'),
            'a' | 'A' if marks.contains(&RING) => written.push('a'),
            'ø' | 'Ø' => written.push('e'),
            _ => written.extend(&marks),
        }
    }
    let written = name_key(&written);
    (written != name_key(text)).then_some(written)
}

const DIAERESIS: char = '\u{308}';
const RING: char = '\u{30A}';

/// Whether a normal form can be, or begin as, the passport spelling of a name that has another normal form.
///
/// ```
/// use client_domain::text::is_passport_spelling;
///
/// assert!(is_passport_spelling("mueller") && is_passport_spelling("aas"));
/// assert!(!is_passport_spelling("okafor"));
/// ```
pub fn is_passport_spelling(normal: &str) -> bool {
    ["aa", "ae", "oe", "ue"].iter().any(|written| normal.contains(written))
}

/// A name of the Cyrillic script as passports write it (`Щукин` as `shchukin`), if it has letters of that script.
///
/// States differ in a few letters; this is the column that ICAO 9303 gives for the letter as such.
pub(crate) fn cyrillic_passport(text: &str) -> Option<String> {
    if !text.chars().any(|c| matches!(c, '\u{400}'..='\u{52F}')) {
        return None;
    }
    let mut written = String::with_capacity(text.len());
    for c in name_key(text).chars() {
        match CYRILLIC.binary_search_by_key(&c, |(letter, _)| *letter).ok().and_then(|at| CYRILLIC.get(at)) {
            Some((_, letters)) => written.push_str(letters),
            None => written.push(c),
        }
    }
    Some(written)
}

/// Folded Cyrillic letters in Latin letters, in their order.
#[rustfmt::skip]
const CYRILLIC: &[(char, &str)] = &[
    ('а', "a"), ('б', "b"), ('в', "v"), ('г', "g"), ('д', "d"), ('е', "e"), ('ж', "zh"), ('з', "z"), ('и', "i"),
    ('к', "k"), ('л', "l"), ('м', "m"), ('н', "n"), ('о', "o"), ('п', "p"), ('р', "r"), ('с', "s"), ('т', "t"),
    ('у', "u"), ('ф', "f"), ('х', "kh"), ('ц', "ts"), ('ч', "ch"), ('ш', "sh"), ('щ', "shch"), ('ъ', "ie"), ('ы', "y"),
    ('ь', ""), ('э', "e"), ('ю', "iu"), ('я', "ia"), ('ђ', "d"), ('є', "e"), ('ѕ', "dz"), ('і', "i"), ('ј', "j"),
    ('љ', "lj"), ('њ', "nj"), ('ћ', "c"), ('џ', "dz"), ('ѣ', "ie"), ('ѫ', "u"), ('ѵ', "y"), ('ү', "u"), ('һ', "h"),
    ('ә', "a"), ('ө', "o"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_names_are_written_as_in_passports() {
        for (name, written) in [
            ("Müller", "mueller"),
            ("MÜLLER", "mueller"),
            ("Mu\u{308}ller", "mueller"),
            ("Jürgen", "juergen"),
            ("Søren", "soeren"),
            ("Åse", "aase"),
            ("Öberg-Ångström", "oebergaangstroem"),
            ("Ǻse", "aase"),
        ] {
            assert_eq!(latin_passport(name).as_deref(), Some(written), "{name}");
            assert!(is_passport_spelling(written));
        }
        for name in ["Mueller", "Straße", "Æsa", "Zoë", "Łukasz", "Őry", "ﬁnn", "王"] {
            assert_eq!(latin_passport(name), None, "{name}");
        }
    }

    #[test]
    fn cyrillic_names_are_written_as_in_passports() {
        for (name, written) in [
            ("Щукин", "shchukin"),
            ("Иванов", "ivanov"),
            ("Юлия", "iuliia"),
            ("Сергей", "sergei"),
            ("Ёлкин", "elkin"),
            ("Җанә", "zhana"),
        ] {
            assert_eq!(cyrillic_passport(name).as_deref(), Some(written), "{name}");
        }
        assert_eq!(cyrillic_passport("Ivanov"), None);
    }
}
