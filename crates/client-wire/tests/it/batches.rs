//! Batches in memory: what becomes of rows when work is interrupted, repeated or forbidden.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::{CountingKeys, Fault, FixedClock, MemoryAccounts, MemoryStore};
use bytes::Bytes;
use client_app::batch::{BatchId, BatchRules, BatchState, RowOutcome};
use client_app::ports::{Batches as _, ClientRef, ClientStore as _};
use client_app::{Caller, Clients, DuplicateQuota, RequestContext, RequestId};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Actor, Permission, Permissions};
use client_wire::{BatchFileKind, BatchFiles as _, BatchWorker, Operations as _, Status};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{sleep, timeout};

/// A lease and a second.
const A_LEASE: Duration = Duration::from_secs(61);

/// Longer than any lease.
const AFTER_THE_LEASE: Duration = Duration::from_mins(3);

fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

struct Office {
    clients: Clients,
    store: MemoryStore,
    clock: FixedClock,
}

impl Office {
    fn new(configure: impl FnOnce(Clients) -> Clients) -> Self {
        let (store, clock) = (MemoryStore::new(), FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
        let shared = Arc::new(store.clone());
        let clients =
            Clients::new(shared.clone(), Arc::new(clock.clone()), Arc::new(CountingKeys::default()));
        let clients = configure(clients.with_batches(shared, BatchRules::default()));
        Self { clients, store, clock }
    }

    async fn command(&self, who: &str, name: &str, data: Value) -> Value {
        let data = data.as_object().unwrap().clone();
        self.clients.command_by_name(name, data, context(who)).await.unwrap().data.into_value()
    }

    /// Announces a file with creations of clients.
    async fn announce(&self, file: &str) -> BatchId {
        self.announce_of("CreateContactCommand", file).await
    }

    async fn announce_of(&self, command: &str, file: &str) -> BatchId {
        let sha256: String = hex(&Sha256::digest(file));
        let announced = json!({
            "format": "csv", "commandName": command, "delimiter": "semicolon", "contentSha256": sha256,
        });
        let created = self.command("maker", "CreateBatchCommand", announced).await;
        BatchId::parse(created["batchId"].as_str().unwrap()).unwrap()
    }

    /// Announces and sends it.
    async fn send(&self, file: &str) -> BatchId {
        self.send_of("CreateContactCommand", file).await
    }

    async fn send_of(&self, command: &str, file: &str) -> BatchId {
        let id = self.announce_of(command, file).await;
        let bytes = stream::iter([Ok(Bytes::from(file.to_owned()))]).boxed();
        self.clients.receive_batch(id.as_str(), bytes, context("maker")).await.unwrap();
        id
    }

    async fn work(&self) {
        while BatchWorker::new(self.clients.clone(), 1).round().await.unwrap() {}
    }

    /// A batch whose rows are being executed.
    async fn confirmed(&self, file: &str) -> BatchId {
        let id = self.send(file).await;
        self.work().await;
        self.command("checker", "ConfirmBatchCommand", json!({ "batchId": id.as_str() })).await;
        id
    }

    async fn state(&self, id: &BatchId) -> BatchState {
        self.store.find_batch(id).await.unwrap().unwrap().0.state
    }

    async fn outcomes(&self, id: &BatchId) -> Vec<RowOutcome> {
        let pieces = self.store.pieces(id, 0, 99).await.unwrap();
        pieces.iter().flat_map(|piece| piece.results().unwrap()).map(|result| result.outcome).collect()
    }

    async fn file(&self, id: &BatchId, kind: BatchFileKind) -> String {
        let file = self.clients.batch_file(id.as_str(), kind, everything("maker")).await.unwrap();
        let bytes: Vec<Bytes> = file.bytes.try_collect().await.unwrap();
        String::from_utf8(bytes.concat()).unwrap()
    }
}

fn everything(who: &str) -> Caller {
    Caller::new(Actor::parse(who).unwrap(), Permissions::all())
}

fn context(who: &str) -> RequestContext {
    RequestContext::new(everything(who), RequestId::parse("r-1").unwrap())
}

fn applicant(n: usize) -> Value {
    json!({
        "firstName": format!("Applicant{n}"), "lastName": "Okafor",
        "emailAddress": format!("applicant{n}@example.com"), "phoneNumber": format!("+23480300{n:05}"),
        "dateOfBirth": "1991-04-23", "gender": "Female", "address": "12 Allen Avenue", "city": "Ikeja",
        "state": "Lagos", "country": "Nigeria", "identificationType": "International Passport",
        "identificationNumber": format!("B{n:07}"),
    })
}

fn csv(people: impl IntoIterator<Item = Value>) -> String {
    let mut text = String::new();
    for person in people {
        let cells: Vec<_> = person.as_object().unwrap().iter().collect();
        if text.is_empty() {
            text = cells.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";") + "\n";
        }
        text += &(cells.iter().map(|(_, cell)| cell.as_str().unwrap()).collect::<Vec<_>>().join(";") + "\n");
    }
    text
}

fn codes(outcomes: &[RowOutcome]) -> Vec<&str> {
    let code = |outcome: &'_ RowOutcome| match outcome {
        RowOutcome::Refused(errors) => Some(errors[0].code.clone()),
        _ => None,
    };
    let names = ["outcome_unknown", "duplicate_quota", "accounts_unavailable"];
    let found: Vec<_> = outcomes.iter().filter_map(code).collect();
    names.into_iter().filter(|name| found.iter().any(|one| one == name)).collect()
}

#[tokio::test]
async fn row_whose_outcome_may_be_deleted_is_not_called_untried() {
    let office = Office::new(|clients| clients);
    let id = office.confirmed(&csv([applicant(1)])).await;
    let begun = office.clients.take_batch_piece().await.unwrap();
    assert!(begun.is_some(), "an instance begins the row and ends");
    office.clock.advance(Duration::from_hours(25));
    office.command("maker", "StopBatchCommand", json!({ "batchId": id.as_str() })).await;
    office.work().await;
    assert_eq!(office.state(&id).await, BatchState::Stopped);
    assert_eq!(codes(&office.outcomes(&id).await), ["outcome_unknown"]);
}

#[tokio::test]
async fn check_begins_rows_until_shortly_before_the_end_of_its_lease() {
    let office = Office::new(|clients| clients);
    let id = office.send(&csv([applicant(1)])).await;
    let lease = BatchRules::default().lease;
    let begins = async |tenths: i32| {
        let piece = office.clients.take_batch_piece().await.unwrap().expect("a free piece");
        piece.may_begin(office.clients.batch_time() + lease * tenths / 10)
    };
    assert!(begins(8).await, "a check with slow rows ends");
    office.clock.advance(AFTER_THE_LEASE);
    assert!(!begins(9).await, "its result is stored within the lease");
    office.clock.advance(AFTER_THE_LEASE);
    office.work().await;
    office.command("checker", "ConfirmBatchCommand", json!({ "batchId": id.as_str() })).await;
    assert!(begins(2).await);
    office.clock.advance(AFTER_THE_LEASE);
    assert!(!begins(3).await, "a row that is executed ends within the lease");
}

#[tokio::test]
async fn commit_that_ends_after_the_recovery_writes_nothing() {
    let office = Office::new(|clients| clients);
    let id = office.confirmed(&csv([applicant(1)])).await;
    office.store.faults().next_commit(Fault::Slow(Duration::from_millis(500)));
    let worker = BatchWorker::new(office.clients.clone(), 1);
    assert!(timeout(Duration::from_millis(100), worker.round()).await.is_err(), "its commit is on its way");
    office.clock.advance(AFTER_THE_LEASE);
    office.command("maker", "StopBatchCommand", json!({ "batchId": id.as_str() })).await;
    office.work().await;
    assert_eq!(office.state(&id).await, BatchState::Stopped);
    assert_eq!(office.outcomes(&id).await, [RowOutcome::NotTried]);
    sleep(Duration::from_millis(600)).await;
    for n in 1..9 {
        let client = office.store.find(&ClientRef::Id(ClientId::new(n).unwrap())).await.unwrap();
        assert!(client.is_none(), "a row that was reported as not tried was done");
    }
}

#[tokio::test]
async fn corrections_of_corrections_are_as_they_were_first_sent() {
    let office = Office::new(|clients| clients);
    let mut person = applicant(1);
    person["firstName"] = "=cmd".into();
    person["phoneNumber"] = "+2348030000001".into();
    person["city"] = "".into();
    let mut file = csv([person]).replace("city", "=town");
    let mapped = |file: &str| {
        let sha256: String = hex(&Sha256::digest(file));
        json!({
            "format": "csv", "commandName": "CreateContactCommand", "delimiter": "semicolon", "contentSha256": sha256,
            "mapping": [{ "column": "=town", "member": "city" }],
        })
    };
    let mut rows = Vec::new();
    for _ in 0..3 {
        let created = office.command("maker", "CreateBatchCommand", mapped(&file)).await;
        let id = BatchId::parse(created["batchId"].as_str().unwrap()).unwrap();
        let bytes = stream::iter([Ok(Bytes::from(file.clone()))]).boxed();
        office.clients.receive_batch(id.as_str(), bytes, context("maker")).await.unwrap();
        office.work().await;
        file = office.file(&id, BatchFileKind::Corrections).await;
        rows.push(file.clone());
    }
    assert!(rows[0].contains("'=cmd") && !rows[0].contains("''"), "{}", rows[0]);
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
}

#[tokio::test]
async fn rows_are_for_those_who_may_read_clients() {
    let office = Office::new(|clients| clients);
    let id = office.send(&csv([applicant(1)])).await;
    let confirms = [Permission::Batches, Permission::BatchesConfirm];
    for (also, expected) in [(None, Some(Status::Forbidden)), (Some(Permission::Read), None)] {
        let caller =
            Caller::new(Actor::parse("checker").unwrap(), confirms.into_iter().chain(also).collect());
        let file = office.clients.batch_file(id.as_str(), BatchFileKind::Results, caller).await;
        assert_eq!(file.err().map(|failure| failure.status), expected);
    }
}

#[tokio::test]
async fn upload_that_fails_leaves_no_row() {
    let office = Office::new(|clients| clients);
    // More than a piece, so that one is stored before the row that cannot be read.
    let file = csv((1..151).map(applicant)) + "too;few\n";
    let id = office.announce(&file).await;
    let bytes = stream::iter([Ok(Bytes::from(file.clone()))]).boxed();
    office.clients.receive_batch(id.as_str(), bytes, context("maker")).await.unwrap_err();
    assert_eq!(office.store.pieces(&id, 0, 9).await.unwrap(), []);
    assert_eq!(office.state(&id).await, BatchState::Announced, "it may be sent again");
}

#[tokio::test]
async fn check_that_meets_too_many_duplicates_ends() {
    let quota = DuplicateQuota::new(NonZeroU32::new(1), [7; 32]);
    let office = Office::new(|clients| clients.with_duplicate_quota(quota));
    let people: Vec<_> = (1..31).map(applicant).collect();
    for person in &people {
        office.command("other-maker", "CreateContactCommand", person.clone()).await;
    }
    let id = office.send(&csv(people)).await;
    office.work().await;
    assert_eq!(office.state(&id).await, BatchState::Checked, "the check has ended today");
    let outcomes = office.outcomes(&id).await;
    let last = outcomes.last().unwrap();
    assert_eq!(codes(std::slice::from_ref(last)), ["duplicate_quota"], "{last:?}");
    assert_eq!(codes(&outcomes[..3]), [""; 0], "the quota of checks is larger than the other one");
}

#[tokio::test]
async fn row_that_the_ledger_never_answers_for_is_refused_and_holds_up_no_other() {
    never_answered(false).await;
    never_answered(true).await;
}

/// The service may be stopped for long in the middle of the piece. It has not tried the row meanwhile.
async fn never_answered(is_stopped: bool) {
    let accounts = MemoryAccounts::default();
    let office = Office::new(|clients| clients.with_accounts(Arc::new(accounts.clone())));
    let mut keys = Vec::new();
    for n in 1..4 {
        let created = office.command("other-maker", "CreateContactCommand", applicant(n)).await;
        let key = created["contactEncodedKey"].clone();
        office.command("checker", "ApproveCustomerCommand", json!({ "contactEncodedKey": key })).await;
        keys.push(key.as_str().unwrap().to_owned());
    }
    accounts.set(ClientKey::parse(&keys[1]).unwrap(), OpenAccounts::Unanswered);
    let file = format!(
        "contactEncodedKey;reason\n{}",
        keys.iter().fold(String::new(), |rows, key| rows + key + ";left\n")
    );
    let id = office.send_of("ExitCustomerCommand", &file).await;
    office.work().await;
    assert_eq!(office.state(&id).await, BatchState::Checked, "the check does not wait for the ledger");
    assert_eq!(codes(&office.outcomes(&id).await[1..2]), ["accounts_unavailable"]);

    office.command("checker", "ConfirmBatchCommand", json!({ "batchId": id.as_str() })).await;
    if is_stopped {
        assert!(office.clients.take_batch_piece().await.unwrap().is_some());
        office.clock.advance(10 * A_LEASE);
    }
    for lease in 1..3 - u32::from(is_stopped) {
        office.work().await;
        assert_eq!(office.state(&id).await, BatchState::Running, "it is repeated after lease {lease}");
        office.clock.advance(A_LEASE);
    }
    office.work().await;
    assert_eq!(office.state(&id).await, BatchState::Finished);
    let outcomes = office.outcomes(&id).await;
    assert_eq!(codes(&outcomes[1..2]), ["accounts_unavailable"], "{outcomes:?}");
    for done in [&outcomes[0], &outcomes[2]] {
        assert!(matches!(done, RowOutcome::AlreadyDone { .. }), "{outcomes:?}");
    }
    assert!(office.file(&id, BatchFileKind::Corrections).await.contains(&keys[1]));
}
