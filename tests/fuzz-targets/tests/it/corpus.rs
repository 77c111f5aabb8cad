//! The inputs that are kept.

use std::path::{Path, PathBuf};

use fuzz_targets::seeds;

/// Files beyond this take too long byte by byte in a build without optimization.
const LARGEST: usize = 24_000;

/// An input, and where it is.
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of a target.
fn folder(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(target)
}

/// The inputs of a target, in the order of their names. The files of the inspection's own corpus belong to the targets of
/// their kind.
pub(crate) fn inputs(target: &str) -> Vec<Input> {
    let mut paths = files(&folder(target));
    for kind in ["honest", "hostile"] {
        let of_the_kind = |path: &PathBuf| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| match target {
                "jpeg" => extension == "jpg" || extension == "jpeg",
                target => extension == target,
            })
        };
        let folder = root().join("crates/client-app/tests/files").join(kind);
        paths.extend(files(&folder).into_iter().filter(of_the_kind));
    }
    let read = |path: PathBuf| Input { bytes: std::fs::read(&path).unwrap(), path };
    paths.into_iter().map(read).filter(|input| input.bytes.len() <= LARGEST).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Cursors and tokens in the corpus are those that the service gives now: an old form of them would only ever be refused.
#[test]
#[expect(clippy::disallowed_methods, reason = "how generated files are renewed")]
fn what_the_service_gives_is_in_the_corpus() {
    let renew = std::env::var("UPDATE_GENERATED").is_ok();
    for (target, name, bytes) in seeds() {
        let path = folder(target).join(name);
        if renew {
            std::fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(std::fs::read(&path).ok(), Some(bytes), "{} is not current", path.display());
    }
}

#[test]
fn the_corpus_is_small() {
    let of = |target| files(&folder(target)).iter().map(|path| path.metadata().unwrap().len()).sum::<u64>();
    let bytes: u64 = fuzz_targets::TARGETS.iter().map(|(target, _)| of(target)).sum();
    assert!(bytes < 300_000, "{bytes} bytes");
}
