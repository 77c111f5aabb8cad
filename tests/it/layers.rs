//! Which crate may depend on which, and what their code may name.

use std::collections::BTreeSet;

use crate::repository::{Crates, Kind, files, files_in, read};

/// Which crates of this workspace each crate may depend on. A crate that is not listed fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    ("client-domain", &[]),
    // It knows files, and nothing of clients.
    ("document-inspection", &[]),
    ("client-app", &["client-domain", "document-inspection"]),
    ("client-wire", INNER),
    // It looks at a store through the ports only.
    ("store-conformance", INNER),
    ("adapter-http", &["client-app", "client-domain", "client-wire"]),
    ("adapter-inmem", INNER),
    ("adapter-object-store", INNER),
    ("adapter-postgres", &["client-app", "client-domain", "concurrency"]),
    ("adapter-webhook", INNER),
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
    ("bench", &["adapter-postgres", "client-app", "client-domain", "client-wire", "clients-campaigns"]),
];
const INNER: &[&str] = &["client-app", "client-domain"];
const EVERYTHING: &[&str] = &[
    "client-domain",
    "client-app",
    "client-wire",
    "adapter-http",
    "adapter-inmem",
    "adapter-object-store",
    "adapter-postgres",
    "adapter-webhook",
    "client-service",
];

/// What the tests of a crate may use besides.
const MAY_USE_IN_TESTS: &[(&str, &[&str])] = &[
    // Itself, with its mocks.
    ("client-app", &["adapter-inmem", "client-app"]),
    ("client-wire", &["adapter-inmem"]),
    // With a feature that its tests need.
    ("document-inspection", &["document-inspection"]),
    // With a feature that its tests need.
    ("adapter-object-store", &["adapter-object-store", "store-conformance"]),
    ("adapter-inmem", &["store-conformance"]),
    ("adapter-postgres", &["store-conformance", "throwaway-postgres"]),
    ("client-service", &["throwaway-postgres"]),
    ("clients-tests", &["document-inspection", "store-conformance", "throwaway-postgres"]),
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
            "sqlx",
            "sqlx-core",
            "tokio",
            "tracing",
        ],
    ),
    ("client-app", &["axum", "hyper", "reqwest", "sqlx", "sqlx-core", "tokio"]),
    ("client-wire", &["axum", "hyper", "reqwest", "sqlx", "sqlx-core", "tokio"]),
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
        ("adapter-webhook", "adapter-inmem", Kind::Dev),
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
        ("client-wire", "adapter-http", Kind::Normal),
        ("client-wire", "document-inspection", Kind::Normal),
        ("document-inspection", "client-domain", Kind::Normal),
        ("document-inspection", "client-app", Kind::Dev),
        ("adapter-http", "document-inspection", Kind::Normal),
        ("client-service", "document-inspection", Kind::Normal),
        ("client-app", "store-conformance", Kind::Dev),
        ("adapter-postgres", "store-conformance", Kind::Normal),
        ("adapter-webhook", "store-conformance", Kind::Dev),
        ("client-service", "store-conformance", Kind::Dev),
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

/// The code of a file: without its comments, and without the tests at its end.
pub(crate) fn code(source: &str) -> String {
    let lines: Vec<&str> = source.lines().take(lines_before_tests(source)).collect();
    let no_comment = |line: &&str| line.find("//").and_then(|at| line.get(..at)).unwrap_or(line).to_owned();
    lines.iter().map(no_comment).collect::<Vec<_>>().join("\n")
}

/// How many lines come before the module of tests, if there is one.
fn lines_before_tests(source: &str) -> usize {
    let lines: Vec<&str> = source.lines().collect();
    let opens_module = |from: usize| {
        let next = lines.iter().skip(from + 1).find(|line| !line.trim_start().starts_with('#'));
        next.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    let tests = (0..lines.len()).find(|at| lines.get(*at) == Some(&"#[cfg(test)]") && opens_module(*at));
    tests.unwrap_or(lines.len())
}

/// Every place of these files where the code says one of these.
fn said(files: impl IntoIterator<Item = String>, needles: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for path in files {
        let code = code(&read(&path));
        for (number, line) in code.lines().enumerate() {
            let found = needles.iter().filter(|needle| line.contains(**needle));
            places.extend(found.map(|needle| format!("{path}:{}: {needle}", number + 1)));
        }
    }
    places
}

#[test]
fn code_of_a_file_excludes_comments_and_tests() {
    let source =
        "//! async \nfn a() {} // async \nlet b = 1;\n\n#[cfg(test)]\nmod tests {\n    async fn c() {}\n}\n";
    assert_eq!(code(source), "\nfn a() {} \nlet b = 1;\n");
    assert_eq!(lines_before_tests(source), 4);
    let outside = "#[cfg(test)]\nmod fixtures;\nasync fn c() {}\n";
    assert!(code(outside).contains("async "), "a test module in another file does not end the code");
}

#[test]
fn domain_has_no_async_code_and_reads_only_its_arguments() {
    let needles = [
        "async ",
        ".await",
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "getrandom",
        "rand::",
        "thread_rng",
        "println!",
    ];
    assert_eq!(said(files_in("crates/client-domain/src/", ".rs"), &needles), Vec::<String>::new());
}

#[test]
fn inner_crates_name_no_type_of_a_framework() {
    let inner = files_in("crates/client-domain/src/", ".rs")
        .into_iter()
        .chain(files_in("crates/client-app/src/", ".rs"))
        .chain(files_in("crates/document-inspection/src/", ".rs"));
    let needles = ["axum::", "http::", "hyper::", "reqwest::", "sqlx::", "tokio::", "tower::"];
    assert_eq!(said(inner, &needles), Vec::<String>::new());
}

#[test]
fn only_the_spine_commits() {
    // Storage adapters may call what they like `commit`; all others have one way to write.
    let spine = "crates/client-app/src/spine/";
    let free = [spine, "crates/store-conformance/", "crates/adapter-inmem/", "crates/adapter-postgres/"];
    let others = files_in("crates/", ".rs")
        .into_iter()
        .filter(|path| path.contains("/src/") && !free.iter().any(|folder| path.starts_with(folder)));
    assert_eq!(said(others, &[".commit("]), Vec::<String>::new());
    assert!(!said(files_in(spine, ".rs"), &["store.commit("]).is_empty(), "the spine was not found");
}

#[test]
fn file_has_at_most_300_lines_without_its_tests() {
    let sources = files_in("", ".rs").into_iter().filter(|path| path.contains("/src/"));
    let long: Vec<_> = sources
        .map(|path| (lines_before_tests(&read(&path)), path))
        .filter(|(lines, _)| *lines > 300)
        .collect();
    assert!(long.is_empty(), "more than 300 lines without tests: {long:?}");
}

#[test]
fn no_file_names_a_folder_of_the_machine_it_was_written_on() {
    let folders: BTreeSet<String> = ["home", "root", "Users", "work"].map(|name| format!("/{name}/")).into();
    let mut places = Vec::new();
    for path in files() {
        let Ok(text) = std::fs::read_to_string(crate::repository::root().join(&path)) else {
            continue; // not text
        };
        for folder in &folders {
            // Inside a longer path or an address it is no folder of a machine.
            let part = |before: &str| {
                before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '*'))
            };
            let found = text.match_indices(folder.as_str()).any(|(at, _)| !text.get(..at).is_some_and(part));
            if found {
                places.push(format!("{path}: {folder}"));
            }
        }
    }
    assert_eq!(places, Vec::<String>::new());
}
