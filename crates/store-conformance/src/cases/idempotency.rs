//! A repeated command is replayed and not done again.

use client_app::ports::{
    Changeset, ClientRef, Committed, OutcomeRecord, RequestKey, StoredData, StoredReply,
};
use client_domain::value::Version;
use client_domain::{ActorId, Client};
use serde_json::json;

use super::given::{commit, given_pending};
use super::observed::{by_key, outcome_of, refused};
use crate::fixtures::{
    applicant, creation, exclusive, keyed, maker, onboarded, outcome, renamed, replacement, request,
};
use crate::harness::Harness;

fn replayed(outcome: &OutcomeRecord) -> Committed {
    Committed::Replayed(Box::new(outcome.clone()))
}

/// The outcome that a commit stored is read together with the client, every part of it as it was written.
pub async fn an_outcome_is_loaded_with_the_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = onboarded(1);
    let stored = outcome(request(1), 1);
    commit(&*fresh.store, keyed(creation(&ada), stored.clone())).await;
    let loaded = fresh.store.load(&by_key(&ada.client), Some(&request(1))).await.unwrap();
    assert_eq!((loaded.client, loaded.outcome), (Some(ada.client), Some(stored)));
}

/// The outcome is found whether or not the client is, and whichever client is asked for.
pub async fn an_outcome_is_loaded_without_the_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let stored = outcome(request(1), 1);
    commit(&*fresh.store, keyed(creation(&onboarded(1)), stored.clone())).await;
    for unknown in [by_key(&onboarded(2).client), ClientRef::Id(onboarded(2).client.id())] {
        let loaded = fresh.store.load(&unknown, Some(&request(1))).await.unwrap();
        assert_eq!((loaded.client, loaded.outcome), (None, Some(stored.clone())));
    }
}

/// Without a key, and under a key that was not used, there is no outcome.
pub async fn no_outcome_is_loaded_under_another_key(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = onboarded(1);
    commit(&*fresh.store, keyed(creation(&ada), outcome(request(1), 1))).await;
    assert_eq!(fresh.store.load(&by_key(&ada.client), None).await.unwrap().outcome, None);
    assert_eq!(outcome_of(&*fresh.store, &ada.client, &request(2)).await, None);
}

/// A commit whose key has an outcome for the same body is answered with the reply that was stored, unchanged,
/// and writes nothing.
pub async fn a_repeated_commit_is_answered_with_the_stored_reply(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let before = given_pending(&*fresh.store, applicant(1)).await;
    let change = renamed(&before, "Ngozi");
    let stored = outcome(request(1), 1);
    commit(&*fresh.store, keyed(replacement(&before, &change), stored.clone())).await;

    // The second attempt computed another answer; the first one counts.
    let mut second = outcome(request(1), 1);
    second.reply.data = StoredData::Sealed("attempt-2".to_owned());
    let again = keyed(replacement(&change.client, &renamed(&change.client, "Ifeoma")), second);
    assert_eq!(refused(&fresh, again).await, replayed(&stored));
}

/// A reply of any shape is stored as it is: sealed or, of an earlier release, in plain, with texts in any script, numbers
/// up to the largest, nothing at all.
pub async fn a_reply_of_any_shape_is_kept(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let texts = json!({ "name": "李小龍 \"Ọlá\" \\ '%_", "line": "a\nb\tc", "empty": "", "emoji": "🙂" });
    let numbers = json!({ "great": i64::MAX, "small": i64::MIN, "half": 0.5, "zero": 0 });
    let nested = json!({ "list": [1, [true, null], { "b": 1, "a": {} }], "nothing": null });
    let plain = [texts, numbers, nested, json!({})].map(StoredData::Plain);
    let sealed = ["", "q83v-_", "\"'\\{}"].map(|text| StoredData::Sealed(text.to_owned()));
    for (n, data) in plain.into_iter().chain(sealed).enumerate() {
        let mut stored = outcome(request(n), 1);
        let version = (n % 2 == 0).then_some(Version::FIRST);
        stored.reply = StoredReply { message: format!("Done: “{n}”"), data, version };
        let kept = Changeset { outcome: Some(stored.clone()), ..Changeset::default() };
        commit(&*fresh.store, kept.clone()).await;
        assert_eq!(fresh.store.commit(kept).await.unwrap(), replayed(&stored));
        assert_eq!(outcome_of(&*fresh.store, &onboarded(1).client, &request(n)).await, Some(stored));
    }
}

/// A replay is answered before anything else: before a stale version, which the first commit leads to …
pub async fn replay_comes_before_stale(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let before = given_pending(&*fresh.store, applicant(1)).await;
    let update = replacement(&before, &renamed(&before, "Ngozi"));
    let stored = outcome(request(1), 1);
    let once = keyed(update, stored.clone());
    commit(&*fresh.store, once.clone()).await;
    assert_eq!(refused(&fresh, once).await, replayed(&stored));
}

/// … before a claim that is taken …
pub async fn replay_comes_before_claim_taken(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let stored = outcome(request(1), 1);
    commit(&*fresh.store, keyed(creation(&onboarded(1)), stored.clone())).await;

    // Another attempt at the same creation, with a fresh key and number.
    let mut again = applicant(1);
    (again.key, again.id) = (applicant(2).key, applicant(2).id);
    let again = creation(&Client::onboard(again, &maker(1)));
    assert_eq!(refused(&fresh, keyed(again, stored.clone())).await, replayed(&stored));
}

/// … and before a key or id that exists already: a commit whose answer was lost may be sent again as it is.
pub async fn a_creation_sent_again_is_replayed(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let stored = outcome(request(1), 1);
    let once = keyed(creation(&onboarded(1)), stored.clone());
    commit(&*fresh.store, once.clone()).await;
    assert_eq!(refused(&fresh, once).await, replayed(&stored));
}

/// The same key with another body is refused, before staleness and before a claim that is taken.
pub async fn a_key_used_for_another_body_is_refused(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = onboarded(1);
    commit(store, keyed(creation(&ada), outcome(request(1), 1))).await;

    let another = keyed(creation(&onboarded(2)), outcome(request(1), 2));
    assert_eq!(refused(&fresh, another).await, Committed::KeyReused);

    let mut collides = keyed(creation(&onboarded(2)), outcome(request(1), 2));
    collides.take = ada.client.claims().into_iter().map(exclusive).collect();
    assert_eq!(refused(&fresh, collides).await, Committed::KeyReused);

    let change = renamed(&ada.client, "Ngozi");
    commit(store, replacement(&ada.client, &change)).await;
    let stale = keyed(replacement(&ada.client, &renamed(&ada.client, "Ifeoma")), outcome(request(1), 2));
    assert_eq!(refused(&fresh, stale).await, Committed::KeyReused);
}

/// A key belongs to one actor and one command: no actor gets the outcome of another.
pub async fn a_key_belongs_to_one_actor_and_one_command(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let others = [
        request(1),
        RequestKey { actor: ActorId::parse("maker-2").unwrap(), ..request(1) },
        RequestKey { actor: ActorId::parse("MAKER-1").unwrap(), ..request(1) },
        RequestKey { command: "UpdateClientCommand".to_owned(), ..request(1) },
    ];
    for (n, request) in (1..).zip(&others) {
        let body = u8::try_from(n).unwrap();
        commit(&*fresh.store, keyed(creation(&onboarded(n)), outcome(request.clone(), body))).await;
    }
    for (body, request) in (1..).zip(&others) {
        let stored = outcome_of(&*fresh.store, &onboarded(1).client, request).await;
        assert_eq!(stored, Some(outcome(request.clone(), body)));
    }
}

/// The outcome of a command that changed nothing is stored without a client, and replayed.
pub async fn an_outcome_alone_is_kept(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let stored = outcome(request(1), 1);
    let alone = Changeset { outcome: Some(stored.clone()), ..Changeset::default() };
    commit(&*fresh.store, alone.clone()).await;

    assert_eq!(outcome_of(&*fresh.store, &ada, &request(1)).await, Some(stored.clone()));
    assert_eq!(fresh.store.commit(alone).await.unwrap(), replayed(&stored));
    let reused = Changeset { outcome: Some(outcome(request(1), 2)), ..Changeset::default() };
    assert_eq!(fresh.store.commit(reused).await.unwrap(), Committed::KeyReused);
    assert_eq!(fresh.store.find(&by_key(&ada)).await.unwrap(), Some(ada));
}

/// A refused commit leaves its key free: the caller may correct the body and send it under the same key.
pub async fn a_refused_commit_leaves_its_key_free(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let before = given_pending(store, applicant(1)).await;
    let change = renamed(&before, "Ngozi");
    commit(store, replacement(&before, &change)).await;

    let stale = keyed(replacement(&before, &renamed(&before, "Ifeoma")), outcome(request(1), 1));
    assert_eq!(refused(&fresh, stale).await, Committed::Stale);
    let mut duplicate = applicant(2);
    duplicate.details.email = before.snapshot().details.email.clone();
    let duplicate = creation(&Client::onboard(duplicate, &maker(2)));
    let answer = refused(&fresh, keyed(duplicate, outcome(request(1), 2))).await;
    assert!(matches!(answer, Committed::ClaimTaken(_)), "{answer:?}");

    commit(store, keyed(creation(&onboarded(2)), outcome(request(1), 3))).await;
}
