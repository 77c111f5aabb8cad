//! Claims prevent two clients from having a value that only one should have.

use std::collections::BTreeSet;

use client_app::ports::{Changeset, ClaimToTake, Committed};
use client_domain::lifecycle::Action;
use client_domain::{Claim, ClaimKind, Client, ClientState};

use super::given::{commit, given_client, given_pending};
use super::observed::{find, is_claimed, refused};
use crate::fixtures::{
    applicant, checker, creation, email, exclusive, identification, keyed, maker, onboarded, outcome,
    performed, renamed, replacement, request, shared, with_email,
};
use crate::harness::{Fresh, Harness};

/// Clients 1 and 2, and one claim that client 1 takes in the first way; the answer when client 2 takes it in the second.
async fn second_taker(
    fresh: &Fresh,
    first: fn(Claim) -> ClaimToTake,
    second: fn(Claim) -> ClaimToTake,
) -> (Claim, Changeset) {
    let claim = Claim::email(&email("one@example.com"));
    let ada = Changeset { take: vec![first(claim.clone())], ..creation(&onboarded(1)) };
    commit(&*fresh.store, ada).await;
    let bola = Changeset { take: vec![second(claim.clone())], ..creation(&onboarded(2)) };
    (claim, bola)
}

fn taken(kinds: &[ClaimKind]) -> Committed {
    Committed::ClaimTaken(kinds.iter().copied().collect())
}

/// A claim that one client has exclusively cannot be taken exclusively by another; nothing of the refused commit is
/// written.
pub async fn exclusive_after_exclusive_is_refused(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (_, bola) = second_taker(&fresh, exclusive, exclusive).await;
    let answer = refused(&fresh, keyed(bola, outcome(request(1), 1))).await;
    assert_eq!(answer, taken(&[ClaimKind::Email]));
}

/// A claim that one client shares cannot be taken exclusively by another: earlier clients count.
pub async fn exclusive_after_shared_is_refused(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (_, bola) = second_taker(&fresh, shared, exclusive).await;
    assert_eq!(refused(&fresh, bola).await, taken(&[ClaimKind::Email]));
}

/// A shared claim is never refused, not even where another client has it exclusively.
pub async fn shared_after_exclusive_is_done(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (claim, bola) = second_taker(&fresh, exclusive, shared).await;
    commit(&*fresh.store, bola).await;
    assert!(is_claimed(&*fresh.store, &claim, Some(&onboarded(1).client)).await, "client 2 has it too");
}

/// Shared claims are written too, so that a later exclusive one is refused.
pub async fn shared_after_shared_is_done_and_written(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (claim, bola) = second_taker(&fresh, shared, shared).await;
    commit(&*fresh.store, bola).await;
    assert!(is_claimed(&*fresh.store, &claim, Some(&onboarded(1).client)).await);
    assert!(is_claimed(&*fresh.store, &claim, Some(&onboarded(2).client)).await);
    let third = Changeset { take: vec![exclusive(claim)], ..creation(&onboarded(3)) };
    assert_eq!(refused(&fresh, third).await, taken(&[ClaimKind::Email]));
}

/// Each kind of claim is refused on its own, and named.
pub async fn every_kind_of_claim_is_refused_by_name(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    for claim in ada.claims() {
        let mut second = creation(&onboarded(2));
        second.take.retain(|take| take.claim.kind() != claim.kind());
        second.take.push(exclusive(claim.clone()));
        assert_eq!(refused(&fresh, second).await, taken(&[claim.kind()]));
    }
}

/// Where several claims are taken at least one of them is named, and no other; claims of one commit that are
/// free are not written when another is refused.
pub async fn only_claims_that_are_taken_are_named(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut ada = applicant(1);
    let bola = applicant(2);
    ada.details.email = bola.details.email.clone();
    ada.details.phone = bola.details.phone.clone();
    given_pending(&*fresh.store, ada).await;

    let Committed::ClaimTaken(kinds) = refused(&fresh, creation(&Client::onboard(bola, &maker(2)))).await
    else {
        panic!("two claims are taken");
    };
    assert!(!kinds.is_empty());
    assert!(kinds.is_subset(&BTreeSet::from([ClaimKind::Email, ClaimKind::Phone])), "{kinds:?}");
}

/// An update can be refused for a claim as a creation can, and keeps the claim that it was to release.
pub async fn update_that_takes_a_held_claim_writes_nothing(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let bola = given_pending(&*fresh.store, applicant(2)).await;
    let theft = with_email(&bola, ada.snapshot().details.email.as_str());
    let theft = keyed(replacement(&bola, &theft), outcome(request(1), 1));
    assert_eq!(refused(&fresh, theft).await, taken(&[ClaimKind::Email]));
}

/// A client may take a claim that it has: only claims of other clients conflict.
pub async fn client_may_retake_its_own_claim(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let change = renamed(&ada, "Ngozi");
    let mut again = replacement(&ada, &change);
    again.take = ada.claims().into_iter().map(exclusive).collect();
    commit(&*fresh.store, again).await;
    for claim in ada.claims() {
        assert!(is_claimed(&*fresh.store, &claim, None).await);
        assert!(!is_claimed(&*fresh.store, &claim, Some(&ada)).await);
    }
}

/// A released claim is free, and the one that was taken instead is the client's.
pub async fn released_claim_is_free(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let [old, new] = [ada.snapshot().details.email.as_str(), "ada@new.example"].map(email);
    commit(store, replacement(&ada, &with_email(&ada, new.as_str()))).await;
    assert!(!is_claimed(store, &Claim::email(&old), None).await);
    assert!(is_claimed(store, &Claim::email(&new), None).await);

    let mut successor = applicant(2);
    successor.details.email = old;
    given_pending(store, successor).await;
    let mut late = applicant(3);
    late.details.email = new;
    let late = creation(&Client::onboard(late, &maker(3)));
    assert_eq!(refused(&fresh, late).await, taken(&[ClaimKind::Email]));
}

/// A release takes a claim from this client only: other holders keep it.
pub async fn released_claim_stays_with_its_other_holders(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let (claim, bola) = second_taker(&fresh, shared, shared).await;
    commit(store, bola).await;
    let ada = onboarded(1).client;
    let mut gives_up = replacement(&ada, &renamed(&ada, "Ngozi"));
    gives_up.release = vec![claim.clone()];
    commit(store, gives_up).await;

    assert!(!is_claimed(store, &claim, Some(&onboarded(2).client)).await, "client 1 has it no longer");
    assert!(is_claimed(store, &claim, Some(&ada)).await, "client 2 still has it");
    let third = Changeset { take: vec![exclusive(claim)], ..creation(&onboarded(3)) };
    assert_eq!(refused(&fresh, third).await, taken(&[ClaimKind::Email]));
}

/// Releasing a claim that only another client has does nothing.
pub async fn release_of_a_foreign_claim_does_nothing(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let bola = given_pending(store, applicant(2)).await;
    let mut theft = replacement(&bola, &renamed(&bola, "Ngozi"));
    theft.release = ada.claims();
    commit(store, theft).await;
    for claim in ada.claims() {
        assert!(is_claimed(store, &claim, Some(&bola)).await);
    }
}

/// A client that is rejected or exits releases every claim, so that the same person may apply anew.
pub async fn rejected_or_exited_client_releases_its_claims(harness: &dyn Harness) {
    for end in [ClientState::Rejected, ClientState::Exited] {
        let fresh = harness.fresh().await;
        let gone = given_client(&*fresh.store, end, applicant(1)).await;
        let mut anew = applicant(1);
        (anew.key, anew.id) = (applicant(2).key, applicant(2).id);
        let anew = given_pending(&*fresh.store, anew).await;
        assert_eq!(find(&*fresh.store, &gone).await, Some(gone.clone()), "the old client is still there");
        for claim in anew.claims() {
            assert!(is_claimed(&*fresh.store, &claim, Some(&gone)).await);
        }
    }
}

/// An undone rejection takes every claim again; it is refused while another client has one of them.
pub async fn undone_rejection_takes_the_claims_again(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let rejected = given_client(store, ClientState::Rejected, applicant(1)).await;
    let mut anew = applicant(1);
    (anew.key, anew.id) = (applicant(2).key, applicant(2).id);
    let anew = given_pending(store, anew).await;

    let undone = performed(&rejected, Action::UndoReject, &checker(50));
    let answer = refused(&fresh, replacement(&rejected, &undone)).await;
    assert!(matches!(answer, Committed::ClaimTaken(_)), "{answer:?}");
    assert_eq!(find(store, &rejected).await.as_ref(), Some(&rejected));

    commit(store, replacement(&anew, &performed(&anew, Action::Lapse, &checker(51)))).await;
    commit(store, replacement(&rejected, &undone)).await;
    assert_eq!(find(store, &rejected).await.as_ref(), Some(&undone.client));
    for claim in undone.client.claims() {
        assert!(is_claimed(store, &claim, Some(&anew)).await);
    }
    let third = Changeset { take: vec![exclusive(email_of(&undone.client))], ..creation(&onboarded(3)) };
    assert_eq!(refused(&fresh, third).await, taken(&[ClaimKind::Email]));
}

fn email_of(client: &Client) -> Claim {
    Claim::email(&client.snapshot().details.email)
}

/// A blacklisted client keeps every claim, so that the person does not come back under another key.
pub async fn blacklisted_client_keeps_its_claims(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_client(&*fresh.store, ClientState::BlackListed, applicant(1)).await;
    let mut anew = applicant(1);
    (anew.key, anew.id) = (applicant(2).key, applicant(2).id);
    let answer = refused(&fresh, creation(&Client::onboard(anew, &maker(2)))).await;
    assert!(matches!(answer, Committed::ClaimTaken(_)), "{answer:?}");
}

/// A store names the kinds of exactly the claims that other clients have, without those of the excepted client; it does
/// not matter whether they are exclusive.
pub async fn claimed_answers_the_claims_of_other_clients(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let bola = onboarded(2);
    let take = bola.client.claims().into_iter().map(shared).collect();
    commit(store, Changeset { take, ..creation(&bola) }).await;

    let all: BTreeSet<_> = ada.claims().iter().map(Claim::kind).collect();
    for client in [&ada, &bola.client] {
        assert_eq!(store.claimed(&client.claims(), None).await.unwrap(), all);
        assert_eq!(store.claimed(&client.claims(), Some(client.key())).await.unwrap(), BTreeSet::new());
    }
    assert_eq!(store.claimed(&ada.claims(), Some(bola.client.key())).await.unwrap(), all);
    assert_eq!(store.claimed(&[], None).await.unwrap(), BTreeSet::new());
    assert_eq!(store.claimed(&onboarded(3).client.claims(), None).await.unwrap(), BTreeSet::new());
    let mixed = [Claim::phone(&ada.snapshot().details.phone), Claim::email(&email("nobody@example.com"))];
    assert_eq!(store.claimed(&mixed, None).await.unwrap(), BTreeSet::from([ClaimKind::Phone]));
}

/// A claim is compared exactly and as a whole, in any length and script.
pub async fn a_claim_is_compared_to_its_last_character(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let kind = "護".repeat(IDENTIFICATION_KIND);
    let number = "ß".repeat(IDENTIFICATION_NUMBER - 1);
    let mut ada = applicant(1);
    ada.identification = identification(&kind, &format!("{number}1"));
    given_pending(&*fresh.store, ada).await;

    let mut bola = applicant(2);
    bola.identification = identification(&kind, &format!("{number}2"));
    given_pending(&*fresh.store, bola).await;

    let mut third = applicant(3);
    third.identification = identification(&kind, &format!("{number}1"));
    let third = creation(&Client::onboard(third, &maker(3)));
    assert_eq!(refused(&fresh, third).await, taken(&[ClaimKind::Identification]));
}

const IDENTIFICATION_KIND: usize = client_domain::value::IdentificationType::MAX;
const IDENTIFICATION_NUMBER: usize = client_domain::value::IdentificationNumber::MAX;
