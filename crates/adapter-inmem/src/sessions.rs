use std::sync::Arc;

use async_trait::async_trait;
use client_app::ports::{ProviderLogout, Session, SessionId, SessionMoment, Sessions, StoreError};
use client_domain::ActorId;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::Tables;

impl Tables {
    fn touch_session(&mut self, id: &SessionId, at: SessionMoment) -> bool {
        let Some(session) = self.sessions.get(id).filter(|session| session.is_open(at)) else { return false };
        let last_seen = session.last_seen.max(at.now);
        let touched = Session { last_seen, ..Session::clone(session) };
        self.sessions.insert_mut(*id, Arc::new(touched));
        true
    }

    /// Deletes up to `limit` sessions that match, and returns their number.
    fn remove_sessions(&mut self, limit: usize, matches: impl Fn(&Session) -> bool) -> u64 {
        let found = self.sessions.iter().filter(|(_, session)| matches(session)).take(limit);
        let ids: Vec<_> = found.map(|(id, _)| *id).collect();
        for id in &ids {
            self.sessions.remove_mut(id);
        }
        ids.len() as u64
    }
}

#[async_trait]
impl Sessions for MemoryStore {
    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        self.change_sessions(|tables| {
            if !tables.sessions.contains_key(&session.id) {
                tables.sessions.insert_mut(session.id, Arc::new(session.clone()));
            }
        })
        .await
    }

    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError> {
        self.answer(Operation::Sessions, || {
            let open = self.snapshot().sessions.get(id).filter(|session| session.is_open(at)).cloned();
            Ok(open.map(|session| Session::clone(&session)))
        })
        .await
    }

    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError> {
        self.change_sessions(|tables| tables.touch_session(id, at)).await
    }

    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        self.change_sessions(|tables| tables.sessions.remove_mut(id)).await
    }

    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError> {
        self.change_sessions(|tables| {
            tables.remove_sessions(usize::MAX, |session| session.caller.actor.id == *actor)
        })
        .await
    }

    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError> {
        self.change_sessions(|tables| {
            let ends = |session: &Session| session.provider.as_ref().is_some_and(|of| logout.ends(of));
            tables.remove_sessions(usize::MAX, ends)
        })
        .await
    }

    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError> {
        self.change_sessions(|tables| tables.remove_sessions(limit, |session| !session.is_open(at))).await
    }
}

impl MemoryStore {
    async fn change_sessions<T: Send>(
        &self,
        change: impl FnOnce(&mut Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.answer(Operation::Sessions, || Ok(self.change(change))).await
    }
}
