mod provider;
mod session;

use async_trait::async_trait;
use client_domain::ActorId;

pub use provider::{ProviderLogout, ProviderSession};
pub use session::{Session, SessionId, SessionMoment};

use crate::ports::error::StoreError;

/// The sessions of people who are signed in with a browser.
///
/// A session is found by the digest of the value of its cookie, so a reader of the storage cannot use it. Nothing here changes a
/// client, its version, its history or its events, and no commit waits for it. An adapter promises:
///
/// - a session that was opened is found as it was opened, by every instance, until it ends;
/// - a session that has ended is never found or touched again.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Opens a session. One whose id is there already stays as it is.
    async fn open_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session with this id, if it [is open](Session::is_open) at this moment.
    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError>;

    /// Records that the person of a session was seen now, and returns whether the session is open at this moment. The
    /// record never goes back, so touches may arrive in any order.
    ///
    /// It is a write. A caller touches a session once in a while and not with every request.
    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError>;

    /// Ends a session, and returns whether there was one.
    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError>;

    /// Ends every session of this actor, and returns their number.
    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError>;

    /// Ends the sessions that a provider has ended, and returns their number.
    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError>;

    /// Deletes up to `limit` sessions that have ended at this moment, and returns their number. The caller repeats it until
    /// there are none, which deletes all in small steps.
    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError>;
}
