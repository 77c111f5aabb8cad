//! Codes of reasons, with what they meant when they were given, are returned as they were written.

use client_app::ports::ClientStore;
use client_domain::client::{AmendmentDecision, Change, Correction};
use client_domain::kyc::{ReviewAction, ReviewJustification};
use client_domain::lifecycle::{Facts, TRANSITIONS};
use client_domain::reason::Rejection;
use client_domain::value::{Gender, Notes, Reason};
use client_domain::{Blocker, Client, ClientState, Justification};

use super::given::{commit, given_client, given_pending};
use super::observed::{find, history_of};
use crate::fixtures::documents::{address_submitted, coded_reason, document, reviewer, submitted};
use crate::fixtures::{applicant, checker, maker, renamed, replacement};
use crate::harness::Harness;

fn because(code: &str) -> Justification {
    let reason = Some(Reason::parse("as 'agreed'").unwrap());
    Justification { reason, code: Some(coded_reason(code)), notes: None }
}

/// Each step is committed in a statement of its own; the client and its last line are returned to the last field.
async fn follow(store: &dyn ClientStore, client: &Client, change: Change) -> Client {
    commit(store, replacement(client, &change)).await;
    assert_eq!(find(store, client).await.as_ref(), Some(&change.client));
    let line = history_of(store, client.key()).await.swap_remove(0);
    assert_eq!(line.event, change.event);
    change.client
}

/// The code of a change of state is returned with its text, for every transition that needs a reason; a line without a
/// code has none.
pub async fn codes_come_back_with_their_line(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let facts = Facts::without_controls();
    for (n, row) in (1..).zip(TRANSITIONS.iter().filter(|row| row.reason_needed)) {
        let client = given_client(store, row.from.unwrap(), applicant(n)).await;
        let code = format!("{}.{n}", row.action.name());
        let change = client.perform(row.action, because(&code), &facts, &checker(300)).unwrap();
        assert!(change.event.reason_code.is_some());
        follow(store, &client, change).await;
        let lines = history_of(store, client.key()).await;
        assert!(lines.iter().skip(1).all(|line| line.event.reason_code.is_none()));
    }
}

fn rejected(client: &Client, n: i64, rejection: Option<Rejection>) -> Change {
    let comment = Some(Notes::parse("not genuine").unwrap());
    let justification = ReviewJustification { comment, rejection };
    let id = document(n, None, &maker(n)).id;
    client.review_document(&id, ReviewAction::Reject, justification, &reviewer(n)).unwrap()
}

/// The codes of rejected documents and addresses are returned, with whether they are final, and stay when another
/// document changes.
pub async fn codes_of_rejections_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let rejection = |code, is_final| Some(Rejection { reason: coded_reason(code), is_final });
    let rejected_address = |client: &Client, at: usize, rejection| {
        let comment = Some(Notes::parse("not there").unwrap());
        let justification = ReviewJustification { comment, rejection };
        let id = client.kyc().addresses[at].id.clone();
        client.review_address(&id, ReviewAction::Reject, justification, &reviewer(9)).unwrap()
    };
    let mut client = given_pending(store, applicant(1)).await;
    let steps: [&dyn Fn(&Client) -> Change; 12] = [
        &|client| submitted(client, 1, None),
        &|client| submitted(client, 2, None),
        &|client| submitted(client, 3, None),
        &|client| rejected(client, 1, rejection("forged", true)),
        &|client| rejected(client, 2, rejection("blurred", false)),
        &|client| rejected(client, 3, None),
        &|client| address_submitted(client, 1),
        &|client| address_submitted(client, 2),
        &|client| rejected_address(client, 0, rejection("unknown", false)),
        &|client| rejected_address(client, 1, None),
        &|client| submitted(client, 4, None),
        &|client| renamed(client, "Ngozi"),
    ];
    for step in steps {
        let change = step(&client);
        client = follow(store, &client, change).await;
    }
    let finally: Vec<_> =
        client.kyc().documents.iter().map(|one| one.verification.is_rejected_finally()).collect();
    assert_eq!(finally, [true, false, false, false]);
}

/// The code of a correction is returned with its open amendment, and the code of the rejection with its line.
pub async fn code_of_an_amendment_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_client(store, ClientState::Active, applicant(1)).await;
    let correction = Correction { gender: Some(Gender::Other), ..Correction::default() };
    let change = client.correct(correction, because("typing"), &Facts::without_controls(), &maker(310));
    let client = follow(store, &client, change.unwrap().change().unwrap()).await;
    assert_eq!(client.snapshot().amendments[0].reason_code, Some(coded_reason("typing")));
    let id = client.snapshot().amendments[0].id.clone();
    let justification = Justification { code: Some(coded_reason("no-deed")), ..Justification::default() };
    let change = client.decide_amendment(&id, AmendmentDecision::Reject, justification, &checker(311));
    follow(store, &client, change.unwrap()).await;
}

/// A client that is returned refuses the document that was rejected for good, as the client that was written did.
pub async fn final_rejection_stays_final(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_pending(store, applicant(1)).await;
    let change = submitted(&client, 1, None);
    let client = follow(store, &client, change).await;
    let rejection = Rejection { reason: coded_reason("forged"), is_final: true };
    let change = rejected(&client, 1, Some(rejection));
    follow(store, &client, change).await;
    let read = find(store, &client).await.unwrap();
    let mut again = document(1, None, &maker(5));
    again.id = document(2, None, &maker(5)).id;
    let refusal = read.submit_document(again, &maker(5)).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::RejectedFinally]);
}
