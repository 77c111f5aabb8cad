//! The files in `tests/files`, and what the inspection says of them.

use std::path::{Path, PathBuf};

use client_app::inspection::{Inspection, Unfit};
use client_domain::kyc::FileExtension;

/// A file of the corpus.
pub(crate) struct Sample {
    /// Its folder and its name.
    pub(crate) name: String,
    pub(crate) extension: FileExtension,
    pub(crate) bytes: Vec<u8>,
}

/// The folder of the corpus.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

/// Every file, honest ones first.
pub(crate) fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for kind in ["honest", "hostile"] {
        let entries = std::fs::read_dir(folder().join(kind)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        samples.extend(paths.iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let extension = name.rsplit_once('.').unwrap().1;
            Sample {
                name: format!("{kind}/{name}"),
                extension: FileExtension::parse(&format!(".{extension}")).unwrap(),
                bytes: std::fs::read(path).unwrap(),
            }
        }));
    }
    samples
}

/// What is said of a file that comes in pieces of these sizes, one after the other and then again.
pub(crate) fn verdict(extension: FileExtension, bytes: &[u8], cuts: &[usize]) -> Result<(), Unfit> {
    let mut inspection = Inspection::new(extension);
    let mut rest = bytes;
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        inspection.push(piece)?;
        rest = after;
    }
    inspection.finish().map(|_| ())
}
