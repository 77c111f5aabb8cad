//! The scripts of form fields that do nothing but write a date or a number as the field wants it: one call of a function
//! that every viewer brings along, with nothing but constants. Most forms of authorities have them.

/// The functions, as Acrobat has them and other viewers after it.
const FUNCTIONS: [&str; 17] = [
    "AFDate_Format",
    "AFDate_FormatEx",
    "AFDate_Keystroke",
    "AFDate_KeystrokeEx",
    "AFNumber_Format",
    "AFNumber_Keystroke",
    "AFPercent_Format",
    "AFPercent_Keystroke",
    "AFRange_Validate",
    "AFSimple_Calculate",
    "AFSpecial_Format",
    "AFSpecial_Keystroke",
    "AFSpecial_KeystrokeEx",
    "AFTime_Format",
    "AFTime_FormatEx",
    "AFTime_Keystroke",
    "AFTime_KeystrokeEx",
];

/// Whether a script is nothing, or calls of these functions with constants.
pub(super) fn is_harmless(script: &[u8]) -> bool {
    // Texts are in an encoding of one byte, or in UTF-16 after a mark; constants need no more than ASCII.
    let plain: Vec<u8> = match script.strip_prefix(b"\xfe\xff") {
        Some(wide) if wide.chunks(2).all(|pair| matches!(pair, [0, _])) => {
            wide.iter().skip(1).step_by(2).copied().collect()
        }
        Some(_) => return false,
        None => script.to_vec(),
    };
    let Ok(text) = std::str::from_utf8(&plain) else { return false };
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some(after) = call(rest) else { return false };
        rest = after.trim_start().trim_start_matches(';').trim_start();
    }
    true
}

/// What follows one call.
fn call(text: &str) -> Option<&str> {
    let (name, arguments) = text.split_once('(')?;
    if !FUNCTIONS.contains(&name.trim()) {
        return None;
    }
    let mut rest = arguments.trim_start();
    let mut depth = 1_u32;
    while depth > 0 {
        let first = rest.chars().next()?;
        rest = match first {
            '"' | '\'' => {
                let (constant, after) = rest.get(1..)?.split_once(first)?;
                // An escape could be the end of it for one reader and not for another.
                if constant.contains(['\\', '\n', '\r']) {
                    return None;
                }
                after
            }
            '0'..='9' | '.' | '-' | ',' | ' ' | '\n' | '\r' | '\t' => rest.get(1..)?,
            ')' | ']' => {
                depth -= 1;
                rest.get(1..)?
            }
            '[' => {
                depth += 1;
                rest.get(1..)?
            }
            _ => match ["true", "false", "null", "new Array(", "Array("]
                .iter()
                .find(|word| rest.starts_with(**word))
            {
                Some(word) => {
                    depth += u32::from(word.ends_with('('));
                    rest.get(word.len()..)?
                }
                None => return None,
            },
        };
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_with_constants_are_harmless() {
        for script in [
            "",
            "AFDate_FormatEx(\"dd/mm/yyyy\");",
            "AFNumber_Format(2, 0, 0, 0, \"\", true);",
            "AFNumber_Keystroke(2,0,0,0,'',true)",
            "AFSimple_Calculate(\"SUM\", new Array(\"a\", \"b\"));",
            "AFSimple_Calculate(\"SUM\", [\"a\", \"b\"]);\r\nAFRange_Validate(true, 0, true, 100);",
            "\u{0}",
        ] {
            let is_text = !script.contains('\u{0}');
            assert_eq!(is_harmless(script.as_bytes()), is_text, "{script:?}");
        }
        for script in [
            "app.alert(1)",
            "AFDate_FormatEx(app.alert(1))",
            "AFDate_FormatEx(\"a\"); app.alert(1)",
            "AFDate_FormatEx(\"a\\\"); app.alert(1)//\")",
            "AFDate_FormatEx(\"a\"",
            "AFDate_FormatEx(this)",
            "AFParseDateEx(\"a\")",
            "AFDate_FormatEx = app.alert",
            "new Array(1)",
        ] {
            assert!(!is_harmless(script.as_bytes()), "{script:?}");
        }
        let wide: Vec<u8> =
            "\u{feff}AFDate_FormatEx('d')".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(is_harmless(&wide));
    }
}
