//! The lines of all histories together: newest first, by actor, event, branch and time.

use std::collections::BTreeMap;

use client_app::ports::{
    ActivityFilter, ActivityPage, ActivityPosition, ClientStore, Committed, HistoryEntry, HistoryValues,
};
use client_domain::client::Application;
use client_domain::value::{BranchKey, ClientKey};
use client_domain::{Client, ClientState, EventKind};
use jiff::Timestamp;

use super::given::{commit, commit_path, given_pending};
use super::observed::history_of;
use crate::fixtures::{
    applicant, checker, creation, maker, moment, onboarded, path_from, renamed, replacement,
};
use crate::harness::Harness;

fn branch(name: &str) -> BranchKey {
    BranchKey::parse(name).unwrap()
}

fn of_branch(n: i64, branch_name: Option<&str>) -> Application {
    Application { branch: branch_name.map(branch), ..applicant(n) }
}

/// The lines of nine clients of two branches and of none, in every state: several of one moment, by three actors. Newest
/// first, each with the branch of its client.
async fn given_lines(store: &dyn ClientStore) -> Vec<(HistoryEntry, Option<BranchKey>)> {
    let mut clients: Vec<Client> = Vec::new();
    for (n, state) in (1..).zip(ClientState::ALL.into_iter().chain([ClientState::Approved; 3])) {
        let branch_name = [Some("ikeja-01"), Some("lekki-02"), None][usize::try_from(n % 3).unwrap()];
        // Three clients begin at each moment.
        let path = path_from(n / 3 * 2, state, of_branch(n, branch_name));
        clients.push(commit_path(store, &path).await);
    }
    let change = renamed(&clients[6], "Ngozi");
    commit(store, replacement(&clients[6], &change)).await;
    let mut lines = Vec::new();
    for client in &clients {
        let own = history_of(store, client.key()).await;
        lines.extend(own.into_iter().map(|line| {
            let line = HistoryEntry { values: HistoryValues::default(), ..line };
            (line, client.snapshot().branch.clone())
        }));
    }
    lines.sort_by_key(|(line, _)| std::cmp::Reverse(ActivityPosition::of(line)));
    lines
}

async fn activity(store: &dyn ClientStore, filter: &ActivityFilter, limit: usize) -> Vec<HistoryEntry> {
    store.activity(&ActivityPage { filter: filter.clone(), before: None, limit }).await.unwrap()
}

/// All lines, in pages of this size.
async fn paged(store: &dyn ClientStore, filter: &ActivityFilter, limit: usize) -> Vec<HistoryEntry> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = ActivityPage { filter: filter.clone(), before, limit };
        let found = store.activity(&page).await.unwrap();
        assert!(found.len() <= limit);
        let Some(last) = found.last() else { return all };
        before = Some(ActivityPosition::of(last));
        all.extend(found);
    }
}

/// The lines of all clients come together, newest first; those of one moment in the order of their positions. They have no
/// values.
pub async fn lines_of_all_clients_come_newest_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    assert!(activity(&*fresh.store, &ActivityFilter::default(), 10).await.is_empty());
    let expected: Vec<_> = given_lines(&*fresh.store).await.into_iter().map(|(line, _)| line).collect();
    assert_eq!(activity(&*fresh.store, &ActivityFilter::default(), 1000).await, expected);
    assert_eq!(activity(&*fresh.store, &ActivityFilter::default(), 3).await, expected[..3]);
    let moments: BTreeMap<Timestamp, ClientKey> =
        expected.iter().map(|line| (line.event.at, line.event.key.clone())).collect();
    assert!(moments.len() < expected.len(), "some lines are of one moment");
}

/// Pages give each line once, whatever their size, also where a page ends among lines of one moment.
pub async fn pages_give_each_line_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let expected: Vec<_> = given_lines(&*fresh.store).await.into_iter().map(|(line, _)| line).collect();
    for limit in [1, 2, 3, 7] {
        assert_eq!(paged(&*fresh.store, &ActivityFilter::default(), limit).await, expected, "{limit}");
    }
}

/// A position needs no line: the lines before it are the same if there is none at it.
pub async fn position_needs_no_line(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let expected: Vec<_> = given_lines(&*fresh.store).await.into_iter().map(|(line, _)| line).collect();
    let before = async |at: i64, bits: u128| {
        let position = ActivityPosition {
            at: moment(at),
            client: ClientKey::from_bits(bits),
            version: client_domain::value::Version::FIRST,
        };
        let page = ActivityPage { before: Some(position), limit: 1000, ..ActivityPage::default() };
        fresh.store.activity(&page).await.unwrap()
    };
    assert_eq!(before(1_000_000, 0).await, expected);
    assert!(before(-1, 0).await.is_empty());
    let earlier: Vec<_> = expected.iter().filter(|line| line.event.at < moment(2)).cloned().collect();
    assert!(!earlier.is_empty() && earlier.len() < expected.len());
    assert_eq!(before(2, 0).await, earlier);
    let until_then: Vec<_> = expected.iter().filter(|line| line.event.at <= moment(2)).cloned().collect();
    assert_eq!(before(2, u128::MAX).await, until_then);
}

/// Each filter, and every combination of them, gives exactly the lines for which it holds, in pages of every size.
pub async fn filters_give_exactly_their_lines(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let lines = given_lines(&*fresh.store).await;
    let actors = [
        None,
        Some(maker(0).by.id),
        Some(checker(0).by.id),
        Some(client_domain::ActorId::parse("MAKER-1").unwrap()),
    ];
    let events = [None, Some(EventKind::Created), Some(EventKind::Approved), Some(EventKind::Lapsed)];
    let branches = [None, Some(branch("ikeja-01")), Some(branch("lekki-02")), Some(branch("nowhere"))];
    let times =
        [(None, None), (Some(moment(2)), None), (None, Some(moment(3))), (Some(moment(2)), Some(moment(4)))];
    let mut found = 0;
    for actor in &actors {
        for event in events {
            for branch in &branches {
                for (from, until) in times {
                    let filter =
                        ActivityFilter { actor: actor.clone(), event, branch: branch.clone(), from, until };
                    let is_wanted =
                        |(line, of): &&(HistoryEntry, Option<BranchKey>)| filter.holds(line, of.as_ref());
                    let expected: Vec<_> =
                        lines.iter().filter(is_wanted).map(|(line, _)| line.clone()).collect();
                    found += expected.len();
                    assert_eq!(activity(&*fresh.store, &filter, 1000).await, expected, "{filter:?}");
                    assert_eq!(paged(&*fresh.store, &filter, 2).await, expected, "{filter:?}");
                }
            }
        }
    }
    assert!(found > 100, "{found}");
}

/// A line is there after its commit, and one of a refused commit is not.
pub async fn only_committed_lines_are_there(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let again = creation(&onboarded(2));
    commit(&*fresh.store, again).await;
    let change = renamed(&client, "Ngozi");
    commit(&*fresh.store, replacement(&client, &change)).await;
    let stale = renamed(&client, "Zainab");
    let answer = fresh.store.commit(replacement(&client, &stale)).await.unwrap();
    assert_eq!(answer, Committed::Stale);
    let lines = activity(&*fresh.store, &ActivityFilter::default(), 10).await;
    let kinds: Vec<_> = lines.iter().map(|line| line.event.kind).collect();
    assert_eq!(kinds.len(), 3);
    assert_eq!(kinds.iter().filter(|kind| **kind == EventKind::Updated).count(), 1);
}
