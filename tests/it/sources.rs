//! What the source files may name, and how long they may be.

use std::collections::BTreeSet;

use crate::repository::{files, files_in, read};

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

/// Whether a line holds a name, and not only another one that ends with it, as `Operand::` ends with `rand::`.
fn names(line: &str, name: &str) -> bool {
    let is_part = |at: usize| line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let begins = name.starts_with(char::is_alphanumeric);
    line.match_indices(name).any(|(at, _)| !begins || !is_part(at))
}

/// Every place of these files where the code says one of these.
fn said(files: impl IntoIterator<Item = String>, needles: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for path in files {
        let code = code(&read(&path));
        for (number, line) in code.lines().enumerate() {
            let found = needles.iter().filter(|needle| names(line, needle));
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
    let needles = ["axum::", "http::", "hyper::", "reqwest::", "rusqlite::", "sqlx::", "tokio::", "tower::"];
    assert_eq!(said(inner, &needles), Vec::<String>::new());
}

#[test]
fn only_the_spine_commits() {
    // Storage adapters may call what they like `commit`; all others have one way to write.
    let spine = "crates/client-app/src/spine/";
    let free = [
        spine,
        // It passes a commit on to the store that it shares.
        "crates/client-app/src/ports/shared.rs",
        "crates/store-conformance/",
        "crates/adapter-inmem/",
        "crates/adapter-postgres/",
        "crates/adapter-sqlite/",
    ];
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
