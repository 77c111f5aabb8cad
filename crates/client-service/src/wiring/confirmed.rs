//! The latest commits that the database has confirmed, in a place outside of it: a database that was put in its place and lacks
//! them is noticed.

use std::fs::OpenOptions;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapter_postgres::{ConfirmedCommits, PostgresStore};
use client_app::ports::{ContentLocation, StoreError};

use super::storage::Storage;
use crate::config::service::ServeArgs;
use crate::config::value::Switch;
use crate::exit::ExitError;

/// Where the commits are kept.
#[derive(Clone)]
enum ConfirmedPlace {
    /// With the files of documents.
    Location(Arc<dyn ContentLocation>),
    /// In a file of their own.
    File(PathBuf),
}

impl ConfirmedPlace {
    /// What was kept last. A text that is none of ours is an error: it may be a file of something else, or what was kept is
    /// damaged.
    async fn read(&self) -> Result<Option<ConfirmedCommits>, StoreError> {
        let text = match self {
            Self::Location(location) => location.confirmed().await?,
            Self::File(file) => match tokio::fs::read_to_string(file).await {
                Ok(text) => Some(text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(StoreError::Unavailable(Some(Box::new(error)))),
            },
        };
        let unreadable = || StoreError::Corrupt { what: "the latest confirmed commits".to_owned() };
        text.map(|text| ConfirmedCommits::parse(&text).ok_or_else(unreadable)).transpose()
    }

    /// Keeps these commits, unless another instance has kept later ones.
    async fn keep(&self, commits: &ConfirmedCommits) -> Result<(), StoreError> {
        let kept = self.read().await?.and_then(|kept| kept.latest());
        if kept > commits.latest() { Ok(()) } else { self.replace(commits).await }
    }

    async fn replace(&self, commits: &ConfirmedCommits) -> Result<(), StoreError> {
        match self {
            Self::Location(location) => location.set_confirmed(&commits.to_text()).await,
            Self::File(file) => {
                let (file, text) = (file.clone(), commits.to_text());
                let written = tokio::task::spawn_blocking(move || write(&file, &text)).await;
                let written = written.map_err(io::Error::other).flatten();
                written.map_err(|error| StoreError::Unavailable(Some(Box::new(error))))
            }
        }
    }
}

/// Writes the text under another name first, so that it is read whole. Several instances may do so at the same time, so each
/// has a draft of its own.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(format!("#{:016x}", RandomState::new().hash_one(std::process::id())));
    let write = || {
        let mut new = OpenOptions::new().write(true).create_new(true).open(&draft)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        std::fs::rename(&draft, file)
    };
    write().inspect_err(|_| {
        // What failed is said; the draft may not be there.
        let _removed = std::fs::remove_file(&draft);
    })
}

/// A PostgreSQL database and the place of what it has confirmed, if there is one.
#[derive(Clone)]
pub(crate) struct Confirming {
    pub(crate) store: PostgresStore,
    place: Option<ConfirmedPlace>,
}

impl Confirming {
    /// Keeps these commits, and answers whether the database lacks what any instance has kept before; then nothing is kept.
    pub(crate) async fn keep(&self, commits: &ConfirmedCommits) -> Result<bool, StoreError> {
        let Some(place) = &self.place else { return Ok(false) };
        let kept = place.read().await?.unwrap_or_default();
        let lacks = self.store.lacks(&kept).await?;
        if !lacks {
            place.keep(commits).await?;
        }
        Ok(lacks)
    }
}

/// Refuses a database that lacks commits which were confirmed, unless the settings accept it: then the place forgets them.
/// There is nothing to compare for a storage that has no other server, and for an instance that commits nothing.
pub(crate) async fn confirming(
    location: Option<Arc<dyn ContentLocation>>,
    storage: &Storage,
    file: Option<PathBuf>,
    arguments: &ServeArgs,
) -> Result<Option<Confirming>, ExitError> {
    let Storage::Postgres(store) = storage else { return Ok(None) };
    if arguments.replicas.read_only == Switch::On {
        return Ok(None);
    }
    let place = match (file, location) {
        (Some(file), _) => Some(ConfirmedPlace::File(file)),
        (None, Some(location)) => Some(ConfirmedPlace::Location(location)),
        (None, None) => None,
    };
    let confirming = Confirming { store: store.clone(), place };
    if let Some(place) = &confirming.place {
        let failed = |error: StoreError| {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            ExitError::Failed(format!("the place of confirmed commits: {error}{cause}"))
        };
        let kept = place.read().await.map_err(failed)?.unwrap_or_default();
        if store.lacks(&kept).await.map_err(failed)? {
            if arguments.database.accept_older_database == Switch::Off {
                return Err(ExitError::Failed(REFUSED.to_owned()));
            }
            tracing::warn!(
                "the database lacks commits that were confirmed; accepted because the settings say so"
            );
            place.replace(&ConfirmedCommits::default()).await.map_err(failed)?;
        }
    }
    Ok(Some(confirming))
}

const REFUSED: &str = "--database-url: the database lacks commits that it has confirmed: it is an older one, or a standby that was promoted \
    before they arrived; if it was restored on purpose, start once with --accept-older-database on";

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(at: &str) -> ConfirmedCommits {
        ConfirmedCommits::parse(&format!(r#"[{{"client":"a","version":1,"at":"{at}"}}]"#)).unwrap()
    }

    #[tokio::test]
    async fn later_commits_of_another_instance_stay() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("confirmed");
        let place = ConfirmedPlace::File(file.clone());
        assert_eq!(place.read().await.unwrap(), None);
        let (early, late) = (commits("2026-01-01T09:00:00Z"), commits("2026-01-01T09:00:01Z"));
        for (kept, expected) in [(&early, &early), (&late, &late), (&early, &late)] {
            place.keep(kept).await.unwrap();
            assert_eq!(place.read().await.unwrap().as_ref(), Some(expected));
        }
        place.replace(&ConfirmedCommits::default()).await.unwrap();
        place.keep(&early).await.unwrap();
        assert_eq!(place.read().await.unwrap(), Some(early));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a draft is left");
        for text in ["something else", ""] {
            std::fs::write(&file, text).unwrap();
            place.read().await.unwrap_err();
            place.keep(&late).await.unwrap_err();
            assert_eq!(
                std::fs::read_to_string(&file).unwrap(),
                text,
                "a file of something else is not replaced"
            );
        }
    }
}
