//! Saved views: one for each person and name, seen by their owner or by everybody, and within bounds.

use client_app::ports::{ClientStore, SavedView, ViewBounds, ViewId, ViewSaving};
use client_domain::{Actor, ActorId};

use super::given::given_pending;
use super::observed::{all_clients, history_of};
use crate::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use crate::fixtures::{applicant, moment};
use crate::harness::{Fresh, Harness, race};

fn person(name: &str) -> ActorId {
    ActorId::parse(name).unwrap()
}

async fn save(fresh: &Fresh, view: &SavedView) {
    assert_eq!(fresh.saved_views.save_view(view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
}

async fn views_of(fresh: &Fresh, name: &str) -> Vec<SavedView> {
    fresh.saved_views.views_of(&person(name)).await.unwrap()
}

/// A person sees its own views as they were saved, and the shared ones of others, in the order of owners and names.
pub async fn views_come_back_to_those_who_see_them(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    assert_eq!(views_of(&fresh, "ada").await, []);
    // Shared are those with an even number.
    let mut all: Vec<_> = [3, 2, 1, 4].into_iter().map(|n| saved_view(n, "ada")).collect();
    all.extend([saved_view(1, "ben"), saved_view(2, "ben"), saved_view(1, "Ada")]);
    let without_email = SavedView { by: Actor::parse("cyd").unwrap(), ..saved_view(2, "cyd") };
    all.push(SavedView { columns: Vec::new(), search: "{}".to_owned(), ..without_email });
    for view in &all {
        save(&fresh, view).await;
    }
    all.sort_by_key(SavedView::id);
    for name in ["ada", "ben", "cyd", "Ada", "nobody"] {
        let expected: Vec<_> =
            all.iter().filter(|view| view.shared || view.by.id.as_str() == name).cloned().collect();
        assert_eq!(views_of(&fresh, name).await, expected, "{name}");
    }
}

/// A view that is saved again replaces the one of the same person with the same name, and no other.
pub async fn last_save_of_a_name_counts(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (first, other) = (saved_view(1, "ada"), saved_view(1, "ben"));
    save(&fresh, &first).await;
    save(&fresh, &other).await;
    let again = SavedView {
        shared: true,
        search: "{}".to_owned(),
        columns: vec!["id".to_owned()],
        saved_at: moment(9),
        by: Actor::parse("ada").unwrap(),
        ..first.clone()
    };
    save(&fresh, &again).await;
    assert_eq!(views_of(&fresh, "ada").await, std::slice::from_ref(&again));
    assert_eq!(views_of(&fresh, "ben").await, [again, other.clone()]);
    save(&fresh, &first).await;
    assert_eq!(views_of(&fresh, "ben").await, [other]);
}

/// A view is deleted by its owner and name; where only a shared one may be deleted, another one stays.
pub async fn deleted_view_is_gone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (own, shared) = (saved_view(1, "ada"), saved_view(2, "ada"));
    save(&fresh, &own).await;
    save(&fresh, &shared).await;
    save(&fresh, &saved_view(1, "ben")).await;
    let delete =
        async |id: &ViewId, only_shared| fresh.saved_views.delete_view(id, only_shared).await.unwrap();
    assert!(!delete(&ViewId { owner: person("cyd"), ..own.id() }, false).await);
    assert!(!delete(&own.id(), true).await);
    assert_eq!(views_of(&fresh, "ada").await.len(), 2);
    assert!(delete(&shared.id(), true).await);
    assert!(!delete(&shared.id(), true).await);
    assert_eq!(views_of(&fresh, "ada").await, std::slice::from_ref(&own));
    assert!(delete(&own.id(), false).await);
    assert_eq!(views_of(&fresh, "ada").await, []);
    assert_eq!(views_of(&fresh, "ben").await.len(), 1);
}

/// A person has at most so many views, and all people together so many shared ones. What is there already can be replaced.
pub async fn views_are_bounded(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let bounds = ViewBounds { own: 3, shared: 2 };
    let save = async |view: &SavedView| fresh.saved_views.save_view(view, bounds).await.unwrap();
    for view in [saved_view(1, "ada"), saved_view(2, "ada"), saved_view(3, "ada"), saved_view(2, "ben")] {
        assert_eq!(save(&view).await, ViewSaving::Done);
    }
    assert_eq!(save(&saved_view(5, "ada")).await, ViewSaving::TooManyOwn);
    assert_eq!(save(&saved_view(4, "ben")).await, ViewSaving::TooManyShared);
    assert_eq!(save(&SavedView { shared: true, ..saved_view(1, "ada") }).await, ViewSaving::TooManyShared);
    for view in [saved_view(2, "ada"), saved_view(3, "ada"), saved_view(3, "ben")] {
        assert_eq!(save(&view).await, ViewSaving::Done, "it is there, or there is room");
    }
    assert_eq!((views_of(&fresh, "ada").await.len(), views_of(&fresh, "ben").await.len()), (4, 3));
    assert!(fresh.saved_views.delete_view(&saved_view(2, "ada").id(), true).await.unwrap());
    assert_eq!(save(&saved_view(4, "ben")).await, ViewSaving::Done);
}

/// Of concurrent saves of one name one is kept, whole.
pub async fn concurrent_saves_of_a_name_keep_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let saves: Vec<_> =
        (1..=8).map(|n| SavedView { name: saved_view(1, "ada").name, ..saved_view(n, "ada") }).collect();
    let racers = saves.clone().into_iter().map(|view| {
        let views = fresh.saved_views.clone();
        async move { views.save_view(&view, VIEW_BOUNDS).await.unwrap() }
    });
    assert!(race(harness, racers).await.into_iter().all(|saving| saving == ViewSaving::Done));
    let kept = views_of(&fresh, "ada").await;
    assert!(kept.len() == 1 && saves.contains(&kept[0]), "{}", kept.len());
}

/// Saved views write no client: no version, no line of history, no event.
pub async fn saved_views_write_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let store: &dyn ClientStore = &*fresh.store;
    let before = (all_clients(store).await, history_of(store, client.key()).await);
    let events = fresh.outbox.backlog().await.unwrap();
    save(&fresh, &saved_view(2, "ada")).await;
    fresh.saved_views.delete_view(&saved_view(2, "ada").id(), false).await.unwrap();
    assert_eq!((all_clients(store).await, history_of(store, client.key()).await), before);
    assert_eq!(fresh.outbox.backlog().await.unwrap(), events);
}
