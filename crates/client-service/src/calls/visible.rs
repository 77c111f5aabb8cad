//! Texts on a terminal. A value may hold what moves the cursor, changes the title or turns the direction of the text, and so
//! shows something else than it is.

use std::fmt::Write as _;

use client_domain::text::is_ambiguous;
use serde_json::Value;

/// A text of one line, in which every character is one that a reader sees.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |c, shown| write!(shown, "\\u{{{:x}}}", u32::from(c)))
}

/// A value as JSON, which is read as the same value.
pub(super) fn json(value: &Value, pretty: bool) -> String {
    let text = if pretty { format!("{value:#}") } else { value.to_string() };
    let lines = text.split('\n').map(|line| {
        // Between the texts JSON has plain characters only, and inside them this is an escape.
        escaped(line, |c, shown| {
            c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(shown, "\\u{unit:04x}"))
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn escaped(text: &str, escape: impl Fn(char, &mut String) -> std::fmt::Result) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_ambiguous(c) {
            let _ = escape(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{7}\r\nb\u{202e}c\u{200b}";
        assert_eq!(line(hostile), "a\\u{1b}[2J\\u{9b}31m\\u{7}\\u{d}\\u{a}b\\u{202e}c\\u{200b}");
        let value = json!({ "name": hostile, "other": ["é", "\u{e0001}"] });
        for pretty in [true, false] {
            let text = json(&value, pretty);
            assert!(text.chars().all(|c| c == '\n' || !is_ambiguous(c)), "{text:?}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert_eq!(line("Łódź 李 O'Brien"), "Łódź 李 O'Brien");
    }
}
