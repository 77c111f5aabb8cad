//! Files in a local folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use adapter_object_store::{FolderContents, open_location};
use async_trait::async_trait;
use client_app::ports::{ContentLocation, DocumentContents, InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};
use store_conformance::{ContentsHarness, LocationHarness, Racer};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn open(&self) -> FolderContents {
        FolderContents::open(self.0.path()).unwrap()
    }
}

#[async_trait]
impl ContentsHarness for Folder {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        let contents = self.open();
        contents.claim(&InstallationId::from_bits(1)).await.unwrap();
        Arc::new(contents)
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

#[async_trait]
impl LocationHarness for Folder {
    async fn fresh_location(&self) -> Arc<dyn ContentLocation> {
        Arc::new(self.open())
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let folder = super::Folder(tempfile::tempdir().unwrap());
                store_conformance::cases::$topic::$case(&folder).await;
            })*
        })*
    };
}
store_conformance::contents_cases!(tests);
store_conformance::location_cases!(tests);

fn key(n: u128) -> ContentKey {
    ContentKey::from_bits("2026-01-05T09:00:00Z".parse().unwrap(), n)
}

async fn put(contents: &FolderContents, n: u128) -> Result<(), StoreError> {
    contents.put(&key(n), stream::iter([Ok("a file".into())]).boxed()).await
}

async fn is_readable(contents: &FolderContents, n: u128) -> bool {
    match contents.open(&key(n)).await {
        Ok(Some(bytes)) => bytes.map(Result::unwrap).collect::<Vec<_>>().await.concat() == b"a file",
        _ => false,
    }
}

fn unavailable<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable(_)))
}

#[tokio::test]
async fn invalid_location_is_refused() {
    for wrong in
        ["", "/no/such/folder", "ftp://host/x", "http://127.0.0.1/x", "gs://bucket", "file:///no/such/folder"]
    {
        assert!(open_location(wrong, [], false).await.is_err(), "{wrong}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(open_location(&format!("file://{}", folder.path().display()), [], false).await.is_ok());
}

#[tokio::test]
async fn folder_that_others_can_read_gives_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let warning = async |mode| {
        fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
        open_location(folder.path().to_str().unwrap(), [], false).await.unwrap().warning
    };
    assert_eq!((warning(0o700).await, warning(0o750).await), (None, None));
    assert!(warning(0o755).await.unwrap().contains("mode 755"));
}

#[tokio::test]
async fn files_and_folders_are_private_to_the_account_of_the_service() {
    fn modes(folder: &Path, found: &mut Vec<(bool, u32)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let metadata = entry.metadata().unwrap();
            found.push((metadata.is_dir(), metadata.permissions().mode() & 0o777));
            if metadata.is_dir() {
                modes(&entry.path(), found);
            }
        }
    }
    let folder = Folder(tempfile::tempdir().unwrap());
    let contents = folder.open();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    for n in 1..=2 {
        put(&contents, n).await.unwrap();
    }
    assert!(contents.trash(&key(1)).await.unwrap());
    let mut found = Vec::new();
    modes(folder.0.path(), &mut found);
    assert_eq!(found.len(), 6, "two files, the marker, and three folders: {found:?}");
    for (is_folder, mode) in found {
        assert_eq!(mode, if is_folder { 0o700 } else { 0o600 });
    }
}

#[tokio::test]
async fn vanished_folder_is_not_created_again() {
    let parent = tempfile::tempdir().unwrap();
    let (here, away) = (parent.path().join("documents"), parent.path().join("away"));
    fs::create_dir(&here).unwrap();
    let contents = FolderContents::open(&here).unwrap();
    assert!(unavailable(&put(&contents, 1).await), "the folder is not claimed yet");
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    put(&contents, 1).await.unwrap();

    fs::rename(&here, &away).unwrap();
    assert!(unavailable(&put(&contents, 2).await));
    assert!(!here.exists());
    // An empty mount point or the folder of another installation does not replace it.
    fs::create_dir(&here).unwrap();
    for marker in [None, Some(InstallationId::from_bits(2).to_string())] {
        if let Some(marker) = marker {
            fs::write(here.join("installation"), marker).unwrap();
        }
        let entries = || fs::read_dir(&here).unwrap().count();
        let before = entries();
        assert!(unavailable(&put(&contents, 2).await));
        assert!(unavailable(&contents.open(&key(1)).await), "the file is unavailable, and not missing");
        assert!(unavailable(&contents.trash(&key(1)).await));
        assert!(unavailable(&contents.restore(&key(1)).await));
        assert!(unavailable(&contents.delete(&key(1)).await));
        assert!(unavailable(&contents.keys(None, 9).await));
        assert!(unavailable(&contents.ready().await));
        assert_eq!(entries(), before, "nothing is written");
    }
    fs::remove_dir_all(&here).unwrap();
    fs::rename(&away, &here).unwrap();
    contents.ready().await.unwrap();
    assert!(is_readable(&contents, 1).await);
    put(&contents, 2).await.unwrap();
    assert!(is_readable(&contents, 2).await);
}

/// The disk vanishes while a file is being written to it: the put fails.
#[tokio::test]
async fn put_fails_if_the_folder_vanishes_during_the_upload() {
    let parent = tempfile::tempdir().unwrap();
    let (here, away) = (parent.path().join("documents"), parent.path().join("away"));
    fs::create_dir(&here).unwrap();
    let contents = FolderContents::open(&here).unwrap();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    let (from, to) = (here.clone(), away.clone());
    let bytes = stream::iter([Ok("a ".into()), Ok("file".into())]).inspect(move |_| {
        if from.exists() {
            fs::rename(&from, &to).unwrap();
        }
    });
    assert!(unavailable(&contents.put(&key(1), bytes.boxed()).await));
    assert!(!here.exists());
    fs::rename(&away, &here).unwrap();
    assert!(contents.open(&key(1)).await.unwrap().is_none());
}

/// The incomplete file of a process that was killed is listed and deleted like every other file.
#[tokio::test]
async fn incomplete_file_is_an_orphan() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let contents = folder.open();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    put(&contents, 1).await.unwrap();
    let days = folder.0.path().join(&key(1).as_str()[..5]);
    fs::write(days.join(format!("{}#1", key(2))), "half").unwrap();
    assert!(contents.open(&key(2)).await.unwrap().is_none());
    assert_eq!(contents.keys(None, 9).await.unwrap(), [key(1), key(2)]);
    assert!(!contents.trash(&key(2)).await.unwrap(), "an incomplete file is deleted and not moved");
    assert_eq!(fs::read_dir(days).unwrap().count(), 1);
}

#[tokio::test]
async fn read_only_folder_is_ready_and_not_writable() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let claimed = async || {
        let contents = folder.open();
        contents.claim(&InstallationId::from_bits(1)).await.unwrap();
        contents
    };
    let contents = claimed().await;
    contents.writable().await.unwrap();
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1, "the folder holds only the marker");
    // Root writes to read-only folders too, so a folder with the name of the probe makes the write fail instead.
    fs::create_dir(folder.0.path().join("write-probe")).unwrap();
    contents.writable().await.expect("a recent result is reused");
    let contents = claimed().await;
    assert!(unavailable(&contents.writable().await));
    contents.ready().await.unwrap();
}

#[tokio::test]
async fn damaged_marker_is_unavailable_and_not_corrupt() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let contents = folder.open();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    for damaged in [&b""[..], b"not an id", b"\xff\xfe"] {
        fs::write(folder.0.path().join("installation"), damaged).unwrap();
        assert!(unavailable(&put(&contents, 1).await));
        assert!(unavailable(&contents.ready().await) && unavailable(&contents.writable().await));
    }
}
