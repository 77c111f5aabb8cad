//! One export, from its line to its end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client_domain::Permission;
use client_domain::kyc::{KycPolicy, Sha256};
use client_domain::search::{Order, Predicate};
use futures_util::stream::{self, StreamExt as _};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::id::ExportId;
use super::record::{ExportEnd, ExportFormat, ExportRecord};
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::export_office::ExportPlace;
use crate::ports::selection::{SelectedClients, Selection};
use crate::queries::ClientRow;
use crate::spine::admission::permit;

/// How far before its beginning the next incremental load begins. The time of a change is taken from the clock of an instance
/// when the command begins, and the change is seen when it is committed: commands are refused where that clock is more
/// than an hour off, and end within minutes.
const IN_FLIGHT: SignedDuration = SignedDuration::from_mins(70);

/// What is exported.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// The order of the clients.
    pub order: Order,
    /// The format of the file.
    pub format: ExportFormat,
    /// The names of the columns, in their order.
    pub fields: Vec<String>,
    /// What is searched for, for the line of the export.
    pub filters: String,
}

/// A client of an export.
#[derive(Clone, Debug)]
pub struct ExportedClient {
    /// The client, with the data of directories and policies.
    pub row: ClientRow,
    /// Whether only a former name of the client matches.
    pub by_former_name: bool,
}

/// An export that runs: its clients, piece by piece, all of one point in time.
///
/// Its reader says how it ended; a line without an end is that of an export whose process ended first, or whose end the log
/// did not take.
pub struct Export {
    record: ExportRecord,
    /// Where the next incremental load begins.
    next_changed_since: Timestamp,
    time_limit: Duration,
    clients: Clients,
    found: SelectedClients,
    predicate: Predicate,
    today: Date,
    policy: Arc<KycPolicy>,
    /// Until the end.
    place: Option<ExportPlace>,
}

impl Clients {
    /// Begins an export for a caller who may export clients and read them.
    ///
    /// # Errors
    ///
    /// [`Error::PermissionMissing`], [`Error::ExportRuns`], [`Error::TooManyExports`], or the error of a port.
    pub async fn begin_export(&self, caller: &Caller, request: ExportRequest) -> Result<Export, Error> {
        permit(caller, [Permission::Export, Permission::Read])?;
        let office = self.export_office()?;
        if self.is_read_only {
            return Err(Error::ReadOnly);
        }
        let place = office.place(&caller.actor.id)?;
        let now = self.clock.now();
        let record = ExportRecord {
            id: ExportId::of(&self.keys.event_id()),
            by: caller.actor.clone(),
            begun_at: now,
            format: request.format,
            fields: request.fields,
            filters: request.filters,
            end: None,
        };
        let predicate = self.resolved(request.predicate).await.map_err(Error::of_query)?;
        office.log.begin_export(&record).await.map_err(Error::of_load)?;
        let (today, time_limit) = (self.calendar.day_of(now), office.rules.time_limit);
        let since = self.storage_time(now);
        let next_changed_since = since.checked_sub(IN_FLIGHT).unwrap_or(since);
        let selection = Selection { predicate: predicate.clone(), order: request.order, today, time_limit };
        let found = match self.store.select_all(&selection).await {
            Ok(found) => found,
            Err(error) => {
                let nothing = Sha256(<sha2::Sha256 as sha2::Digest>::digest(b"").into());
                let end = ExportEnd { at: now, is_complete: false, rows: 0, bytes: 0, sha256: nothing };
                self.note_end(ExportRecord { end: Some(end), ..record }).await;
                return Err(Error::of_query(error));
            }
        };
        let policy = self.kyc_policy();
        let clients = self.clone();
        Ok(Export {
            record,
            next_changed_since,
            time_limit,
            clients,
            found,
            predicate,
            today,
            policy,
            place: Some(place),
        })
    }

    /// Writes the end of an export that broke off. Where that fails too, its line stays without an end.
    async fn note_end(&self, record: ExportRecord) {
        let Ok(office) = self.export_office() else { return };
        if let Err(error) = office.log.end_export(&record).await {
            tracing::warn!(%error, export = %record.id, "the end of an export could not be recorded");
        }
    }
}

impl Export {
    /// The id.
    pub const fn id(&self) -> &ExportId {
        &self.record.id
    }

    /// The `changedSince` of the next incremental load, with which it misses no change. It counts only if this export is
    /// read to its end.
    pub const fn next_changed_since(&self) -> Timestamp {
        self.next_changed_since
    }

    /// How long it may take.
    pub const fn time_limit(&self) -> Duration {
        self.time_limit
    }

    /// The next clients; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Vec<ExportedClient>, Error>> {
        let found = match self.found.next().await? {
            Ok(found) => found,
            Err(error) => return Some(Err(Error::of_query(error))),
        };
        let keys = found.iter().map(|one| one.client.key().clone()).collect();
        let rows = self.clients.rows(keys, found, self.today, &self.policy).await;
        let exported = |row: ClientRow| {
            let may =
                self.predicate.looks_at_former_names() && !row.client.snapshot().former_names.is_empty();
            let by_former_name = may && self.predicate.finds_by_former_name(&row.client, self.today);
            ExportedClient { row, by_former_name }
        };
        Some(rows.map(|rows| rows.into_iter().map(exported).collect()).map_err(Error::of_query))
    }

    /// Records that the whole file was handed over. The file must not end for its reader before that.
    ///
    /// # Errors
    ///
    /// The log failed. The line says then that the file broke off, unless the log fails again or took the end after all.
    pub async fn complete(&mut self, rows: u64, bytes: u64, sha256: Sha256) -> Result<(), Error> {
        let record = self.ended(true, (rows, bytes), sha256);
        if let Err(error) = self.clients.export_office()?.log.end_export(&record).await {
            let end = record.end.map(|end| ExportEnd { is_complete: false, ..end });
            self.clients.note_end(ExportRecord { end, ..record }).await;
            return Err(Error::of_load(error));
        }
        Ok(())
    }

    /// Records that the file broke off.
    pub async fn break_off(&mut self, rows: u64, bytes: u64, sha256: Sha256) {
        let record = self.ended(false, (rows, bytes), sha256);
        self.clients.note_end(record).await;
    }

    /// The line with its end. Nothing is read from here on, and who sees the end in the log may begin the next export.
    fn ended(&mut self, is_complete: bool, (rows, bytes): (u64, u64), sha256: Sha256) -> ExportRecord {
        self.found = stream::empty().boxed();
        self.place = None;
        let end = ExportEnd { at: self.clients.clock.now(), is_complete, rows, bytes, sha256 };
        ExportRecord { end: Some(end), ..self.record.clone() }
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("record", &self.record).finish_non_exhaustive()
    }
}
