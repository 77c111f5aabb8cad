//! Everything that the file holds, in pages, for a copy to another store. Each table is read in the order of its primary
//! key, so that a copy goes on where it has ended.

use client_app::IdempotencyKey;
use client_app::ports::{
    Changeset, ClaimDigest, ClientRef, ClientWrite, DeliveryEnd, EventId, HistoryEntry, Lease, Outbox as _,
    OutcomeRecord, Registration, RequestKey, StoreError, StoredCandidate, StoredClaim, StoredDelivery,
    StoredEvent,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{ActorId, ClaimKind, Client};
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::{Failure, corrupt};
use crate::load;
use crate::outbox::delivery_failure::failure;
use crate::outbox::receiver;
use crate::parameters::{Parameters, to_i64};
use crate::rows::{event, history, outcome};
use crate::sql::{
    COPIED_CANDIDATES, COPIED_CLAIMS, COPIED_CLIENTS, COPIED_DELIVERIES, COPIED_EVENTS, COPIED_OUTCOMES,
    COPIED_ROWS, HISTORY, NEXT_NUMBER,
};
use crate::store::SqliteStore;

impl SqliteStore {
    /// Up to `limit` clients after this id, each as a changeset that creates the client as it is now, with its documents,
    /// addresses and whole history; without claims and events, which have pages of their own.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn clients_after(
        &self,
        after: Option<ClientId>,
        limit: usize,
    ) -> Result<Vec<Changeset>, StoreError> {
        let after = after.map_or(0, ClientId::get);
        self.read(move |connection| {
            let page = Parameters::new().with(":after", after).with(":limit", to_i64(limit));
            let keys = page.rows(connection, ("client", COPIED_CLIENTS), |columns| {
                columns.parsed("client_key", ClientKey::parse)
            })?;
            keys.into_iter().map(|key| creation(connection, key)).collect()
        })
        .await
    }

    /// Up to `limit` claims after this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn claims_after(
        &self,
        after: Option<&StoredClaim>,
        limit: usize,
    ) -> Result<Vec<StoredClaim>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let after = after.as_ref();
            let page = Parameters::new()
                .with(":kind", after.map_or("", |claim| claim.kind.name()))
                .with(":digest", after.map_or(&[][..], |claim| claim.digest.0.as_slice()))
                .with(":client_key", after.map_or("", |claim| claim.client.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, ("client_claim", COPIED_CLAIMS), claim)
        })
        .await
    }

    /// Up to `limit` events after this one, in the order of clients, versions and ids.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn events_after(
        &self,
        after: Option<&StoredEvent>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let after = after.map(|stored| stored.event.clone());
        self.read(move |connection| {
            let after = after.as_ref();
            let page = Parameters::new()
                .with(":client_key", after.map_or("", |event| event.client.as_str()))
                .with(":version", after.map_or(0, |event| event.version.get().cast_signed()))
                .with(":event_id", after.map_or("", |event| event.id.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, ("client_outbox", COPIED_EVENTS), stored_event)
        })
        .await
    }

    /// Every receiver of events besides the default one.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn receivers_after(
        &self,
        after: Option<&Registration>,
    ) -> Result<Vec<Registration>, StoreError> {
        let mut receivers = self.receivers().await?;
        receivers.retain(|one| after.is_none_or(|after| one.receiver > after.receiver));
        Ok(receivers)
    }

    /// Up to `limit` events that wait for receivers after this one, in the order of clients, versions, ids and receivers.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn deliveries_after(
        &self,
        after: Option<&StoredDelivery>,
        limit: usize,
    ) -> Result<Vec<StoredDelivery>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let after = after.as_ref();
            let page = Parameters::new()
                .with(":client_key", after.map_or("", |stored| stored.client.as_str()))
                .with(":version", after.map_or(0, |stored| stored.version.get().cast_signed()))
                .with(":event_id", after.map_or("", |stored| stored.event.as_str()))
                .with(":receiver", after.map_or("", |stored| stored.receiver.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, ("client_delivery", COPIED_DELIVERIES), stored_delivery)
        })
        .await
    }

    /// Up to `limit` outcomes of idempotency keys after that of this request.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn outcomes_after(
        &self,
        after: Option<&RequestKey>,
        limit: usize,
    ) -> Result<Vec<OutcomeRecord>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let after = after.as_ref();
            let page = Parameters::new()
                .with(":actor", after.map_or("", |request| request.actor.as_str()))
                .with(":command", after.map_or("", |request| request.command.as_str()))
                .with(":request_key", after.map_or("", |request| request.key.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, ("client_idempotency", COPIED_OUTCOMES), |columns| {
                let request = RequestKey {
                    actor: columns.parsed("actor", ActorId::parse)?,
                    command: columns.text("command")?.to_owned(),
                    key: columns.parsed("request_key", IdempotencyKey::parse)?,
                };
                outcome::read(columns, &request)
            })
        })
        .await
    }

    /// Up to `limit` contents that may be orphans, after this key.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn candidates_after(
        &self,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<StoredCandidate>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let page = Parameters::new()
                .with(":after", after.as_ref().map_or("", ContentKey::as_str))
                .with(":limit", to_i64(limit));
            page.rows(connection, ("client_content_candidate", COPIED_CANDIDATES), |columns| {
                Ok::<_, StoreError>(StoredCandidate {
                    key: columns.parsed("content_key", ContentKey::parse)?,
                    queued_at: columns.moment("queued_at")?,
                    trashed_at: columns.moment_optional("trashed_at")?,
                })
            })
        })
        .await
    }

    /// The first running number that no client has and no block holds.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn next_number(&self) -> Result<i64, StoreError> {
        let read = |columns: &Columns<'_>| columns.get::<i64>("next");
        let next = self.read(move |connection| {
            Parameters::new().first(connection, ("client_number_block", NEXT_NUMBER), read)
        });
        next.await?.ok_or_else(|| corrupt("the blocks of ids"))
    }

    /// How many rows each table has that a copy carries, by the names of the tables.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn copied_rows(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|connection| {
            Parameters::new().rows(connection, ("a count", COPIED_ROWS), |columns| {
                let number = columns.known("number", |number: i64| u64::try_from(number).ok())?;
                Ok::<_, StoreError>((columns.text("name")?.to_owned(), number))
            })
        })
        .await
    }
}

fn creation(connection: &Connection, key: ClientKey) -> Result<Changeset, Failure> {
    let missing = || corrupt("a client that was listed is missing");
    let client = load::client(connection, &ClientRef::Key(key))?.ok_or_else(missing)?;
    let history = whole_history(connection, &client)?;
    Ok(Changeset {
        documents: client.kyc().documents.iter().map(|document| document.id.clone()).collect(),
        addresses: client.kyc().addresses.iter().map(|address| address.id.clone()).collect(),
        history,
        client: Some(ClientWrite::Insert(client)),
        ..Changeset::default()
    })
}

/// Every line, the oldest first.
fn whole_history(connection: &Connection, client: &Client) -> Result<Vec<HistoryEntry>, Failure> {
    let parameters = Parameters::new()
        .with(":client_key", client.key().as_str())
        .with(":before", None::<i64>)
        .with(":after", None::<i64>)
        .with(":events", "[]")
        .with(":limit", i64::MAX)
        .with(":with_values", true);
    let read = |columns: &Columns<'_>| history::read(columns, client.key());
    let mut lines = parameters.rows(connection, ("client_history", HISTORY), read)?;
    lines.reverse();
    let versions = lines.iter().map(|line| line.event.version.get());
    if !versions.eq(1..=client.version().get()) {
        return Err(corrupt("a history that is not one line for each version").into());
    }
    Ok(lines)
}

fn claim(columns: &Columns<'_>) -> Result<StoredClaim, StoreError> {
    let kind = |name: &str| ClaimKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or(());
    Ok(StoredClaim {
        kind: columns.parsed("kind", kind)?,
        digest: ClaimDigest(columns.get("digest")?),
        client: columns.parsed("client_key", ClientKey::parse)?,
        exclusive: columns.get("exclusive")?,
    })
}

fn stored_delivery(columns: &Columns<'_>) -> Result<StoredDelivery, StoreError> {
    let status = columns.get("status")?;
    let ends = [
        columns.moment_optional("buried_at")?.map(DeliveryEnd::DeadLettered),
        columns.moment_optional("discarded_at")?.map(DeliveryEnd::Discarded),
    ];
    Ok(StoredDelivery {
        client: columns.parsed("client_key", ClientKey::parse)?,
        version: columns.version("version")?,
        event: EventId::from_stored(columns.text("event_id")?.to_owned()),
        receiver: receiver(columns)?,
        at: columns.moment("at")?,
        leased_until: columns.moment_optional("leased_until")?,
        lease: Lease(columns.known("lease", |lease: i64| u64::try_from(lease).ok())?),
        failures: columns.known("failures", |failures: i64| u32::try_from(failures).ok())?,
        why: columns.parsed_optional("cause", |cause| failure(cause, status).ok_or(()))?,
        end: ends.into_iter().flatten().next(),
    })
}

fn stored_event(columns: &Columns<'_>) -> Result<StoredEvent, StoreError> {
    let status = columns.get("status")?;
    let ends = [
        columns.moment_optional("delivered_at")?.map(DeliveryEnd::Delivered),
        columns.moment_optional("buried_at")?.map(DeliveryEnd::DeadLettered),
        columns.moment_optional("discarded_at")?.map(DeliveryEnd::Discarded),
    ];
    Ok(StoredEvent {
        event: event::read(columns)?,
        leased_until: columns.moment_optional("leased_until")?,
        lease: Lease(columns.known("lease", |lease: i64| u64::try_from(lease).ok())?),
        failures: columns.known("failures", |failures: i64| u32::try_from(failures).ok())?,
        why: columns.parsed_optional("cause", |cause| failure(cause, status).ok_or(()))?,
        end: ends.into_iter().flatten().next(),
    })
}
