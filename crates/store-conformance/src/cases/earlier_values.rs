//! Values that an earlier release accepted, and that the rules for new ones refuse, are returned as they are stored: in the
//! client, in what waits for a second person, in who acted, and in the history.

use client_app::ports::ClientStore;
use client_domain::client::{
    AmendmentDecision, Application, Change, ContactPoint, ContactVerification, Correction, DetailsPatch,
    TwoPersons,
};
use client_domain::lifecycle::Facts;
use client_domain::value::{EmailAddress, IdentificationNumber, Reason};
use client_domain::{Actor, ActorId, AuditStamp, Client, ClientState};

use super::given::{commit, commit_path};
use super::observed::{by_key, find, history_of};
use crate::fixtures::documents::document;
use crate::fixtures::{applicant, checker, email, maker, moment, path_to, replacement};
use crate::harness::Harness;

/// The last one begins with the Cyrillic letter that looks like A. `#` is the number of the client.
const NUMBERS: [&str; 4] = ["N/A", "000", "- - -", "\u{410}12345#"];
const ADDRESSES: [&str; 3] =
    [r#""ada.obi"@example.com"#, r#""ada\.obi"@example.com"#, "ada\u{3164}@exam\u{1160}ple.com"];
/// A client whose approval is pending is corrected immediately, the other one by an amendment.
const STATES: [ClientState; 2] = [ClientState::PendingApproval, ClientState::Active];

fn two_persons() -> Facts {
    Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() }
}

/// Every case once in each state, as an applicant of its own.
fn in_each_state<const N: usize>(
    texts: [&'static str; N],
) -> impl Iterator<Item = (ClientState, Application, &'static str)> {
    let pairs = STATES.into_iter().flat_map(move |state| texts.map(|text| (state, text)));
    (1..).zip(pairs).map(|(n, (state, text))| (state, applicant(n), text))
}

fn stored_number(text: &str) -> IdentificationNumber {
    assert!(IdentificationNumber::parse(text).is_err(), "a new one is refused");
    IdentificationNumber::restore(text).unwrap()
}

fn stored_email(text: &str) -> EmailAddress {
    assert!(EmailAddress::parse(text).is_err(), "a new one is refused");
    EmailAddress::restore(text).unwrap()
}

/// Commits a change, whose client and line of history come back by every read.
async fn follow(store: &dyn ClientStore, client: Client, change: Change) -> Client {
    let changeset = replacement(&client, &change);
    let line = changeset.history[0].clone();
    commit(store, changeset).await;
    assert_eq!(find(store, &change.client).await.as_ref(), Some(&change.client));
    assert_eq!(store.load(&by_key(&client), None).await.unwrap().client.as_ref(), Some(&change.client));
    assert_eq!(history_of(store, client.key()).await.first(), Some(&line));
    change.client
}

/// The client after the change, and after the approval of what waits.
async fn in_force(store: &dyn ClientStore, client: Client, change: Change) -> Client {
    let client = follow(store, client, change).await;
    let Some(open) = client.snapshot().amendments.first() else { return client };
    let id = open.id.clone();
    let change = client.decide_amendment(&id, AmendmentDecision::Approve, None, &checker(230)).unwrap();
    follow(store, client, change).await
}

/// A stored number that stands in for one, or that only looks Latin, is corrected, at once or by an amendment, and client and
/// history are read with it; so is a document that has one.
pub async fn corrected_numbers_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (state, mut application, text) in in_each_state(NUMBERS) {
        let stored = stored_number(&text.replace('#', &application.id.to_string()));
        application.identification.number = stored.clone();
        let client = commit_path(store, &path_to(state, application)).await;
        let mut draft = document(client.id().get(), None, &maker(100));
        draft.number = stored;
        let change = client.submit_document(draft, &maker(100)).unwrap();
        let client = follow(store, client, change).await;
        let number = IdentificationNumber::parse(&format!("B-{:07}", client.id())).unwrap();
        let correction = Correction { identification_number: Some(number.clone()), ..Correction::default() };
        let why = Reason::parse("Seen in the original").unwrap();
        let change = client.correct(correction, why, &two_persons(), &maker(210)).unwrap().change().unwrap();
        let client = in_force(store, client, change).await;
        assert_eq!(client.snapshot().identification.number, number);
    }
}

/// A stored e-mail address with a quoted name or invisible characters is verified and then replaced, at once or by an
/// amendment, by a person who has such an address too; client and history are read with it.
pub async fn replaced_addresses_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (state, mut application, address) in in_each_state(ADDRESSES) {
        application.details.email = stored_email(&address.replace("ada", &format!("ada{}", application.id)));
        let client = commit_path(store, &path_to(state, application)).await;
        let verification = ContactVerification {
            value: ContactPoint::Email.value(&client.snapshot().details),
            stamp: checker(200),
            means: Reason::parse("A letter").unwrap(),
            reference: None,
        };
        let change = client.verify_contact_point(verification).unwrap();
        let client = follow(store, client, change).await;
        let clerk = Actor { id: ActorId::parse("clerk-3").unwrap(), email: Some(stored_email(address)) };
        let new = email(&format!("new-{}@example.com", client.id()));
        let patch = DetailsPatch { email: Some(new.clone()), ..DetailsPatch::default() };
        let stamp = AuditStamp::new(clerk, moment(210));
        let change = client.update(patch, &two_persons(), &stamp).unwrap().change().unwrap();
        let client = in_force(store, client, change).await;
        assert_eq!(client.snapshot().details.email, new);
    }
}
