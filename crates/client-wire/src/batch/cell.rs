//! Cells that a spreadsheet would execute as formulas are written with an apostrophe in front, and read without it.

use std::borrow::Cow;

/// The first characters of what a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether the text is a formula behind any number of apostrophes.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// The text as a cell that no spreadsheet executes.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// The text of a cell: the inverse of [`guarded`]. A cell that was not guarded is what it is.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_no_cell_is_a_formula() {
        for text in
            ["", "a", "'", "'a", "=1+1", "+234 803", "-1", "@SUM", "\t=1", "\r=1", "'=1", "''=1", "O'=1"]
        {
            let cell = guarded(text);
            assert!(!cell.starts_with(FORMULA), "{text:?}");
            assert_eq!(unguarded(&cell), text);
        }
        assert_eq!(unguarded("+234 803"), "+234 803");
        assert_eq!(guarded("O'Neil"), "O'Neil");
    }
}
