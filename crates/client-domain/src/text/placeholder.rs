//! What people write where there is no number.

use super::normalize::number_key;

/// Words that say that there is no number, in many languages; letters and digits only, folded, with blanks between them.
const ABSENT: &str = "\
    na nil nill nul null none no non not nothing notapplicable notavailable notgiven notprovided notknown \
    notyet unknown unavailable undefined unspecified missing empty blank absent pending tba tbd tbc tobe \
    tobeconfirmed tobeprovided tobesupplied tobeadvised later test testing dummy sample example placeholder \
    todo temp temporary number nonumber noid nodocument idnumber documentnumber passportnumber nopassport id \
    available applicable provided given keine keiner keines unbekannt fehlt entfallt aucun aucune inconnu \
    neant sansobjet ninguno ninguna desconocido sinnumero nenhum nenhuma desconhecido semnumero nessuno \
    sconosciuto yok bilinmiyor hakuna babu brak нет неизвестно отсутствует неизвестен 无 没有 未知 不明 なし 없음 \
    لايوجد ليسعندي غيرمعروف";

/// Whether a text is no number of a document: it has neither a letter nor a digit, it is zeros or one letter over and over,
/// or every word of it says that there is none, such as `N/A` or `not known`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let key = number_key(text);
    // No word for nothing has a digit, and nearly every number has one.
    let says_nothing = |word: &str| {
        !word.contains(|c: char| c.is_ascii_digit()) && ABSENT.split(' ').any(|absent| absent == word)
    };
    is_filling(&key)
        || says_nothing(&key)
        || text
            .split_whitespace()
            .map(number_key)
            .filter(|word| !word.is_empty())
            .all(|word| says_nothing(&word))
}

/// The maximum number of letters that fill a field by hand.
const MAX_FILLING: usize = 12;

/// Whether there is no character, or zeros, or one letter over and over.
fn is_filling(key: &str) -> bool {
    let mut characters = key.chars();
    let first = characters.next();
    let is_filled = characters.all(|c| Some(c) == first);
    is_filled && first.is_none_or(|c| c == '0' || (!c.is_ascii_digit() && key.chars().count() <= MAX_FILLING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_absent_word_has_a_digit() {
        assert!(!ABSENT.contains(|c: char| c.is_ascii_digit()));
    }

    #[test]
    fn what_says_that_there_is_no_number_is_a_placeholder() {
        for placeholder in [
            "",
            "...",
            "---",
            "***",
            "???",
            "/ /",
            "000",
            "0-0-0",
            "0000000000",
            "XXX",
            "xxxxxx",
            "N/A",
            "n.a.",
            "N / A",
            "NA",
            "Nil",
            "none",
            "NONE.",
            "Unknown",
            "not known",
            "Not Available",
            "not-applicable",
            "TBA",
            "null",
            "n/a n/a",
            "none - unknown",
            "Ｎ／Ａ",
            "N\u{200B}/A",
            "٠٠٠",
            "keine",
            "aucun",
            "нет",
            "不明",
            "no number",
            "no id",
        ] {
            assert!(is_placeholder(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn numbers_are_no_placeholders() {
        for number in [
            "A01234567",
            "001",
            "B0000001",
            "100",
            "NA123",
            "N/A-1",
            "ABC",
            "ABCDEFGH",
            "12345678",
            "529.982.247-25",
            "X Æ A-12",
            "UNKNOWN 7",
            "李12",
            "Z٣٤",
            "№ 12/3",
            "11112222",
            "22222222222",
            "111-222-333",
            "A-1",
            "SAME-1",
        ] {
            assert!(!is_placeholder(number), "{number}");
        }
    }

    #[test]
    fn words_are_in_their_normal_form() {
        for word in ABSENT.split(' ') {
            assert_eq!(number_key(word), word);
        }
    }
}
