use adapter_inmem::MemoryStore;
use client_app::commands::{
    ApproveClient, ApproveDocument, BlacklistClient, RecordTransaction, RequestApproval, UpdateClient,
};
use client_app::ports::{ClientRef, Page, Totals};
use client_app::queries::{GetActions, GetClient, GetHistory, SearchClients};
use client_app::{Error, Executed, RequestContext};
use client_domain::client::{ClientField, DetailsPatch, Transaction};
use client_domain::search::{Order, Predicate};
use client_domain::value::{PlaceName, Reason, TransactionReference};
use client_domain::{ClaimKind, ClientState, Permission, RefusalKind};

use crate::fixtures::{adaeze, by, clients, created, keyed, passport};

#[tokio::test]
async fn client_is_created_reviewed_and_activated_with_typed_commands() {
    let clients = clients(&MemoryStore::new());
    let key = created(&clients).await;
    let client = ClientRef::Key(key.clone());
    let submitted = clients.execute(&by("maker-1"), passport(&key)).await;
    // Without a content store, the file cannot be stored.
    assert!(matches!(submitted, Err(Error::Unavailable { .. })), "{submitted:?}");

    let requested =
        clients.execute(&by("maker-1"), RequestApproval { client: client.clone(), notes: None }).await;
    assert_eq!(requested.unwrap().into_outcome().version.get(), 2);
    let approved = clients
        .execute(
            &by("checker-1"),
            ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes: Vec::new() },
        )
        .await;
    assert_eq!(approved.unwrap().into_outcome().state, ClientState::Approved);
    let reference = TransactionReference::parse("TX-1").unwrap();
    let transaction = Transaction { reference, date: None };
    let record = RecordTransaction { client: client.clone(), transaction };
    assert!(clients.execute(&by("ledger"), record).await.unwrap().into_outcome().activated);

    let reader = by("reader").caller;
    let found = clients.query(&reader, GetClient { client: client.clone() }).await.unwrap();
    assert_eq!((found.client.state(), found.client.version().get()), (ClientState::Active, 4));
    let history = clients.query(&reader, GetHistory { client, before: None, limit: 3 }).await.unwrap();
    assert_eq!(history.entries.len(), 3);
    assert_eq!(history.next.map(|version| version.get()), Some(2));
    let everybody = SearchClients {
        predicate: Predicate::All(Vec::new()),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 10,
        totals: Totals::Exact,
        today: None,
    };
    assert_eq!(clients.query(&reader, everybody).await.unwrap().total, Totals::Exact.of(1));
}

#[tokio::test]
async fn refusal_contains_the_possible_operations() {
    let clients = clients(&MemoryStore::new());
    let client = ClientRef::Key(created(&clients).await);
    let approve = ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes: Vec::new() };
    let Err(Error::Refused(refused)) = clients.execute(&by("maker-1"), approve).await else {
        panic!("not refused")
    };
    assert_eq!(refused.refusal.kind(), RefusalKind::FourEyes);
    let actions = clients.query(&by("maker-1").caller, GetActions { client }).await.unwrap();
    let allowed: Vec<_> = actions.actions.iter().filter(|action| action.is_allowed()).collect();
    assert_eq!(allowed.iter().map(|action| action.operation).collect::<Vec<_>>(), refused.allowed);
}

#[tokio::test]
async fn repeated_command_replays_its_typed_outcome() {
    let clients = clients(&MemoryStore::new());
    let context = keyed("maker-1", "k-1");
    let first = clients.execute(&context, adaeze()).await.unwrap();
    let Executed::Done(first) = first else { panic!("{first:?}") };
    let again = clients.execute(&context, adaeze()).await.unwrap();
    assert_eq!(again, Executed::Replayed(first));

    let mut other = adaeze();
    other.details.postal_address.city = PlaceName::parse("Abuja").unwrap();
    let reused = clients.execute(&context, other).await;
    assert!(matches!(reused, Err(Error::IdempotencyKeyReused)), "{reused:?}");
}

/// The outcome of every command can be stored and read back.
#[tokio::test]
async fn every_outcome_round_trips_through_a_replay() {
    let clients = clients(&MemoryStore::new());
    let client = ClientRef::Key(created(&clients).await);
    let city = Some(PlaceName::parse("Abuja").unwrap());
    let update = UpdateClient { client: client.clone(), patch: DetailsPatch { city, ..Default::default() } };
    let context = keyed("maker-1", "update");
    let done = clients.execute(&context, update.clone()).await.unwrap().into_outcome();
    assert_eq!(done.changed, [ClientField::City]);
    assert_eq!(clients.execute(&context, update).await.unwrap(), Executed::Replayed(done));

    let request = RequestApproval { client: client.clone(), notes: None };
    let context = keyed("maker-1", "request");
    let done = clients.execute(&context, request.clone()).await.unwrap().into_outcome();
    assert_eq!(clients.execute(&context, request).await.unwrap(), Executed::Replayed(done));

    let approve = ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes: Vec::new() };
    let context = keyed("checker-1", "approve");
    let done = clients.execute(&context, approve.clone()).await.unwrap().into_outcome();
    assert_eq!(clients.execute(&context, approve).await.unwrap(), Executed::Replayed(done));

    let reason = Reason::parse("Named on a sanctions list.").unwrap();
    let blacklist = BlacklistClient { client, reason, code: None, notes: None };
    let context = keyed("checker-1", "bar");
    let done = clients.execute(&context, blacklist.clone()).await.unwrap().into_outcome();
    assert_eq!(done.state, ClientState::BlackListed);
    assert_eq!(clients.execute(&context, blacklist).await.unwrap(), Executed::Replayed(done));
}

#[tokio::test]
async fn dry_run_is_checked_and_writes_nothing() {
    let clients = clients(&MemoryStore::new());
    let context = RequestContext { dry_run: true, ..by("maker-1") };
    let checked = clients.execute(&context, adaeze()).await.unwrap();
    assert!(matches!(checked, Executed::Checked(_)));
    let key = created(&clients).await;
    let duplicate = clients.execute(&context, adaeze()).await;
    let Err(Error::Duplicates(kinds)) = duplicate else { panic!("{duplicate:?}") };
    let holders = vec![key];
    let expected = [(ClaimKind::Identification, holders.clone()), (ClaimKind::Email, holders)];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn every_missing_permission_is_named() {
    let clients = clients(&MemoryStore::new());
    let mut context = RequestContext { dry_run: true, ..by("maker-1") };
    context.caller.permissions = [Permission::KycRead].into_iter().collect();
    let refused = clients.execute(&context, adaeze()).await;
    let Err(Error::PermissionMissing(missing)) = refused else { panic!("{refused:?}") };
    assert_eq!(missing, [Permission::Write, Permission::Read]);
}

#[tokio::test]
async fn unknown_document_is_not_found() {
    let clients = clients(&MemoryStore::new());
    let document = client_domain::kyc::DocumentId::from_bits(7);
    let command = ApproveDocument { document: document.clone(), comment: None, seen: None };
    let found = clients.execute(&by("checker-1"), command).await;
    assert!(matches!(found, Err(Error::NotFound(ClientRef::Document(id))) if id == document));
}
