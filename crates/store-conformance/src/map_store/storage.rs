use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use client_app::ports::StoreError;

use super::maps::Maps;

/// A change of the maps. It decides by what it finds there, and changes nothing where it refuses.
pub type Change<'a> = &'a mut (dyn FnMut(&mut Maps) + Send);

/// Where the maps of a [`MapStore`](super::MapStore) live, and how they are written.
///
/// Each method of the ports calls exactly one of these, once, and says which method it is. An error that is answered
/// here is the answer of the port.
#[async_trait]
pub trait MapStorage: Send + Sync {
    /// The maps as the last write left them.
    async fn read(&self, method: Method) -> Result<Arc<Maps>, StoreError>;

    /// Applies `change` to the newest maps and keeps the result, all of it or nothing, one write after the other.
    ///
    /// The change may be applied more than once, each time to the newest maps: a storage that compares and swaps does
    /// so after every lost race. The last application is the one that counts. A write runs to its end even if the caller
    /// stops waiting: a storage that waits in here does so in a task of its own.
    async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError>;
}

/// The method of a port that reads or writes the maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the method of this name")]
pub enum Method {
    Load,
    Commit,
    ReserveId,
    Claimed,
    FindWithEnding,
    FindAllWithEndings,
    Search,
    SelectAll,
    Count,
    History,
    Activity,
    Tally,
    DueDocuments,
    ContentsInUse,
    Ready,
    Queue,
    Queued,
    Trashed,
    SetTrashed,
    Dequeue,
    Documents,
    Installation,
    Register,
    Forget,
    Receivers,
    Take,
    Settle,
    DeadLetters,
    Resend,
    Discard,
    ForgetDelivered,
    Backlog,
    OpenSession,
    FindSession,
    TouchSession,
    EndSession,
    EndSessionsOf,
    EndProviderSessions,
    RemoveEnded,
    Waiting,
    ClaimWork,
    ReleaseWork,
    WorkClaims,
    RemoveEndedClaims,
    SaveView,
    DeleteView,
    ViewsOf,
    AnnounceBatch,
    CheckAnnouncement,
    ReadBatch,
    FindBatch,
    BatchesWaiting,
    ListBatches,
    BatchesAtWork,
    ReplaceBatch,
    StartBatch,
    BeginUpload,
    AddPiece,
    TakePiece,
    SettlePiece,
    Pieces,
    RefusedPieces,
    RemoveBatches,
    BeginExport,
    EndExport,
    Exports,
}

/// Maps in memory behind one lock. A reader keeps the maps of its moment and holds up no writer.
#[derive(Default)]
pub struct InMemory(Mutex<Arc<Maps>>);

#[async_trait]
impl MapStorage for InMemory {
    async fn read(&self, _method: Method) -> Result<Arc<Maps>, StoreError> {
        Ok(Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    async fn write(&self, _method: Method, change: Change<'_>) -> Result<(), StoreError> {
        change(Arc::make_mut(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(())
    }
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").finish_non_exhaustive()
    }
}
