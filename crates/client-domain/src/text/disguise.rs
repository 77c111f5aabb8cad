//! Letters that only look like letters A to Z or digits, in the numbers of documents.

use unicode_normalization::UnicodeNormalization as _;

use super::fold::is_in;
use super::normalize::number_key;

/// Whether the number of a document has a letter of another alphabet in the place of a Latin letter or a digit: `А1234567`
/// with the Cyrillic А is no other number than `A1234567` for any reader, and another normal form.
///
/// A number in another alphabet has a letter that only that alphabet has, and no Latin one.
pub(crate) fn is_disguised(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let mut has_latin = false;
    let mut foreign = Vec::new();
    // Signs are no letters, though № decomposes into two. Width, accents and digits of other scripts are without meaning. Case has
    // one: б looks like 6, and Б like no digit.
    let written = text.chars().filter(|c| c.is_alphanumeric());
    for c in written.nfkd().filter(|c| c.is_alphanumeric()) {
        let key = number_key(c.encode_utf8(&mut [0; 4]));
        if key.is_ascii() {
            has_latin |= key.contains(|c: char| c.is_ascii_alphabetic());
        } else {
            foreign.push(c);
        }
    }
    foreign.iter().any(|c| {
        let is_own = |other: &&char| !looks_latin(**other) && alphabet(**other) == alphabet(*c);
        let is_alone = has_latin || !foreign.iter().any(|other| is_own(&other));
        (looks_latin(*c) && is_alone) || (has_latin && has_capitals_alike(*c))
    })
}

/// Whether a letter, or its capital, looks like one of A to Z or 0 to 9.
fn looks_latin(c: char) -> bool {
    is_in(LOOKS_LATIN, c) || c.to_uppercase().any(|c| is_in(LOOKS_LATIN, c))
}

/// Whether half of the capitals of its alphabet look like Latin ones, so that beside a Latin letter it is not seen which
/// alphabet any letter is of.
fn has_capitals_alike(c: char) -> bool {
    matches!(alphabet(c), 1..=3)
}

/// A number for the alphabet of a letter: the Greek, the Cyrillic, the Armenian, or as many letters as lie beside it.
fn alphabet(c: char) -> u32 {
    match c {
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' | '\u{2C80}'..='\u{2CFF}' => 1,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => 2,
        '\u{530}'..='\u{58F}' => 3,
        // Ideographs and syllables of Korean are thousands.
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' => 4,
        '\u{AC00}'..='\u{D7AF}' => 5,
        _ => 6 + (u32::from(c) >> 7),
    }
}

/// The letters that no fold makes Latin and whose skeleton is one letter A to Z or digit, by the `confusables.txt` of Unicode
/// (UTS 39, edition 18.0, as the crate `unicode-security` 0.1.3 has it). Ranges, both ends included.
#[rustfmt::skip]
const LOOKS_LATIN: &[(char, char)] = &[
    ('\u{184}', '\u{184}'), ('\u{196}', '\u{196}'), ('\u{1A7}', '\u{1A7}'), ('\u{1B7}', '\u{1B7}'), ('\u{1BC}', '\u{1BD}'), ('\u{1BF}', '\u{1C0}'),
    ('\u{21C}', '\u{21C}'), ('\u{222}', '\u{223}'), ('\u{251}', '\u{251}'), ('\u{263}', '\u{263}'), ('\u{269}', '\u{269}'), ('\u{26F}', '\u{26F}'),
    ('\u{37F}', '\u{37F}'), ('\u{391}', '\u{392}'), ('\u{395}', '\u{397}'), ('\u{399}', '\u{39A}'), ('\u{39C}', '\u{39D}'), ('\u{39F}', '\u{39F}'),
    ('\u{3A1}', '\u{3A1}'), ('\u{3A4}', '\u{3A5}'), ('\u{3A7}', '\u{3A7}'), ('\u{3B1}', '\u{3B1}'), ('\u{3B3}', '\u{3B3}'), ('\u{3B9}', '\u{3B9}'),
    ('\u{3BD}', '\u{3BD}'), ('\u{3BF}', '\u{3BF}'), ('\u{3C1}', '\u{3C1}'), ('\u{3C3}', '\u{3C3}'), ('\u{3C5}', '\u{3C5}'), ('\u{3DC}', '\u{3DC}'),
    ('\u{3E8}', '\u{3E8}'), ('\u{3EC}', '\u{3ED}'), ('\u{3F3}', '\u{3F3}'), ('\u{3F8}', '\u{3F8}'), ('\u{3FA}', '\u{3FA}'), ('\u{405}', '\u{406}'),
    ('\u{408}', '\u{408}'), ('\u{410}', '\u{410}'), ('\u{412}', '\u{412}'), ('\u{415}', '\u{415}'), ('\u{417}', '\u{417}'), ('\u{41A}', '\u{41A}'),
    ('\u{41C}', '\u{41E}'), ('\u{420}', '\u{423}'), ('\u{425}', '\u{425}'), ('\u{42C}', '\u{42C}'), ('\u{430}', '\u{431}'), ('\u{433}', '\u{433}'),
    ('\u{435}', '\u{435}'), ('\u{43E}', '\u{43E}'), ('\u{440}', '\u{441}'), ('\u{443}', '\u{443}'), ('\u{445}', '\u{445}'), ('\u{448}', '\u{448}'),
    ('\u{455}', '\u{456}'), ('\u{458}', '\u{458}'), ('\u{461}', '\u{461}'), ('\u{474}', '\u{475}'), ('\u{4AE}', '\u{4AF}'), ('\u{4BA}', '\u{4BB}'),
    ('\u{4BD}', '\u{4BD}'), ('\u{4C0}', '\u{4C0}'), ('\u{4CF}', '\u{4CF}'), ('\u{4E0}', '\u{4E0}'), ('\u{501}', '\u{501}'), ('\u{50C}', '\u{50C}'),
    ('\u{51A}', '\u{51D}'), ('\u{545}', '\u{545}'), ('\u{54D}', '\u{54D}'), ('\u{54F}', '\u{54F}'), ('\u{555}', '\u{555}'), ('\u{560}', '\u{561}'),
    ('\u{563}', '\u{563}'), ('\u{566}', '\u{566}'), ('\u{570}', '\u{570}'), ('\u{575}', '\u{575}'), ('\u{578}', '\u{578}'), ('\u{57C}', '\u{57D}'),
    ('\u{581}', '\u{582}'), ('\u{584}', '\u{585}'), ('\u{5D5}', '\u{5D5}'), ('\u{5D8}', '\u{5D8}'), ('\u{5DF}', '\u{5DF}'), ('\u{5E1}', '\u{5E1}'),
    ('\u{627}', '\u{627}'), ('\u{647}', '\u{647}'), ('\u{6BE}', '\u{6BE}'), ('\u{6C1}', '\u{6C1}'), ('\u{6D5}', '\u{6D5}'), ('\u{7CA}', '\u{7CC}'),
    ('\u{7D3}', '\u{7D3}'), ('\u{7D5}', '\u{7D5}'), ('\u{7E0}', '\u{7E0}'), ('\u{840}', '\u{840}'), ('\u{B03}', '\u{B03}'), ('\u{B20}', '\u{B20}'),
    ('\u{C02}', '\u{C02}'), ('\u{C82}', '\u{C82}'), ('\u{D02}', '\u{D02}'), ('\u{D1F}', '\u{D20}'), ('\u{D82}', '\u{D82}'), ('\u{1004}', '\u{1004}'),
    ('\u{101D}', '\u{101D}'), ('\u{105A}', '\u{105A}'), ('\u{10B9}', '\u{10B9}'), ('\u{10BD}', '\u{10BD}'), ('\u{10C7}', '\u{10C7}'), ('\u{10CD}', '\u{10CD}'),
    ('\u{10E7}', '\u{10E7}'), ('\u{10FD}', '\u{10FD}'), ('\u{10FF}', '\u{10FF}'), ('\u{110B}', '\u{110B}'), ('\u{11BC}', '\u{11BC}'), ('\u{1200}', '\u{1200}'),
    ('\u{12D0}', '\u{12D0}'), ('\u{13A0}', '\u{13A2}'), ('\u{13A5}', '\u{13A5}'), ('\u{13A9}', '\u{13AC}'), ('\u{13B3}', '\u{13B3}'), ('\u{13B7}', '\u{13B7}'),
    ('\u{13BB}', '\u{13BB}'), ('\u{13BD}', '\u{13BD}'), ('\u{13C0}', '\u{13C0}'), ('\u{13C2}', '\u{13C3}'), ('\u{13CE}', '\u{13CF}'), ('\u{13D2}', '\u{13D2}'),
    ('\u{13D4}', '\u{13D5}'), ('\u{13D9}', '\u{13DA}'), ('\u{13DE}', '\u{13DF}'), ('\u{13E2}', '\u{13E2}'), ('\u{13E6}', '\u{13E7}'), ('\u{13EE}', '\u{13EE}'),
    ('\u{13F3}', '\u{13F4}'), ('\u{142F}', '\u{142F}'), ('\u{144C}', '\u{144C}'), ('\u{146D}', '\u{146D}'), ('\u{146F}', '\u{146F}'), ('\u{1472}', '\u{1472}'),
    ('\u{148D}', '\u{148D}'), ('\u{14AA}', '\u{14AA}'), ('\u{14BF}', '\u{14BF}'), ('\u{1541}', '\u{1541}'), ('\u{157C}', '\u{157D}'), ('\u{1587}', '\u{1587}'),
    ('\u{15AF}', '\u{15AF}'), ('\u{15B4}', '\u{15B4}'), ('\u{15C5}', '\u{15C5}'), ('\u{15DE}', '\u{15DE}'), ('\u{15EA}', '\u{15EA}'), ('\u{15F0}', '\u{15F0}'),
    ('\u{15F7}', '\u{15F7}'), ('\u{1616}', '\u{1616}'), ('\u{16B7}', '\u{16B7}'), ('\u{16C1}', '\u{16C1}'), ('\u{16D0}', '\u{16D0}'), ('\u{16D5}', '\u{16D6}'),
    ('\u{1702}', '\u{1702}'), ('\u{172A}', '\u{172A}'), ('\u{1763}', '\u{1763}'), ('\u{1A45}', '\u{1A45}'), ('\u{1BEA}', '\u{1BEA}'), ('\u{1BEC}', '\u{1BEC}'),
    ('\u{1C82}', '\u{1C84}'), ('\u{1C95}', '\u{1C95}'), ('\u{1CB7}', '\u{1CB7}'), ('\u{1CBD}', '\u{1CBD}'), ('\u{1CBF}', '\u{1CBF}'), ('\u{1CF5}', '\u{1CF5}'),
    ('\u{1D11}', '\u{1D11}'), ('\u{1D26}', '\u{1D26}'), ('\u{2C82}', '\u{2C82}'), ('\u{2C85}', '\u{2C85}'), ('\u{2C8C}', '\u{2C8E}'), ('\u{2C92}', '\u{2C94}'),
    ('\u{2C98}', '\u{2C98}'), ('\u{2C9A}', '\u{2C9A}'), ('\u{2C9C}', '\u{2C9C}'), ('\u{2C9E}', '\u{2C9F}'), ('\u{2CA2}', '\u{2CA6}'), ('\u{2CA8}', '\u{2CA9}'),
    ('\u{2CAC}', '\u{2CAC}'), ('\u{2CBD}', '\u{2CBD}'), ('\u{2CC4}', '\u{2CC4}'), ('\u{2CCA}', '\u{2CCC}'), ('\u{2CCE}', '\u{2CD0}'), ('\u{2CD2}', '\u{2CD3}'),
    ('\u{2CDC}', '\u{2CDC}'), ('\u{2D2D}', '\u{2D2D}'), ('\u{2D38}', '\u{2D39}'), ('\u{2D4A}', '\u{2D4A}'), ('\u{2D4F}', '\u{2D4F}'), ('\u{2D54}', '\u{2D55}'),
    ('\u{2D5D}', '\u{2D5D}'), ('\u{3007}', '\u{3007}'), ('\u{3112}', '\u{3112}'), ('\u{311A}', '\u{311A}'), ('\u{4E05}', '\u{4E05}'), ('\u{4E2B}', '\u{4E2B}'),
    ('\u{A4D0}', '\u{A4D4}'), ('\u{A4D6}', '\u{A4D7}'), ('\u{A4D9}', '\u{A4DA}'), ('\u{A4DC}', '\u{A4DD}'), ('\u{A4DF}', '\u{A4E3}'), ('\u{A4E6}', '\u{A4E7}'),
    ('\u{A4EA}', '\u{A4EC}'), ('\u{A4EE}', '\u{A4EE}'), ('\u{A4F0}', '\u{A4F0}'), ('\u{A4F2}', '\u{A4F4}'), ('\u{A50B}', '\u{A50B}'), ('\u{A543}', '\u{A543}'),
    ('\u{A557}', '\u{A557}'), ('\u{A56F}', '\u{A56F}'), ('\u{A576}', '\u{A576}'), ('\u{A589}', '\u{A589}'), ('\u{A5CB}', '\u{A5CB}'), ('\u{A644}', '\u{A644}'),
    ('\u{A647}', '\u{A647}'), ('\u{A6C9}', '\u{A6C9}'), ('\u{A6DF}', '\u{A6DF}'), ('\u{A6EF}', '\u{A6EF}'), ('\u{A76A}', '\u{A76A}'), ('\u{A76E}', '\u{A76F}'),
    ('\u{A781}', '\u{A781}'), ('\u{A7AB}', '\u{A7AB}'), ('\u{A7B3}', '\u{A7B4}'), ('\u{A7FA}', '\u{A7FA}'), ('\u{A7FE}', '\u{A7FE}'), ('\u{A830}', '\u{A830}'),
    ('\u{AB32}', '\u{AB32}'), ('\u{AB35}', '\u{AB35}'), ('\u{AB3D}', '\u{AB3D}'), ('\u{AB47}', '\u{AB48}'), ('\u{AB64}', '\u{AB64}'), ('\u{AB75}', '\u{AB75}'),
    ('\u{AB81}', '\u{AB81}'), ('\u{AB83}', '\u{AB83}'), ('\u{AB93}', '\u{AB93}'), ('\u{AB9E}', '\u{AB9E}'), ('\u{ABA4}', '\u{ABA4}'), ('\u{ABA9}', '\u{ABAA}'),
    ('\u{ABAF}', '\u{ABAF}'), ('\u{ABBE}', '\u{ABBE}'), ('\u{1018B}', '\u{1018B}'), ('\u{10282}', '\u{10282}'), ('\u{10286}', '\u{10287}'), ('\u{1028A}', '\u{1028A}'),
    ('\u{10290}', '\u{10290}'), ('\u{10292}', '\u{10292}'), ('\u{10295}', '\u{10297}'), ('\u{102A0}', '\u{102A2}'), ('\u{102A5}', '\u{102A5}'), ('\u{102AB}', '\u{102AB}'),
    ('\u{102B0}', '\u{102B2}'), ('\u{102B4}', '\u{102B4}'), ('\u{102CF}', '\u{102CF}'), ('\u{102F5}', '\u{102F5}'), ('\u{10301}', '\u{10302}'), ('\u{10309}', '\u{10309}'),
    ('\u{1030F}', '\u{1030F}'), ('\u{10311}', '\u{10311}'), ('\u{10315}', '\u{10315}'), ('\u{10317}', '\u{10317}'), ('\u{1031A}', '\u{1031A}'), ('\u{1031C}', '\u{1031C}'),
    ('\u{10320}', '\u{10320}'), ('\u{10322}', '\u{10322}'), ('\u{10404}', '\u{10404}'), ('\u{10415}', '\u{10415}'), ('\u{1041B}', '\u{1041B}'), ('\u{10420}', '\u{10420}'),
    ('\u{1042C}', '\u{1042C}'), ('\u{1043D}', '\u{1043D}'), ('\u{10448}', '\u{10448}'), ('\u{104B4}', '\u{104B4}'), ('\u{104C2}', '\u{104C2}'), ('\u{104CE}', '\u{104CE}'),
    ('\u{104D2}', '\u{104D2}'), ('\u{104EA}', '\u{104EA}'), ('\u{104F6}', '\u{104F6}'), ('\u{10507}', '\u{10507}'), ('\u{1050E}', '\u{1050E}'), ('\u{10513}', '\u{10513}'),
    ('\u{10516}', '\u{10516}'), ('\u{10518}', '\u{10518}'), ('\u{1051B}', '\u{1051B}'), ('\u{1051D}', '\u{1051D}'), ('\u{10525}', '\u{10527}'), ('\u{10926}', '\u{10926}'),
    ('\u{1092C}', '\u{1092C}'), ('\u{10C13}', '\u{10C13}'), ('\u{10C17}', '\u{10C17}'), ('\u{10C1F}', '\u{10C21}'), ('\u{10C3E}', '\u{10C3E}'), ('\u{10C82}', '\u{10C82}'),
    ('\u{10CA5}', '\u{10CA5}'), ('\u{10CC2}', '\u{10CC2}'), ('\u{10CFA}', '\u{10CFA}'), ('\u{10CFC}', '\u{10CFC}'), ('\u{10D07}', '\u{10D07}'), ('\u{11124}', '\u{11124}'),
    ('\u{11302}', '\u{11302}'), ('\u{11445}', '\u{11445}'), ('\u{11700}', '\u{11700}'), ('\u{11706}', '\u{11706}'), ('\u{1170A}', '\u{1170A}'), ('\u{1170E}', '\u{1170F}'),
    ('\u{118A0}', '\u{118A0}'), ('\u{118A2}', '\u{118A4}'), ('\u{118A6}', '\u{118A6}'), ('\u{118A9}', '\u{118A9}'), ('\u{118AC}', '\u{118AC}'), ('\u{118AE}', '\u{118AF}'),
    ('\u{118B2}', '\u{118B2}'), ('\u{118B5}', '\u{118B5}'), ('\u{118B8}', '\u{118B8}'), ('\u{118BB}', '\u{118BC}'), ('\u{118C0}', '\u{118C4}'), ('\u{118C6}', '\u{118C6}'),
    ('\u{118C8}', '\u{118C8}'), ('\u{118CA}', '\u{118CA}'), ('\u{118CC}', '\u{118CC}'), ('\u{118D5}', '\u{118D8}'), ('\u{118DC}', '\u{118DC}'), ('\u{118EC}', '\u{118EC}'),
    ('\u{118EF}', '\u{118EF}'), ('\u{118F2}', '\u{118F2}'), ('\u{11ABC}', '\u{11ABC}'), ('\u{11ABE}', '\u{11ABE}'), ('\u{11DDA}', '\u{11DDA}'), ('\u{11DE0}', '\u{11DE1}'),
    ('\u{169C1}', '\u{169C1}'), ('\u{169FE}', '\u{169FE}'), ('\u{16A19}', '\u{16A19}'), ('\u{16AD6}', '\u{16AD6}'), ('\u{16AE9}', '\u{16AE9}'), ('\u{16D63}', '\u{16D63}'),
    ('\u{16E82}', '\u{16E82}'), ('\u{16E8A}', '\u{16E8A}'), ('\u{16EAA}', '\u{16EAA}'), ('\u{16EB6}', '\u{16EB6}'), ('\u{16F08}', '\u{16F08}'), ('\u{16F0A}', '\u{16F0A}'),
    ('\u{16F16}', '\u{16F16}'), ('\u{16F28}', '\u{16F28}'), ('\u{16F35}', '\u{16F35}'), ('\u{16F3A}', '\u{16F3B}'), ('\u{16F40}', '\u{16F40}'), ('\u{16F42}', '\u{16F43}'),
    ('\u{1D373}', '\u{1D373}'), ('\u{1D377}', '\u{1D377}'), ('\u{1E8C7}', '\u{1E8C7}'), ('\u{1E8CB}', '\u{1E8CB}'), ('\u{1ED01}', '\u{1ED01}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_in_order_and_no_fold_makes_them_latin() {
        assert!(LOOKS_LATIN.iter().all(|(first, last)| first <= last));
        assert!(LOOKS_LATIN.windows(2).all(|pair| pair[0].1 < pair[1].0));
        for c in LOOKS_LATIN.iter().flat_map(|(first, last)| *first..=*last) {
            assert!(!number_key(&c.to_string()).is_ascii(), "{c}");
            assert!(is_disguised(&format!("{c}1234567")) && is_disguised(&format!("A{c}123456")), "{c}");
        }
    }

    #[test]
    fn what_only_looks_latin_is_a_disguise() {
        for number in [
            "\u{410}1234567",
            "\u{430}1234567",
            "\u{391}1234567",
            "\u{386}1234567",
            "A123456\u{41E}",
            "A12\u{417}4567",
            "12\u{431}45",
            "\u{410}\u{412}\u{421} 123",
            "\u{421}\u{41D} 123456",
            "\u{39A}\u{39C}-123456",
            "P\u{420}-1234567",
            "A\u{411}123",
            "1\u{4CF}345678",
            "京\u{410}12345",
            "\u{13AA}1234567",
            "\u{A4D0}1234567",
            "\u{555}1234567",
        ] {
            assert!(is_disguised(number), "{number}");
        }
        for number in [
            "A1234567",
            "Ａ1234567",
            "a1234567",
            "\u{410}\u{411}\u{412}123",
            "\u{411}123",
            "\u{42F}1234567",
            "\u{3A9}\u{391}123",
            "№ 12/3",
            "\u{410}\u{411} № 123456",
            "\u{41B}\u{41A}-№ 5",
            "Ä1",
            "ß12",
            "İ\"ß 003",
            "X Æ A-12",
            "Z٣٤",
            "李12",
            "京A12345",
            "王小明123",
            "١٢٣٤٥",
            "ب12345",
            "가12345",
            "たなか12",
        ] {
            assert!(!is_disguised(number), "{number}");
        }
    }
}
