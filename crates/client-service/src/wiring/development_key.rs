//! The key that signs the tokens of a service without keys: for one run in memory, or kept in the data folder.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use adapter_http::auth::Expectations;

use super::data_folder::{is_own, reachable_by_others};
use crate::config::data_folder::DataFolder;
use crate::config::storage_location::StorageLocation;
use crate::exit::ExitError;
use crate::system::random_secret;

/// The characters of a key: 256 bits in hexadecimal.
const LENGTH: usize = 64;

/// A development key.
pub(crate) struct DevelopmentKey {
    /// What signs the tokens.
    pub(crate) secret: String,
    /// What a token that it signs must name.
    pub(crate) addressing: Expectations,
    /// Where it is kept.
    pub(crate) file: Option<PathBuf>,
}

impl DevelopmentKey {
    /// The key of the service at this location; a new one where there is none. With PostgreSQL there is no such key.
    ///
    /// The caller holds the lock of the database, so no other process makes one at the same time.
    pub(crate) fn of(
        storage_location: &StorageLocation,
        addressing: Expectations,
    ) -> Result<Option<Self>, ExitError> {
        match storage_location {
            StorageLocation::Memory => Ok(Some(Self { secret: random_secret(), addressing, file: None })),
            StorageLocation::Folder(folder) => {
                let file = folder.development_key();
                let kept = read(folder)?;
                let secret = kept.map_or_else(|| make(&file).map_err(|error| failed(&file, &error)), Ok)?;
                Ok(Some(Self { secret, addressing, file: Some(file) }))
            }
            StorageLocation::Postgres(_) => Ok(None),
        }
    }
}

/// The key that is kept in the folder, if there is one. A key that is damaged, or that others can read, is refused.
pub(crate) fn read(folder: &DataFolder) -> Result<Option<String>, ExitError> {
    let path = folder.development_key();
    let refused =
        |problem: &str| ExitError::Failed(format!("the development key {} {problem}", path.display()));
    let metadata = match std::fs::symlink_metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&path, &error)),
    };
    if !metadata.is_file() {
        return Err(refused("is not a file"));
    }
    if !is_own(&metadata) {
        return Err(refused("belongs to another account; run the service under the account that owns it"));
    }
    if reachable_by_others(&metadata) {
        return Err(refused(
            "could be read by other accounts of this machine; delete it, and the next start makes a new one",
        ));
    }
    let mut text = Vec::new();
    let file = File::open(&path).and_then(|file| file.take(2 * LENGTH as u64).read_to_end(&mut text));
    file.map_err(|error| failed(&path, &error))?;
    let text = String::from_utf8(text).unwrap_or_default();
    let key = text.strip_suffix('\n').unwrap_or(&text);
    let is_hexadecimal = key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if key.len() != LENGTH || !is_hexadecimal {
        return Err(refused(
            "is damaged; put back a copy of it, or delete it, and the next start makes a new one, which accepts no token of \
             the old one",
        ));
    }
    Ok(Some(key.to_owned()))
}

/// Makes a key and keeps it: complete and synced under another name first, so that no crash leaves half of it.
fn make(path: &Path) -> io::Result<String> {
    let draft = path.with_extension("new");
    match std::fs::remove_file(&draft) {
        // A process that was killed has left it behind.
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let secret = random_secret();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(secret)
}

fn failed(path: &Path, error: &io::Error) -> ExitError {
    ExitError::Failed(format!(
        "the development key {} cannot be read or written: {}",
        path.display(),
        error.kind()
    ))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_stays_the_same_and_only_its_owner_can_read_it() {
        let storage_location = tempfile::tempdir().unwrap();
        let folder = DataFolder::named(storage_location.path());
        assert!(read(&folder).unwrap().is_none());
        std::fs::write(storage_location.path().join("development-key.new"), "half of a k").unwrap();
        let key = |folder| {
            let storage_location = StorageLocation::Folder(folder);
            DevelopmentKey::of(&storage_location, Expectations::default()).unwrap().unwrap().secret
        };
        let first = key(folder.clone());
        assert_eq!(first.len(), LENGTH);
        assert_eq!(key(folder.clone()), first);
        let file = folder.development_key();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let names: Vec<_> = std::fs::read_dir(storage_location.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["development-key"]);
    }

    #[test]
    fn a_key_that_is_damaged_or_that_others_can_read_is_refused_and_kept() {
        let storage_location = tempfile::tempdir().unwrap();
        let folder = DataFolder::named(storage_location.path());
        let file = folder.development_key();
        let whole = "0123456789abcdef".repeat(4);
        for (text, mode, problem) in [
            (String::new(), 0o600, "is damaged"),
            ("\n".to_owned(), 0o600, "is damaged"),
            (whole[1..].to_owned(), 0o600, "is damaged"),
            (format!("{whole}0"), 0o600, "is damaged"),
            (whole.to_uppercase(), 0o600, "is damaged"),
            (format!("{whole}\n\n"), 0o600, "is damaged"),
            (whole.repeat(3), 0o600, "is damaged"),
            ("é".repeat(32), 0o600, "is damaged"),
            (whole.clone(), 0o640, "other accounts"),
            (whole.clone(), 0o604, "other accounts"),
        ] {
            std::fs::write(&file, &text).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let Err(ExitError::Failed(sentence)) = read(&folder) else { panic!("{text} {mode:o}") };
            assert!(sentence.contains(problem), "{sentence}");
            assert!(!sentence.contains(&whole[..16]), "{sentence}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        assert!(read(&folder).is_err());
    }
}
