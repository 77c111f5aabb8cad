use std::collections::BTreeSet;

use async_trait::async_trait;
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::search::{Order, Position, Predicate};
use client_domain::value::{BranchKey, ClientId, ClientKey, EmailAddress, PersonName, PhoneNumber, Version};
use client_domain::{Claim, ClaimKind, Client, ClientState};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::ports::activity::ActivityPage;
use crate::ports::changeset::{Changeset, Committed};
use crate::ports::count::{Counted, Counting};
use crate::ports::ending::FoundClient;
use crate::ports::error::StoreError;
use crate::ports::history::{HistoryEntry, HistoryPage};
use crate::ports::idempotency::{OutcomeRecord, RequestKey};
use crate::ports::kyc_renewal::{KycRenewal, KycRenewed};
use crate::ports::selection::{SelectedClients, Selection};
use crate::ports::store_readiness::StoreReadiness;
use crate::ports::tally::{Tallied, Tallying};
use crate::ports::totals::{Total, Totals};
use crate::readiness::CheckState;
use crate::request_digest::RequestDigest;

/// How a request identifies a client. A customer number is converted to its client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientRef {
    /// By the key for other systems.
    Key(ClientKey),
    /// By the running number.
    Id(ClientId),
    /// By a document of the client.
    Document(DocumentId),
    /// By an address of the client.
    Address(AddressId),
}

impl ClientRef {
    /// Adds the reference to the digest of a command.
    pub(crate) fn digest(&self, digest: &mut RequestDigest) {
        match self {
            Self::Key(key) => {
                digest.text("key");
                digest.text(key.as_str());
            }
            Self::Id(id) => {
                digest.text("id");
                digest.text(&*id.get().to_string());
            }
            Self::Document(id) => {
                digest.text("document");
                digest.text(id.as_str());
            }
            Self::Address(id) => {
                digest.text("address");
                digest.text(id.as_str());
            }
        }
    }
}

/// The input of a command's decision, from one read.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The client, if it exists.
    pub client: Option<Client>,
    /// The earlier outcome of this idempotency key, for any body.
    pub outcome: Option<OutcomeRecord>,
}

/// A search: predicate, order and page.
#[derive(Clone, Debug)]
pub struct Search {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// The order of the clients.
    pub order: Order,
    /// Where the page begins.
    pub page: Page,
    /// The maximum number of clients.
    pub limit: usize,
    /// How far the matches are counted.
    pub totals: Totals,
    /// Today, for conditions relative to it. The predicate knows the calendar that makes days of moments.
    pub today: Date,
}

/// Where a page of a result begins.
#[derive(Clone, Debug)]
pub enum Page {
    /// After this many clients.
    Skip(u64),
    /// After the client at this position, whether or not that client still exists.
    After(Position),
}

/// A page of a search result.
#[derive(Clone, Debug)]
pub struct Found {
    /// The clients, in order.
    pub clients: Vec<ClientSummary>,
    /// The position of the last client, if more follow.
    pub next: Option<Position>,
    /// The number of matches, if it was asked for.
    pub total: Option<Total>,
}

/// A page of clients with due expiry notices.
#[derive(Clone, Debug)]
pub struct DueDocuments {
    /// Today, by the calendar of the bank.
    pub today: Date,
    /// How many days before its last one a document counts as expiring.
    pub notice_days: u16,
    /// Only clients whose keys come after this one.
    pub after: Option<ClientKey>,
    /// The maximum number of clients.
    pub limit: usize,
}

/// The data of a client in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSummary {
    /// The key for other systems.
    pub key: ClientKey,
    /// The running number.
    pub id: ClientId,
    /// The first name.
    pub first_name: PersonName,
    /// The last name.
    pub last_name: PersonName,
    /// The e-mail address.
    pub email: EmailAddress,
    /// The phone number.
    pub phone: PhoneNumber,
    /// The state in the lifecycle.
    pub state: ClientState,
    /// The branch the client belongs to.
    pub branch: Option<BranchKey>,
    /// When the client was created.
    pub created_at: Timestamp,
    /// When the client was last written.
    pub modified_at: Timestamp,
    /// How often the client was written.
    pub version: Version,
    /// Whether the client has former names.
    pub is_renamed: bool,
}

impl From<&Client> for ClientSummary {
    fn from(client: &Client) -> Self {
        let snapshot = client.snapshot();
        Self {
            key: snapshot.key.clone(),
            id: snapshot.id,
            first_name: snapshot.details.first_name.clone(),
            last_name: snapshot.details.last_name.clone(),
            email: snapshot.details.email.clone(),
            phone: snapshot.details.phone.clone(),
            state: snapshot.state,
            branch: snapshot.branch.clone(),
            created_at: snapshot.created.at,
            modified_at: snapshot.modified_at,
            version: snapshot.version,
            is_renamed: !snapshot.former_names.is_empty(),
        }
    }
}

/// The store of clients.
///
/// Reads see committed data only, and each read sees one point in time. The promises for writes are those of
/// [`ClientStore::commit`].
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// Reads a client, and the earlier outcome under `request`, at one point in time.
    ///
    /// The outcome is found even if the client is not.
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError>;

    /// Writes a changeset, all of it or nothing.
    ///
    /// The first of these conditions that holds is the result:
    ///
    /// 1. the idempotency key has an outcome already: [`Committed::Replayed`] with the same fingerprint,
    ///    [`Committed::KeyReused`] with another;
    /// 2. the client is not at the version that was read: [`Committed::Stale`];
    /// 3. another client has an exclusive claim's value, exclusively or not: [`Committed::ClaimTaken`];
    /// 4. [`Committed::Done`], and from now on every read sees it.
    ///
    /// A commit that is done dequeues the contents that its documents name from the
    /// [`ContentLedger`](super::ContentLedger), and queues those that it replaces. A refused commit changes nothing.
    ///
    /// Concurrent commits end as if they were sequential. A client whose key or id exists already is
    /// [`StoreError::Corrupt`]. After [`StoreError::Unavailable`] nothing was written. After
    /// [`StoreError::TimedOut`] the outcome is unknown, and the same changeset with its idempotency key may
    /// be committed again. A commit runs to its end even if the caller drops the future.
    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError>;

    /// Reserves a number that no client has or will be given again. Gaps are normal.
    async fn reserve_id(&self) -> Result<ClientId, StoreError>;

    /// Which of these claims other clients than `except` have, exclusive or not.
    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError>;

    /// Reads a client for a query, and its [`Ending`](super::Ending), at one point in time.
    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError>;

    /// Reads the clients with these keys and their [`Ending`](super::Ending)s at one point in time, in the order of the keys.
    /// Unknown keys are omitted, and a repeated key gives a repeated client.
    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError>;

    /// Reads a client for a query.
    async fn find(&self, client: &ClientRef) -> Result<Option<Client>, StoreError> {
        Ok(self.find_with_ending(client).await?.map(|found| found.client))
    }

    /// Reads the clients with these keys; see [`find_all_with_endings`](Self::find_all_with_endings).
    async fn find_all(&self, keys: &[ClientKey]) -> Result<Vec<Client>, StoreError> {
        let found = self.find_all_with_endings(keys).await?;
        Ok(found.into_iter().map(|found| found.client).collect())
    }

    /// Finds clients: exactly those that match the predicate, in exactly the given order.
    async fn search(&self, search: &Search) -> Result<Found, StoreError>;

    /// Every client that a search finds, whole and in its order, as all of them are at one point in time: what is committed
    /// after this has answered is not seen, however long the reading takes.
    ///
    /// Any number of clients is read within bounded memory, and none is read ahead of the reader but a few pieces. Nothing else
    /// waits for the reading, commits least of all. It ends with [`StoreError::TimedOut`] once the time limit is over, also
    /// while the reader waits, and when the stream is dropped.
    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError>;

    /// Counts clients, or what waits of them, in groups; [`Counting::of`] is the definition.
    ///
    /// It reads no more than the bounds say. A count that would need more ends there and is not complete: then each number
    /// is a lower bound.
    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError>;

    /// A page of a client's history, newest line first.
    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError>;

    /// A page of the lines of all histories, without their values: exactly those for which
    /// [`ActivityFilter::holds`](super::ActivityFilter::holds) with the branch of the client now, in the falling order of their
    /// [`ActivityPosition`](super::ActivityPosition)s.
    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError>;

    /// Counts lines of all histories in groups; [`Tallying::of`] is the definition.
    ///
    /// It reads no more lines of the period than the bound says. A tally that would need more is not complete: then each
    /// number is a lower bound.
    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError>;

    /// The keys, in order, of the clients with a due expiry notice whose state is not final; see
    /// [`IdentityDocument::due`](client_domain::kyc::IdentityDocument::due).
    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError>;

    /// Which of these contents documents name.
    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError>;

    /// Whether reads and commits are possible now.
    async fn ready(&self) -> StoreReadiness;

    /// The time of the storage's clock; `None` if it has none of its own.
    ///
    /// It is the time of the call or later. It is never earlier than the result of an earlier call, except by
    /// as much as the machine's clock was set back.
    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    /// Renews some of the KYC statuses that the storage keeps, if it keeps any. No other answer differs before and after it.
    async fn renew_kyc_statuses(&self, _renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        Ok(KycRenewed::default())
    }

    /// Whether the storage has the schema that this program needs.
    async fn schema(&self) -> Result<CheckState, StoreError> {
        Ok(CheckState::Ok)
    }
}
