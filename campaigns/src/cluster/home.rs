//! Where the data and the log of a server lie.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::RunError;

/// The folder of a server.
#[derive(Debug)]
pub(super) enum Home {
    /// It is deleted with everything in it.
    Temporary(TempDir),
    /// It stays, and a later run finds its data there.
    Kept(PathBuf),
}

impl Home {
    /// A new folder that is deleted at the end.
    pub(super) fn temporary() -> Result<Self, RunError> {
        let folder = tempfile::Builder::new().prefix("clients-campaign-").tempdir()?;
        open_to_the_server(folder.path())?;
        Ok(Self::Temporary(folder))
    }

    /// This folder, which is made where there is none.
    pub(super) fn kept(folder: &Path) -> Result<Self, RunError> {
        std::fs::create_dir_all(folder).map_err(RunError::during(folder.display()))?;
        open_to_the_server(folder)?;
        Ok(Self::Kept(folder.canonicalize()?))
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Whether an earlier run has left its data here; an error where something else lies in its place.
    pub(super) fn is_filled(&self) -> Result<bool, RunError> {
        let data = self.folder().join("data");
        if self.mark().exists() {
            return Ok(true);
        }
        if data.exists() {
            return Err(RunError::new(format!(
                "{}: no whole cluster of PostgreSQL; delete it",
                data.display()
            )));
        }
        Ok(false)
    }

    /// Notes that the cluster is whole.
    pub(super) fn note_filled(&self) -> Result<(), RunError> {
        Ok(std::fs::write(self.mark(), "")?)
    }

    /// The file that says so.
    fn mark(&self) -> PathBuf {
        self.folder().join("whole")
    }
}

/// The server runs as another user where we are root.
fn open_to_the_server(folder: &Path) -> Result<(), RunError> {
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?)
}
