//! One normal form for each kind of identifying text.

use unicode_normalization::UnicodeNormalization as _;

use super::document_kinds::{find, spellings};
use super::fold::{digit, fold, fold_marks, is_in, stable};
use super::fold_table::SEPARATORS;
use super::punycode;

/// The name of a person or a place: folded, and without what stands between its parts: blanks, apostrophes, hyphens,
/// commas, full stops, quotation marks and brackets of every sort. A name of nothing else keeps it.
///
/// ```
/// use client_domain::text::name;
///
/// for spelling in ["O'Brien", "O’Brien", "OʼBRIEN", "O`Brien", "O Brien", "O-Brien", "OBrien", "O\u{AD}Brien"] {
///     assert_eq!(name(spelling), "obrien");
/// }
/// assert_eq!(name("Van  der\u{A0}Dijk"), name("van der Dijk"));
/// assert_eq!(name("-"), "-");
/// ```
pub fn name(text: &str) -> String {
    or_folded(name_key(text), text)
}

/// The same, but of a name without letters, digits and other signs nothing is left.
pub(crate) fn name_key(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_lowercase()).collect();
    }
    stable(text, |text| fold_marks(text).chars().filter(|c| !is_separator(*c)).collect())
}

/// Whether it stands between the parts of a name, or around them, and is no part of it.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_in(SEPARATORS, c)
}

/// The number of a document: the letters and digits of every script in one form, and nothing else.
///
/// ```
/// use client_domain::text::number;
///
/// for spelling in ["F1112223", "f 111-2223", "F.111/2223", "Ｆ１１１２２２３", "F\u{200B}1112223", "F١١١٢٢٢٣"] {
///     assert_eq!(number(spelling), "f1112223");
/// }
/// assert_eq!(number("529.982.247-25"), number("52998224725"));
/// ```
pub fn number(text: &str) -> String {
    or_folded(number_key(text), text)
}

/// The same, but of a text without letters and digits nothing is left.
pub(crate) fn number_key(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    stable(text, |text| fold_marks(text).chars().filter(|c| c.is_alphanumeric()).collect())
}

/// The number of a document as its mask is compared with it: the letters, digits and signs of every script in one form, in
/// the case in which they were typed.
pub(crate) fn number_in_one_form(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc() {
        match digit(c) {
            Some(digit) => plain.push_str(digit),
            None => plain.push(c),
        }
    }
    plain
}

/// The kind of a document: one name for each kind that the catalogue knows, under whatever name, and otherwise the letters
/// and digits of the text.
///
/// ```
/// use client_domain::text::kind;
///
/// assert_eq!(kind("National Identity Card"), kind("National ID"));
/// assert_eq!(kind("Drivers Licence"), kind("Driver’s License"));
/// assert_eq!(kind("PVC"), kind("Voter's Card"));
/// assert_eq!(kind("Passport"), "internationalpassport");
/// assert_eq!(kind("Library  Card"), "librarycard");
/// assert_ne!(kind("BVN"), kind("NIN"));
/// ```
pub fn kind(text: &str) -> String {
    let key = plain_kind(text);
    find(&key).map_or(key, |kind| kind.canonical.to_owned())
}

/// Letters and digits of the name of a kind, as it was written.
pub(crate) fn plain_kind(text: &str) -> String {
    or_folded(kind_key(text), text)
}

/// The same, but of a text without letters and digits nothing is left.
pub(crate) fn kind_key(text: &str) -> String {
    number_key(text)
}

/// Every text of the same [`kind`], as [`plain_kind`] writes it; the given one first.
pub(crate) fn kind_names(text: &str) -> Vec<String> {
    let key = plain_kind(text);
    let known = find(&key).into_iter().flat_map(spellings).filter(|name| **name != key);
    std::iter::once(key.clone()).chain(known.cloned()).collect()
}

/// An e-mail address: in lower case, without regard to width, the domain in Unicode and not in punycode.
///
/// Accents count: they make another mailbox. A part of an address, such as its domain, has the same form.
///
/// ```
/// use client_domain::text::email;
///
/// assert_eq!(email("Info@xn--mnchen-bank-thb.Example"), "info@münchen-bank.example");
/// assert_eq!(email("INFO@MÜNCHEN-BANK.example"), email("info@münchen-bank.example"));
/// assert_ne!(email("info@munchen-bank.example"), email("info@münchen-bank.example"));
/// ```
pub fn email(text: &str) -> String {
    if text.is_ascii() {
        return without_punycode(&text.to_ascii_lowercase());
    }
    without_punycode(&text.nfkc().collect::<String>().to_lowercase())
}

/// The text with every label of its domain in Unicode; what follows the last `@`, or all of it, is a domain.
pub(crate) fn without_punycode(text: &str) -> String {
    const PREFIX: &str = "xn--";
    if !text.contains(PREFIX) {
        return text.to_owned();
    }
    let (local, domain) = match text.rsplit_once('@') {
        Some((local, domain)) => (format!("{local}@"), domain),
        None => (String::new(), text),
    };
    let labels = domain.split('.').map(|label| match label.strip_prefix(PREFIX).and_then(punycode::decode) {
        Some(letters) => letters.nfkc().collect::<String>().to_lowercase(),
        None => label.to_owned(),
    });
    local + &labels.collect::<Vec<_>>().join(".")
}

/// A phone number, or a part of one, as far as a search compares it: without blanks, hyphens and brackets.
pub(crate) fn phone(text: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() && !c.is_control();
    text.trim().chars().filter(|c| !is_blank(*c) && !matches!(c, '-' | '(' | ')' | '[' | ']')).collect()
}

fn or_folded(key: String, text: &str) -> String {
    if key.is_empty() { fold(text) } else { key }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_people_write_them_are_one() {
        for (one, other) in [
            ("D\u{2032}Angelo", "D'Angelo"),
            ("Nʻzinga", "N'Zinga"),
            ("Jean‑Luc", "Jean Luc"),
            ("Jean–Luc", "JeanLuc"),
            ("St. John", "St John"),
            ("Okonjo,", "okonjo"),
            ("王 小明", "王小明"),
            ("王・小明", "王小明"),
            ("מ׳", "מ"),
            ("Abd al‐Rahman", "Abdal Rahman"),
            ("«Ada»", "Ada"),
        ] {
            assert_eq!(name(one), name(other), "{one} {other}");
        }
        assert_ne!(name("Ada & Co"), name("Ada Co"), "other signs count");
    }

    /// Two texts name one kind exactly if a search for either finds the other.
    #[test]
    fn a_kind_is_searched_for_by_each_text_that_is_claimed_as_it() {
        let texts = [
            "Passport",
            "International Passport",
            "Passport Number",
            "passport no.",
            "Intl. Passport",
            "Original Passport",
            "National ID",
            "National ID Card",
            "National ID Number",
            "NIN",
            "NIN slip",
            "Library Card",
            "Library",
            "Driver’s License No",
            "DL",
            "DL no",
            "BVN",
            "BVN Number",
            "PVC copy",
            "---",
        ];
        for one in texts {
            for other in texts {
                let finds = kind_names(one).contains(&plain_kind(other));
                assert_eq!(finds, kind(one) == kind(other), "{one}, {other}");
            }
        }
        assert_eq!(kind("Passport No."), kind("International Passport"));
    }

    #[test]
    fn numbers_of_documents_are_letters_and_digits() {
        for (one, other) in
            [("A 765-4321", "a7654321"), ("№ 12/3", "no123"), ("AB#12_3", "ab123"), ("Ä1", "a1")]
        {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
        assert_eq!(number("---"), "---", "what is stored already stays apart from everything else");
    }

    #[test]
    fn domains_have_one_form() {
        assert_eq!(email("a@xn--e1afmkfd.xn--p1ai"), "a@пример.рф");
        assert_eq!(email("@XN--MNCHEN-3YA.de"), "@münchen.de");
        assert_eq!(email("a@xn--99999999999.de"), "a@xn--99999999999.de");
        assert_eq!(email("xn--a@b.de"), "xn--a@b.de", "the name of a mailbox is no domain");
        assert_eq!(email("ａｄａ@example.com"), "ada@example.com");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_normal_form_is_its_own(text in prop_oneof![any::<String>(), "[A-Za-zÀ-ſ '’\\-\u{300}-\u{308}.,]{0,20}"]) {
            for form in [name, number, kind] as [fn(&str) -> String; 3] {
                let normal = form(&text);
                prop_assert_eq!(form(&normal), normal);
            }
        }

        #[test]
        fn ascii_is_normalised_as_everything_else(text in "[\\x00-\\x7F]{0,40}") {
            let (separated, other): (String, String) = (
                fold(&text).chars().filter(|c| !is_separator(*c)).collect(),
                fold(&text).chars().filter(|c| c.is_alphanumeric()).collect(),
            );
            prop_assert_eq!(name_key(&text), separated);
            prop_assert_eq!(number_key(&text), other);
        }
    }
}
