//! The data folder: made, and refused where other accounts reach it or a part of it is missing.

use std::fs::{DirBuilder, File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::config::data_folder::{DataFolder, Naming};
use crate::config::error::SettingsError;
use crate::exit::ExitError;
use crate::keeping::backup_record::BackupRecord;

/// The file in the folder of the files of documents that names the database they belong to.
const INSTALLATION: &str = "installation";

/// Makes the folder where there is none, and checks it. A folder that the address of a file names must exist.
pub(crate) fn make(folder: &DataFolder) -> Result<(), ExitError> {
    if folder.naming() != Naming::File {
        make_folder(folder.flag(), folder.path())?;
    }
    check(folder)?;
    refuse_backup(folder)?;
    refuse_lost_database(folder)?;
    let documents = folder.documents();
    if documents.is_dir() {
        return Ok(());
    }
    // Before the database, so that a database without the folder is one whose files were lost.
    if folder.database().exists() {
        return Err(ExitError::Failed(format!(
            "{}: the folder {} is missing, and clients have their files there; put it back beside the database",
            folder.flag(),
            documents.display()
        )));
    }
    make_folder(folder.flag(), &documents)
}

/// Refuses what a lost database has left, before an empty one takes its place.
fn refuse_lost_database(folder: &DataFolder) -> Result<(), ExitError> {
    if folder.database().exists() {
        return Ok(());
    }
    let left = [folder.documents().join(INSTALLATION), beside(folder, "-wal")];
    let Some(left) = left.into_iter().find(|path| has_bytes(path)) else { return Ok(()) };
    Err(ExitError::Failed(format!(
        "{}: the database {} is missing, and {} belongs to it; put it back, restore a backup into another folder, or name a \
         folder that does not exist",
        folder.flag(),
        folder.database().display(),
        left.display()
    )))
}

fn has_bytes(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// A file that belongs to the database, by the end of its name.
fn beside(folder: &DataFolder, ending: &str) -> PathBuf {
    let mut file = folder.database().as_os_str().to_owned();
    file.push(ending);
    PathBuf::from(file)
}

/// Makes a folder for a backup or for a restore. One that exists must be empty.
pub(crate) fn make_empty(folder: &DataFolder) -> Result<(), ExitError> {
    make_folder(folder.flag(), folder.path())?;
    check(folder)?;
    let entries = std::fs::read_dir(folder.path()).map(|mut entries| entries.next().is_none());
    if !entries.is_ok_and(|is_empty| is_empty) {
        return Err(ExitError::Failed(format!(
            "{}: the folder {} is not empty; name one that is empty or does not exist",
            folder.flag(),
            folder.path().display()
        )));
    }
    make_folder(folder.flag(), &folder.documents())
}

/// Fails unless the folder has clients of a service, for commands that make none.
pub(crate) fn find(folder: &DataFolder) -> Result<(), ExitError> {
    find_readable(folder)?;
    refuse_backup(folder)
}

/// Fails unless the folder has clients, of a service or of a backup, for commands that only read.
pub(crate) fn find_readable(folder: &DataFolder) -> Result<(), ExitError> {
    if !folder.database().is_file() {
        let path = folder.path().display();
        let sentence = match folder.naming() {
            Naming::Source => format!("--from: there are no clients in {path}"),
            Naming::Default | Naming::Folder | Naming::File => {
                format!("there are no clients in {path}: give --data, --database-url or DATABASE_URL")
            }
        };
        return Err(SettingsError(sentence).into());
    }
    check(folder)
}

/// A backup that a service writes to is none any more.
fn refuse_backup(folder: &DataFolder) -> Result<(), ExitError> {
    if !folder.backup_record().exists() {
        return Ok(());
    }
    Err(ExitError::Failed(format!(
        "{0}: {1} is a backup; restore it into another folder: client-service restore --from {1} --data FOLDER",
        folder.flag(),
        folder.path().display()
    )))
}

/// Refuses a folder with a backup that was begun and is not whole.
pub(crate) fn refuse_unfinished_backup(folder: &DataFolder) -> Result<(), ExitError> {
    let record = folder.backup_record();
    if !record.exists() || BackupRecord::read(&record).is_some() {
        return Ok(());
    }
    Err(ExitError::Failed(format!(
        "{}: {} is a backup that did not finish, or whose backup.json cannot be read; delete it, and make another one",
        folder.flag(),
        folder.path().display()
    )))
}

/// Refuses to write into a folder that is read at the same time: the flag and the path of the one, the name and the path of
/// the other.
pub(crate) fn refuse_inside(
    (flag, written): (&str, &Path),
    (what, read): (&str, &Path),
) -> Result<(), ExitError> {
    // What does not exist yet is made in its nearest folder.
    let place = std::path::absolute(written).ok();
    let place = place.iter().flat_map(|path| path.ancestors()).find_map(|path| path.canonicalize().ok());
    match (place, read.canonicalize()) {
        (Some(place), Ok(read)) if place.starts_with(&read) => Err(ExitError::Failed(format!(
            "{flag}: {} is inside {what} {}; name a folder outside it",
            written.display(),
            read.display()
        ))),
        _ => Ok(()),
    }
}

/// Refuses a folder that is of another account, or that other accounts reach.
fn check(folder: &DataFolder) -> Result<(), ExitError> {
    let path = folder.path();
    let refused = |problem: &str| {
        Err(ExitError::Failed(format!("{}: the folder {} {problem}", folder.flag(), path.display())))
    };
    let Ok(metadata) = std::fs::metadata(path) else { return refused("does not exist") };
    if !metadata.is_dir() {
        return refused("is not a folder");
    }
    if !is_own(&metadata) {
        return refused("belongs to another account; run the program under the account that owns it");
    }
    if reachable_by_others(&metadata) {
        return refused("can be reached by other accounts of this machine; chmod it to 700");
    }
    for ending in ["", "-wal", "-shm"] {
        check_file(folder, &beside(folder, ending))?;
    }
    if folder.unfinished_restore().exists() {
        return refused("holds a restore that did not finish; empty it and restore again");
    }
    Ok(())
}

/// Refuses a file of the database that is of another account, or that other accounts could read or write: it may have a way
/// to it besides the folder.
fn check_file(folder: &DataFolder, file: &Path) -> Result<(), ExitError> {
    let refused = |problem: &str| {
        Err(ExitError::Failed(format!("{}: the file {} {problem}", folder.flag(), file.display())))
    };
    let Ok(metadata) = std::fs::metadata(file) else { return Ok(()) };
    if !is_own(&metadata) {
        return refused("belongs to another account; run the program under the account that owns it");
    }
    if reachable_by_others(&metadata) {
        return refused("could be read by other accounts of this machine; chmod it to 600");
    }
    Ok(())
}

/// Whether the account of this program owns what this describes.
pub(super) fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether other accounts have any right to what this describes.
pub(super) fn reachable_by_others(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & 0o077 != 0
}

/// Makes a folder that only the account of the service reaches, whatever the umask is.
fn make_folder(flag: &str, path: &Path) -> Result<(), ExitError> {
    let made = match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        // Its name is to survive a power cut, as what is written into it does.
        Ok(()) => path.canonicalize().and_then(|path| match path.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }),
    };
    made.map_err(|error| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists());
        let why = match parent {
            // Not made as well: it may be a disk that is not there, and the clients would be on another one.
            Some(parent) => format!("the folder {} does not exist; make it first", parent.display()),
            None => error.kind().to_string(),
        };
        ExitError::Failed(format!("{flag}: the folder {} cannot be made: {why}", path.display()))
    })
}
