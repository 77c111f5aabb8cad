//! Counts in groups: what the domain counts, and a lower bound where the end of what may be read comes first.

use std::collections::BTreeMap;

use client_app::ports::{ClientStore, Committed, CountBounds, Counted, Counting, Group, Grouping};
use client_domain::client::{Application, Approval, WaitingAge, WorkKind};
use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, KycStatusRule, Requirement};
use client_domain::lifecycle::Action;
use client_domain::search::{Predicate, Word, field};
use client_domain::value::{BranchKey, CustomerType};
use client_domain::{Client, ClientState};
use jiff::{SignedDuration, Timestamp};

use super::data_set::commit_data_set;
use super::given::{commit, given_client, given_pending};
use super::observed::TODAY;
use crate::fixtures::conditions::{self, in_words};
use crate::fixtures::{applicant, checker, creation, maker, moment, onboarded, performed, replacement};
use crate::harness::Harness;

const ENOUGH: CountBounds = CountBounds { entries: 1_000, rows: 1_000, branches: 1_000 };

fn counting(predicate: Predicate, by: Grouping, bounds: CountBounds) -> Counting {
    Counting { predicate, today: TODAY, by, bounds }
}

fn policy() -> KycPolicy {
    let passport = Requirement::any_of([Evidence::Document(DocumentKind::InternationalPassport)]).unwrap();
    let address = Requirement::any_of([Evidence::Address]).unwrap();
    let required = [(CustomerType::Individual, vec![passport, address])];
    KycPolicy { required: required.into(), ..KycPolicy::default() }
}

/// Every grouping; what waits at several moments, so that every age occurs.
fn groupings() -> Vec<Grouping> {
    let mut all = vec![
        Grouping::State,
        Grouping::Branch,
        Grouping::KycStatus(KycStatusRule::of(&policy())),
        Grouping::Waiting(vec![WorkKind::Document], moment(12) + hours(49)),
        Grouping::Waiting(Vec::new(), moment(12)),
        Grouping::BranchWaiting(WorkKind::ALL.to_vec(), moment(20) + hours(144)),
        Grouping::BranchWaiting(vec![WorkKind::Approval], moment(12)),
    ];
    let moments = [moment(0), moment(20) + hours(48), moment(20) + hours(144), moment(1_000) + hours(744)];
    all.extend(moments.map(|now| Grouping::Waiting(WorkKind::ALL.to_vec(), now)));
    all
}

const fn hours(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number)
}

/// Without a filter, with states, branches or both, which an index counts, and with others, which it does not.
fn predicates() -> Vec<Predicate> {
    let branch = |key: &str| Predicate::of_branch(BranchKey::parse(key).unwrap());
    let some = || Predicate::in_states([ClientState::PendingApproval, ClientState::Active]);
    let branches = field::BRANCH_ENCODED_KEY.is_in(vec!["ikeja-01", "Ikeja-01", "nowhere"]).check().unwrap();
    let city = || field::CITY.equals("ikeja").check().unwrap();
    let word = || Predicate::of_words(Word::read("okafor").unwrap());
    vec![
        Predicate::every_client(),
        some(),
        Predicate::in_states([]),
        branch("ikeja-01"),
        branches.clone(),
        Predicate::All(vec![some(), branches.clone()]),
        Predicate::All(vec![some(), Predicate::All(vec![branch("ikeja_01"), Predicate::in_states([])])]),
        field::BRANCH_ENCODED_KEY.is_empty().check().unwrap(),
        city(),
        Predicate::All(vec![branches, city()]),
        Predicate::Not(Box::new(some())),
        word(),
        Predicate::All(vec![some(), word()]),
        field::LAST_NAME.starts_with("oka").check().unwrap(),
        field::DATE_CREATED.before(TODAY).check().unwrap(),
        field::DOCUMENT_EXPIRY_DATE.after(TODAY).check().unwrap(),
        field::KYC_STATUS.equals("Pending").check().unwrap().with_kyc_policy(&policy()),
    ]
}

/// Each grouping of each predicate has exactly the numbers of the domain.
pub async fn every_grouping_agrees_with_the_domain(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let (mut groups, mut empty) = (std::collections::BTreeSet::new(), 0);
    for by in groupings() {
        for predicate in predicates() {
            let counting = counting(predicate, by.clone(), ENOUGH);
            let counted = fresh.store.count(&counting).await.unwrap();
            assert_eq!(counted, counting.of(&data_set), "{} by {by:?}", in_words(&counting.predicate));
            empty += usize::from(counted.groups.is_empty());
            groups.extend(counted.groups.into_keys());
        }
    }
    let ages = WaitingAge::ALL.map(|age| Group::Waiting(WorkKind::Document, Some(age)));
    assert!(ages.iter().all(|group| groups.contains(group)), "{groups:?}");
    assert!(ClientState::ALL.into_iter().all(|state| groups.contains(&Group::State(state))), "{groups:?}");
    assert!(empty > 0 && empty < 100, "{empty}");
}

/// Every condition on every property restricts a count as it restricts a search.
pub async fn every_condition_restricts_a_count(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    for predicate in conditions::all(&data_set) {
        let counting = counting(predicate, Grouping::State, ENOUGH);
        let counted = fresh.store.count(&counting).await.unwrap();
        assert_eq!(counted, counting.of(&data_set), "{}", in_words(&counting.predicate));
    }
}

/// Where less may be read than there is, no number is too large, and the count says that it is not complete, unless it is.
pub async fn bounded_count_is_a_lower_bound(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let few = [1, 2, 5];
    let bounds = few.into_iter().flat_map(|most| {
        [
            CountBounds { entries: most, ..ENOUGH },
            CountBounds { rows: most, ..ENOUGH },
            CountBounds { branches: most, ..ENOUGH },
        ]
    });
    for bounds in bounds {
        for by in groupings() {
            for predicate in predicates() {
                let counting = counting(predicate, by.clone(), bounds);
                let counted = fresh.store.count(&counting).await.unwrap();
                let whole = counting.of(&data_set);
                let case = format!("{} by {by:?} within {bounds:?}", in_words(&counting.predicate));
                for (group, number) in &counted.groups {
                    let most = whole.groups.get(group).copied().unwrap_or_default();
                    assert!(*number > 0 && *number <= most, "{group:?}: {number} of {most}: {case}");
                }
                assert!(!counted.is_complete || counted == whole, "{case}");
            }
        }
    }
    branch_without_such_clients_counts_against_the_bound(harness).await;
}

/// A branch with none of the clients that are counted is one of those up to the bound.
async fn branch_without_such_clients_counts_against_the_bound(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let states = [ClientState::Active, ClientState::PendingApproval, ClientState::Active];
    let mut clients = Vec::new();
    for ((n, state), branch) in (1..).zip(states).zip(["a", "b", "c"]) {
        let branch = Some(BranchKey::parse(branch).unwrap());
        clients.push(given_client(&*fresh.store, state, Application { branch, ..applicant(n) }).await);
    }
    for branches in [1, 2, 3] {
        let active = Predicate::in_states([ClientState::Active]);
        let counting = counting(active, Grouping::Branch, CountBounds { branches, ..ENOUGH });
        let (counted, whole) = (fresh.store.count(&counting).await.unwrap(), counting.of(&clients));
        if counted.is_complete {
            assert_eq!(counted, whole, "of {branches} branches");
        }
        let is_right = |(group, number): (&Group, &u64)| whole.groups.get(group) == Some(number);
        assert!(counted.groups.iter().all(is_right), "of {branches} branches: {counted:?}");
    }
}

async fn by_state(store: &dyn ClientStore) -> BTreeMap<Group, u64> {
    let counting = counting(Predicate::every_client(), Grouping::State, ENOUGH);
    let Counted { groups, is_complete } = store.count(&counting).await.unwrap();
    assert!(is_complete);
    groups
}

async fn waiting(store: &dyn ClientStore, now: Timestamp) -> BTreeMap<Group, u64> {
    let by = Grouping::Waiting(WorkKind::ALL.to_vec(), now);
    store.count(&counting(Predicate::every_client(), by, ENOUGH)).await.unwrap().groups
}

async fn change(store: &dyn ClientStore, before: &Client, change: client_domain::client::Change) -> Client {
    commit(store, replacement(before, &change)).await;
    change.client
}

/// A count has what is committed, and nothing else; what waits grows older while nothing is committed.
pub async fn counts_follow_the_commits(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    assert_eq!(by_state(store).await, BTreeMap::new());
    let client = given_pending(store, applicant(1)).await;
    commit(store, creation(&onboarded(2))).await;
    let state = Group::State;
    assert_eq!(by_state(store).await, BTreeMap::from([(state(ClientState::PendingApproval), 2)]));
    assert_eq!(waiting(store, moment(30)).await, BTreeMap::new());

    let client = change(store, &client, client.request_approval(None, &maker(30)).unwrap()).await;
    assert!(matches!(client.snapshot().approval, Approval::Requested(_)));
    for (later, age) in [(0, 0), (47, 0), (48, 1), (144, 2), (744, 3)] {
        let group = Group::Waiting(WorkKind::Approval, Some(WaitingAge::ALL[age]));
        assert_eq!(waiting(store, moment(30) + hours(later)).await, BTreeMap::from([(group, 1)]), "{later}");
    }
    let late = performed(&client, Action::Reject, &checker(40));
    change(store, &client, performed(&client, Action::Approve, &checker(40))).await;
    assert_eq!(store.commit(replacement(&client, &late)).await.unwrap(), Committed::Stale);
    let expected = [(state(ClientState::PendingApproval), 1), (state(ClientState::Approved), 1)];
    assert_eq!(by_state(store).await, BTreeMap::from(expected));
    assert_eq!(waiting(store, moment(50)).await, BTreeMap::new());
}
