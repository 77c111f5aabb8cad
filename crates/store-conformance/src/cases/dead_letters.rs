//! Dead letters: held, listed, sent again, discarded; and the deletion of delivered events.

use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, DeliveryFailure,
    EventFilter, EventId, ReceiverName, TakenEvent, Verdict,
};
use client_domain::{ClientState, EventKind};

use super::given::{commit, delivered, given_client, given_pending};
use super::lease::{
    REFUSED, client_with_a_dead_letter, dead, dead_lettered, postponed, settle, settle_all, take,
};
use super::observed::{events, versions};
use crate::fixtures::{applicant, moment, renamed, replacement};
use crate::harness::Harness;

const EVERY_FAILURE: [DeliveryFailure; 4] = [
    REFUSED,
    DeliveryFailure::Refused { status: 404 },
    DeliveryFailure::TimedOut,
    DeliveryFailure::Unreachable,
];

/// A dead letter is listed with its event, its failures, the cause and the moment.
pub async fn a_dead_letter_is_listed_as_it_is(harness: &dyn Harness) {
    for why in EVERY_FAILURE {
        let fresh = harness.fresh().await;
        given_pending(&*fresh.store, applicant(1)).await;
        assert_eq!(dead(&fresh).await, []);
        settle(&fresh, &take(&fresh, 9, 0).await[0], postponed(3)).await;
        let taken = take(&fresh, 9, 3).await;
        settle(&fresh, &taken[0], Verdict::DeadLettered { at: moment(7), why }).await;
        let (receiver, event) = (ReceiverName::DEFAULT, taken[0].event.clone());
        let letter = DeadLetter { receiver, event, failures: 2, why, since: moment(7) };
        assert_eq!(dead(&fresh).await, [letter]);
    }
}

/// A dead letter is never taken, and holds back the later events of its own client only.
pub async fn a_dead_letter_holds_back_its_own_client_only(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, _) = client_with_a_dead_letter(&fresh, 1).await;
    commit(&*fresh.store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    assert_eq!(take(&fresh, 100, 3_600 * 24 * 365).await, []);
    let bola = given_client(&*fresh.store, ClientState::Active, applicant(2)).await;
    let others = take(&fresh, 100, 3_600 * 24 * 366).await;
    assert_eq!((versions(&others, &bola), others.len()), (vec![1, 2, 3], 3));
}

/// Dead letters are listed in the order of their ids, a page at a time, each once.
pub async fn dead_letters_are_listed_page_by_page(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=5 {
        given_pending(&*fresh.store, applicant(n)).await;
    }
    let taken = take(&fresh, 100, 0).await;
    let all: Vec<_> = taken.iter().map(|taken| taken.settle(dead_lettered(1))).collect();
    settle_all(&fresh, &all).await;
    let mut ids: Vec<_> = taken.iter().map(|taken| taken.event.id.clone()).collect();
    ids.sort();

    assert_eq!(fresh.outbox.dead_letters(None, 0).await.unwrap(), []);
    let (mut listed, mut after): (Vec<EventId>, Option<DeadLetterKey>) = (Vec::new(), None);
    loop {
        let page = fresh.outbox.dead_letters(after.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.key());
        listed.extend(page.into_iter().map(|letter| letter.event.id));
    }
    assert_eq!(listed, ids);
}

/// A dead letter that is sent again is free immediately and has not failed, and the events that
/// waited for it follow.
pub async fn a_dead_letter_is_sent_again(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, first) = client_with_a_dead_letter(&fresh, 1).await;
    let which = DeadLetterSelection::Event(first.event.id.clone());
    assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &which).await.unwrap(), 1);
    assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &which).await.unwrap(), 0, "it is none any more");
    assert_eq!(dead(&fresh).await, []);
    let taken = take(&fresh, 100, 6).await;
    assert_eq!(versions(&taken, &ada), [1, 2, 3]);
    assert_eq!((&taken[0].event, taken[0].failures), (&first.event, 0));
}

/// One, those of a client, or all can be sent again, and no others are.
pub async fn only_the_chosen_dead_letters_are_sent_again(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut letters = Vec::new();
    for n in 1..=4 {
        letters.push(client_with_a_dead_letter(&fresh, n).await);
    }
    let unknown_event = DeadLetterSelection::Event(EventId::from_stored("never-written '%".to_owned()));
    let unknown_client = DeadLetterSelection::Client(applicant(9).key);
    for which in [unknown_event, unknown_client] {
        assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &which).await.unwrap(), 0);
    }
    let one = DeadLetterSelection::Event(letters[0].1.event.id.clone());
    assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &one).await.unwrap(), 1);
    let taken = take(&fresh, 100, 20).await;
    assert_eq!((versions(&taken, &letters[0].0).len(), taken.len()), (3, 3));

    let of_client = DeadLetterSelection::Client(letters[1].0.key().clone());
    assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &of_client).await.unwrap(), 1);
    let taken = take(&fresh, 100, 20).await;
    assert_eq!((versions(&taken, &letters[1].0).len(), taken.len()), (3, 3));

    assert_eq!(fresh.outbox.resend(&ReceiverName::DEFAULT, &DeadLetterSelection::All).await.unwrap(), 2);
    assert_eq!(take(&fresh, 100, 20).await.len(), 6);
    assert_eq!(dead(&fresh).await, []);
}

/// A discarded event is never taken, and the events that waited for it follow.
pub async fn discarded_event_unblocks_the_later_ones(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, first) = client_with_a_dead_letter(&fresh, 1).await;
    assert!(fresh.outbox.discard(&ReceiverName::DEFAULT, &first.event.id, moment(6)).await.unwrap());
    assert!(
        !fresh.outbox.discard(&ReceiverName::DEFAULT, &first.event.id, moment(6)).await.unwrap(),
        "once is once"
    );
    assert_eq!(dead(&fresh).await, []);
    assert_eq!(
        fresh.outbox.resend(&ReceiverName::DEFAULT, &DeadLetterSelection::All).await.unwrap(),
        0,
        "it is given up for good"
    );
    assert_eq!(versions(&take(&fresh, 100, 6).await, &ada), [2, 3]);
    assert_eq!(versions(&take(&fresh, 100, 3_600).await, &ada), [2, 3]);
}

/// Only a dead letter can be discarded.
pub async fn only_dead_letters_can_be_discarded(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    let id = &taken[0].event.id;
    assert!(!fresh.outbox.discard(&ReceiverName::DEFAULT, id, moment(1)).await.unwrap(), "it is leased");
    settle(&fresh, &taken[0], postponed(5)).await;
    assert!(
        !fresh.outbox.discard(&ReceiverName::DEFAULT, id, moment(1)).await.unwrap(),
        "it will be tried again"
    );
    let unknown = EventId::from_stored("never-written '%".to_owned());
    assert!(!fresh.outbox.discard(&ReceiverName::DEFAULT, &unknown, moment(1)).await.unwrap());
    let again = take(&fresh, 100, 5).await;
    assert_eq!(events(&again), events(&taken));
    settle_all(&fresh, &delivered(&again, 6)).await;
    assert!(!fresh.outbox.discard(&ReceiverName::DEFAULT, id, moment(7)).await.unwrap(), "it was delivered");
}

/// Events that were delivered before a given time are deleted, a limited number at a time, and no
/// others are.
pub async fn only_delivered_events_are_deleted(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (_, dead_letter) = client_with_a_dead_letter(&fresh, 1).await;
    let (_, given_up) = client_with_a_dead_letter(&fresh, 2).await;
    assert!(fresh.outbox.discard(&ReceiverName::DEFAULT, &given_up.event.id, moment(6)).await.unwrap());
    let bola = given_client(&*fresh.store, ClientState::Active, applicant(3)).await;
    let taken = take(&fresh, 100, 6).await;
    let (ours, others): (Vec<_>, Vec<_>) =
        taken.into_iter().partition(|taken| taken.event.client == *bola.key());
    let mut settled: Vec<_> = others.iter().map(|taken| taken.settle(postponed(100))).collect();
    for (second, taken) in (10..).zip(&ours) {
        settled.extend(delivered(std::slice::from_ref(taken), second));
    }
    settle_all(&fresh, &settled).await;

    let delete = async |before, limit| {
        fresh.outbox.delete_delivered(moment(before), None, limit).await.unwrap().deleted
    };
    assert_eq!(delete(10, 100).await, 0, "delivered at that moment is not before it");
    assert_eq!(delete(12, 0).await, 0);
    assert_eq!(delete(12, 1).await, 1);
    assert_eq!(delete(12, 100).await, 1);
    assert_eq!(delete(13, 100).await, 1);
    assert_eq!(delete(3_600 * 24 * 365, 100).await, 0, "nothing else was delivered");
    assert_eq!(dead(&fresh).await.len(), 1);
    assert_eq!(
        fresh
            .outbox
            .resend(&ReceiverName::DEFAULT, &DeadLetterSelection::Event(dead_letter.event.id))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        take(&fresh, 100, 100).await.len(),
        3 + 2,
        "one client whole, the other without what was given up"
    );
}

/// Delivered events are read once each, page by page, in the order of their keys: those that a receiver waits for are counted,
/// and delay the deletion of no other.
pub async fn deletion_goes_on_after_what_is_kept(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let crm = ReceiverName::parse("crm").unwrap();
    let some = EventFilter::Only([EventKind::Created, EventKind::Approved].into());
    fresh.outbox.register(&crm, &some, moment(0)).await.unwrap();
    for n in 1..=2 {
        given_client(&*fresh.store, ClientState::Active, applicant(n)).await;
    }
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(taken.len(), 6);
    // All but the first one at the same moment.
    let settled =
        taken.iter().zip(1..).flat_map(|(taken, n)| delivered(std::slice::from_ref(taken), n.min(2)));
    settle_all(&fresh, &settled.collect::<Vec<_>>()).await;
    let keys = |taken: &TakenEvent, at| DeliveredKey { at: moment(at), event: taken.event.id.clone() };
    let mut order: Vec<_> = taken.iter().zip(1..).map(|(taken, n)| keys(taken, n.min(2))).collect();
    order.sort();

    let (mut after, mut deleted, mut kept, mut read) = (None, 0, 0, Vec::new());
    loop {
        let page = fresh.outbox.delete_delivered(moment(3), after.as_ref(), 1).await.unwrap();
        deleted += page.deleted;
        kept += page.kept;
        let Some(last) = page.last else { break };
        read.push(last.clone());
        after = Some(last);
    }
    assert_eq!((read, deleted, kept), (order, 2, 4));
    let all = fresh.outbox.delete_delivered(moment(3), None, 100).await.unwrap();
    assert_eq!(all, Deletion { deleted: 0, kept: 4, last: None });
    let full = fresh.outbox.delete_delivered(moment(3), None, 4).await.unwrap();
    assert!(full.last.is_some(), "a full page may have more after it");
    let none = fresh.outbox.delete_delivered(moment(2), full.last.as_ref(), 4).await.unwrap();
    assert_eq!(none, Deletion::default());
}

/// The backlog has the time of the oldest waiting event and the number of dead letters.
pub async fn backlog_counts_what_waits(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let backlog = async || {
        let by_receiver = fresh.outbox.backlog().await.unwrap();
        assert_eq!(by_receiver.keys().collect::<Vec<_>>(), [&ReceiverName::DEFAULT]);
        by_receiver[&ReceiverName::DEFAULT]
    };
    assert_eq!(backlog().await, Backlog::default());
    // The events of client `n` happened at second `n` and the ones after it.
    let (_, letter) = client_with_a_dead_letter(&fresh, 1).await;
    assert_eq!(backlog().await, Backlog { oldest: Some(moment(2)), dead: 1 });
    given_pending(&*fresh.store, applicant(30)).await;
    assert!(fresh.outbox.discard(&ReceiverName::DEFAULT, &letter.event.id, moment(6)).await.unwrap());
    assert_eq!(backlog().await, Backlog { oldest: Some(moment(2)), dead: 0 });
    let taken = take(&fresh, 100, 40).await;
    let (adas, rest): (Vec<_>, Vec<_>) =
        taken.into_iter().partition(|taken| taken.event.client == letter.event.client);
    settle_all(&fresh, &delivered(&adas, 41)).await;
    assert_eq!(backlog().await, Backlog { oldest: Some(moment(30)), dead: 0 }, "what is out waits as well");
    settle_all(&fresh, &delivered(&rest, 42)).await;
    assert_eq!(backlog().await, Backlog::default());
}
