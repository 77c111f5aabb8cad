//! Ports whose adapter is replaced while the program runs.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use client_app::ports::{
    AccountDirectory, Branch, BranchDirectory, EventFilter, EventReceiver, OutboxEvent, Rejection, StoreError,
};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::{AccountOfficerId, BranchKey, ClientKey};

/// An adapter, until another one takes its place. A call that has begun ends with the one that it began with.
pub(crate) struct Replaceable<T: ?Sized>(RwLock<Arc<T>>);

impl<T: ?Sized> Replaceable<T> {
    pub(crate) fn new(adapter: Arc<T>) -> Arc<Self> {
        Arc::new(Self(RwLock::new(adapter)))
    }

    pub(crate) fn replace(&self, adapter: Arc<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = adapter;
    }

    fn current(&self) -> Arc<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl AccountDirectory for Replaceable<dyn AccountDirectory> {
    async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError> {
        self.current().open_accounts(key).await
    }
}

#[async_trait]
impl BranchDirectory for Replaceable<dyn BranchDirectory> {
    async fn branch(&self, key: &BranchKey) -> Result<Option<Branch>, StoreError> {
        self.current().branch(key).await
    }

    async fn branch_numbers(&self) -> Result<BTreeMap<BranchKey, i64>, StoreError> {
        self.current().branch_numbers().await
    }

    async fn officer_name(&self, id: AccountOfficerId) -> Result<Option<String>, StoreError> {
        self.current().officer_name(id).await
    }

    fn lists_every_branch(&self) -> bool {
        self.current().lists_every_branch()
    }

    fn lists_every_officer(&self) -> bool {
        self.current().lists_every_officer()
    }
}

/// A webhook with its filter, until others take their places.
pub(crate) struct ReplaceableReceiver(RwLock<(Arc<dyn EventReceiver>, EventFilter)>);

impl ReplaceableReceiver {
    pub(crate) fn new((webhook, filter): (Arc<dyn EventReceiver>, EventFilter)) -> Self {
        Self(RwLock::new((webhook, filter)))
    }

    pub(crate) fn replace(&self, newer: (Arc<dyn EventReceiver>, EventFilter)) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = newer;
    }

    pub(crate) fn filter(&self) -> EventFilter {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn current(&self) -> Arc<dyn EventReceiver> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

#[async_trait]
impl EventReceiver for ReplaceableReceiver {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        self.current().deliver(event).await
    }
}
