//! Whether a folder is on this machine: locks and shared memory, which SQLite's log needs, do not reach across a network. Whether
//! a file has one path, whether it can change, and whether it is still where it was opened.

use std::path::{Path, PathBuf};

use crate::lock::beside;

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
    let Mount { kind, .. } = mount_of(&folder, &mounts)?;
    OF_NETWORKS.contains(&kind).then(|| kind.to_owned())
}

/// Why a file must not be read by this path.
pub(crate) fn link(path: &Path) -> Option<&'static str> {
    let file = std::fs::symlink_metadata(path).ok()?;
    file.is_symlink().then_some(
        "is a symbolic link, and another program might use the file itself at the same time; name the folder of the file itself",
    )
}

/// Why a file must not be written by this path.
pub(crate) fn second_name(path: &Path) -> Option<&'static str> {
    link(path).or_else(|| {
        has_second_name(path).then_some(
            "has a second name (a hard link), and another program might use it by that name at the same time; remove one of the \
             two names",
        )
    })
}

#[cfg(unix)]
fn has_second_name(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.nlink() > 1)
}

#[cfg(not(unix))]
fn has_second_name(_path: &Path) -> bool {
    false
}

/// Whether a file lies where nothing can be written, so that no log can be made beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtRest {
    /// Its folder can be written.
    No,
    /// It was closed, and holds everything.
    Closed,
    /// What it holds is in a log too, which cannot be read without writing beside it.
    Unclosed,
}

/// Whether the file of a database is at rest.
pub(crate) fn at_rest(path: &Path) -> AtRest {
    let log = std::fs::metadata(beside(path, "-wal")).ok().map(|log| log.len());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !is_read_only(folder) {
        return AtRest::No;
    }
    match (log, beside(path, "-shm").exists()) {
        (None, _) | (Some(0), false) => AtRest::Closed,
        (Some(_), false) => AtRest::Unclosed,
        // A service has it open, or was killed. SQLite reads the log by itself.
        (Some(_), true) => AtRest::No,
    }
}

/// Whether a folder is on a file system that is mounted for reading only, or its owner may not write into it.
fn is_read_only(folder: &Path) -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let place = folder.canonicalize();
    let mount = place.as_ref().ok().and_then(|place| mount_of(place, &mounts));
    mount.is_some_and(|mount| mount.is_read_only) || !owner_writes(folder)
}

#[cfg(unix)]
fn owner_writes(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder).map_or(true, |folder| folder.permissions().mode() & 0o200 != 0)
}

#[cfg(not(unix))]
fn owner_writes(_folder: &Path) -> bool {
    true
}

/// A mount of a file system.
#[derive(Debug, PartialEq, Eq)]
struct Mount<'a> {
    kind: &'a str,
    is_read_only: bool,
}

/// The mount that holds this folder; of two mounts at one place the last one counts.
fn mount_of<'a>(folder: &Path, mounts: &'a str) -> Option<Mount<'a>> {
    mounts
        .lines()
        .filter_map(|line| {
            let (mount, file_system) = line.split_once(" - ")?;
            let mut fields = mount.split(' ').skip(4);
            let (place, own) = (PathBuf::from(unescaped(fields.next()?)), fields.next()?);
            let mut fields = file_system.split(' ');
            let (kind, of_all) = (fields.next()?, fields.nth(1).unwrap_or_default());
            let is_read_only =
                [own, of_all].iter().any(|options| options.split(',').any(|option| option == "ro"));
            folder.starts_with(&place).then(|| (place.components().count(), Mount { kind, is_read_only }))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, mount)| mount)
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
32 30 0:42 / /srv/shared\\040files/local rw - tmpfs tmpfs rw
33 22 0:43 / /srv/kept ro,relatime - ext4 /dev/vdc rw
34 22 0:44 / /srv/disc rw - iso9660 /dev/sr0 ro,nojoliet";

    #[test]
    fn the_innermost_mount_decides() {
        for (folder, kind, is_read_only) in [
            ("/var/lib/clients", "ext4", false),
            ("/srv/clients", "xfs", false),
            ("/srv/shared files/clients", "nfs4", false),
            ("/srv/shared files/local/clients", "tmpfs", false),
            ("/srv/shared filesystem", "xfs", false),
            ("/srv/kept/clients", "ext4", true),
            ("/srv/disc", "iso9660", true),
        ] {
            assert_eq!(mount_of(Path::new(folder), MOUNTS), Some(Mount { kind, is_read_only }), "{folder}");
        }
        assert!(OF_NETWORKS.contains(&"nfs4") && !OF_NETWORKS.contains(&"ext4"));
        assert!(OF_NETWORKS.is_sorted());
    }

    #[test]
    fn a_folder_of_this_machine_is_not_on_a_network() {
        assert_eq!(network(&std::env::temp_dir()), None);
    }
}
