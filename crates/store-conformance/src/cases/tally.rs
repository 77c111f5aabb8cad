//! Lines of all histories in groups: what the domain counts, and a lower bound where the end of what may be read comes first.

use std::collections::BTreeSet;

use client_app::ports::{ClientStore, HistoryEntry, Tallied, TallyBy, TallyMember, Tallying};
use client_domain::client::{Application, Change, WaitingAge};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{BranchKey, Reason};
use client_domain::{AuditStamp, Client, EventKind, Justification};
use jiff::{SignedDuration, Timestamp};

use super::given::commit_path;
use super::observed::history_of;
use crate::fixtures::documents::coded_reason;
use crate::fixtures::{applicant, checker, maker, moment, renamed};
use crate::harness::Harness;

const ENOUGH: usize = 1_000;

fn branch(name: &str) -> BranchKey {
    BranchKey::parse(name).unwrap()
}

fn after(hours: i64) -> Timestamp {
    moment(0) + SignedDuration::from_hours(hours)
}

/// A path of changes, each at an hour.
struct Path(Vec<Change>);

impl Path {
    fn begun(n: i64, hour: i64) -> Self {
        let of = [Some(branch("ikeja-01")), Some(branch("lekki-02")), None][usize::try_from(n % 3).unwrap()]
            .clone();
        let application = Application { branch: of, ..applicant(n) };
        Self(vec![Client::onboard(application, &AuditStamp::new(maker(0).by, after(hour)))])
    }

    fn then(mut self, change: impl FnOnce(&Client) -> Change) -> Self {
        let next = change(&self.0[self.0.len() - 1].client);
        self.0.push(next);
        self
    }

    fn requested(self, hour: i64) -> Self {
        let stamp = AuditStamp::new(maker(0).by, after(hour));
        self.then(|client| client.request_approval(None, &stamp).unwrap())
    }

    /// By one of two persons, with a code at even hours.
    fn done(self, action: Action, hour: i64) -> Self {
        let by =
            if hour % 3 == 0 { checker(0).by } else { client_domain::Actor::parse("checker-2").unwrap() };
        let code = (hour % 2 == 0).then(|| coded_reason(&format!("{}.0", action.name())));
        let reason = Some(Reason::parse("as agreed").unwrap());
        let justification = Justification { reason, code, notes: None };
        let stamp = AuditStamp::new(by, after(hour));
        self.then(|client| client.perform(action, justification, &Facts::without_controls(), &stamp).unwrap())
    }
}

/// Clients of two branches and of none. Their lines, each with the branch of its client; those of one client in order.
async fn given_lines(store: &dyn ClientStore) -> Vec<(HistoryEntry, Option<BranchKey>)> {
    let mut paths: Vec<_> = (1..)
        .zip([0, 47, 48, 143, 144, 743, 744])
        .map(|(n, wait)| Path::begun(n, 1).requested(2).done(Action::Approve, 2 + wait))
        .collect();
    // The request is withdrawn by the change, and the client has waited since.
    paths.push(
        Path::begun(8, 3).requested(4).then(|client| renamed(client, "Ngozi")).done(Action::Reject, 60),
    );
    // The second decision follows no request, and the third a new one.
    paths.push(
        Path::begun(9, 3)
            .requested(4)
            .done(Action::Reject, 5)
            .done(Action::UndoReject, 6)
            .done(Action::Approve, 7)
            .done(Action::Blacklist, 8)
            .done(Action::UndoBlacklist, 10),
    );
    paths.push(Path::begun(10, 5).done(Action::Approve, 9).done(Action::Exit, 12));
    let mut lines = Vec::new();
    for path in paths {
        let client = commit_path(store, &path.0).await;
        let own = history_of(store, client.key()).await.into_iter().rev();
        lines.extend(own.map(|line| (line, client.snapshot().branch.clone())));
    }
    lines
}

fn tallyings() -> Vec<Tallying> {
    let mut all = Vec::new();
    let events = [
        EventKind::ALL.to_vec(),
        vec![EventKind::Approved, EventKind::Rejected],
        vec![EventKind::Blacklisted],
        Vec::new(),
    ];
    for events in &events {
        for branch in [None, Some(branch("ikeja-01")), Some(branch("Ikeja-01")), Some(branch("lekki-02"))] {
            for moments in [vec![0, 10_000], vec![2, 5, 5, 61], vec![-5, 0], vec![0, 7, 9, 10, 50, 150, 746]]
            {
                let moments: Vec<_> = moments.into_iter().map(after).collect();
                for by in [TallyBy::Period, TallyBy::Reason, TallyBy::Wait] {
                    let (events, branch, moments) = (events.clone(), branch.clone(), moments.clone());
                    all.push(Tallying { events, branch, moments, by, lines: ENOUGH });
                }
            }
        }
    }
    all
}

fn expected(tallying: &Tallying, lines: &[(HistoryEntry, Option<BranchKey>)]) -> Tallied {
    tallying.of(lines.iter().map(|(line, branch)| (line, branch.as_ref())))
}

/// Every grouping of the lines of some events, of a branch and of a period has the numbers of the domain.
pub async fn groups_have_the_numbers_of_the_domain(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let nothing = fresh.store.tally(&tallyings()[0]).await.unwrap();
    assert_eq!(nothing, Tallied { is_complete: true, ..Tallied::default() });
    let lines = given_lines(&*fresh.store).await;
    let (mut ages, mut codes, mut branches) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for tallying in tallyings() {
        let tallied = fresh.store.tally(&tallying).await.unwrap();
        assert_eq!(tallied, expected(&tallying, &lines), "{tallying:?}");
        for (_, member) in tallied.groups.into_keys() {
            match member {
                TallyMember::Wait(branch, _, age) => {
                    branches.insert(branch);
                    ages.insert(age);
                }
                TallyMember::Reason(actor, code) => drop(codes.insert((actor, code))),
                TallyMember::Period(_) => {}
            }
        }
    }
    assert_eq!(branches.len(), 3, "{branches:?}");
    assert_eq!(ages, WaitingAge::ALL.into_iter().collect());
    assert!(codes.iter().any(|(_, code)| code.is_none()) && codes.len() > 4, "{codes:?}");
}

/// A tally that may not read all lines of the period, those of other branches included, says so, and no number is too large.
pub async fn bounded_tally_is_a_lower_bound(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let lines = given_lines(&*fresh.store).await;
    for tallying in tallyings() {
        let all = expected(&tallying, &lines);
        for bound in [1, 5, 20] {
            let tallied = fresh.store.tally(&Tallying { lines: bound, ..tallying.clone() }).await.unwrap();
            for (group, number) in &tallied.groups {
                assert!(all.groups.get(group).is_some_and(|whole| number <= whole), "{tallying:?}");
            }
            if tallied.is_complete {
                assert_eq!(tallied, all, "{tallying:?}");
            }
        }
    }
}
