//! The table in docs/settings.md lists exactly the settings of the program.

use std::collections::BTreeSet;

use crate::service::call;

#[test]
fn settings_page_lists_the_flags_and_variables_of_the_help() {
    let help = String::from_utf8(call(&["serve", "--help"], &[]).stdout).unwrap();
    let words = help.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '=' | ','));
    let flags: BTreeSet<_> = words.clone().filter(|word| word.starts_with("--") && word.len() > 2).collect();
    let flags: BTreeSet<_> =
        flags.into_iter().filter(|flag| !matches!(*flag, "--help" | "--version")).collect();
    let variables: BTreeSet<_> = words
        .filter(|word| word.starts_with("CLIENTS_") || matches!(*word, "DATABASE_URL" | "RUST_LOG"))
        .collect();

    let page = include_str!("../../../../docs/settings.md");
    let table: Vec<_> =
        page.lines().filter(|line| line.starts_with("| `--") || line.starts_with("| – |")).collect();
    let column = |at: usize| -> BTreeSet<&str> {
        table
            .iter()
            .map(|line| line.split('|').nth(at).unwrap().trim().trim_matches('`'))
            .filter(|cell| *cell != "–")
            .collect()
    };
    assert_eq!(column(1), flags);
    assert_eq!(column(2), variables);
}
