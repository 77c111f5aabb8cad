//! Which crate may depend on which.

use crate::repository::{Crates, Kind};

/// Which crates of this workspace each crate may depend on. A crate that is not listed fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    ("client-domain", &[]),
    // It knows files, and nothing of clients.
    ("document-inspection", &[]),
    // Tables know nothing of what is in them.
    ("workbook", &[]),
    // Spans and the context of a trace know nothing of what they tell of.
    ("trace-context", &[]),
    ("client-app", &["client-domain", "document-inspection", "trace-context"]),
    ("client-wire", &["client-app", "client-domain", "trace-context", "workbook"]),
    ("phone-numbering", &["client-domain"]),
    // It uses a store through the ports only.
    ("store-conformance", INNER),
    ("adapter-http", &["client-app", "client-domain", "client-wire", "token-verification", "trace-context"]),
    ("adapter-console", &["client-app", "client-domain", "client-wire"]),
    ("adapter-inmem", INNER),
    // A bank for the tests of others: the API on the in-memory adapter.
    (
        "clients-testkit",
        &["adapter-http", "adapter-inmem", "client-app", "client-domain", "client-wire", "signed-http"],
    ),
    ("adapter-object-store", &["client-app", "client-domain", "signed-http", "trace-context"]),
    ("adapter-postgres", &["client-app", "client-domain", "concurrency", "trace-context"]),
    ("adapter-sqlite", &["client-app", "client-domain", "trace-context"]),
    ("adapter-webhook", &["client-app", "client-domain", "signed-http", "trace-context"]),
    ("adapter-ledger", &["client-app", "client-domain", "signed-http"]),
    ("adapter-oidc", &["client-app", "signed-http", "token-verification"]),
    // It knows tokens and callers, and nothing of requests.
    ("token-verification", &["client-app", "client-domain", "client-wire", "signed-http"]),
    // Addresses and signatures know nothing of what is sent.
    ("signed-http", &["trace-context"]),
    ("client-service", EVERYTHING),
    ("clients-tests", EVERYTHING),
    // They know the service by its binary, its API and its tables, so that they repeat no mistake of its code.
    ("clients-campaigns", &[]),
    ("throwaway-postgres", &[]),
    // Protocols between tasks know nothing of what they are used for.
    ("concurrency", &[]),
    // It compiles the files of `concurrency` by their path.
    ("schedules", &[]),
    (
        "fuzz-targets",
        &[
            "adapter-http",
            "adapter-inmem",
            "client-app",
            "client-domain",
            "client-wire",
            "document-inspection",
        ],
    ),
    // It measures the adapter and the service, and starts them as the campaigns do.
    (
        "bench",
        &[
            "adapter-postgres",
            "adapter-sqlite",
            "client-app",
            "client-domain",
            "client-wire",
            "clients-campaigns",
        ],
    ),
];
const INNER: &[&str] = &["client-app", "client-domain"];
const EVERYTHING: &[&str] = &[
    "client-domain",
    "client-app",
    "client-wire",
    "adapter-http",
    "adapter-console",
    "adapter-inmem",
    "adapter-object-store",
    "adapter-postgres",
    "adapter-sqlite",
    "adapter-webhook",
    "adapter-ledger",
    "adapter-oidc",
    "signed-http",
    "token-verification",
    "client-service",
    "clients-testkit",
    "phone-numbering",
    "trace-context",
];

/// What the tests of a crate may use besides.
const MAY_USE_IN_TESTS: &[(&str, &[&str])] = &[
    // Itself, with a feature that its tests need.
    ("client-domain", &["client-domain"]),
    // Itself, with its mocks.
    ("client-app", &["adapter-inmem", "client-app"]),
    ("client-wire", &["adapter-inmem"]),
    ("adapter-console", &["adapter-inmem"]),
    // With a feature that its tests need.
    ("document-inspection", &["document-inspection"]),
    // With a feature that its tests need.
    ("adapter-object-store", &["adapter-object-store", "store-conformance"]),
    ("adapter-inmem", &["store-conformance"]),
    ("clients-testkit", &["phone-numbering"]),
    ("adapter-postgres", &["store-conformance", "throwaway-postgres"]),
    ("adapter-sqlite", &["store-conformance"]),
    // The generated clients, for a copy from one store to another.
    ("client-service", &["store-conformance", "throwaway-postgres"]),
    ("clients-tests", &["document-inspection", "store-conformance", "throwaway-postgres", "workbook"]),
];

/// What must not get into a program that uses the crate, directly or through others.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    (
        "client-domain",
        &[
            "async-trait",
            "axum",
            "getrandom",
            "hyper",
            "rand",
            "rand_core",
            "reqwest",
            "rusqlite",
            "sqlx",
            "sqlx-core",
            "tokio",
            "tracing",
        ],
    ),
    ("client-app", &["axum", "hyper", "reqwest", "rusqlite", "sqlx", "sqlx-core", "tokio"]),
    ("client-wire", &["axum", "hyper", "reqwest", "rusqlite", "sqlx", "sqlx-core", "tokio"]),
    (
        "document-inspection",
        &["async-trait", "axum", "getrandom", "hyper", "reqwest", "serde", "sqlx", "tokio", "tracing"],
    ),
];

fn listed<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> &'a [&'a str] {
    table.iter().find(|(listed, _)| *listed == name).map_or(&[], |(_, allowed)| allowed)
}

fn forbidden(edges: &[(&str, &str, Kind)]) -> Vec<String> {
    let may = |from: &str, to: &str, kind: Kind| {
        listed(MAY_USE, from).contains(&to)
            || (kind == Kind::Dev && listed(MAY_USE_IN_TESTS, from).contains(&to))
    };
    edges
        .iter()
        .filter(|(from, to, kind)| !may(from, to, *kind))
        .map(|(from, to, kind)| format!("{from} -> {to} ({kind:?})"))
        .collect()
}

#[test]
fn cargo_run_starts_the_service() {
    assert_eq!(Crates::load().programs, ["client-service"]);
}

#[test]
fn crates_depend_on_each_other_only_as_listed() {
    let crates = Crates::load();
    for name in crates.own() {
        assert!(MAY_USE.iter().any(|(listed, _)| *listed == name), "which layer is {name}?");
    }
    let edges = crates.own_edges();
    assert!(edges.contains(&("client-app", "client-domain", Kind::Normal)), "the edges were not found");
    assert_eq!(forbidden(&edges), Vec::<String>::new());
}

#[test]
fn forbidden_dependency_is_found() {
    for (from, to, kind) in [
        ("client-domain", "client-app", Kind::Normal),
        ("client-domain", "adapter-inmem", Kind::Dev),
        ("client-app", "adapter-inmem", Kind::Normal),
        ("client-app", "adapter-inmem", Kind::Build),
        ("client-app", "adapter-http", Kind::Dev),
        ("adapter-http", "adapter-inmem", Kind::Normal),
        ("adapter-http", "adapter-inmem", Kind::Dev),
        ("adapter-webhook", "adapter-http", Kind::Normal),
        ("adapter-console", "adapter-http", Kind::Normal),
        ("adapter-console", "adapter-sqlite", Kind::Dev),
        ("adapter-webhook", "adapter-inmem", Kind::Dev),
        ("adapter-ledger", "adapter-webhook", Kind::Normal),
        ("adapter-ledger", "adapter-inmem", Kind::Dev),
        ("signed-http", "client-app", Kind::Normal),
        ("token-verification", "adapter-http", Kind::Normal),
        ("adapter-oidc", "adapter-http", Kind::Normal),
        ("adapter-console", "adapter-oidc", Kind::Normal),
        ("adapter-object-store", "adapter-inmem", Kind::Dev),
        ("adapter-inmem", "client-service", Kind::Build),
        ("client-service", "clients-tests", Kind::Dev),
        ("adapter-postgres", "throwaway-postgres", Kind::Normal),
        ("throwaway-postgres", "adapter-postgres", Kind::Normal),
        ("concurrency", "client-app", Kind::Normal),
        ("client-app", "concurrency", Kind::Normal),
        ("client-app", "client-wire", Kind::Dev),
        ("client-domain", "client-wire", Kind::Normal),
        ("adapter-postgres", "client-wire", Kind::Normal),
        ("adapter-sqlite", "client-wire", Kind::Normal),
        ("adapter-sqlite", "adapter-postgres", Kind::Dev),
        ("client-wire", "adapter-http", Kind::Normal),
        ("client-wire", "document-inspection", Kind::Normal),
        ("document-inspection", "client-domain", Kind::Normal),
        ("document-inspection", "client-app", Kind::Dev),
        ("adapter-http", "document-inspection", Kind::Normal),
        ("client-service", "document-inspection", Kind::Normal),
        ("client-app", "store-conformance", Kind::Dev),
        ("adapter-postgres", "store-conformance", Kind::Normal),
        ("adapter-webhook", "store-conformance", Kind::Dev),
        ("client-service", "store-conformance", Kind::Normal),
        ("store-conformance", "adapter-postgres", Kind::Dev),
        ("client-service", "fuzz-targets", Kind::Dev),
        ("unlisted-crate", "client-domain", Kind::Normal),
    ] {
        assert_eq!(forbidden(&[(from, to, kind)]).len(), 1, "{from} -> {to} ({kind:?})");
    }
    assert!(forbidden(&[("client-app", "adapter-inmem", Kind::Dev)]).is_empty());
    assert!(forbidden(&[("client-service", "adapter-http", Kind::Normal)]).is_empty());
}

#[test]
fn inner_crates_depend_on_no_runtime_network_or_database() {
    let crates = Crates::load();
    for (name, unwanted) in MUST_NOT_REACH {
        let tree = crates.tree(name);
        assert!(tree.contains("thiserror"), "the tree of {name} was not found");
        let unwanted = unwanted.iter().copied().collect();
        let reached: Vec<_> = tree.intersection(&unwanted).collect();
        assert!(reached.is_empty(), "{name} brings {reached:?}");
    }
    // And the question finds what is there.
    assert!(crates.tree("client-service").contains("tokio"));
}
