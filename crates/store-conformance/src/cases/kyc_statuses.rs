//! KYC statuses that a storage keeps: searches and counts have the status of the domain, whether or not it was renewed, and
//! whatever changes afterwards: a client, the day, the policy.

use client_app::ports::{
    ClientStore, CountBounds, Counting, Grouping, KycRenewal, KycRenewed, Search, Totals,
};
use client_domain::client::Change;
use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, KycStatus, KycStatusRule, Requirement};
use client_domain::search::{Order, Predicate, field};
use client_domain::value::CustomerType;
use client_domain::{Client, ClientState};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::data_set::commit_data_set;
use super::given::{commit, commit_path, given_pending};
use super::observed::{TODAY, search_for};
use crate::fixtures::conditions::in_words;
use crate::fixtures::documents::{
    address_submitted, approved_document, documents_of, rejected_document, submitted,
};
use crate::fixtures::{applicant, path_with, renamed, replacement};
use crate::harness::Harness;

const ENOUGH: CountBounds = CountBounds { entries: 1_000, rows: 1_000, branches: 1_000 };

/// Nothing is required; a passport; more of companies than of people.
fn policies() -> [KycPolicy; 3] {
    let any_of = |evidence: &[Evidence]| Requirement::any_of(evidence.iter().copied()).unwrap();
    let kind = Evidence::Document;
    let passport = any_of(&[kind(DocumentKind::InternationalPassport), kind(DocumentKind::NationalId)]);
    let home = any_of(&[Evidence::Address, kind(DocumentKind::UtilityBill)]);
    let of = |required: Vec<(CustomerType, Vec<Requirement>)>| KycPolicy {
        required: required.into_iter().collect(),
        ..KycPolicy::default()
    };
    [
        KycPolicy::default(),
        of(vec![(CustomerType::Individual, vec![passport.clone()])]),
        of(vec![
            (CustomerType::Individual, vec![home.clone()]),
            (CustomerType::Corporate, vec![passport, home]),
        ]),
    ]
}

fn days() -> [Date; 4] {
    [-1, 0, 1, 4_000].map(|days| TODAY.saturating_add(days.days()))
}

/// Renews everything that is due, a few clients at a time.
async fn renew(store: &dyn ClientStore, policy: &KycPolicy, today: Date) {
    let renewal = KycRenewal { rule: KycStatusRule::of(policy), today, limit: 3, other_rules: true };
    loop {
        let KycRenewed { due, renewed } = store.renew_kyc_statuses(&renewal).await.unwrap();
        assert!(renewed <= due && due <= 3, "{renewed} of {due}");
        if renewed < 3 {
            return;
        }
    }
}

/// A status, one of two, each of them also in the negative, and together with another condition.
fn predicates(status: KycStatus) -> Vec<Predicate> {
    let other = KycStatus::ALL[(usize::from(status.number()) + 2) % 6].name();
    let equals = || field::KYC_STATUS.equals(status.name());
    let corporate = || field::CUSTOMER_TYPE.equals("Corporate");
    let filters = [
        equals(),
        !equals(),
        field::KYC_STATUS.is_in(vec![status.name(), other]),
        field::KYC_STATUS.is_not_in(vec![status.name(), other]),
        equals().and(!corporate()),
        equals().or(corporate()),
        !(equals().or(corporate())),
    ];
    filters.into_iter().map(|filter| filter.check().unwrap()).collect()
}

/// Searches and counts by the status find what the domain finds, under every policy, on every day.
async fn agrees(store: &dyn ClientStore, clients: &[Client], when: &str) {
    for policy in policies() {
        for today in days() {
            for predicate in KycStatus::ALL.into_iter().flat_map(predicates) {
                let predicate = predicate.with_kyc_policy(&policy);
                let mut wanted: Vec<_> =
                    clients.iter().filter(|client| predicate.evaluate(client, today)).collect();
                let order = Order::default();
                wanted.sort_by(|one, other| order.compare(&order.position(one), &order.position(other)));
                let search = Search { today, ..search_for(predicate.clone(), order) };
                let found = store.search(&search).await.unwrap();
                let case = || format!("{when}, on {today}: {} {:?}", in_words(&predicate), policy.required);
                assert_eq!(found.total, Totals::Exact.of(wanted.len() as u64), "{}", case());
                let keys: Vec<_> = found.clients.iter().map(|client| &client.key).collect();
                assert_eq!(keys, wanted.iter().map(|client| client.key()).collect::<Vec<_>>(), "{}", case());
            }
            counts_agree(store, clients, &policy, today).await;
        }
    }
}

async fn counts_agree(store: &dyn ClientStore, clients: &[Client], policy: &KycPolicy, today: Date) {
    let by_status = || Grouping::KycStatus(KycStatusRule::of(policy));
    let branch = field::BRANCH_ENCODED_KEY.equals("ikeja-01").check().unwrap();
    let verified = field::KYC_STATUS.equals("Verified").check().unwrap().with_kyc_policy(policy);
    for (predicate, by) in [
        (Predicate::every_client(), by_status()),
        (branch, by_status()),
        (verified.clone(), by_status()),
        (verified, Grouping::State),
    ] {
        let counting = Counting { predicate, today, by, bounds: ENOUGH };
        let whole = counting.of(clients);
        assert_eq!(store.count(&counting).await.unwrap(), whole, "{counting:?}");
        for most in [1, 3] {
            for bounds in [CountBounds { entries: most, ..ENOUGH }, CountBounds { rows: most, ..ENOUGH }] {
                let counting = Counting { bounds, ..counting.clone() };
                let counted = store.count(&counting).await.unwrap();
                let is_bound =
                    |(group, number)| whole.groups.get(group).is_some_and(|all: &u64| number <= all);
                assert!(counted.groups.iter().all(is_bound), "{counted:?} of {whole:?}: {counting:?}");
                assert!(!counted.is_complete || counted == whole, "{counting:?}");
            }
        }
    }
}

/// No renewal makes a difference to what is found, by whichever policy and for whichever day it was.
pub async fn renewal_changes_no_answer(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let clients = commit_data_set(store).await;
    agrees(store, &clients, "before a renewal").await;
    let policies = policies();
    for (policy, day) in [(1, 1), (1, 2), (1, 0), (2, 1), (0, 3)] {
        renew(store, &policies[policy], days()[day]).await;
        agrees(store, &clients, &format!("after a renewal by policy {policy} for day {day}")).await;
    }
}

/// What is committed after a renewal counts at once, each kind of change that can make another status.
pub async fn status_follows_the_commits_after_a_renewal(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let policies = policies();
    let other = commit_path(
        store,
        &path_with(2, ClientState::PendingApproval, applicant(2), |client| documents_of(2, client)),
    )
    .await;
    let mut client = given_pending(store, applicant(1)).await;
    renew(store, &policies[1], TODAY).await;
    let steps: [fn(&Client) -> Change; 8] = [
        |client| submitted(client, 1, Some(TODAY)),
        |client| approved_document(client, 1),
        |client| renamed(client, "Eze"),
        |client| renamed(client, "Okafor"),
        |client| submitted(client, 2, None),
        |client| rejected_document(client, 2),
        |client| address_submitted(client, 1),
        |client| submitted(client, 3, Some(TODAY.saturating_add(1.days()))),
    ];
    for (place, step) in steps.into_iter().enumerate() {
        let change = step(&client);
        commit(store, replacement(&client, &change)).await;
        client = change.client;
        let clients = [other.clone(), client.clone()];
        agrees(store, &clients, &format!("after change {place}")).await;
        renew(store, &policies[1], TODAY).await;
        agrees(store, &clients, &format!("after change {place} and a renewal")).await;
    }
}
