//! A KYC status is found by its index, and its total is counted by the index alone.

use client_app::ports::{ClientStore as _, Counting, Grouping, Search, Totals};
use client_domain::ClientState;
use client_domain::kyc::{KycPolicy, KycStatus, KycStatusRule};
use client_domain::search::{Filter, Predicate, field};
use client_domain::value::BranchKey;

use super::counts::{counted, counting};
use super::data_set::data_set;
use super::plan::Plan;
use super::{matching, newest, plan_of};

const TIMES: usize = 3;

/// Searches, and asserts that neither documents nor all clients were read.
async fn found(name: &str, search: &Search, is_empty: bool) -> Plan {
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    for _ in 1..TIMES {
        store.search(search).await.unwrap();
    }
    let found = store.search(search).await.unwrap();
    assert_eq!(found.clients.is_empty(), is_empty, "{name}");
    let plan = plan_of(data_set, name, TIMES).await;
    plan.print(name, &found);
    // Up to some ten thousand clients, the server reads them from one end to the other rather than one by one.
    let is_small = data_set.clients <= 100_000;
    assert!(is_small || !plan.read_through.contains("client"), "{name}: {:?}", plan.scans);
    let of_documents =
        |name: &&String| name.starts_with("client_document") || name.starts_with("client_address");
    let read = plan.indexes.iter().chain(&plan.read_through).find(of_documents);
    assert_eq!(read, None, "{name}: {:?}", plan.scans);
    plan
}

fn status(status: KycStatus) -> Filter {
    field::KYC_STATUS.equals(status.name())
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_with_a_kyc_status_and_their_total() {
    for (name, one) in [
        ("kyc-incomplete", KycStatus::Incomplete),
        ("kyc-pending", KycStatus::Pending),
        ("kyc-verified", KycStatus::Verified),
        ("kyc-expired", KycStatus::Expired),
        ("kyc-outdated", KycStatus::Outdated),
    ] {
        let is_empty = one == KycStatus::Outdated;
        let plan = found(name, &matching(&status(one)), is_empty).await;
        assert!(plan.indexes.contains("client_kyc_status_by_status"), "{name}: {:?}", plan.scans);
        let uncounted = Search { totals: Totals::None, ..matching(&status(one)) };
        found(&format!("{name}-uncounted"), &uncounted, is_empty).await;
    }
    found("kyc-none", &matching(&status(KycStatus::None)), false).await;
    found("kyc-not-verified", &matching(&!status(KycStatus::Verified)), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_branch_with_a_kyc_status() {
    let branch = || Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let of = |one: KycStatus| status(one).check().unwrap();
    for (name, one) in [("branch-verified", KycStatus::Verified), ("branch-expired", KycStatus::Expired)] {
        found(name, &newest(Predicate::All(vec![branch(), of(one)])), false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kyc_statuses_are_counted_by_an_index() {
    let rule = KycStatusRule::of(&KycPolicy::default());
    let asked = counting(Predicate::every_client(), Grouping::KycStatus(rule.clone()));
    let (all, plan) = counted("count-kyc", &asked).await;
    assert!(all.is_complete && all.groups.len() == 5, "{all:?}");
    // The rows are narrow: those of a small table are counted from one end to the other.
    assert!(plan.read_through.iter().all(|table| table == "client_kyc_status"), "{:?}", plan.scans);
    let few = |name: &'static str, predicate: Predicate, by: Grouping| {
        (name, Counting { predicate, by, ..asked.clone() })
    };
    let expired = || status(KycStatus::Expired).check().unwrap();
    let branch = Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    for (name, asked) in [
        few("count-states-of-expired", expired(), Grouping::State),
        few("count-branches-of-expired", expired(), Grouping::Branch),
        few("count-kyc-of-branch", branch, Grouping::KycStatus(rule.clone())),
        few(
            "count-kyc-of-rejected",
            Predicate::in_states([ClientState::Rejected]),
            Grouping::KycStatus(rule.clone()),
        ),
    ] {
        counted(name, &asked).await;
    }
}
