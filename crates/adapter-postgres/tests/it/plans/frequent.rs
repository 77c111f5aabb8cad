//! Searches for frequent values, and for values without an index.

use adapter_postgres::{PostgresStore, Settings};
use client_app::ports::{ClientStore as _, Search, Totals};
use client_domain::ClientState;
use client_domain::search::{Direction, Order, Predicate, Property, field};
use client_domain::value::BranchKey;

use super::data_set::data_set;
use super::{matching, mentioning, newest, plan_of};

/// A search for a frequent value takes as long as counting its clients. No index makes that short, but it must end within
/// the statement timeout of the service, which applies here.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_a_frequent_value_ends_in_time() {
    let data_set = data_set().await;
    let any = field::FIRST_NAME
        .equals("Ada")
        .or(field::CITY.equals("Enugu"))
        .or(field::EMAIL_ADDRESS.equals("a@b.co"));
    let bills = field::DOCUMENT_TYPE.equals("Utility Bill").and(field::DOCUMENT_STATUS.equals("Pending"));
    let state = newest(Predicate::in_states([ClientState::Active]));
    let common = matching(&field::LAST_NAME.starts_with("o"));
    let searches = [
        ("all-clients", newest(Predicate::every_client())),
        ("frequent-state", state),
        ("frequent-prefix", common),
        ("frequent-word", mentioning("ada")),
        ("frequent-two-words", mentioning("ada okafor")),
        // Each word is frequent and no client has both, which the server cannot know beforehand.
        ("none-by-frequent-words", mentioning("lyn okafor")),
        ("two-letters", mentioning("ka")),
        ("document-type-and-status", matching(&bills)),
        ("none-by-address", matching(&field::ADDRESS.contains("zq"))),
        ("one-of-three-without-index", matching(&any)),
        (
            "by-birth-date",
            Search {
                order: Order::by(vec![(Property::DateOfBirth, Direction::Ascending)]).unwrap(),
                ..newest(Predicate::in_states([ClientState::Active]))
            },
        ),
    ];
    for (name, asked) in searches {
        for totals in [Totals::Exact, Totals::None] {
            let name = format!("{name}{}", if totals == Totals::Exact { "" } else { "-uncounted" });
            let mut settings = data_set.settings(&name, &[("auto_explain.log_min_duration", "0")]).await;
            settings.statement_timeout = Settings::parse("postgres://localhost").unwrap().statement_timeout;
            let store = PostgresStore::open(&settings).await.unwrap();
            let found = store.search(&Search { totals, ..asked.clone() }).await.unwrap();
            assert_eq!(found.clients.is_empty(), name.starts_with("none"), "{name}");
            let plan = plan_of(data_set, &name, 1).await;
            plan.print(&name, &found);
        }
    }
}

/// No index holds the KYC status of a policy, so a search by the status alone reads the documents of every client, which for
/// very many clients takes longer than the usual statement timeout. The test prints how long.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_by_kyc_status_alone_reads_every_client() {
    let data_set = data_set().await;
    for (name, status) in [("kyc-status", "Verified"), ("rare-kyc-status", "Incomplete")] {
        for totals in [Totals::Exact, Totals::None] {
            let name = format!("{name}{}", if totals == Totals::Exact { "" } else { "-uncounted" });
            let asked = Search { totals, ..matching(&field::KYC_STATUS.equals(status)) };
            let found = data_set.explained(&name).await.search(&asked).await.unwrap();
            assert!(!found.clients.is_empty(), "{name}: no client");
            plan_of(data_set, &name, 1).await.print(&name, &found);
        }
    }
    let branch = Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let status = field::KYC_STATUS.equals("Verified").check().unwrap();
    let name = "kyc-status-of-a-branch";
    let found =
        data_set.explained(name).await.search(&newest(Predicate::All(vec![branch, status]))).await.unwrap();
    let plan = plan_of(data_set, name, 1).await;
    plan.print(name, &found);
    assert!(!plan.read_through.contains("client"), "{name}: {:?}", plan.scans);
}
