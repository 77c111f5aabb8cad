//! Two concurrent commits end as if they were sequential.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use client_app::ports::{Changeset, Committed, Outbox, ReceiverName, StoreError};
use client_domain::value::ClientId;
use client_domain::{Claim, ClaimKind, Client, ClientState};

use super::given::{delivered, given_client, given_pending};
use super::observed::{all_clients, find, history_of, is_claimed, pending_events};
use crate::fixtures::{
    applicant, creation, email, exclusive, keyed, maker, moment, onboarded, outcome, replacement, request,
    shared, with_email,
};
use crate::harness::{Fresh, Harness, race};

const RACERS: i64 = 16;

/// Commits all of these concurrently.
async fn commit_concurrently(
    harness: &dyn Harness,
    fresh: &Fresh,
    changesets: Vec<Changeset>,
) -> Vec<Result<Committed, StoreError>> {
    let racers = changesets.into_iter().map(|changeset| {
        let store = Arc::clone(&fresh.store);
        async move { store.commit(changeset).await }
    });
    race(harness, racers).await
}

/// Exactly one of these was done; the others.
fn all_but_one_done(answers: Vec<Result<Committed, StoreError>>) -> Vec<Committed> {
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let (done, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| *answer == Committed::Done);
    assert_eq!(done.len(), 1, "{others:?}");
    others
}

/// One command sent many times concurrently is done once, and all others get its reply.
pub async fn concurrent_commits_under_one_key_are_done_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let stored = outcome(request(1), 1);
    // Each attempt made its own key and number, as the application does.
    let attempts = (1..=RACERS).map(|n| {
        let mut application = applicant(1);
        (application.key, application.id) = (applicant(n).key, applicant(n).id);
        keyed(creation(&Client::onboard(application, &maker(1))), stored.clone())
    });
    let others = all_but_one_done(commit_concurrently(harness, &fresh, attempts.collect()).await);
    for answer in others {
        assert_eq!(answer, Committed::Replayed(Box::new(stored.clone())));
    }
    assert_eq!(all_clients(&*fresh.store).await.len(), 1);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), 1);
}

/// The very same changeset committed many times concurrently is done once, and replayed to the others.
pub async fn concurrent_copies_of_a_changeset_are_done_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let stored = outcome(request(1), 1);
    let once = keyed(creation(&onboarded(1)), stored.clone());
    let attempts = vec![once; usize::try_from(RACERS).unwrap()];
    for answer in all_but_one_done(commit_concurrently(harness, &fresh, attempts).await) {
        assert_eq!(answer, Committed::Replayed(Box::new(stored.clone())));
    }
}

/// One key with many concurrent bodies: one is done, and all others are refused because the key was used.
pub async fn concurrent_bodies_under_one_key_are_done_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let attempts = (1..=RACERS)
        .map(|n| keyed(creation(&onboarded(n)), outcome(request(1), u8::try_from(n).unwrap())))
        .collect();
    for answer in all_but_one_done(commit_concurrently(harness, &fresh, attempts).await) {
        assert_eq!(answer, Committed::KeyReused);
    }
    assert_eq!(all_clients(&*fresh.store).await.len(), 1);
}

/// Of many writers that read one version, one writes; all others are stale, and one line of history is added.
pub async fn one_version_is_replaced_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let read = given_pending(&*fresh.store, applicant(1)).await;
    let attempts = (1..=RACERS)
        .map(|n| replacement(&read, &with_email(&read, &format!("racer-{n}@example.com"))))
        .collect();
    for answer in all_but_one_done(commit_concurrently(harness, &fresh, attempts).await) {
        assert_eq!(answer, Committed::Stale);
    }
    assert_eq!(history_of(&*fresh.store, read.key()).await.len(), 2);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), 2);
    let winner = find(&*fresh.store, &read).await.unwrap();
    let mut claims = 0;
    for n in 1..=RACERS {
        let address = email(&format!("racer-{n}@example.com"));
        let claimed = is_claimed(&*fresh.store, &Claim::email(&address), None).await;
        assert_eq!(claimed, winner.snapshot().details.email == address);
        claims += usize::from(claimed);
    }
    assert_eq!(claims, 1, "only the winner's claim was written");
}

/// Of many clients that take one claim exclusively, one gets it.
pub async fn one_claim_is_taken_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let attempts = (1..=RACERS)
        .map(|n| {
            let mut application = applicant(n);
            application.details.phone = applicant(1).details.phone;
            creation(&Client::onboard(application, &maker(n)))
        })
        .collect();
    for answer in all_but_one_done(commit_concurrently(harness, &fresh, attempts).await) {
        assert_eq!(answer, Committed::ClaimTaken([ClaimKind::Phone].into()));
    }
    assert_eq!(all_clients(&*fresh.store).await.len(), 1);
}

/// It does not matter in which order a changeset names its claims: no two commits deadlock.
pub async fn claims_in_any_order_are_taken_once(harness: &dyn Harness) {
    for round in 0..8 {
        let fresh = harness.fresh().await;
        let attempts = (1..=RACERS)
            .map(|n| {
                let mut changeset = creation(&onboarded(n));
                changeset.take = onboarded(1).client.claims().into_iter().map(exclusive).collect();
                let turn = usize::try_from(n + round).unwrap() % 3;
                changeset.take.rotate_left(turn);
                changeset
            })
            .collect();
        for answer in all_but_one_done(commit_concurrently(harness, &fresh, attempts).await) {
            assert!(matches!(answer, Committed::ClaimTaken(_)), "{answer:?}");
        }
        if round == 1 {
            assert_eq!(all_clients(&*fresh.store).await.len(), 1);
        }
    }
}

/// Shared claims never fail, whichever client takes the same one exclusively at the same time; and the client
/// with the exclusive claim was first.
pub async fn concurrent_shared_claims_are_all_taken(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let claim = Claim::email(&email("family@example.com"));
    let changesets = (1..=RACERS).map(|n| {
        let take = if n == 1 { exclusive(claim.clone()) } else { shared(claim.clone()) };
        Changeset { take: vec![take], ..creation(&onboarded(n)) }
    });
    let answers = commit_concurrently(harness, &fresh, changesets.collect()).await;
    let refused: Vec<_> =
        answers.into_iter().map(Result::unwrap).filter(|answer| *answer != Committed::Done).collect();
    assert!(refused.len() <= 1, "only the exclusive one can be refused: {refused:?}");
    let first = find(&*fresh.store, &onboarded(1).client).await;
    assert_eq!(first.is_none(), refused.len() == 1);
    assert_eq!(all_clients(&*fresh.store).await.len(), usize::try_from(RACERS).unwrap() - refused.len());
}

/// A claim that is released and taken at the same time has one holder, or had none when it was asked for.
pub async fn claim_passes_between_clients_atomically(harness: &dyn Harness) {
    for _ in 0..8 {
        let fresh = harness.fresh().await;
        let store = &*fresh.store;
        let ada = given_pending(store, applicant(1)).await;
        let old = ada.snapshot().details.email.clone();
        let mut successor = applicant(2);
        successor.details.email = old.clone();
        let successor = Client::onboard(successor, &maker(2));
        let gives_up = replacement(&ada, &with_email(&ada, "new@example.com"));
        let answers = commit_concurrently(harness, &fresh, vec![gives_up, creation(&successor)]).await;

        let inherited = find(store, &successor.client).await.is_some();
        let done = answers.iter().filter(|answer| matches!(answer, Ok(Committed::Done))).count();
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(done, if inherited { 2 } else { 1 }, "giving up is done in any case");
        assert_eq!(is_claimed(store, &Claim::email(&old), None).await, inherited);
    }
}

/// A key or id that many commits give to a new client concurrently is one client's; the other commits are
/// corrupt.
pub async fn concurrent_inserts_with_one_id_are_done_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let attempts = (1..=RACERS).map(|n| {
        let mut application = applicant(n);
        application.id = ClientId::new(1).unwrap();
        creation(&Client::onboard(application, &maker(n)))
    });
    let answers = commit_concurrently(harness, &fresh, attempts.collect()).await;
    let done = answers.iter().filter(|answer| matches!(answer, Ok(Committed::Done))).count();
    let corrupt = answers.iter().filter(|answer| matches!(answer, Err(StoreError::Corrupt { .. }))).count();
    assert_eq!((done, corrupt), (1, answers.len() - 1), "{answers:?}");
    assert_eq!(all_clients(&*fresh.store).await.len(), 1);
}

/// Commits that have nothing to do with each other are all done.
pub async fn unrelated_commits_are_all_done(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let changesets: Vec<_> = (1..=4 * RACERS)
        .map(|n| keyed(creation(&onboarded(n)), outcome(request(usize::try_from(n).unwrap()), 1)))
        .collect();
    let count = changesets.len();
    for answer in commit_concurrently(harness, &fresh, changesets).await {
        assert_eq!(answer.unwrap(), Committed::Done);
    }
    assert_eq!(all_clients(&*fresh.store).await.len(), count);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), count);
}

/// Numbers reserved concurrently are all different.
pub async fn concurrently_reserved_ids_differ(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let racers = (0..RACERS).map(|_| {
        let store = Arc::clone(&fresh.store);
        async move {
            let mut ids = Vec::new();
            for _ in 0..20 {
                ids.push(store.reserve_id().await.unwrap());
            }
            ids
        }
    });
    let ids: Vec<_> = race(harness, racers).await.into_iter().flatten().collect();
    let different: BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}

/// Relays that take concurrently share the events: none is taken twice, none is lost, and each client's come in
/// order.
pub async fn relays_share_the_events(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=10 {
        given_client(&*fresh.store, ClientState::Active, applicant(n)).await;
    }
    let reported = Arc::new(Mutex::new(Vec::new()));
    let relay = |outbox: Arc<dyn Outbox>| {
        let reported = Arc::clone(&reported);
        async move {
            loop {
                let batch = outbox.take(&ReceiverName::DEFAULT, 3, moment(0), moment(3_600)).await.unwrap();
                if batch.is_empty() {
                    break;
                }
                reported.lock().unwrap().extend(batch.iter().map(|taken| taken.event.clone()));
                outbox.settle(&ReceiverName::DEFAULT, &delivered(&batch, 0)).await.unwrap();
            }
        }
    };
    race(harness, (0..4).map(|_| relay(Arc::clone(&fresh.outbox)))).await;
    // A relay may have found every event leased and left; the last relay takes the rest.
    relay(Arc::clone(&fresh.outbox)).await;

    let reported = reported.lock().unwrap();
    let different: BTreeSet<_> = reported.iter().map(|event| &event.id).collect();
    assert_eq!((reported.len(), different.len()), (30, 30));
    for n in 1..=10 {
        let key = applicant(n).key;
        let versions: Vec<_> =
            reported.iter().filter(|event| event.client == key).map(|event| event.version.get()).collect();
        assert_eq!(versions, [1, 2, 3]);
    }
}
