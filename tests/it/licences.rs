//! The rules of `deny.toml` that need no tool to check: licences and banned crates.

use std::collections::BTreeSet;

use crate::repository::{Crates, read};

/// The texts in quotes of a list in `deny.toml`.
fn quoted(section: &str, list: &str) -> Vec<String> {
    let rules = read("deny.toml");
    let section = rules.split(&format!("\n[{section}]\n")).nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let list = section.split(&format!("\n{list} = [\n")).nth(1).unwrap();
    let list = list.split("\n]").next().unwrap();
    list.lines().map(|line| line.split('"').nth(1).unwrap().to_owned()).collect()
}

/// Whether a licence expression can be met with the licences of `allowed`.
///
/// The grammar is that of SPDX: `AND` binds closer than `OR`, `WITH` belongs to the name before it. Old crates
/// write `/` for `OR`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let spaced = spaced.replace(" WITH ", "\u{1F}");
    let mut words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).rev().collect();
    either(&mut words, allowed) == Some(true) && words.is_empty()
}

fn either(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = all(words, allowed)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        met |= all(words, allowed)?;
    }
    Some(met)
}

fn all(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = one(words, allowed)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        met &= one(words, allowed)?;
    }
    Some(met)
}

fn one(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    match words.pop()? {
        "(" => {
            let met = either(words, allowed)?;
            words.pop_if(|word| *word == ")").map(|_| met)
        }
        name => Some(allowed.contains(&name.replace('\u{1F}', " WITH "))),
    }
}

#[test]
fn every_crate_has_an_accepted_licence() {
    let allowed: BTreeSet<_> = quoted("licenses", "allow").into_iter().collect();
    assert!(allowed.contains("MIT"), "the list was not found");
    let crates = Crates::load();
    let refused: Vec<_> = crates.licences().filter(|(_, licence)| !is_met(licence, &allowed)).collect();
    assert!(refused.is_empty(), "not met by the list in deny.toml: {refused:?}");
}

#[test]
fn no_banned_crate_is_used() {
    // The lock file holds the crates of every platform and feature.
    let lock = read("Cargo.lock");
    let banned = quoted("bans", "deny");
    assert!(banned.contains(&"openssl".to_owned()), "the list was not found");
    let there = |name: &&String| lock.contains(&format!("\nname = \"{name}\"\n"));
    let excused = |name: &&String| {
        let (users, wrappers) = (users(&lock, name), wrappers(name));
        !users.is_empty() && users.is_subset(&wrappers)
    };
    let found: Vec<_> = banned.iter().filter(there).filter(|name| !excused(name)).collect();
    assert!(found.is_empty(), "banned by deny.toml: {found:?}");
    assert!(lock.contains("\nname = \"tokio\"\n"), "the lock file is read as it is written");
}

/// The crates that may have a banned one inside, as `cargo deny` reads them.
fn wrappers(banned: &str) -> BTreeSet<String> {
    let rules = read("deny.toml");
    let entry = rules.lines().find(|line| line.contains(&format!("crate = \"{banned}\""))).unwrap();
    let list = entry.split("wrappers = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    list.split(',')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// The crates in a lock file that depend on this one.
fn users(lock: &str, name: &str) -> BTreeSet<String> {
    let uses = |package: &&str| {
        package.lines().any(|line| {
            let dependency = line.trim().trim_matches(['"', ',']).split(' ').next();
            line.starts_with(" \"") && dependency == Some(name)
        })
    };
    let packages = lock.split("[[package]]\n").skip(1).filter(uses);
    let names = packages.filter_map(|package| {
        package.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
    });
    names.map(str::to_owned).collect()
}

#[test]
fn banned_crate_is_allowed_in_its_wrappers_only() {
    let lock = "[[package]]\nname = \"a\"\ndependencies = [\n \"chrono\",\n \"b\",\n]\n\n[[package]]\nname = \"b\"\n\
        dependencies = [\n \"chrono 0.4.1\",\n]\n\n[[package]]\nname = \"c\"\ndependencies = [\n \"chrono-tz\",\n]\n";
    assert_eq!(users(lock, "chrono"), ["a", "b"].map(str::to_owned).into());
    assert_eq!(wrappers("chrono"), ["object_store".to_owned()].into());
    assert_eq!(wrappers("openssl"), BTreeSet::new());
}

#[test]
fn every_crate_comes_from_the_default_registry() {
    let lock = read("Cargo.lock");
    let sources: BTreeSet<_> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.iter().all(|source| source.starts_with("source = \"registry+")), "{sources:?}");
}

#[test]
fn licence_expressions_follow_spdx() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for met in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/GPL-3.0",
        "MIT AND ISC",
        "ISC AND (GPL-3.0 OR MIT)",
        "GPL-3.0 AND ISC OR MIT",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
    ] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for refused in [
        "",
        "GPL-3.0",
        "Apache-2.0",
        "MIT AND GPL-3.0",
        "MIT AND (GPL-3.0 OR Apache-2.0)",
        "(MIT",
        "MIT)",
        "MIT MIT",
        "MIT OR",
    ] {
        assert!(!is_met(refused, &allowed), "{refused}");
    }
}
