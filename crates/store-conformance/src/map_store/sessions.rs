use async_trait::async_trait;
use client_app::ports::{ProviderLogout, Session, SessionId, SessionMoment, Sessions, StoreError};
use client_domain::ActorId;

use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> Sessions for MapStore<S> {
    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        self.write(Method::OpenSession, |maps| {
            maps.sessions.entry(session.id).or_insert_with(|| session.clone());
        })
        .await
    }

    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError> {
        self.read(Method::FindSession, |maps| {
            maps.sessions.get(id).filter(|session| session.is_open(at)).cloned()
        })
        .await
    }

    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError> {
        self.write(Method::TouchSession, |maps| {
            let open = maps.sessions.get_mut(id).filter(|session| session.is_open(at));
            open.map(|session| session.last_seen = session.last_seen.max(at.now)).is_some()
        })
        .await
    }

    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        self.write(Method::EndSession, |maps| maps.sessions.remove(id).is_some()).await
    }

    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError> {
        self.write(Method::EndSessionsOf, |maps| {
            let before = maps.sessions.len();
            maps.sessions.retain(|_, session| session.caller.actor.id != *actor);
            (before - maps.sessions.len()) as u64
        })
        .await
    }

    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError> {
        self.write(Method::EndProviderSessions, |maps| {
            let before = maps.sessions.len();
            maps.sessions.retain(|_, session| !session.provider.as_ref().is_some_and(|of| logout.ends(of)));
            (before - maps.sessions.len()) as u64
        })
        .await
    }

    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError> {
        self.write(Method::RemoveEnded, |maps| {
            let ended = maps.sessions.values().filter(|session| !session.is_open(at)).take(limit);
            let ended: Vec<_> = ended.map(|session| session.id).collect();
            maps.sessions.retain(|id, _| !ended.contains(id));
            ended.len() as u64
        })
        .await
    }
}
