//! Several receivers of events: each has a queue of its own, and none waits for another.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, EventFilter, EventId, OutboxEvent, ReceiverName,
    Registration, Verdict,
};
use client_domain::{Client, ClientState, EventKind};

use super::given::{commit, commit_path, delivered, given_client, given_pending};
use super::lease::{dead, dead_lettered, postponed, settle_all, take, take_of};
use super::observed::{events, versions};
use crate::fixtures::{applicant, creation, moment, path_to, renamed, replacement};
use crate::harness::{Fresh, Harness, race};

const FAR: i64 = 3_600 * 24 * 365;

fn name(text: &str) -> ReceiverName {
    ReceiverName::parse(text).unwrap()
}

/// Registers a receiver at second 0.
async fn register(fresh: &Fresh, text: &str, filter: EventFilter) -> ReceiverName {
    let receiver = name(text);
    fresh.outbox.register(&receiver, &filter, moment(0)).await.unwrap();
    receiver
}

/// Takes everything that a receiver may have, reports it as delivered, and answers the versions of each client's events.
async fn deliver_all(fresh: &Fresh, receiver: &ReceiverName, client: &Client, now: i64) -> Vec<u64> {
    let taken = take_of(fresh, receiver, 100, now).await;
    fresh.outbox.settle(receiver, &delivered(&taken, now)).await.unwrap();
    versions(&taken, client)
}

/// A receiver gets the events of commits after its registration, unchanged, and none from before; one that is not
/// registered gets none.
pub async fn new_receiver_gets_events_from_its_registration_on(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let path = path_to(ClientState::Active, applicant(1));
    commit(&*fresh.store, creation(&path[0])).await;
    assert_eq!(take_of(&fresh, &name("crm"), 100, 0).await, [], "it is not registered");
    let crm = register(&fresh, "crm", EventFilter::All).await;
    let mut written = Vec::new();
    for step in path.windows(2) {
        let next = replacement(&step[0].client, &step[1]);
        written.extend(next.events.clone());
        commit(&*fresh.store, next).await;
    }
    fresh.outbox.register(&crm, &EventFilter::All, moment(50)).await.unwrap();
    let taken = take_of(&fresh, &crm, 100, 0).await;
    assert_eq!(events(&taken), written);
    assert!(taken.iter().all(|taken| taken.failures == 0), "no attempt has been made");
    assert_eq!(take(&fresh, 100, 0).await.len(), 3, "the default receiver has every event");
    let registered = Registration { receiver: crm, filter: EventFilter::All, since: moment(0) };
    assert_eq!(fresh.outbox.receivers().await.unwrap(), [registered]);
}

/// Events that the filter does not take are not handed out, and delay no later event of their client.
pub async fn filtered_event_leaves_no_gap(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let only = EventFilter::Only([EventKind::Created, EventKind::Activated, EventKind::Corrected].into());
    let crm = register(&fresh, "crm", only).await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    assert_eq!(versions(&take_of(&fresh, &crm, 1, 0).await, &ada), [1]);
    assert_eq!(deliver_all(&fresh, &crm, &ada, 20).await, [1, 3], "the approval is not asked for");
    assert_eq!(take_of(&fresh, &crm, 100, FAR).await, []);
    assert_eq!(versions(&take(&fresh, 100, 0).await, &ada), [1, 2, 3]);
}

/// A filter that is replaced counts for later commits; what waits goes on waiting.
pub async fn a_filter_is_replaced_for_later_commits(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let path = path_to(ClientState::Active, applicant(1));
    let crm = register(&fresh, "crm", EventFilter::Only([EventKind::Created].into())).await;
    commit(&*fresh.store, creation(&path[0])).await;
    commit(&*fresh.store, replacement(&path[0].client, &path[1])).await;
    let filter = EventFilter::Only([EventKind::Activated].into());
    fresh.outbox.register(&crm, &filter, moment(60)).await.unwrap();
    commit(&*fresh.store, replacement(&path[1].client, &path[2])).await;
    assert_eq!(versions(&take_of(&fresh, &crm, 100, 0).await, &path[2].client), [1, 3]);
    let registered = Registration { receiver: crm, filter, since: moment(0) };
    assert_eq!(fresh.outbox.receivers().await.unwrap(), [registered], "since its first registration");
}

/// Events that one receiver has leased, has to wait for, or never fetches, are handed out to the others.
pub async fn receiver_that_is_down_holds_up_no_other(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::All).await;
    register(&fresh, "down", EventFilter::All).await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(versions(&take_of(&fresh, &crm, 100, 1).await, &ada), [1, 2, 3], "the others are leased");
    let all: Vec<_> = taken.iter().map(|taken| taken.settle(postponed(FAR))).collect();
    settle_all(&fresh, &all).await;
    assert_eq!(deliver_all(&fresh, &crm, &ada, 20).await, [1, 2, 3]);
    commit(&*fresh.store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    assert_eq!(deliver_all(&fresh, &crm, &ada, 30).await, [4]);

    let waiting = take_of(&fresh, &crm, 100, FAR).await;
    assert_eq!(waiting, [], "it has everything");
    assert_eq!(versions(&take(&fresh, 100, FAR).await, &ada), [1, 2, 3, 4]);
    assert_eq!(versions(&take_of(&fresh, &name("down"), 100, FAR).await, &ada), [1, 2, 3, 4]);
}

/// A later event of a client waits at each receiver for the earlier ones of that receiver, and for no other event.
pub async fn events_of_a_client_come_in_order_to_each_receiver(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::All).await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take_of(&fresh, &crm, 100, 0).await;
    assert_eq!(versions(&taken, &ada), [1, 2, 3]);
    let mut settled: Vec<_> = taken[1..].iter().map(|taken| taken.settle(Verdict::Released)).collect();
    settled.push(taken[0].settle(postponed(500)));
    fresh.outbox.settle(&crm, &settled).await.unwrap();
    let bola = commit_path(&*fresh.store, &path_to(ClientState::Approved, applicant(2))).await;
    let others = take_of(&fresh, &crm, 100, 20).await;
    assert_eq!((versions(&others, &bola), others.len()), (vec![1, 2], 2), "the free ones wait for the first");
    fresh.outbox.settle(&crm, &delivered(&others, 21)).await.unwrap();
    assert_eq!(versions(&take_of(&fresh, &crm, 100, 500).await, &ada), [1, 2, 3]);
    assert_eq!(versions(&take(&fresh, 100, 0).await, &ada), [1, 2, 3]);
}

/// Relays of one receiver that take while clients are committed share its events: none is taken twice, none is lost, and
/// each client's come in order.
pub async fn relays_of_a_receiver_share_its_events(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::All).await;
    let zoe = given_pending(&*fresh.store, applicant(9)).await;
    let leased = take_of(&fresh, &crm, 100, 0).await;
    assert_eq!((versions(&leased, &zoe), take_of(&fresh, &crm, 100, 9).await), (vec![1], Vec::new()));
    assert_eq!(deliver_all(&fresh, &crm, &zoe, 10).await, [1], "the lease has ended");
    let reported = Arc::new(Mutex::new(Vec::new()));
    let relay = |wanted: usize| {
        let (outbox, crm, reported) = (fresh.outbox.clone(), crm.clone(), Arc::clone(&reported));
        async move {
            for _ in 0..wanted {
                let batch = outbox.take(&crm, 3, moment(0), moment(3_600)).await.unwrap();
                reported.lock().unwrap().extend(batch.iter().map(|taken| taken.event.clone()));
                outbox.settle(&crm, &delivered(&batch, 0)).await.unwrap();
            }
        }
    };
    let commits = fresh.clone();
    let commits = async move {
        for n in 1..=5 {
            given_client(&*commits.store, ClientState::Active, applicant(n)).await;
        }
    };
    let racers: [crate::harness::Racer; 4] =
        [Box::pin(commits), Box::pin(relay(8)), Box::pin(relay(8)), Box::pin(relay(8))];
    race(harness, racers).await;
    relay(15).await;

    let reported: Vec<OutboxEvent> = reported.lock().unwrap().clone();
    let different: BTreeSet<_> = reported.iter().map(|event| &event.id).collect();
    assert_eq!((reported.len(), different.len()), (15, 15));
    for n in 1..=5 {
        let key = applicant(n).key;
        let versions = reported.iter().filter(|event| event.client == key).map(|event| event.version.get());
        assert_eq!(versions.collect::<Vec<_>>(), [1, 2, 3]);
    }
}

/// A dead letter of one receiver holds back the later events of its client at that receiver only.
pub async fn a_dead_letter_blocks_its_own_receiver_only(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::All).await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take_of(&fresh, &crm, 1, 0).await;
    fresh.outbox.settle(&crm, &[taken[0].settle(dead_lettered(5))]).await.unwrap();
    assert_eq!(take_of(&fresh, &crm, 100, FAR).await, []);
    assert_eq!(versions(&take(&fresh, 100, 0).await, &ada), [1, 2, 3]);

    let id = &taken[0].event.id;
    assert!(fresh.outbox.discard(&crm, id, moment(6)).await.unwrap());
    assert!(!fresh.outbox.discard(&crm, id, moment(6)).await.unwrap(), "once is once");
    assert_eq!(versions(&take_of(&fresh, &crm, 100, 20).await, &ada), [2, 3]);
    fresh.outbox.settle(&crm, &delivered(&taken, 7)).await.unwrap();
    assert_eq!(versions(&take(&fresh, 100, 40).await, &ada), [1, 2, 3], "the other receiver gets it");
}

/// An event that is a dead letter of two receivers is listed for each, and sent again or discarded for one.
pub async fn dead_letters_of_several_receivers_are_told_apart(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let outbox = &*fresh.outbox;
    let [crm, zoo] =
        [register(&fresh, "crm", EventFilter::All).await, register(&fresh, "zoo", EventFilter::All).await];
    for n in 1..=2 {
        given_pending(&*fresh.store, applicant(n)).await;
    }
    let mut ids = BTreeSet::new();
    for receiver in [&crm, &ReceiverName::DEFAULT, &zoo] {
        let taken = take_of(&fresh, receiver, 100, 0).await;
        let buried: Vec<_> = taken.iter().map(|taken| taken.settle(dead_lettered(5))).collect();
        outbox.settle(receiver, &buried).await.unwrap();
        ids.extend(taken.into_iter().map(|taken| taken.event.id));
    }
    let of_event = |event: EventId| {
        [&crm, &ReceiverName::DEFAULT, &zoo]
            .map(|receiver| DeadLetterKey { event: event.clone(), receiver: receiver.clone() })
    };
    let all: Vec<_> = ids.into_iter().flat_map(of_event).collect();
    let listed: Vec<_> = dead(&fresh).await.iter().map(|letter| (letter.key(), letter.failures)).collect();
    assert_eq!(listed, all.iter().map(|key| (key.clone(), 1)).collect::<Vec<_>>());
    for (before, key) in all.iter().zip(&all[1..]) {
        let page = outbox.dead_letters(Some(before), 1).await.unwrap();
        assert_eq!(page.iter().map(DeadLetter::key).collect::<Vec<_>>(), std::slice::from_ref(key));
    }

    let id = all[0].event.clone();
    assert_eq!(outbox.resend(&crm, &DeadLetterSelection::Event(id.clone())).await.unwrap(), 1);
    let again = take_of(&fresh, &crm, 100, 6).await;
    assert_eq!(again.iter().map(|taken| (&taken.event.id, taken.failures)).collect::<Vec<_>>(), [(&id, 0)]);
    assert!(outbox.discard(&zoo, &id, moment(6)).await.unwrap());
    assert_eq!(outbox.resend(&zoo, &DeadLetterSelection::All).await.unwrap(), 1);
    let client = applicant(1).key;
    assert_eq!(outbox.resend(&ReceiverName::DEFAULT, &DeadLetterSelection::Client(client)).await.unwrap(), 1);
    let left: Vec<_> = dead(&fresh).await.iter().map(|letter| letter.receiver.clone()).collect();
    assert_eq!(left, [crm, ReceiverName::DEFAULT].into_iter().collect::<Vec<_>>());
}

/// The backlog has each registered receiver, and the default one.
pub async fn each_receiver_has_a_backlog(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::Only([EventKind::Approved].into())).await;
    given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take_of(&fresh, &crm, 1, 0).await;
    let approved = taken[0].event.at;
    let of = |oldest, dead| Backlog { oldest, dead };
    let backlog = async || fresh.outbox.backlog().await.unwrap();
    let everything = of(Some(moment(1)), 0);
    assert_eq!(
        backlog().await,
        [(crm.clone(), of(Some(approved), 0)), (ReceiverName::DEFAULT, everything)].into()
    );
    fresh.outbox.settle(&crm, &[taken[0].settle(dead_lettered(5))]).await.unwrap();
    assert_eq!(backlog().await, [(crm.clone(), of(None, 1)), (ReceiverName::DEFAULT, everything)].into());
    assert!(fresh.outbox.discard(&crm, &taken[0].event.id, moment(6)).await.unwrap());
    assert_eq!(backlog().await, [(crm, of(None, 0)), (ReceiverName::DEFAULT, everything)].into());
}

/// An event is deleted once every receiver has got it, and not while it waits for one, or was discarded for one.
pub async fn event_is_deleted_after_its_last_receiver(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm =
        register(&fresh, "crm", EventFilter::Only([EventKind::Created, EventKind::Activated].into())).await;
    given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let delete = async |limit| fresh.outbox.delete_delivered(moment(FAR), None, limit).await.unwrap().deleted;
    let taken = take(&fresh, 100, 0).await;
    settle_all(&fresh, &delivered(&taken, 1)).await;
    assert_eq!(delete(100).await, 1, "the approval waits for none, also behind one that does");
    assert_eq!(delete(100).await, 0, "the others wait for a receiver");
    let waiting = take_of(&fresh, &crm, 100, 0).await;
    assert_eq!(events(&waiting), [taken[0].event.clone(), taken[2].event.clone()], "whole");
    let settled = [waiting[1].settle(dead_lettered(2)), delivered(&waiting[..1], 2).remove(0)];
    fresh.outbox.settle(&crm, &settled).await.unwrap();
    assert_eq!(delete(100).await, 1);
    assert!(fresh.outbox.discard(&crm, &waiting[1].event.id, moment(3)).await.unwrap());
    assert_eq!(delete(100).await, 0, "it is kept as what was decided about");
}

/// A forgotten receiver has nothing left, frees the events for their deletion, and begins anew if it is registered again.
/// The default one is never forgotten.
pub async fn forgotten_receiver_frees_the_outbox(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = register(&fresh, "crm", EventFilter::All).await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let letter = take_of(&fresh, &crm, 1, 0).await;
    fresh.outbox.settle(&crm, &[letter[0].settle(dead_lettered(5))]).await.unwrap();
    let taken = take(&fresh, 100, 0).await;
    settle_all(&fresh, &delivered(&taken, 1)).await;
    assert!(fresh.outbox.forget(&crm).await.unwrap());
    assert!(!fresh.outbox.forget(&crm).await.unwrap(), "it is forgotten");
    assert!(!fresh.outbox.forget(&ReceiverName::DEFAULT).await.unwrap());
    assert_eq!(fresh.outbox.receivers().await.unwrap(), []);
    assert_eq!(dead(&fresh).await, []);
    assert_eq!(take_of(&fresh, &crm, 100, FAR).await, []);
    assert_eq!(fresh.outbox.delete_delivered(moment(FAR), None, 100).await.unwrap().deleted, 3);

    register(&fresh, "crm", EventFilter::All).await;
    commit(&*fresh.store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    assert_eq!(versions(&take_of(&fresh, &crm, 100, FAR).await, &ada), [4]);
    assert_eq!(versions(&take(&fresh, 100, FAR).await, &ada), [4]);
}
