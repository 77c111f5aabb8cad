//! The folder that holds the clients of a service with nothing else to install, and the names in it.

use std::path::{Path, PathBuf};

/// The folder where no setting names one, in the working directory.
const DEFAULT: &str = "clients-data";
/// The name of the database in a folder that is named by `--data`, or by nothing.
const DATABASE: &str = "clients.db";

/// A folder with the clients in a SQLite file, the files of documents and the development key.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    database: PathBuf,
    naming: Naming,
}

/// Which setting names the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// None.
    Default,
    /// `--data`.
    Folder,
    /// The address of a file, `--database-url`.
    File,
    /// `--from`, as the source of a copy.
    Source,
}

impl DataFolder {
    /// The folder where no setting names one.
    pub(crate) fn by_default() -> Self {
        Self { naming: Naming::Default, ..Self::named(Path::new(DEFAULT)) }
    }

    /// This folder.
    pub(crate) fn named(path: &Path) -> Self {
        Self { path: path.to_owned(), database: path.join(DATABASE), naming: Naming::Folder }
    }

    /// The folder of this file.
    pub(crate) fn of_file(file: &Path) -> Self {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let path = parent.unwrap_or(Path::new(".")).to_owned();
        let database = file.file_name().map_or_else(|| path.clone(), |name| path.join(name));
        Self { path, database, naming: Naming::File }
    }

    /// The same folder as the source of a copy.
    pub(crate) fn into_source(self) -> Self {
        Self { naming: Naming::Source, ..self }
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the database.
    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    /// The folder of the files of documents.
    pub(crate) fn documents(&self) -> PathBuf {
        self.path.join("documents")
    }

    /// The file of the development key.
    pub(crate) fn development_key(&self) -> PathBuf {
        self.path.join("development-key")
    }

    /// The record that makes the folder a backup.
    pub(crate) fn backup_record(&self) -> PathBuf {
        self.path.join("backup.json")
    }

    /// The file that is there until a restore into the folder has finished.
    pub(crate) fn unfinished_restore(&self) -> PathBuf {
        self.path.join("restore-is-not-finished")
    }

    /// Which setting names the folder.
    pub(crate) fn naming(&self) -> Naming {
        self.naming
    }

    /// The flag that names the folder, or that would name another one.
    pub(crate) fn flag(&self) -> &'static str {
        match self.naming {
            Naming::Default | Naming::Folder => "--data",
            Naming::File => "--database-url",
            Naming::Source => "--from",
        }
    }
}
