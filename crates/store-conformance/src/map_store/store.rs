use client_app::ports::StoreError;

use super::maps::Maps;
use super::storage::{InMemory, MapStorage, Method};

/// A store of clients, its outbox, its ledger of contents, the sessions, the work queue and saved views, over [`Maps`] in a [`MapStorage`].
#[derive(Debug, Default)]
pub struct MapStore<S = InMemory> {
    storage: S,
}

impl MapStore {
    /// An empty store in memory.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<S: MapStorage> MapStore<S> {
    /// A store whose maps live in this storage.
    pub fn on(storage: S) -> Self {
        Self { storage }
    }

    /// The storage, for a test that reads what it has counted or changes how it fails.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// Reads from the maps of one moment.
    pub(super) async fn read<R>(
        &self,
        method: Method,
        read: impl FnOnce(&Maps) -> R + Send,
    ) -> Result<R, StoreError> {
        Ok(read(&*self.storage.read(method).await?))
    }

    /// Changes the maps and answers what the change that was kept has answered.
    pub(super) async fn write<R: Send>(
        &self,
        method: Method,
        mut change: impl FnMut(&mut Maps) -> R + Send,
    ) -> Result<R, StoreError> {
        let mut answer = None;
        self.storage.write(method, &mut |maps| answer = Some(change(maps))).await?;
        answer.ok_or_else(|| StoreError::Corrupt { what: "a storage that applied no change".to_owned() })
    }
}
