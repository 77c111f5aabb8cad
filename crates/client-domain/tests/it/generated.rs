//! The committed renderings of the tables are current.
//!
//! `UPDATE_GENERATED=1 cargo test -p client-domain` writes them.

use std::path::Path;

use client_domain::lifecycle::{allowances_markdown, edges_sql, mermaid, transitions_markdown};

#[expect(
    clippy::disallowed_methods,
    reason = "UPDATE_GENERATED makes the test write the files instead of comparing them"
)]
fn compare(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lifecycle").join(file);
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(&path, made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(committed, made, "{file} is not current: run with UPDATE_GENERATED=1");
}

#[test]
fn tables_in_the_documentation_are_current() {
    compare("transitions.md", &transitions_markdown());
    compare("allowances.md", &allowances_markdown());
}

#[test]
fn diagram_is_current() {
    compare("diagram.mmd", &mermaid());
}

#[test]
fn sql_transitions_contain_every_row_once() {
    let sql = edges_sql();
    assert!(sql.contains("(0, 'create', 3)") && sql.contains("(6, 'undoBlacklist', 3)"));
    assert_eq!(sql.matches("    (").count(), client_domain::lifecycle::TRANSITIONS.len());
}
