use std::collections::BTreeSet;

use async_trait::async_trait;
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::search::{Order, Position, Predicate};
use client_domain::value::{BranchKey, ClientId, ClientKey, EmailAddress, PersonName, PhoneNumber, Version};
use client_domain::{Claim, ClaimKind, Client, ClientState};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Changeset, Committed, HistoryEntry, HistoryPage, OutcomeRecord, RequestKey, StoreError};
use crate::{CheckState, RequestDigest};

/// How a request names a client. A customer number is read as the id it is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientRef {
    /// By the key towards other systems.
    Key(ClientKey),
    /// By the running number.
    Id(ClientId),
    /// By a document that the client has handed in.
    Document(DocumentId),
    /// By address information that the client has handed in.
    Address(AddressId),
}

impl ClientRef {
    /// Takes in which client is meant, for the digest of a command.
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

/// What a command needs to know before it decides, from one read.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The client, if there is one.
    pub client: Option<Client>,
    /// What this idempotency key led to before, whatever the body was.
    pub outcome: Option<OutcomeRecord>,
}

/// A search: who is wanted, in which order, which part of the result.
#[derive(Clone, Debug)]
pub struct Search {
    /// Who is wanted.
    pub predicate: Predicate,
    /// In which order.
    pub order: Order,
    /// Which part.
    pub page: Page,
    /// How many at most.
    pub limit: usize,
    /// Whether the total is wanted; it costs.
    pub count: bool,
    /// Which day is today, UTC, for those parts of the predicate that are about today.
    pub today: Date,
}

/// Where a part of a result begins.
#[derive(Clone, Debug)]
pub enum Page {
    /// After so many clients.
    Skip(u64),
    /// After the client at this position, whether or not that client is still there.
    After(Position),
}

/// A part of the result of a search.
#[derive(Clone, Debug)]
pub struct Found {
    /// The clients, in order.
    pub clients: Vec<ClientSummary>,
    /// The position of the last of them, if others follow.
    pub next: Option<Position>,
    /// How many there are in all, where that was asked for.
    pub total: Option<u64>,
}

/// Documents of whose end something is to be told or taken back.
#[derive(Clone, Debug)]
pub struct DueDocuments {
    /// Which day is today, UTC.
    pub today: Date,
    /// How many days before its last one a document counts as expiring.
    pub notice_days: u16,
    /// Only clients whose keys come after this one.
    pub after: Option<ClientKey>,
    /// How many clients at most.
    pub limit: usize,
}

/// What a list shows of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSummary {
    /// The key towards other systems.
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
    /// Where the client stands.
    pub state: ClientState,
    /// The branch the client belongs to.
    pub branch: Option<BranchKey>,
    /// When the client was onboarded.
    pub created_at: Timestamp,
    /// When the client was last written.
    pub modified_at: Timestamp,
    /// How often the client has been written.
    pub version: Version,
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
        }
    }
}

/// Where clients are kept.
///
/// Reads see only what was committed, and each read sees one moment. The promises of writing are those of
/// [`ClientStore::commit`].
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// Reads a client, and the outcome of an earlier command under `request`, at one moment.
    ///
    /// The outcome is found whether or not the client is.
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError>;

    /// Writes a changeset, all of it or nothing.
    ///
    /// In this order, and whichever comes first is the answer:
    ///
    /// 1. the idempotency key has an outcome already: [`Committed::Replayed`] with the same fingerprint,
    ///    [`Committed::KeyReused`] with another;
    /// 2. the client is not at the version that was read: [`Committed::Stale`];
    /// 3. another client has an exclusive claim's value, exclusively or not: [`Committed::ClaimTaken`];
    /// 4. [`Committed::Done`], and from now on every read sees it.
    ///
    /// A commit that is done takes the contents that its documents name from the queue of the
    /// [`ContentLedger`](super::ContentLedger), and puts those that it replaces there; one that is not changes nothing.
    ///
    /// Two commits at once end as if one had come after the other. A client whose key or id is there already
    /// is [`StoreError::Corrupt`]. After [`StoreError::Unavailable`] nothing was written; after
    /// [`StoreError::TimedOut`] it is not known, and the same changeset with its idempotency key may be
    /// committed again. Once begun, a commit runs to its end even if the caller stops waiting.
    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError>;

    /// A number that no client has and none will be given again. Gaps are ordinary.
    async fn reserve_id(&self) -> Result<ClientId, StoreError>;

    /// Which of these claims other clients than `except` have, exclusively or not.
    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError>;

    /// Reads a client for a query.
    async fn find(&self, client: &ClientRef) -> Result<Option<Client>, StoreError>;

    /// Reads the clients with these keys, all of one moment and in the order of the keys. A key that no client has is
    /// left out, and one that is there twice is answered twice.
    async fn find_all(&self, keys: &[ClientKey]) -> Result<Vec<Client>, StoreError>;

    /// Finds clients: exactly those for whom the predicate holds, in exactly the order asked for.
    async fn search(&self, search: &Search) -> Result<Found, StoreError>;

    /// A part of a client's history, newest line first.
    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError>;

    /// The keys, in their order, of those clients whose state is not final and who have a document of whose end
    /// something is to be told or taken back; see [`IdentityDocument::due`](client_domain::kyc::IdentityDocument::due).
    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError>;

    /// Which of these contents some document names.
    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError>;

    /// Whether it can be read, and whether commands can be committed, now.
    async fn ready(&self) -> StoreReadiness;

    /// What time it is by the clock of the storage; nothing where it has no other clock than the service.
    ///
    /// It is the moment of the question or later, and never earlier than an answer to an earlier question by more than
    /// the clock of a machine is set back.
    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    /// Whether the schema of the storage is the one that this program needs.
    async fn schema(&self) -> Result<CheckState, StoreError> {
        Ok(CheckState::Ok)
    }
}

/// What a store can do now. Reads may go on where commits cannot: on a standby, or while commits get no answer.
#[derive(Debug)]
pub struct StoreReadiness {
    /// Whether clients can be read.
    pub reads: Result<(), StoreError>,
    /// Whether a changeset can be committed.
    pub commands: Result<(), StoreError>,
}

impl StoreReadiness {
    /// Everything works.
    pub fn ready() -> Self {
        Self { reads: Ok(()), commands: Ok(()) }
    }

    /// Nothing works, for this reason.
    pub fn failed(error: StoreError) -> Self {
        Self { reads: Err(error), commands: Err(StoreError::Unavailable(None)) }
    }

    /// The answer of a store that reads and commits in the same place, and can do both or neither.
    pub fn of(answer: Result<(), StoreError>) -> Self {
        answer.map_or_else(Self::failed, |()| Self::ready())
    }

    /// Both in one: nothing, or the first reason why not.
    pub fn whole(self) -> Result<(), StoreError> {
        self.reads.and(self.commands)
    }
}
