//! Whether a folder is on this machine: locks and shared memory, which SQLite's log needs, do not reach across a network. And
//! whether the file of the database is still where it was opened.

use std::path::{Path, PathBuf};

/// A file as it was opened. SQLite would write on to a file that was deleted or moved, and nothing of it would be found.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl OpenedFile {
    /// The file at this path now.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: identity(path) }
    }

    /// Whether the same file is still at its path.
    pub(crate) fn is_there(&self) -> bool {
        identity(&self.path) == self.identity
    }
}

/// What tells a file from another one at the same path.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

/// File systems of other machines, as Linux names them.
const OF_NETWORKS: &[&str] = &[
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb2",
    "smb3",
    "smbfs",
];

/// The network file system that this folder is on, if it is on one. Systems that do not list their mounts are trusted.
pub(crate) fn network(folder: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let folder = folder.canonicalize().ok()?;
    let kind = kind_of(&folder, &mounts)?;
    OF_NETWORKS.contains(&kind).then(|| kind.to_owned())
}

/// The kind of file system of the mount that holds this folder; of two mounts at one place the last one counts.
fn kind_of<'a>(folder: &Path, mounts: &'a str) -> Option<&'a str> {
    mounts
        .lines()
        .filter_map(|line| {
            let (mount, file_system) = line.split_once(" - ")?;
            let place = PathBuf::from(unescaped(mount.split(' ').nth(4)?));
            let kind = file_system.split(' ').next()?;
            folder.starts_with(&place).then(|| (place.components().count(), kind))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind)
}

/// Blanks and the like are written in octal.
fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (code, character) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")] {
        plain = plain.replace(code, character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/shared\\040files rw - nfs4 files:/export rw,vers=4.2
31 22 0:41 / /srv rw master:2 - xfs /dev/vdb rw
32 30 0:42 / /srv/shared\\040files/local rw - tmpfs tmpfs rw";

    #[test]
    fn the_innermost_mount_decides() {
        for (folder, kind) in [
            ("/var/lib/clients", "ext4"),
            ("/srv/clients", "xfs"),
            ("/srv/shared files/clients", "nfs4"),
            ("/srv/shared files/local/clients", "tmpfs"),
            ("/srv/shared filesystem", "xfs"),
        ] {
            assert_eq!(kind_of(Path::new(folder), MOUNTS), Some(kind), "{folder}");
        }
        assert!(OF_NETWORKS.contains(&"nfs4") && !OF_NETWORKS.contains(&"ext4"));
        assert!(OF_NETWORKS.is_sorted());
    }

    #[test]
    fn a_folder_of_this_machine_is_not_on_a_network() {
        assert_eq!(network(&std::env::temp_dir()), None);
    }
}
