//! Batches: one for each id, replaced in the version that was read, and removed when they have ended.

use client_app::batch::{Batch, BatchContent, BatchProgress, BatchState, BatchWork};
use client_app::ports::{Announcement, BatchPage, ClientStore};
use client_domain::{Actor, ActorId};

use super::batch_steps::{given, next, progress, settle, take};
use super::given::given_pending;
use super::observed::{all_clients, history_of};
use crate::fixtures::batches::batch;
use crate::fixtures::{applicant, moment};
use crate::harness::{Harness, race};

/// A batch comes back as it was announced and replaced, with every member, and one that was never announced is not found.
pub async fn batches_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let announced = batch(1, "ada");
    assert!(fresh.batches.find_batch(&announced.id).await.unwrap().is_none());
    assert_eq!(fresh.batches.batch(&announced.id).await.unwrap(), None);
    let answer = fresh.batches.announce_batch(&announced, 99).await.unwrap();
    assert_eq!(answer, Announcement::Stored(Box::new(announced.clone())));
    assert_eq!(fresh.batches.batch(&announced.id).await.unwrap().as_ref(), Some(&announced));
    let found = fresh.batches.find_batch(&announced.id).await.unwrap();
    assert_eq!(found, Some((announced.clone(), BatchProgress::default())));
    let whole = Batch {
        content: Some(BatchContent {
            rows: 3,
            columns: vec!["firstName".to_owned(), "_code".to_owned()],
            needs: announced.uploader.permissions.clone(),
            command: Some("CreateContactCommand".to_owned()),
        }),
        confirmed: Some((Actor::parse("ben").unwrap(), moment(2))),
        running: Some((moment(3), 7)),
        moved_at: moment(5),
        ended_at: Some(moment(4)),
        upload: None,
        ..next(&announced, BatchState::Finished)
    };
    assert!(fresh.batches.replace_batch(&whole, 1).await.unwrap());
    assert_eq!(fresh.batches.find_batch(&announced.id).await.unwrap().map(|(found, _)| found), Some(whole));
}

/// The second announcement of an id changes nothing and answers with the batch that is there.
pub async fn an_id_is_announced_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 1, BatchState::Received).await;
    for max_open in [99, 0] {
        let answer = fresh.batches.announce_batch(&batch(1, "ada"), max_open).await.unwrap();
        assert_eq!(answer, Announcement::Stored(Box::new(there.clone())));
    }
    assert_eq!(progress(&fresh, &there).await.rows, 2);
}

/// So many batches of a person may not have ended; those of others, and those that have, do not count.
pub async fn open_batches_are_limited(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let announce = async |n, who: &str, max| {
        let wanted = batch(n, who);
        let before = fresh.batches.batch(&wanted.id).await.unwrap();
        let checked = fresh.batches.check_announcement(&wanted, max).await.unwrap();
        assert_eq!(fresh.batches.batch(&wanted.id).await.unwrap(), before, "it stores nothing");
        let answer = fresh.batches.announce_batch(&wanted, max).await.unwrap();
        assert_eq!(checked, answer);
        matches!(answer, Announcement::Stored(_))
    };
    assert!(announce(1, "ben", 1).await);
    for (n, state) in BatchState::ALL.into_iter().filter(|state| !state.is_final()).enumerate() {
        let there = given(&fresh, i64::try_from(n).unwrap() + 10, 0, state).await;
        assert!(!announce(2, "ada", n + 1).await, "{state:?}");
        assert_eq!(fresh.batches.batch(&batch(2, "ada").id).await.unwrap(), None);
        let ended = Batch { ended_at: Some(moment(9)), ..next(&there, BatchState::Stopped) };
        if n % 2 == 1 {
            assert!(fresh.batches.replace_batch(&ended, there.version).await.unwrap());
            assert!(announce(i64::try_from(n).unwrap() + 30, "ada", n + 1).await, "one has ended");
        }
    }
    let full = fresh.batches.announce_batch(&batch(2, "ada"), 7).await.unwrap();
    assert_eq!(full, Announcement::TooMany);
    assert!(announce(2, "ada", 8).await);
    assert!(announce(2, "ada", 1).await, "it is there already");
}

/// A batch is replaced only in the version that was read, and of concurrent replacements one is done.
pub async fn a_version_of_a_batch_is_replaced_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 0, BatchState::Running).await;
    assert!(!fresh.batches.replace_batch(&next(&there, BatchState::Paused), 1).await.unwrap());
    assert!(!fresh.batches.replace_batch(&batch(9, "ada"), 1).await.unwrap(), "an unknown batch");
    let states = [BatchState::Paused, BatchState::Stopping, BatchState::Finished, BatchState::Paused];
    let racers = states.map(|state| {
        let (batches, next, read) = (fresh.batches.clone(), next(&there, state), there.version);
        async move { batches.replace_batch(&next, read).await.unwrap() }
    });
    assert_eq!(race(harness, racers).await.into_iter().filter(|done| *done).count(), 1);
}

/// One batch of a person is started at a time, and none while another one is running or stopping.
pub async fn one_batch_of_a_person_runs(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut confirmed = Vec::new();
    for n in 1..=5 {
        confirmed.push(given(&fresh, n, 0, BatchState::Confirmed).await);
    }
    let racers = confirmed.iter().map(|one| {
        let (batches, started, read) = (fresh.batches.clone(), next(one, BatchState::Running), one.version);
        async move { batches.start_batch(&started, read).await.unwrap().then_some(started) }
    });
    let started: Vec<_> = race(harness, racers.collect::<Vec<_>>()).await.into_iter().flatten().collect();
    assert_eq!(started.len(), 1);
    let waiting = confirmed.iter().find(|one| one.id != started[0].id).unwrap();
    let start = async |batch: &Batch| {
        fresh.batches.start_batch(&next(batch, BatchState::Running), batch.version).await.unwrap()
    };
    let mut there = started[0].clone();
    for (state, expected) in [(BatchState::Stopping, false), (BatchState::Stopped, true)] {
        let moved = next(&there, state);
        assert!(fresh.batches.replace_batch(&moved, there.version).await.unwrap());
        there = moved;
        assert_eq!(start(waiting).await, expected, "another one is {}", state.name());
    }
    assert!(!start(waiting).await, "it has another version by now");
    let other = batch(9, "ben");
    fresh.batches.announce_batch(&other, 99).await.unwrap();
    assert!(start(&other).await, "it is of another person");
}

/// Pages hold the batches of one person or of all, newest first, and each once.
pub async fn batches_come_newest_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut all: Vec<_> =
        [(1, "ada"), (2, "ben"), (3, "ada"), (4, "Ada")].map(|(n, who)| batch(n, who)).into();
    // Of the same moment, the later id comes first.
    all.push(Batch { announced_at: moment(3), ..batch(5, "ada") });
    for one in &all {
        fresh.batches.announce_batch(one, 99).await.unwrap();
    }
    let ids = |found: &[Batch]| found.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let id = |n: i64| batch(n, "ada").id;
    for (uploader, expected) in [
        (None, vec![id(4), id(5), id(3), id(2), id(1)]),
        (Some("ada"), vec![id(5), id(3), id(1)]),
        (Some("nobody"), vec![]),
    ] {
        let uploader = uploader.map(|name| ActorId::parse(name).unwrap());
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = BatchPage { uploader: uploader.clone(), after: after.take(), limit: 2 };
            let found = fresh.batches.batches(&page).await.unwrap();
            let Some(last) = found.last() else { break };
            after = Some((last.announced_at, last.id.clone()));
            read.extend(ids(&found));
        }
        assert_eq!(read, expected);
    }
}

/// The service finds the batches that it has something to do for, oldest first, and no others.
pub async fn batches_at_work_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut expected = Vec::new();
    for (n, state) in BatchState::ALL.into_iter().enumerate() {
        let there = given(&fresh, i64::try_from(n).unwrap() + 1, 0, state).await;
        if state.is_at_work() {
            expected.push(there);
        }
    }
    assert_eq!(fresh.batches.batches_at_work(100).await.unwrap(), expected);
    assert_eq!(fresh.batches.batches_at_work(2).await.unwrap(), expected[..2]);
}

/// Batches that wait for a file, a check or a person are found by the time of their announcement, oldest first and each once.
pub async fn waiting_batches_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut expected = Vec::new();
    let again = BatchState::ALL.into_iter().filter(|state| state.expires());
    for (n, state) in BatchState::ALL.into_iter().chain(again).enumerate() {
        let there = given(&fresh, i64::try_from(n).unwrap() + 1, 0, state).await;
        if state.expires() {
            expected.push(there);
        }
    }
    let last = expected.pop().unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let found = fresh.batches.batches_waiting(last.announced_at, after.as_ref(), 2).await.unwrap();
        let Some(one) = found.last() else { break };
        after = Some((one.announced_at, one.id.clone()));
        read.extend(found);
    }
    assert_eq!(read, expected);
}

/// Batches are deleted with their pieces that ended before a time, or were announced before it and never received.
pub async fn only_ended_batches_are_removed(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut kept = Vec::new();
    for (n, state) in BatchState::ALL.into_iter().enumerate() {
        let there = given(&fresh, i64::try_from(n).unwrap() + 1, 2, state).await;
        let ended_at = state.is_final().then(|| moment(50));
        let ended = Batch { ended_at, ..next(&there, state) };
        assert!(fresh.batches.replace_batch(&ended, there.version).await.unwrap());
        if !state.is_final() && state != BatchState::Announced {
            kept.push(ended.id.clone());
        }
    }
    assert_eq!(fresh.batches.remove_batches(moment(1), 9).await.unwrap(), 0, "nothing is that old");
    assert_eq!(fresh.batches.remove_batches(moment(50), 9).await.unwrap(), 1, "it was only announced");
    assert_eq!(fresh.batches.remove_batches(moment(51), 1).await.unwrap(), 1);
    assert_eq!(fresh.batches.remove_batches(moment(51), 9).await.unwrap(), 1);
    let page = BatchPage { uploader: None, after: None, limit: 99 };
    let mut left: Vec<_> =
        fresh.batches.batches(&page).await.unwrap().into_iter().map(|one| one.id).collect();
    left.reverse();
    assert_eq!(left, kept);
    for id in &kept {
        assert_eq!(fresh.batches.pieces(id, 0, 9).await.unwrap().len(), 2);
    }
    assert_eq!(fresh.batches.pieces(&batch(1, "ada").id, 0, 9).await.unwrap(), []);
}

/// The id of a deleted batch is announced again only if no row of it was executed.
pub async fn ids_of_executed_batches_are_kept(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let executed = given(&fresh, 1, 2, BatchState::Received).await;
    let checked = given(&fresh, 2, 1, BatchState::Received).await;
    for there in [&executed, &checked] {
        while let Some(taken) = take(&fresh, there, BatchWork::Check, 1).await {
            assert!(settle(&fresh, there, &taken, BatchWork::Check).await);
        }
    }
    let running = next(&executed, BatchState::Running);
    assert!(fresh.batches.replace_batch(&running, executed.version).await.unwrap());
    let taken = take(&fresh, &running, BatchWork::Run, 20).await.unwrap();
    assert!(settle(&fresh, &running, &taken, BatchWork::Run).await);
    for there in [&running, &checked] {
        let ended = Batch { ended_at: Some(moment(30)), ..next(there, BatchState::Stopped) };
        assert!(fresh.batches.replace_batch(&ended, there.version).await.unwrap());
    }
    while fresh.batches.remove_batches(moment(31), 1).await.unwrap() > 0 {}
    assert_eq!(fresh.batches.batch(&executed.id).await.unwrap(), None);
    let again = batch(1, "ada");
    assert_eq!(fresh.batches.check_announcement(&again, 99).await.unwrap(), Announcement::Deleted);
    assert_eq!(fresh.batches.announce_batch(&again, 99).await.unwrap(), Announcement::Deleted);
    assert_eq!(fresh.batches.batch(&executed.id).await.unwrap(), None);
    let again = batch(2, "ada");
    let answer = fresh.batches.announce_batch(&again, 99).await.unwrap();
    assert_eq!(answer, Announcement::Stored(Box::new(again)));
}

/// Batches write no client: no version, no line of history, no event.
pub async fn batches_write_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let store: &dyn ClientStore = &*fresh.store;
    let before = (all_clients(store).await, history_of(store, client.key()).await);
    let events = fresh.outbox.backlog().await.unwrap();
    let there = given(&fresh, 1, 1, BatchState::Received).await;
    let taken = take(&fresh, &there, BatchWork::Check, 1).await.unwrap();
    assert!(settle(&fresh, &there, &taken, BatchWork::Check).await);
    fresh.batches.remove_batches(moment(99), 9).await.unwrap();
    assert_eq!((all_clients(store).await, history_of(store, client.key()).await), before);
    assert_eq!(fresh.outbox.backlog().await.unwrap(), events);
}
