//! Tables that fit the terminal.

use unicode_width::UnicodeWidthStr as _;

/// The narrowest column that is still shortened.
const NARROW: usize = 6;
const BETWEEN: &str = "  ";

/// Rows of cells under a head, as wide as the terminal if there is one. Every cell is one line of visible characters.
pub(super) fn table(head: &[String], rows: &[Vec<String>], terminal: Option<usize>) -> String {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| all().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let mut widths: Vec<_> = (0..head.len()).map(|column| width(column).unwrap_or_default()).collect();
    if let Some(terminal) = terminal {
        let columns = terminal.saturating_sub(BETWEEN.len() * head.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > columns {
            let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROW) else { break };
            *widest -= 1;
        }
    }
    let mut text = String::new();
    for row in all() {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let cell = shortened(cell, *width);
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            cell + &blanks
        });
        text += cells.collect::<Vec<_>>().join(BETWEEN).trim_end();
        text.push('\n');
    }
    text
}

/// The beginning of a text that fits, with a sign that something is missing.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    for c in text.chars() {
        if shown.width() + c.to_string().width() >= width {
            break;
        }
        shown.push(c);
    }
    shown + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_widest_columns_are_shortened_until_the_table_fits() {
        let rows = [
            cells(&["CUST1000001", "Adaeze Okechukwu-Okafor", "Ikeja"]),
            cells(&["李", "王小明王小明王小明王小明", ""]),
        ];
        let head = cells(&["number", "name", "city"]);
        let whole = table(&head, &rows, None);
        assert!(whole.contains("CUST1000001  Adaeze Okechukwu-Okafor   Ikeja\n"), "{whole}");
        let narrow = table(&head, &rows, Some(34));
        assert!(narrow.lines().all(|line| line.width() <= 34), "{narrow}");
        assert!(
            narrow.contains("Adaeze Okechu…") && narrow.contains("Ikeja") && narrow.contains("王小明王小明…"),
            "{narrow}"
        );
        let tiny = table(&head, &rows, Some(1));
        assert!(tiny.lines().count() == 3 && tiny.contains("CUST1…"), "{tiny}");
    }
}
