//! For every value in force, the person who entered it is not the person who approved it, nor who verified it as a way to
//! reach the client: checked in the histories that the stores have kept of random commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use client_app::commands::{
    ApproveAmendment, ApproveClient, BlacklistClient, CorrectClient, CreateClient, RecordTransaction,
    RejectAmendment, RejectClient, UndoBlacklist, UndoRejection, UpdateClient, VerifyContactPoint,
};
use client_app::ports::{ClientRef, ClientStore, HistoryEntry, HistoryPage};
use client_app::{Caller, Clients, Policy, RequestContext, RequestId};
use client_domain::client::{ContactPoint, Correction, DetailsPatch, FieldValue, Transaction, TwoPersons};
use client_domain::kyc::KycPolicy;
use client_domain::value::{ClientKey, EmailAddress, Gender, PersonName, Reason, TransactionReference};
use client_domain::{Actor, Client, ClientField, ClientState, EventKind, Permissions, Person, example};

use crate::bank::NOW;
use crate::kyc_documents::fixtures::Postgres;

/// Ids of three persons; two of them have several spellings.
const IDS: [&str; 5] = ["ada", "ADA", "ben", "Ben", "chi"];
const STEPS: usize = 32;
const NAMES: [&str; 3] = ["Eze", "Obi", "Bello"];

/// Random numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn bank(store: Arc<dyn ClientStore>, two_persons: TwoPersons, four_eyes: bool) -> Clients {
    let clock = FixedClock::new(NOW.parse().unwrap());
    Clients::new(store, Arc::new(clock), Arc::new(CountingKeys::default()))
        .with_policy(Policy { four_eyes, ..Policy::default() })
        .with_kyc_policy(KycPolicy { two_persons, ..KycPolicy::default() })
}

fn context(id: &str) -> RequestContext {
    let caller = Caller::new(Actor::parse(id).unwrap(), Permissions::all());
    RequestContext::new(caller, RequestId::parse("r-1").unwrap())
}

/// A client of this number, whose values no other client has.
async fn created(clients: &Clients, n: u64) -> ClientKey {
    let application = example::application().unwrap();
    let mut details = application.details;
    details.email = EmailAddress::parse(&format!("first{n}@example.com")).unwrap();
    let mut identification = application.identification;
    identification.number = client_domain::value::IdentificationNumber::parse(&format!("A{n:07}")).unwrap();
    let create = CreateClient {
        details,
        birth_date: application.birth_date,
        gender: application.gender,
        identification,
        customer_type: application.customer_type,
        branch: None,
    };
    clients.execute(&context("ada"), create).await.unwrap().into_outcome().client
}

/// One random command of a random person; most are refused.
async fn step(clients: &Clients, key: &ClientKey, store: &dyn ClientStore, n: u64, random: &mut Random) {
    let by = context(IDS[random.below(IDS.len())]);
    let client = ClientRef::Key(key.clone());
    let reason = Reason::parse("as agreed").unwrap();
    let at = random.below(3);
    match random.below(12) {
        0..=2 => {
            let name = PersonName::parse(NAMES[at]).unwrap();
            let patch = match random.below(3) {
                0 => DetailsPatch { last_name: Some(name), ..DetailsPatch::default() },
                1 => DetailsPatch { first_name: Some(name), ..DetailsPatch::default() },
                _ => {
                    let email = EmailAddress::parse(&format!("m{at}x{n}@example.com")).unwrap();
                    DetailsPatch { email: Some(email), ..DetailsPatch::default() }
                }
            };
            drop(clients.execute(&by, UpdateClient { client, patch }).await);
        }
        3 => {
            let correction = Correction { gender: Some(Gender::ALL[at]), ..Correction::default() };
            drop(clients.execute(&by, CorrectClient { client, correction, reason, code: None }).await);
        }
        4 | 5 => {
            let found = store.find(&client).await.unwrap().unwrap();
            let Some(open) = found.snapshot().amendments.first() else { return };
            let amendment = open.id.clone();
            if at == 0 {
                drop(clients.execute(&by, RejectAmendment { amendment, comment: None, code: None }).await);
            } else {
                drop(clients.execute(&by, ApproveAmendment { amendment, comment: None }).await);
            }
        }
        6 => drop(
            clients
                .execute(&by, ApproveClient { client, notes: None, reviewed_look_alikes: Vec::new() })
                .await,
        ),
        7 if at == 0 => {
            drop(clients.execute(&by, BlacklistClient { client, reason, code: None, notes: None }).await);
        }
        7 => drop(clients.execute(&by, UndoBlacklist { client, reason, code: None, notes: None }).await),
        8 if at == 0 => {
            drop(clients.execute(&by, RejectClient { client, reason, code: None, notes: None }).await);
        }
        10 => {
            let found = store.find(&client).await.unwrap().unwrap();
            let value = ContactPoint::Email.value(&found.snapshot().details);
            let verify = VerifyContactPoint { client, value, means: reason, reference: None };
            drop(clients.execute(&by, verify).await);
        }
        // Mostly undone, so that the walk goes on.
        8 | 9 => drop(clients.execute(&by, UndoRejection { client, reason, code: None, notes: None }).await),
        _ => {
            let reference = TransactionReference::parse(&format!("TX-{}", random.below(50))).unwrap();
            let transaction = Transaction::of(reference);
            drop(clients.execute(&by, RecordTransaction { client, transaction }).await);
        }
    }
}

/// The oldest line of a history, replayed, after which only one person has entered and approved a value in force; also
/// how many values in force were checked. The values of the history must lead to those of the client.
fn violation(client: &Client, lines: &[HistoryEntry]) -> (Option<(u64, ClientField)>, usize) {
    let person = |line: &HistoryEntry| Person::of(&line.event.by.id);
    let creator = person(lines.first().unwrap());
    let fields = FieldValue::FIELDS.into_iter();
    let mut origins: BTreeMap<ClientField, (Person, BTreeSet<Person>)> =
        fields.map(|field| (field, (creator.clone(), BTreeSet::new()))).collect();
    let mut last: BTreeMap<ClientField, FieldValue> = BTreeMap::new();
    let mut looked_at = 0;
    for line in lines {
        let proposal =
            line.event.amendment.as_ref().filter(|_| line.event.kind == EventKind::AmendmentApproved);
        let proposer = proposal.map(|id| {
            let version = id.version();
            person(lines.iter().find(|line| line.event.version == version).unwrap())
        });
        for value in &line.values.changed {
            assert!(last.get(&value.field()).is_none_or(|before| *before == value.before));
            last.insert(value.field(), value.after.clone());
            let origin = match &proposer {
                Some(proposer) => (proposer.clone(), BTreeSet::from([person(line)])),
                None => (person(line), BTreeSet::new()),
            };
            origins.insert(value.field(), origin);
        }
        if line.event.kind == EventKind::Approved {
            for (_, approved) in origins.values_mut() {
                approved.insert(person(line));
            }
        }
        if line.event.kind == EventKind::ContactPointVerified {
            looked_at += 1;
            if origins[&ClientField::EmailAddress].0 == person(line) {
                return (Some((line.event.version.get(), ClientField::EmailVerification)), looked_at);
            }
        }
        if TwoPersons::STATES.contains(&line.event.to) {
            looked_at += origins.len();
            let alone =
                |(entered, approved): &(Person, BTreeSet<Person>)| approved.iter().all(|one| one == entered);
            if let Some((field, _)) = origins.iter().find(|(_, origin)| alone(origin)) {
                return (Some((line.event.version.get(), *field)), looked_at);
            }
        }
    }
    for (field, value) in last {
        assert_eq!(client.snapshot().value(field), Some(value), "{field:?}");
    }
    (None, looked_at)
}

/// Whether one of these histories has a violation, and how many values in force were checked.
async fn walk(
    store: Arc<dyn ClientStore>,
    clients: &Clients,
    histories: std::ops::Range<u64>,
) -> (bool, usize) {
    let mut looked_at = 0;
    for n in histories {
        let key = created(clients, n).await;
        let mut random = Random(n);
        for _ in 0..STEPS {
            step(clients, &key, &*store, n, &mut random).await;
        }
        let client = store.find(&ClientRef::Key(key.clone())).await.unwrap().unwrap();
        let page = HistoryPage { before: None, after: None, events: &[], limit: 1_000, with_values: true };
        let mut lines = store.history(&key, page).await.unwrap();
        lines.reverse();
        assert_eq!(lines.len(), usize::try_from(client.version().get()).unwrap());
        let (found, values) = violation(&client, &lines);
        looked_at += values;
        if found.is_some() {
            return (true, looked_at);
        }
    }
    (false, looked_at)
}

#[tokio::test]
async fn value_in_force_is_entered_and_approved_by_two_persons_in_memory() {
    let store: Arc<dyn ClientStore> = Arc::new(MemoryStore::new());
    let clients = bank(store.clone(), TwoPersons::everywhere(), true);
    let (found, looked_at) = walk(store, &clients, 0..500).await;
    assert!(!found && looked_at > 20_000, "{found} {looked_at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn value_in_force_is_entered_and_approved_by_two_persons_on_postgresql() {
    let database = Postgres::start().await;
    let store: Arc<dyn ClientStore> = Arc::new(database.store.clone());
    let clients = bank(store.clone(), TwoPersons::everywhere(), true);
    let (found, looked_at) = walk(store, &clients, 0..100).await;
    assert!(!found && looked_at > 4_000, "{found} {looked_at}");
}

#[tokio::test]
async fn bank_without_a_control_is_found_within_100_histories() {
    for (two_persons, four_eyes) in [(TwoPersons::default(), true), (TwoPersons::everywhere(), false)] {
        let store: Arc<dyn ClientStore> = Arc::new(MemoryStore::new());
        let clients = bank(store.clone(), two_persons, four_eyes);
        assert!(walk(store, &clients, 0..100).await.0, "{two_persons:?} {four_eyes}");
    }
    assert!(!TwoPersons::STATES.contains(&ClientState::PendingApproval));
}
