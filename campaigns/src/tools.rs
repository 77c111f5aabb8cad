use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::RunError;

/// The programs of a PostgreSQL server, and the user that they run as.
#[derive(Clone, Debug)]
pub struct Tools {
    folder: PathBuf,
    /// User and group, where we are root: the server refuses to be.
    user: Option<(u32, u32)>,
}

impl Tools {
    /// Finds them: in the given folder, in `PATH`, or where Debian keeps them, newest first.
    pub fn find(said: Option<&Path>) -> Result<Self, RunError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = match said {
            Some(folder) => vec![folder.to_owned()],
            None => std::env::split_paths(&path).chain(debian()).collect(),
        };
        let whole = |folder: &PathBuf| {
            ["initdb", "postgres", "psql"].iter().all(|program| folder.join(program).is_file())
        };
        let folder = folders.into_iter().find(whole).ok_or_else(|| {
            RunError::new(
                "PostgreSQL (initdb, postgres, psql) was not found in PG_BIN, in PATH or in \
                 /usr/lib/postgresql/*/bin; on Debian: apt-get install postgresql",
            )
        })?;
        Ok(Self { folder, user: if is_root() { Some(server_user()?) } else { None } })
    }

    /// One of the programs, as the current user.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.folder.join(name))
    }

    /// One of the programs, as the owner of the data.
    pub fn server_program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(self.folder.join(name.as_ref()));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    /// Another program, as the owner of the data.
    pub fn as_server_user(&self, program: &Path) -> Command {
        // A whole path takes the place of the folder.
        self.server_program(program)
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives a folder to the owner of the data.
    pub fn give(&self, folder: &Path) -> Result<(), RunError> {
        let Some((user, group)) = self.user else { return Ok(()) };
        Ok(std::os::unix::fs::chown(folder, Some(user), Some(group))?)
    }
}

fn debian() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The user and group of `postgres`, or else of `nobody`.
fn server_user() -> Result<(u32, u32), RunError> {
    let users = std::fs::read_to_string("/etc/passwd")?;
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|number| number.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    ids("postgres")
        .or_else(|| ids("nobody"))
        .ok_or_else(|| RunError::new("there is neither a user postgres nor nobody to run the server as"))
}
