//! The adapter of PostgreSQL opens no transaction of its own.
//!
//! A commit is one statement that the server commits by itself. So there is no `begin` that a disconnecting caller can
//! cancel in flight, after which the next user of the connection writes into a transaction that is never ended (seen with
//! sqlx 0.9.0: the write is answered as done, and lost when the connection closes), and no `commit` that succeeds
//! although the server has rolled back. No test of behaviour would surely meet either; this one reads the source.
//! Migrations are run by sqlx in transactions, on a connection of their own; `cut_migrations` tests those.

use crate::repository::{files_in, read};

/// The calls and SQL keywords that open a transaction.
const WAYS: [&str; 9] = [
    ".begin(",
    ".begin_with(",
    "::begin(",
    ".transaction(",
    "sqlx::Transaction",
    "start_transaction",
    "START TRANSACTION",
    "BEGIN",
    "SAVEPOINT",
];
/// The statement sent on a released connection: it ends an open transaction, and opens none that outlives it.
const CLEANING: &str = r#"raw_sql("BEGIN; ROLLBACK")"#;
/// How a certificate or a key begins in its file.
const LABEL: &str = "-----BEGIN ";

fn transaction_starts(source: &str) -> Vec<&'static str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace(CLEANING, "").replace(LABEL, "");
    WAYS.into_iter().filter(|way| code.contains(way)).collect()
}

#[test]
fn the_adapter_opens_no_transaction() {
    let files = files_in("crates/adapter-postgres/src/", ".rs");
    assert!(files.iter().any(|path| path.ends_with("/commit.rs")), "{files:?}");
    for path in files {
        assert_eq!(
            transaction_starts(&read(&path)),
            [""; 0],
            "{path}: a command is one statement, see tests/it/transactions.rs"
        );
    }
}

#[test]
fn transaction_check_detects_transactions() {
    assert_eq!(transaction_starts("let mut unit = pool.begin().await?;"), [".begin("]);
    assert_eq!(
        transaction_starts("use sqlx::{Postgres};\nfn x(t: sqlx::Transaction<'_, Postgres>) {}"),
        ["sqlx::Transaction"]
    );
    assert_eq!(transaction_starts(r#"sqlx::raw_sql("BEGIN")"#), ["BEGIN"]);
    assert_eq!(transaction_starts(&format!(r#"raw_sql("{LABEL}"); raw_sql("BEGIN")"#)), ["BEGIN"]);
    assert_eq!(transaction_starts(&format!("// It may begin: BEGIN.\nsqlx::{CLEANING}")), [""; 0]);
}
