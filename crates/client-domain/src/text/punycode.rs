//! Punycode (RFC 3492): how a domain writes letters beyond ASCII.

/// The letters of a label after its `xn--`, or nothing where it is no punycode.
///
/// Only this direction is needed, since domains are compared in Unicode: a crate for all of IDNA would double the
/// number of crates that this one brings.
pub(super) fn decode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    let (plain, coded) = label.rsplit_once('-').unwrap_or(("", label));
    let mut letters: Vec<char> = plain.chars().collect();
    let (mut code, mut at, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = coded.bytes();
    while digits.len() > 0 {
        let (before, mut weight, mut k) = (at, 1_u32, BASE);
        loop {
            let digit = match digits.next()? {
                letter @ (b'a'..=b'z' | b'A'..=b'Z') => u32::from(letter.to_ascii_lowercase() - b'a'),
                figure @ b'0'..=b'9' => u32::from(figure - b'0') + 26,
                _ => return None,
            };
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k = k.checked_add(BASE)?;
        }
        let length = u32::try_from(letters.len()).ok()?.checked_add(1)?;
        bias = adapt(at - before, length, before == 0);
        code = code.checked_add(at / length)?;
        at %= length;
        letters.insert(usize::try_from(at).ok()?, char::from_u32(code)?);
        at += 1;
    }
    Some(letters.into_iter().collect())
}

fn adapt(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::decode;

    /// The samples of RFC 3492, section 7.1, and domains that exist.
    #[test]
    fn labels_are_decoded() {
        for (label, letters) in [
            ("egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"),
            ("ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"),
            ("4dbcagdahymbxekheh6e0a7fei0b", "למההםפשוטלאמדבריםעברית"),
            ("b1abfaaepdrnnbgefbadotcwatmq2g4l", "почемужеонинеговорятпорусски"),
            ("MajiKoi5-783gue6qz075azm5e", "MajiでKoiする5秒前"),
            ("mnchen-bank-thb", "münchen-bank"),
            ("e1afmkfd", "пример"),
            ("80akhbyknj4f", "испытание"),
            ("mnchen-3ya", "münchen"),
        ] {
            assert_eq!(decode(label).as_deref(), Some(letters), "{label}");
        }
    }

    #[test]
    fn other_labels_are_left_alone() {
        for label in ["mnchen-99999999999", "ü", "a-ü", "99999999", "-!"] {
            assert_eq!(decode(label), None, "{label}");
        }
    }
}
