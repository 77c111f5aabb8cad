//! Files in a local folder.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use client_app::ports::{InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use tokio::sync::Semaphore;

use crate::error::{corrupt_confirmed, corrupt_marker, gone, hanging, io_error};
use crate::location::{CONFIRMED, MARKER, TRASH, folder_name};
use crate::write_probe::WriteProbe;

/// The name of the file that the write probe writes. No key has this form.
const PROBE: &str = "write-probe";
/// So many bytes that the file system has to allocate a block.
const PROBE_BYTES: usize = 4096;
/// How many checks may run at a time. A check that hangs blocks a thread.
const MAX_CHECKS: usize = 8;

/// A folder, and the installation that it belongs to.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Set once the folder is claimed.
    installation: OnceLock<InstallationId>,
    probe: WriteProbe,
    checks: Semaphore,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            installation: OnceLock::new(),
            probe: WriteProbe::default(),
            checks: Semaphore::new(MAX_CHECKS),
        }
    }

    pub(crate) fn stored(&self, key: &ContentKey) -> PathBuf {
        self.root.join(folder_name(key)).join(key.as_str())
    }

    pub(crate) fn trashed(&self, key: &ContentKey) -> PathBuf {
        self.root.join(TRASH).join(folder_name(key)).join(key.as_str())
    }

    /// The file that a content is written to until it is complete.
    pub(crate) fn incomplete(&self, key: &ContentKey) -> PathBuf {
        self.root.join(folder_name(key)).join(format!("{key}#1"))
    }

    /// Fails unless this is still the folder that was claimed. A disk that is not mounted leaves an empty folder, or none.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let claimed = self.installation.get().ok_or_else(gone)?;
        if self.marker()?.as_ref() == Some(claimed) { Ok(()) } else { Err(gone()) }
    }

    /// The installation that the marker of the folder names.
    pub(crate) fn marker(&self) -> Result<Option<InstallationId>, StoreError> {
        match std::fs::read_to_string(self.root.join(MARKER)) {
            Ok(text) => InstallationId::parse(text.trim_end()).map(Some).map_err(|_| corrupt_marker()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Either the marker is missing, or the whole folder.
                if self.root.is_dir() { Ok(None) } else { Err(gone()) }
            }
            Err(error) => Err(io_error(&error)),
        }
    }

    /// Writes the marker if there is none. It is written under another name first, so that it appears complete.
    pub(crate) fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        // A folder that is claimed already is only read.
        let owner = match self.marker()? {
            Some(owner) => owner,
            None => self.mark(installation)?,
        };
        if owner == *installation {
            let _set_before = self.installation.set(owner.clone());
        }
        Ok(owner)
    }

    /// What the database has confirmed, as it was kept last.
    pub(crate) fn confirmed(&self) -> Result<Option<String>, StoreError> {
        match std::fs::read(self.root.join(CONFIRMED)) {
            Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| corrupt_confirmed()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&error)),
        }
    }

    /// Keeps what the database has confirmed. It is written under another name first, so that it is read whole.
    pub(crate) fn set_confirmed(&self, text: &str) -> Result<(), StoreError> {
        self.check()?;
        let draft = self.draft(CONFIRMED);
        let write = || -> io::Result<()> {
            let mut file = private_file().create_new(true).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&draft, self.root.join(CONFIRMED))
        };
        let written = write().inspect_err(|_| {
            // What failed is said; the draft may not be there.
            let _removed = std::fs::remove_file(&draft);
        });
        written.and_then(|()| sync_folder(&self.root)).map_err(|error| io_error(&error))
    }

    /// A name for the draft of a file. Several instances may write one at the same time, so each has a draft of its own.
    fn draft(&self, name: &str) -> PathBuf {
        let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
        self.root.join(format!("{name}#{random:016x}"))
    }

    fn mark(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        let draft = self.draft(MARKER);
        let written = self.write_marker(&draft, installation);
        let removed = std::fs::remove_file(&draft);
        written.and(removed).map_err(|error| io_error(&error))?;
        self.marker()?.ok_or_else(gone)
    }

    fn write_marker(&self, draft: &Path, installation: &InstallationId) -> io::Result<()> {
        let mut file = private_file().create_new(true).open(draft)?;
        writeln!(file, "{installation}")?;
        file.sync_all()?;
        match std::fs::hard_link(draft, self.root.join(MARKER)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => sync_folder(&self.root),
        }
    }

    /// Opens a new file for a content. It never creates the root.
    pub(crate) fn begin(&self, key: &ContentKey) -> Result<File, StoreError> {
        self.check()?;
        let name = self.incomplete(key);
        self.make_folder(&self.root.join(folder_name(key))).map_err(|error| io_error(&error))?;
        private_file().create_new(true).open(name).map_err(|error| io_error(&error))
    }

    /// Fails unless this is still the folder that was claimed. A disk that hangs blocks at most [`MAX_CHECKS`] threads.
    pub(crate) fn ready(&self) -> Result<(), StoreError> {
        let _running = self.checks.try_acquire().map_err(|_| hanging())?;
        self.check()
    }

    /// Fails unless this is still the folder that was claimed and files can be written to it.
    pub(crate) fn writable(&self) -> Result<(), StoreError> {
        let _running = self.checks.try_acquire().map_err(|_| hanging())?;
        self.check()?;
        self.probe.check(|| self.try_write())
    }

    /// Writes a small file and removes it.
    pub(crate) fn try_write(&self) -> io::Result<()> {
        let name = self.root.join(PROBE);
        match std::fs::remove_file(&name) {
            // A process that was killed has left the file behind.
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut file = match private_file().create_new(true).open(&name) {
            // Another instance probes at the same time, and could create its file.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
            file => file?,
        };
        let written = file.write_all(&[0; PROBE_BYTES]).and_then(|()| file.sync_all());
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => written,
        }
    }

    /// Gives a complete and synchronised file its name, unless the name is taken.
    pub(crate) fn complete(&self, key: &ContentKey) -> Result<(), StoreError> {
        let (incomplete, stored) = (self.incomplete(key), self.stored(key));
        std::fs::hard_link(&incomplete, &stored).map_err(|error| io_error(&error))?;
        let folder = self.root.join(folder_name(key));
        let synced = sync_folder(&folder).map_err(|error| io_error(&error));
        // If the disk was unmounted in the meantime, the file is not on the disk.
        synced.and_then(|()| self.check()).inspect_err(|_| drop(std::fs::remove_file(&stored)))
    }

    /// Moves a file, if it exists, and returns whether it is at the new name now.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<bool, StoreError> {
        self.check()?;
        // An error of the disk does not mean that the file does not exist.
        if !from.try_exists().map_err(|error| io_error(&error))? {
            return to.try_exists().map_err(|error| io_error(&error));
        }
        let folder = to.parent().unwrap_or(&self.root);
        let trash = folder.parent().filter(|trash| *trash != self.root);
        let made =
            trash.map_or(Ok(()), |trash| self.make_folder(trash)).and_then(|()| self.make_folder(folder));
        let moved = made.and_then(|()| std::fs::rename(from, to)).and_then(|()| sync_folder(folder));
        moved.map(|()| true).map_err(|error| io_error(&error))
    }

    pub(crate) fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        self.check()?;
        for name in [self.stored(key), self.trashed(key), self.incomplete(key)] {
            match std::fs::remove_file(name) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(io_error(&error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// At most `limit` keys after `after`, in their order, of complete and incomplete files.
    pub(crate) fn keys(
        &self,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        self.check_or_unclaimed()?;
        let begin = after.map(folder_name);
        let mut folders = names(&self.root).map_err(|error| io_error(&error))?;
        folders.retain(|name| is_folder_name(name) && begin.is_none_or(|begin| begin <= name.as_str()));
        folders.sort_unstable();
        let mut keys = Vec::new();
        for folder in folders {
            if keys.len() >= limit {
                break;
            }
            let files = names(&self.root.join(folder)).map_err(|error| io_error(&error))?;
            let named = files.iter().filter_map(|name| ContentKey::parse(name.split('#').next()?).ok());
            let mut found: Vec<_> = named.filter(|key| after.is_none_or(|after| after < key)).collect();
            found.sort_unstable();
            found.dedup();
            keys.append(&mut found);
        }
        keys.truncate(limit);
        Ok(keys)
    }

    /// A folder is opened before it is claimed, and then it must be the one that was claimed.
    fn check_or_unclaimed(&self) -> Result<(), StoreError> {
        if self.installation.get().is_some() { self.check() } else { self.marker().map(drop) }
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        match private_folder().create(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            Err(_) => Ok(()),
            Ok(()) => sync_folder(folder.parent().unwrap_or(&self.root)),
        }
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

fn is_folder_name(name: &str) -> bool {
    name.len() == 5 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Only the account of the service reads the file, whatever the umask is.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Only the account of the service reads the folder, whatever the umask is.
fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "other systems know no mode"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes a name durable, so that it survives a power cut as a commit does.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A file that is being written. Dropping it removes the incomplete file.
pub(crate) struct Incomplete {
    pub(crate) folder: Arc<Folder>,
    pub(crate) key: ContentKey,
}

impl Drop for Incomplete {
    fn drop(&mut self) {
        // Garbage collection removes a file that cannot be removed now.
        let _left = std::fs::remove_file(self.folder.incomplete(&self.key));
    }
}
