use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use client_app::ports::{
    ClientRef, DeliveryFailure, DueDocuments, EventId, HistoryEntry, HistoryPage, InstallationId,
    OutboxEvent, OutcomeRecord, RequestKey, StoreError,
};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::search::search_text;
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{Claim, ClaimKind, Client};
use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

/// Everything the store holds.
///
/// The maps are persistent: a clone costs a few pointers and shares all the rest. So a read takes a clone and
/// sees one moment for as long as it likes, and a commit changes a clone and puts it in place as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) clients: RedBlackTreeMapSync<ClientKey, Arc<Kept>>,
    pub(crate) keys: RedBlackTreeMapSync<ClientId, ClientKey>,
    /// Whose a document is.
    pub(crate) documents: RedBlackTreeMapSync<DocumentId, ClientKey>,
    /// Whose address information is.
    pub(crate) addresses: RedBlackTreeMapSync<AddressId, ClientKey>,
    /// The contents that documents mention.
    pub(crate) contents: RedBlackTreeSetSync<ContentKey>,
    /// The contents that may be orphans.
    pub(crate) candidates: RedBlackTreeMapSync<ContentKey, Candidate>,
    pub(crate) installation: Option<InstallationId>,
    /// Who has which claim, exclusively or not.
    pub(crate) holders: RedBlackTreeMapSync<Claim, RedBlackTreeSetSync<ClientKey>>,
    pub(crate) outcomes: RedBlackTreeMapSync<RequestKey, Arc<OutcomeRecord>>,
    pub(crate) history: RedBlackTreeMapSync<(ClientKey, Version), Arc<HistoryEntry>>,
    /// What other systems were not told yet, in the order of the commits, and so of each client's versions.
    pub(crate) undelivered: RedBlackTreeMapSync<u64, Undelivered>,
    pub(crate) places: RedBlackTreeMapSync<EventId, u64>,
    /// What was delivered and is not yet forgotten: when, and which.
    pub(crate) delivered: RedBlackTreeSetSync<(Timestamp, u64)>,
    pub(crate) events_written: u64,
    pub(crate) last_id: i64,
}

/// A content that may be an orphan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) since: Timestamp,
    /// Since when it is in the trash.
    pub(crate) trashed: Option<Timestamp>,
}

/// A client, and the text that searches look at, which is folded once and not in every search.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) client: Client,
    pub(crate) search_text: String,
}

impl From<Client> for Kept {
    fn from(client: Client) -> Self {
        Self { search_text: search_text(&client), client }
    }
}

/// An event in the outbox, and what stands in the way of handing it out.
#[derive(Clone, Debug)]
pub(crate) struct Undelivered {
    pub(crate) event: Arc<OutboxEvent>,
    /// When it is free again, after a lease or an attempt that failed.
    pub(crate) free_from: Option<Timestamp>,
    /// How often it was taken or settled; whoever took it last knows the number.
    pub(crate) lease: u64,
    pub(crate) failures: u32,
    /// Since when it is a dead letter, and why.
    pub(crate) buried: Option<(Timestamp, DeliveryFailure)>,
}

impl From<OutboxEvent> for Undelivered {
    fn from(event: OutboxEvent) -> Self {
        Self { event: Arc::new(event), free_from: None, lease: 0, failures: 0, buried: None }
    }
}

impl Undelivered {
    /// Whether it is not to be handed out now.
    pub(crate) fn is_held(&self, now: Timestamp) -> bool {
        self.buried.is_some() || self.free_from.is_some_and(|free| now < free)
    }
}

impl Tables {
    pub(crate) fn client(&self, client: &ClientRef) -> Option<&Client> {
        let key = match client {
            ClientRef::Key(key) => key,
            ClientRef::Id(id) => self.keys.get(id)?,
            ClientRef::Document(id) => self.documents.get(id)?,
            ClientRef::Address(id) => self.addresses.get(id)?,
        };
        self.clients.get(key).map(|kept| &kept.client)
    }

    /// Which of these claims somebody other than `except` has.
    pub(crate) fn claimed<'a>(
        &self,
        claims: impl IntoIterator<Item = &'a Claim>,
        except: Option<&ClientKey>,
    ) -> BTreeSet<ClaimKind> {
        let others_have = |claim: &&Claim| {
            self.holders.get(*claim).is_some_and(|holders| holders.iter().any(|key| Some(key) != except))
        };
        claims.into_iter().filter(others_have).map(Claim::kind).collect()
    }

    pub(crate) fn history(&self, key: &ClientKey, page: HistoryPage) -> Vec<HistoryEntry> {
        // A range of the map would do for `before` and `after` as well, but not when they cross.
        let wanted = |version: Version| {
            page.before.is_none_or(|before| version < before)
                && page.after.is_none_or(|after| after < version)
        };
        self.history
            .range((key.clone(), Version::FIRST)..)
            .take_while(|((line_of, _), _)| line_of == key)
            .filter(|((_, version), _)| wanted(*version))
            .map(|(_, entry)| entry)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .take(page.limit)
            .map(|entry| HistoryEntry::clone(entry))
            .collect()
    }

    /// Who has a document of whose end something is to be told or taken back.
    pub(crate) fn due_documents(&self, due: &DueDocuments) -> Vec<ClientKey> {
        let after = due.after.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let is_due = |client: &Client| {
            !client.state().is_final() && client.kyc().due(due.today, due.notice_days).is_some()
        };
        self.clients
            .range((after, Bound::Unbounded))
            .filter(|(_, kept)| is_due(&kept.client))
            .map(|(key, _)| key.clone())
            .take(due.limit)
            .collect()
    }

    /// Which of these contents some document mentions.
    pub(crate) fn contents_in_use(&self, keys: &[ContentKey]) -> BTreeSet<ContentKey> {
        keys.iter().filter(|key| self.contents.contains(*key)).cloned().collect()
    }

    /// A number above every one that was reserved or is some client's.
    pub(crate) fn reserve_id(&mut self) -> Result<ClientId, StoreError> {
        let id = ClientId::new(self.last_id + 1)
            .map_err(|_| StoreError::Corrupt { what: "the running number, which has run out".to_owned() })?;
        self.last_id = id.get();
        Ok(id)
    }
}
