//! The files of a crate use each other in one direction: no circle leads from a file back to itself.
//!
//! A file uses another one by a path that begins with `crate`, `super` or `self`, and every file uses the modules that it
//! declares. So a module reads nothing from the file that declares it. The path of a visibility, as in `pub(in super::super)`,
//! is no use: it only says which files may.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::{files_in, read};
use crate::sources::code;

/// The crates for which this holds: every library, and the service.
const CRATES: &[&str] = &[
    "crates/adapter-console/src/",
    "crates/adapter-http/src/",
    "crates/adapter-inmem/src/",
    "crates/adapter-object-store/src/",
    "crates/adapter-postgres/src/",
    "crates/adapter-sqlite/src/",
    "crates/adapter-webhook/src/",
    "crates/adapter-ledger/src/",
    "crates/adapter-oidc/src/",
    "crates/signed-http/src/",
    "crates/token-verification/src/",
    "crates/client-app/src/",
    "crates/client-domain/src/",
    "crates/client-service/src/",
    "crates/client-wire/src/",
    "crates/concurrency/src/",
    "crates/document-inspection/src/",
    "crates/phone-numbering/src/",
    "crates/store-conformance/src/",
    "crates/workbook/src/",
];

/// A module by its path from the root of the crate, which is the empty path.
type Module = Vec<String>;

/// What each module uses.
type Edges = BTreeMap<Module, BTreeSet<Module>>;

/// The module in this file.
fn module(path: &str) -> Module {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|name| !matches!(*name, "lib" | "main")).map(str::to_owned).collect()
}

/// The paths of a use tree, such as `a::{b, c::d}`, or of a path in code, up to its end.
fn paths(tree: &str) -> Vec<Module> {
    let name =
        |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let (mut path, mut rest) = (Module::new(), tree);
    loop {
        let segment = name(rest);
        if segment.is_empty() {
            break;
        }
        rest = rest.split_at(segment.len()).1;
        path.push(segment);
        match rest.strip_prefix("::") {
            Some(after) => rest = after,
            None => return vec![path],
        }
    }
    let Some(group) = rest.strip_prefix('{') else { return vec![path] };
    let members =
        members(group).into_iter().map(str::trim).filter(|member| !member.is_empty()).flat_map(paths);
    members.map(|member| path.iter().cloned().chain(member).collect()).collect()
}

/// The members of a group whose opening brace has been read.
fn members(group: &str) -> Vec<&str> {
    let (mut members, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                members.push(&group[start..at]);
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members
}

/// The modules that a source uses, each as far as it is a file.
fn used(of: &Module, source: &str, files: &BTreeSet<&Module>) -> BTreeSet<Module> {
    let code = code(source);
    let mut found = BTreeSet::new();
    let mut add = |mut path: Module| {
        while !files.contains(&path) && path.pop().is_some() {}
        if path != *of {
            found.insert(path);
        }
    };
    for line in code.lines() {
        let declared = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        if let Some(name) = declared.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            add(of.iter().cloned().chain([name.to_owned()]).collect());
        }
    }
    for (root, depth) in [("crate::", of.len()), ("self::", 0), ("super::", 1)] {
        for (at, _) in code.match_indices(root) {
            let before = &code[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'))
                || before.ends_with("pub(in ")
            {
                continue;
            }
            let mut rest = &code[at + root.len()..];
            let mut above = depth;
            while let Some(after) = rest.strip_prefix("super::") {
                rest = after;
                above += 1;
            }
            let base = &of[..of.len().saturating_sub(above)];
            for path in paths(rest) {
                add(base.iter().cloned().chain(path).collect());
            }
        }
    }
    found
}

fn edges(sources: &BTreeMap<Module, String>) -> Edges {
    let files = sources.keys().collect();
    sources.iter().map(|(module, source)| (module.clone(), used(module, source, &files))).collect()
}

/// A circle, if there is one: modules of which each uses the next, and the last is the first.
fn circle(edges: &Edges) -> Option<Vec<String>> {
    fn follow<'a>(
        edges: &'a Edges,
        at: &'a Module,
        way: &mut Vec<&'a Module>,
        done: &mut BTreeSet<&'a Module>,
    ) -> Option<Vec<String>> {
        if let Some(first) = way.iter().position(|module| *module == at) {
            way.push(at);
            return Some(way[first..].iter().map(|module| format!("crate::{}", module.join("::"))).collect());
        }
        if !done.contains(at) {
            way.push(at);
            for next in edges.get(at).into_iter().flatten() {
                if let Some(circle) = follow(edges, next, way, done) {
                    return Some(circle);
                }
            }
            way.pop();
            done.insert(at);
        }
        None
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|module| follow(edges, module, &mut Vec::new(), &mut done))
}

#[test]
fn listed_crates_have_no_import_circles() {
    for folder in CRATES {
        let files = files_in(folder, ".rs");
        let sources: BTreeMap<_, _> =
            files.iter().map(|path| (module(path.trim_start_matches(folder)), read(path))).collect();
        let edges = edges(&sources);
        assert!(
            edges.get(&Module::new()).is_some_and(|used| !used.is_empty()),
            "{folder}: no edges were found"
        );
        assert_eq!(circle(&edges), None, "{folder}");
    }
}

fn circle_in(files: &[(&str, &str)]) -> Option<Vec<String>> {
    circle(&edges(&files.iter().map(|(path, source)| (module(path), (*source).to_owned())).collect()))
}

#[test]
fn import_circle_is_detected() {
    let lib = ("lib.rs", "mod a;\nmod b;\n");
    assert_eq!(circle_in(&[lib, ("a.rs", "use crate::b::B;\n"), ("b.rs", "pub struct B;\n")]), None);
    let found = circle_in(&[lib, ("a.rs", "use crate::b::B;\n"), ("b.rs", "fn f() { crate::a::g() }\n")]);
    assert_eq!(found.unwrap(), ["crate::a", "crate::b", "crate::a"]);
    let grouped = [
        ("lib.rs", "mod a;\nmod c;\n"),
        ("a.rs", "mod b;\nuse crate::{\n    c::{C, D},\n};\n"),
        ("a/b.rs", "use super::super::c::D;\n"),
        ("c.rs", "use crate::{a::b::{self, B}};\n"),
    ];
    assert_eq!(circle_in(&grouped).unwrap(), ["crate::a::b", "crate::c", "crate::a::b"]);
}

#[test]
fn use_of_the_declaring_file_is_a_circle() {
    let found = circle_in(&[("lib.rs", "mod a;\n"), ("a.rs", "mod b;\n"), ("a/b.rs", "use super::A;\n")]);
    assert_eq!(found.unwrap(), ["crate::a", "crate::a::b", "crate::a"]);
    let siblings = [
        ("lib.rs", "mod a;\n"),
        ("a.rs", "mod b;\nmod c;\n"),
        ("a/b.rs", "use super::c::C;\n"),
        ("a/c.rs", ""),
    ];
    assert_eq!(circle_in(&siblings), None);
}

#[test]
fn visibility_is_no_use() {
    let nested = [
        ("lib.rs", "mod a;\n"),
        ("a.rs", "mod b;\n"),
        ("a/b.rs", "mod c;\n"),
        ("a/b/c.rs", "pub(in super::super) struct C;\n"),
    ];
    assert_eq!(circle_in(&nested), None);
    let used = [nested[0], nested[1], nested[2], ("a/b/c.rs", "use super::super::A;\n")];
    assert_eq!(circle_in(&used).unwrap(), ["crate::a", "crate::a::b", "crate::a::b::c", "crate::a"]);
}
