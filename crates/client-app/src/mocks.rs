//! Mocks of the small ports, for tests of the calls to a port.
//!
//! Use a mock if the promise is about calls: "stored once under this key, and never deleted". For a store
//! that holds what is committed, use `adapter-inmem`, which passes the conformance suite and injects faults.
//!
//! ```
//! use client_app::mocks::MockAccounts;
//! use client_app::ports::AccountDirectory as _;
//! use client_domain::lifecycle::OpenAccounts;
//! use client_domain::value::ClientKey;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut accounts = MockAccounts::new();
//! accounts.expect_open_accounts().once().returning(|_| Ok(OpenAccounts::Count(2)));
//! let answer = accounts.open_accounts(&ClientKey::from_bits(1)).await.unwrap();
//! assert_eq!(answer, OpenAccounts::Count(2));
//! # });
//! ```

// The macro generates items without documentation; the traits have it.
#![allow(missing_docs, missing_debug_implementations, clippy::pedantic)]

use std::collections::BTreeMap;

use async_trait::async_trait;
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::{AccountOfficerId, BranchKey, ClientKey};
use jiff::Timestamp;
use mockall::mock;

use crate::ports::accounts::AccountDirectory;
use crate::ports::branches::{Branch, BranchDirectory};
use crate::ports::clock::Clock;
use crate::ports::contents::{ContentBytes, DocumentContents};
use crate::ports::error::StoreError;
use crate::ports::keys::KeyGenerator;
use crate::ports::ledger::{ContentLedger, InstallationId, OrphanCandidate};
use crate::ports::outbox::{EventId, OutboxEvent};
use crate::ports::receiver::{EventReceiver, Rejection};

mock! {
    pub Accounts {}

    #[async_trait]
    impl AccountDirectory for Accounts {
        async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError>;
    }
}

mock! {
    pub Branches {}

    #[async_trait]
    impl BranchDirectory for Branches {
        async fn branch(&self, key: &BranchKey) -> Result<Option<Branch>, StoreError>;
        async fn branch_numbers(&self) -> Result<BTreeMap<BranchKey, i64>, StoreError>;
        async fn officer_name(&self, id: AccountOfficerId) -> Result<Option<String>, StoreError>;
        fn lists_every_branch(&self) -> bool;
        fn lists_every_officer(&self) -> bool;
    }
}

mock! {
    pub SystemTime {}

    impl Clock for SystemTime {
        fn now(&self) -> Timestamp;
    }
}

mock! {
    pub Keys {}

    impl KeyGenerator for Keys {
        fn client_key(&self) -> ClientKey;
        fn event_id(&self) -> EventId;
        fn document_id(&self) -> DocumentId;
        fn address_id(&self) -> AddressId;
        fn content_key(&self, now: Timestamp) -> ContentKey;
        fn installation_id(&self) -> InstallationId;
    }
}

mock! {
    pub Receiver {}

    #[async_trait]
    impl EventReceiver for Receiver {
        async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection>;
    }
}

mock! {
    /// A content store. Each asynchronous method of the port has an expectation of the same name.
    pub Contents {
        pub fn put(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError>;
        pub fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError>;
        pub fn keys(&self, after: Option<ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError>;
        pub fn trash(&self, key: &ContentKey) -> Result<bool, StoreError>;
        pub fn restore(&self, key: &ContentKey) -> Result<bool, StoreError>;
        pub fn delete(&self, key: &ContentKey) -> Result<(), StoreError>;
        pub fn ready(&self) -> Result<(), StoreError>;
        pub fn writable(&self) -> Result<(), StoreError>;
    }
}

#[async_trait]
impl DocumentContents for MockContents {
    async fn put(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError> {
        Self::put(self, key, bytes)
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        Self::open(self, key)
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        Self::keys(self, after.cloned(), limit)
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        Self::trash(self, key)
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        Self::restore(self, key)
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        Self::delete(self, key)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Self::ready(self)
    }

    async fn writable(&self) -> Result<(), StoreError> {
        Self::writable(self)
    }
}

mock! {
    /// A content ledger. Each asynchronous method of the port has an expectation of the same name.
    pub Ledger {
        pub fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError>;
        pub fn queued(
            &self,
            before: Timestamp,
            after: Option<ContentKey>,
            limit: usize,
        ) -> Result<Vec<ContentKey>, StoreError>;
        pub fn trashed(
            &self,
            before: Timestamp,
            after: Option<ContentKey>,
            limit: usize,
        ) -> Result<Vec<ContentKey>, StoreError>;
        pub fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError>;
        pub fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError>;
        pub fn documents(&self) -> Result<u64, StoreError>;
        pub fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError>;
    }
}

#[async_trait]
impl ContentLedger for MockLedger {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        Self::queue(self, candidate)
    }

    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        Self::queued(self, before, after.cloned(), limit)
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        Self::trashed(self, before, after.cloned(), limit)
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        Self::set_trashed(self, keys, at)
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        Self::dequeue(self, keys)
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        Self::documents(self)
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        Self::installation(self, fresh)
    }
}
