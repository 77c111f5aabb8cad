//! A count without a filter, or with states and branches, reads nothing but an index; another one reads a bounded number of
//! clients.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use client_app::ports::{ClientStore as _, CountBounds, Counted, Counting, Grouping};
use client_domain::ClientState;
use client_domain::client::WorkKind;
use client_domain::kyc::{KycPolicy, KycStatusRule};
use client_domain::search::{Predicate, Word, field};
use client_domain::value::BranchKey;
use sqlx::Row as _;

use super::data_set::data_set;
use super::plan::Plan;
use super::text_of;
use crate::database::connect;

/// As the service reads.
const BOUNDS: CountBounds = CountBounds { entries: 5_000_000, rows: 20_000, branches: 1_000 };

pub(super) fn counting(predicate: Predicate, by: Grouping) -> Counting {
    Counting { predicate, today: jiff::civil::date(2026, 1, 5), by, bounds: BOUNDS }
}

/// How many clients there are now.
async fn clients() -> u64 {
    let mut connection = connect(&data_set().await.server.url("postgres")).await;
    let row = sqlx::query("SELECT count(*) FROM client").fetch_one(&mut connection).await.unwrap();
    row.get::<i64, _>(0).try_into().unwrap()
}

fn waiting() -> Grouping {
    Grouping::Waiting(WorkKind::ALL.to_vec(), "2026-01-05T09:00:00Z".parse().unwrap())
}

/// Counts, and answers the plan of the second time, which is the one without the costs of a new connection.
pub(super) async fn counted(name: &str, counting: &Counting) -> (Counted, Plan) {
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    store.count(counting).await.unwrap();
    let begun = Instant::now();
    let counted = store.count(counting).await.unwrap();
    let taken = begun.elapsed().as_secs_f64() * 1_000.0;
    let deadline = Instant::now() + Duration::from_secs(3);
    let plan = loop {
        let mut plans = Plan::all(&data_set.log_of(name));
        plans.retain(|plan| plan.statement.contains("AS counted"));
        if plans.len() == 2 {
            break plans.pop().unwrap();
        }
        assert!(Instant::now() < deadline, "{name}: {} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let total: u64 = counted.groups.values().sum();
    let (groups, complete) = (counted.groups.len(), counted.is_complete);
    println!(
        "| {name} | {total} in {groups} groups, complete: {complete} | {:?} | {} pages | {:.1} ms of {taken:.1} ms |",
        plan.indexes, plan.pages, plan.milliseconds
    );
    assert!(total > 0, "{name}");
    (counted, plan)
}

/// Only these indexes are read, all of what is read is counted, and everything is.
async fn by_index(name: &str, asked: Counting, indexes: &[&str]) -> Counted {
    let (counted, plan) = counted(name, &asked).await;
    assert!(counted.is_complete, "{name}");
    assert!(!plan.read_through.contains("client"), "{name}: {:?}", plan.scans);
    // What a part of the statement has made is read as well; and the narrow table of the queue is, where most of it is one
    // group.
    let made = ["CTE Scan", "WorkTable Scan", "Seq Scan"];
    let reads = plan.scans.iter().filter(|scan| !made.contains(&scan.as_str()));
    assert!(reads.into_iter().all(|scan| scan.starts_with("Index Only Scan")), "{name}: {:?}", plan.scans);
    let used: BTreeSet<_> = plan.indexes.iter().map(String::as_str).collect();
    assert!(used.is_subset(&indexes.iter().copied().collect()), "{name}: {:?}", plan.scans);
    // After the last branch there is none.
    let most = if plan.read_through.is_empty() { 1.0 } else { f64::INFINITY };
    assert!(plan.removed <= most, "{name}: {} rows removed", plan.removed);
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_by_an_index_alone() {
    // Other tests of plans add a few clients meanwhile.
    let before = clients().await;
    let branch = || Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let active = || Predicate::in_states([ClientState::Active]);
    let total = |counted: &Counted| counted.groups.values().sum::<u64>();
    let every = Predicate::every_client;
    let states = by_index("count-states", counting(every(), Grouping::State), &["client_by_state"]).await;
    assert_eq!(states.groups.len(), 6);
    let of_branches = ["client_by_branch", "client_by_branch_and_state", "client_without_branch"];
    let branches = by_index("count-branches", counting(every(), Grouping::Branch), &of_branches).await;
    let all = before..=clients().await;
    assert!(all.contains(&total(&states)) && all.contains(&total(&branches)), "{all:?}");
    let both = ["client_by_branch_and_state"];
    let of_branch = by_index("count-states-of-branch", counting(branch(), Grouping::State), &both).await;
    let of_state =
        by_index("count-branches-of-state", counting(active(), Grouping::Branch), &of_branches).await;
    assert!(total(&of_branch) > 0 && total(&of_state) < before);
    by_index("count-waiting", counting(every(), waiting()), &["client_work_item_by_age"]).await;
    let indexes = ["client_work_item_by_branch"];
    by_index("count-waiting-of-branch", counting(branch(), waiting()), &indexes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_few_clients_are_found_by_their_index() {
    let email = text_of(data_set().await, "email", 777).await;
    let word = |term: &str| Predicate::of_words(Word::read(term).unwrap());
    let active = Predicate::in_states([ClientState::Active]);
    for (name, predicate, index) in [
        ("count-email", field::EMAIL_ADDRESS.equals(email).check().unwrap(), "client_by_email"),
        ("count-word", word("uzogarwa"), "client_by_word"),
        ("count-word-of-state", Predicate::All(vec![active, word("uzogarwa")]), "client_by_word"),
    ] {
        let (counted, plan) = counted(name, &counting(predicate, Grouping::State)).await;
        assert!(counted.is_complete, "{name}");
        assert!(plan.read_through.is_empty() && plan.indexes.contains(index), "{name}: {:?}", plan.scans);
    }
}

/// However many clients there are, no more than the bound are read.
#[tokio::test(flavor = "multi_thread")]
async fn other_counts_end_at_their_bound() {
    let few = CountBounds { rows: 1_000, ..BOUNDS };
    let statuses = || Grouping::KycStatus(KycStatusRule::of(&KycPolicy::default()));
    let female = || field::GENDER.equals("Female").check().unwrap();
    let city = || field::CITY.equals("Lagos").check().unwrap();
    let active = || Predicate::in_states([ClientState::Active]);
    let born = field::DATE_OF_BIRTH.after(jiff::civil::date(1900, 1, 1)).check().unwrap();
    for (name, predicate, by) in [
        ("count-city", city(), Grouping::State),
        ("count-city-of-born", Predicate::All(vec![born, city()]), Grouping::State),
        ("count-city-of-state", Predicate::All(vec![active(), city()]), Grouping::Branch),
        ("count-kyc-of-gender", female(), statuses()),
        ("count-kyc-of-state", active(), statuses()),
        ("count-waiting-city", city(), waiting()),
    ] {
        let asked = Counting { bounds: few, ..counting(predicate, by) };
        let (counted, plan) = counted(name, &asked).await;
        assert!(!counted.is_complete, "{name}");
        assert!(plan.pages < 20_000.0, "{name}: {} pages, {:?}", plan.pages, plan.scans);
        if name == "count-city-of-born" {
            // A client elsewhere counts against the bound, although an index has the other condition.
            assert!(plan.removed <= 1.0, "{name}: {} rows removed, {:?}", plan.removed, plan.scans);
        }
    }
    // As the service reads, for the cost.
    counted("count-city-20000", &counting(city(), Grouping::State)).await;
    counted("count-kyc-20000", &counting(active(), statuses())).await;
}
