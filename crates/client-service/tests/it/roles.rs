//! The scripts of `client-service roles` are those of the book and of `deploy/`, and are refused a wrong name.
//!
//! `UPDATE_GENERATED=1` writes them there. A test of the adapter runs every port under the grants, and the blocks of
//! docs/postgresql.md are run by `.ci/check-book`.

use std::path::Path;

use crate::service::call;

fn printed(arguments: &[&str]) -> String {
    let printed = call(arguments, &[]);
    assert!(printed.status.success(), "{printed:?}");
    String::from_utf8(printed.stdout).unwrap()
}

/// Compares a file, or writes it.
#[expect(clippy::disallowed_methods, reason = "the setting that renews generated text")]
fn compare(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(&file, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), text, "{path}: renew it with UPDATE_GENERATED=1");
}

#[test]
fn grants_of_the_book_and_of_deploy_are_those_of_the_program() {
    let grants = printed(&["roles", "grant"]);
    assert!(grants.contains("GRANT SELECT, INSERT ON client TO clients_runtime;"), "{grants}");
    compare("deploy/postgresql/grants.sql", &grants);

    let path = "docs/postgresql.md";
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap();
    let (before, rest) = page.split_once("```sql\n-- client-service roles grant").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    compare(path, &format!("{before}```sql\n{grants}```\n{after}"));
}

#[test]
fn roles_of_another_name_are_those_of_another_database() {
    let ours = printed(&["roles", "create"]);
    let test = printed(&["roles", "create", "--prefix", "clients_test"]);
    assert!(
        test.contains(r"\connect clients_test")
            && test.contains("'clients_test_owner', 'clients_test_runtime'")
    );
    assert_eq!(test.replace("clients_test", "clients"), ours);
    let exactly = printed(&["roles", "grant", "--revoke-first", "--prefix", "bank"]);
    let revoked = exactly.find("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bank_runtime").unwrap();
    assert!(revoked < exactly.find("GRANT ").unwrap() && !exactly.contains("clients_"), "{exactly}");
    for wrong in ["", "Clients", "1x", "a-b", "a;b", &"a".repeat(56)] {
        let refused = call(&["roles", "create", "--prefix", wrong], &[]);
        assert_eq!(refused.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8(refused.stderr).unwrap().contains("--prefix must be"), "{wrong}");
    }
}
