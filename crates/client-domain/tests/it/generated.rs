//! The committed renderings of the tables are those that the tables make.
//!
//! `UPDATE_GENERATED=1 cargo test -p client-domain` writes them anew.

use std::path::Path;

use client_domain::lifecycle::{allowances_markdown, edges_sql, mermaid, transitions_markdown};

#[expect(clippy::disallowed_methods, reason = "how a test is told to write what it would compare")]
fn compare(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lifecycle").join(file);
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(&path, made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(committed, made, "{file} is not what the table makes: run with UPDATE_GENERATED=1");
}

#[test]
fn the_tables_in_the_documentation_are_current() {
    compare("transitions.md", &transitions_markdown());
    compare("allowances.md", &allowances_markdown());
}

#[test]
fn the_diagram_is_current() {
    compare("diagram.mmd", &mermaid());
}

#[test]
fn the_edges_for_a_database_name_every_row_once() {
    let sql = edges_sql();
    assert!(sql.contains("(0, 'create', 3)") && sql.contains("(6, 'undoBlacklist', 3)"));
    assert_eq!(sql.matches("    (").count(), client_domain::lifecycle::TRANSITIONS.len());
}
