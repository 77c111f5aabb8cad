//! The inputs that are kept.

use std::path::{Path, PathBuf};

use document_inspection::MediaType;
use document_inspection::samples::corpus;
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

/// The inputs of a target, in the order of their names. The corpus of the inspection belongs to the targets of its types.
pub(crate) fn inputs(target: &str) -> Vec<Input> {
    let read = |path: PathBuf| Input { bytes: std::fs::read(&path).unwrap(), path };
    let own = files(&folder(target)).into_iter().map(read);
    let media_type = MediaType::from_extension(target);
    let inspected = corpus().into_iter().filter(|file| Some(file.media_type) == media_type);
    let inspected = inspected.map(|file| Input { path: file.path, bytes: file.bytes });
    own.chain(inspected).filter(|input| input.bytes.len() <= LARGEST).collect()
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
