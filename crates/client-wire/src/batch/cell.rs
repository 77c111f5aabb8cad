//! Cells that a spreadsheet would execute as formulas are written with an apostrophe in front, and read without it.
//!
//! A spreadsheet that is told another delimiter splits a cell, so each part of it is guarded as if it were a cell.

use std::borrow::Cow;

/// The first characters of what a spreadsheet takes for a formula, in the width of either script.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// A cell that begins with one of these is taken for a formula, too.
const CONTROLS: [char; 3] = ['\t', '\r', '\n'];
/// What a spreadsheet may split a line at.
const DELIMITERS: [char; 6] = [',', ';', '|', '\t', '\r', '\n'];

/// Whether a part is a formula behind any number of apostrophes, blanks and quotation marks.
fn is_formula(part: &str) -> bool {
    let text = part.trim_start_matches('\'').trim_start_matches(|c: char| c.is_whitespace() || c == '"');
    text.starts_with(SIGNS)
}

/// Whether a cell begins with a control character behind any number of apostrophes.
fn begins_with_control(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(CONTROLS)
}

/// Changes each part of the text between delimiters.
fn of_parts(text: &str, change: impl Fn(&str) -> String) -> String {
    text.split_inclusive(DELIMITERS).map(change).collect()
}

/// The text as a cell that no spreadsheet executes.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    let front = if begins_with_control(text) { "'" } else { "" };
    if front.is_empty() && !text.contains(SIGNS) {
        return text.into();
    }
    let guard = |part: &str| if is_formula(part) { format!("'{part}") } else { part.to_owned() };
    format!("{front}{}", of_parts(text, guard)).into()
}

/// The text as a cell of a workbook, which is a text and never executed. It is guarded only where reading it would take an
/// apostrophe of its own away.
pub(crate) fn tabled(text: &str) -> Cow<'_, str> {
    if unguarded(text) == text { text.into() } else { guarded(text) }
}

/// The text of a cell: the inverse of [`guarded`]. A cell that was not guarded is what it is.
pub(super) fn unguarded(cell: &str) -> Cow<'_, str> {
    let text = cell.strip_prefix('\'').filter(|text| begins_with_control(text)).unwrap_or(cell);
    if !text.contains('\'') {
        return text.into();
    }
    let bare =
        |part: &str| part.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(part).to_owned();
    of_parts(text, bare).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 33] = [
        "",
        "a",
        "'",
        "'a",
        "=1+1",
        "+234 803",
        "-1",
        "@SUM",
        "\t=1",
        "\r=1",
        "\n=1",
        "'=1",
        "''=1",
        "O'=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM",
        " =1",
        "\u{a0}=1",
        "\"=1\"",
        "x;=HYPERLINK(1)",
        "x,'=1",
        "x|\t=1",
        "x;;'='=1",
        "a\n=1",
        "a\r\n'=1",
        "Flat 2, -5 Allen Avenue",
        "'\t=1",
        "''\n'=1",
        ";",
        "x;",
        "x; =1;y",
    ];

    #[test]
    fn every_text_comes_back_and_no_part_of_a_cell_is_a_formula() {
        for text in TEXTS {
            let cell = guarded(text);
            assert_eq!(unguarded(&cell), text, "{cell:?}");
            assert_eq!(unguarded(&tabled(text)), text);
            assert!(!cell.starts_with(CONTROLS), "{cell:?}");
            for part in cell.split(DELIMITERS) {
                let part = part.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
                assert!(!part.starts_with(SIGNS), "{cell:?}");
            }
        }
        for text in ["+234 803", "x;=1", "O'Neil"] {
            assert_eq!(unguarded(text), text);
        }
        assert_eq!(guarded("O'Neil"), "O'Neil");
        assert_eq!(guarded("x;=1"), "x;'=1");
        assert_eq!((tabled("+234 803"), tabled("'=1")), ("+234 803".into(), "''=1".into()));
    }
}
