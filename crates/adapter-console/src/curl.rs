//! The request that shows the same as a panel, for a terminal.

use serde_json::{Value, json};

use crate::settings::Console;

/// The command line that asks this query. The token is the reader's own.
pub(crate) fn query(console: &Console, name: &str, data: &Value) -> String {
    let body = json!({ "queryName": name, "data": data }).to_string();
    format!(
        "curl -s {}/api/bpm/qry -H 'Content-Type: application/json' -H \"Authorization: Bearer $TOKEN\" -d {}",
        console.address,
        quoted(&body)
    )
}

/// A text in single quotes of a shell, which interprets nothing inside them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_text_as_it_is() {
        assert_eq!(quoted("it's $(x)"), r"'it'\''s $(x)'");
    }
}
