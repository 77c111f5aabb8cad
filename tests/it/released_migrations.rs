//! A released migration is never edited, not even a comment: databases have noted what it was, and refuse another one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::repository::root;

/// The digests of each adapter's migrations, in the form of `sha256sum`. `UPDATE_GENERATED=1` adds new files and replaces no line: the
/// line of a migration that is not released yet is removed by hand.
const DIGESTS: &str = "SHA256SUMS";

fn digests(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let migrations = files.filter(|file| file.extension().is_some_and(|extension| extension == "sql"));
    let digest = |file: PathBuf| {
        let digest = Sha256::digest(std::fs::read(&file).unwrap());
        let digest = digest.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        (file.file_name().unwrap().to_str().unwrap().to_owned(), digest)
    };
    migrations.map(digest).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how a test run is asked to write what it would compare")]
fn a_released_migration_is_as_it_was() {
    for adapter in ["adapter-postgres", "adapter-sqlite"] {
        let folder = root().join("crates").join(adapter).join("migrations");
        let now = digests(&folder);
        let list = std::fs::read_to_string(folder.join(DIGESTS)).unwrap_or_default();
        let mut known: BTreeMap<_, _> = list
            .lines()
            .map(|line| {
                line.split_once("  ").map(|(digest, file)| (file.to_owned(), digest.to_owned())).unwrap()
            })
            .collect();
        for (file, digest) in &known {
            assert_eq!(now.get(file), Some(digest), "{adapter}: {file} is released; add a migration instead");
        }
        if std::env::var("UPDATE_GENERATED").is_ok() {
            known.clone_from(&now);
            let lines: Vec<_> = known.iter().map(|(file, digest)| format!("{digest}  {file}")).collect();
            std::fs::write(folder.join(DIGESTS), lines.join("\n") + "\n").unwrap();
        }
        assert_eq!(known, now, "{adapter}: run with UPDATE_GENERATED=1");
    }
}
