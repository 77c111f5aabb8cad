//! One process at a time: a lock file beside the database.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::settings::StartError;

/// The lock of a database, held until it is dropped or the process ends, however it ends.
///
/// It is a file of its own, because SQLite's own locks on the database are released by any `close` of the same file within
/// this process.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock is the open file")] File);

impl Lock {
    /// Takes the lock, or refuses immediately.
    pub(crate) fn take(database: &Path) -> Result<Self, StartError> {
        let path = beside(database, ".lock");
        let unfit = |error: std::io::Error| {
            StartError::Unfit(format!("the lock file {} cannot be opened: {}", path.display(), error.kind()))
        };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        private(&mut options);
        let file = options.open(&path).map_err(unfit)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StartError::Locked(database.to_owned())),
            Err(TryLockError::Error(error)) => Err(unfit(error)),
        }
    }
}

/// The path of a file that belongs to the database.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(ending);
    PathBuf::from(name)
}

/// Files of clients are for their owner only.
pub(crate) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_until_the_first_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clients.db");
        let first = Lock::take(&path).unwrap();
        let refused = Lock::take(&path).unwrap_err();
        assert!(refused.to_string().starts_with("another server is using the database "), "{refused}");
        drop(first);
        Lock::take(&path).unwrap();
    }
}
