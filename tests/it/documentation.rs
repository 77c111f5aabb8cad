//! The documentation matches the code.

use std::fmt::Write as _;

use client_domain::lifecycle::{allowances_markdown, transitions_markdown};
use client_domain::search::{Operator, Property, PropertyKind};
use client_wire::Code;

use crate::repository::{files_in, read, root};

#[expect(clippy::disallowed_methods, reason = "how a test run is asked to write what it would compare")]
pub fn compare(path: &str, made: &str) {
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(root().join(path), made).unwrap();
    }
    assert_eq!(read(path), made, "{path} is not what the code makes: run with UPDATE_GENERATED=1");
}

#[test]
fn error_page_matches_the_catalogue() {
    compare("docs/errors.md", &errors());
}

/// The catalogue of codes as a document.
fn errors() -> String {
    let mut page = String::from(
        "<!-- Generated from the catalogue in crates/client-wire/src/code.rs. \
         `UPDATE_GENERATED=1 cargo test --workspace` writes it anew. -->\n\n\
         # Errors\n\n\
         A request that is not done answers `isSuccessful: false`, a `statusCode`, a `message` and `errors`, the list \
         of every reason. The HTTP status is the three digits of the status code. A program decides by `errors[].code`, \
         which never changes its meaning; the message of an item is for people, and may.\n\n\
         The message begins with the head in the table and may go on after it. Where several reasons come together, \
         the failure as a whole has one status and one head. What was sent is never repeated.\n\n\
         Bytes that are no HTTP request (a malformed request line, over 64 headers, a head of over 16 KiB) are refused \
         by the HTTP library with a bare 400 or 431, before there is a request to answer.\n\n\
         | code | status | message head | meaning |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let (name, status, head) = (code.name(), code.status().wire(), code.head());
        writeln!(page, "| `{name}` | `{status}` | {head} | {} |", code.meaning()).unwrap();
    }
    page
}

#[test]
fn search_page_matches_the_domain() {
    compare_part("docs/search.md", "crates/client-domain/src/search", &search_tables());
}

#[test]
fn concepts_page_matches_the_lifecycle_tables() {
    let tables = format!("\n{}\n{}\n", transitions_markdown(), allowances_markdown());
    compare_part("docs/concepts.md", "crates/client-domain/src/lifecycle", &tables);
}

#[test]
fn decision_index_lists_each_record() {
    let mut list = String::from("\n| | decision | status |\n| --- | --- | --- |\n");
    for path in files_in("docs/decisions/", ".md") {
        let text = read(&path);
        let (number, title) = text.lines().next().unwrap().trim_start_matches("# ").split_once(". ").unwrap();
        let status = text.split("\nStatus: ").nth(1).unwrap().split("\n\n").next().unwrap();
        let link = path.trim_start_matches("docs/");
        let status = status.replace('\n', " ").replace("](0", "](decisions/0");
        writeln!(list, "| {number} | [{title}]({link}) | {status} |").unwrap();
    }
    list.push('\n');
    compare_part("docs/decisions.md", "docs/decisions", &list);
}

/// Compares the generated part of a page, which the comment about its source and [`MADE_END`] enclose.
fn compare_part(path: &str, source: &str, made: &str) {
    let begin = format!("<!-- Generated from {source}: UPDATE_GENERATED=1 cargo test --workspace -->");
    let page = read(path);
    let (before, rest) = page.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(MADE_END).unwrap();
    compare(path, &format!("{before}{begin}\n{made}{MADE_END}{after}"));
}

const MADE_END: &str = "<!-- Generated until here -->";

/// Which properties there are, and what may be asked of them.
fn search_tables() -> String {
    let mut page = String::from(
        "\n| property | kind | choices | sort | searchTerm | permission |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for property in Property::ALL {
        let choices = property.choices().map_or(&[][..], |choices| choices.names).join(", ");
        let yes = |yes: bool| if yes { "yes" } else { "" };
        let (sort, word) = (yes(property.is_sortable()), yes(property.is_in_search_text()));
        writeln!(
            page,
            "| `{}` | {} | {choices} | {sort} | {word} | `{}` |",
            property.name(),
            property.kind().name(),
            property.permission().name()
        )
        .unwrap();
    }
    page.push_str("\n| operator | meaning | kinds |\n| --- | --- | --- |\n");
    for operator in Operator::ALL {
        let kinds = PropertyKind::ALL.into_iter().filter(|kind| kind.operators().contains(operator));
        let kinds: Vec<_> = kinds.map(PropertyKind::name).collect();
        writeln!(page, "| `{}` | {} | {} |", operator.name(), operator.about(), kinds.join(", ")).unwrap();
    }
    page.push('\n');
    page
}

/// The text of a document without its code.
fn prose(document: &str) -> String {
    let mut in_code = false;
    let mut text = String::new();
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Where the links of a document lead: `[text](target)` and `[text]: target`.
fn links(document: &str) -> Vec<String> {
    let text = prose(document);
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let named = text.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline.chain(named.map(|(_, target)| target.trim())).map(str::to_owned).collect()
}

/// The anchors of a document, made from its headings as the usual renderers make them.
fn anchors(document: &str) -> Vec<String> {
    let heading =
        |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase());
    let anchor = |heading: String| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        heading.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    prose(document).lines().filter_map(heading).map(anchor).collect()
}

/// The path of a link from the folder of the document it is in.
fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn links_are_resolved_from_the_folder_of_the_document() {
    assert_eq!(resolve("docs/decisions/0001-a.md", "../errors.md"), "docs/errors.md");
    assert_eq!(resolve("README.md", "./docs/errors.md"), "docs/errors.md");
    let document = "# A. Title, here\n\n[a](b.md#c) and [d](e.md \"f\")\n```\n[no](x)\n```\n[g]: h.md\n";
    assert_eq!(links(document), ["b.md#c", "e.md", "h.md"]);
    assert_eq!(anchors(document), ["a-title-here"]);
}

#[test]
fn every_link_between_documents_resolves() {
    let mut broken = Vec::new();
    for document in files_in("", ".md") {
        let text = read(&document);
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue; // what others publish is not ours to test
            }
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if target.is_empty() { document.clone() } else { resolve(&document, target) };
            let there = root().join(&target).exists();
            let anchored =
                anchor.is_empty() || (there && anchors(&read(&target)).iter().any(|a| a == anchor));
            if !there || !anchored {
                broken.push(format!("{document}: {link}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// The paths that a document names in code: with a slash, or with a well-known ending.
fn paths(document: &str) -> Vec<String> {
    let looks_like_a_path = |word: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
        let ending = [".rs", ".md", ".toml", ".json", ".lock"].iter().any(|ending| word.ends_with(ending));
        word.chars().all(plain) && (ending || (word.contains('/') && !word.starts_with('/')))
    };
    prose(document).split('`').skip(1).step_by(2).filter(looks_like_a_path).map(str::to_owned).collect()
}

#[test]
fn contributing_guide_names_only_existing_paths() {
    let guide = read("CONTRIBUTING.md");
    let named = paths(&guide);
    assert!(named.len() > 20, "the paths were not found: {named:?}");
    let missing: Vec<_> = named.into_iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "CONTRIBUTING names missing paths: {missing:?}");
}

#[test]
fn decisions_are_numbered_dated_and_list_rejected_alternatives() {
    let mut numbers: Vec<String> = Vec::new();
    for path in files_in("docs/decisions/", "") {
        let text = read(&path);
        let name = path.rsplit('/').next().unwrap();
        let number = name.split('-').next().unwrap();
        assert!(number.len() == 4 && number.parse::<u16>().is_ok(), "{path}: 0001-name-of-the-decision.md");
        assert!(!numbers.iter().any(|taken| taken == number), "{path}: the number is taken");
        assert!(text.starts_with(&format!("# {}. ", number.trim_start_matches('0'))), "{path}: # 1. Title");
        assert!(text.contains("\nStatus: "), "{path}: Status: accepted, and the day");
        for heading in ["\n## Context\n", "\n## Decision\n", "\n## Consequences\n"] {
            assert!(text.contains(heading), "{path} has no {heading:?}");
        }
        numbers.push(number.to_owned());
    }
}
