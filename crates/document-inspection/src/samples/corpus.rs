use std::path::{Path, PathBuf};

use crate::media_type::MediaType;

/// A file of the corpus.
#[derive(Clone, Debug)]
pub struct CorpusFile {
    /// Its folder and its name: `honest/…` is accepted, `hostile/…` is refused.
    pub name: String,
    /// The type that its extension stands for.
    pub media_type: MediaType,
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The folder of the corpus. It exists where the sources of this crate are.
pub fn corpus_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

/// Every file of the corpus, honest ones first, in the order of their names.
pub fn corpus() -> Vec<CorpusFile> {
    let mut files = Vec::new();
    for kind in ["honest", "hostile"] {
        let entries = std::fs::read_dir(corpus_folder().join(kind)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        files.extend(paths.into_iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let extension = name.rsplit_once('.').unwrap().1;
            CorpusFile {
                name: format!("{kind}/{name}"),
                media_type: MediaType::from_extension(extension).unwrap(),
                bytes: std::fs::read(&path).unwrap(),
                path,
            }
        }));
    }
    files
}
