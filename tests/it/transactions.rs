//! The adapter of PostgreSQL opens no transaction of its own.
//!
//! A commit is one statement that the server commits by itself. So there is no `begin` that a caller who leaves can
//! cancel in flight, after which the next user of the session writes into a transaction that nobody ends (seen with
//! sqlx 0.9.0: the write is answered as done, and gone when the session closes), and no `commit` that answers well
//! although the server has rolled back. No test of behaviour would surely meet either; this one reads the source.
//! Migrations are run by sqlx in transactions, on a session of their own; `cut_migrations` tries those.

use crate::repository::{files_in, read};

/// Whatever opens a transaction: the driver's ways, and SQL's own.
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
/// What a released session is told, so that an open transaction would end there; it opens none that outlives it.
const CLEANING: &str = r#"raw_sql("BEGIN; ROLLBACK")"#;

fn ways_in(source: &str) -> Vec<&'static str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace(CLEANING, "");
    WAYS.into_iter().filter(|way| code.contains(way)).collect()
}

#[test]
fn the_adapter_opens_no_transaction() {
    let files = files_in("crates/adapter-postgres/src/", ".rs");
    assert!(files.iter().any(|path| path.ends_with("/commit.rs")), "{files:?}");
    for path in files {
        assert_eq!(
            ways_in(&read(&path)),
            [""; 0],
            "{path}: a command is one statement, see tests/it/transactions.rs"
        );
    }
}

#[test]
fn a_transaction_would_be_seen() {
    assert_eq!(ways_in("let mut unit = pool.begin().await?;"), [".begin("]);
    assert_eq!(
        ways_in("use sqlx::{Postgres};\nfn x(t: sqlx::Transaction<'_, Postgres>) {}"),
        ["sqlx::Transaction"]
    );
    assert_eq!(ways_in(r#"sqlx::raw_sql("BEGIN")"#), ["BEGIN"]);
    assert_eq!(ways_in(&format!("// It may begin: BEGIN.\nsqlx::{CLEANING}")), [""; 0]);
}
