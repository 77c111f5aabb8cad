//! What very many clients have, and what has no index.

use adapter_postgres::{PostgresStore, Settings};
use client_app::ports::{ClientStore as _, Search};
use client_domain::ClientState;
use client_domain::search::{Direction, Order, Predicate, Property, field};
use client_domain::value::BranchKey;

use super::crowd::crowd;
use super::{mentioning, newest, plan_of, whoever};

/// What very many clients have takes as long as counting them takes. No index makes that short; what it may not do is
/// to outlast the time that the service gives a statement, which here has what it usually has.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_frequent_is_answered_in_time() {
    let crowd = crowd().await;
    let any = field::FIRST_NAME
        .equals("Ada")
        .or(field::CITY.equals("Enugu"))
        .or(field::EMAIL_ADDRESS.equals("a@b.co"));
    let bills = field::DOCUMENT_TYPE.equals("Utility Bill").and(field::DOCUMENT_STATUS.equals("Pending"));
    let state = newest(Predicate::in_states([ClientState::Active]));
    let common = whoever(&field::LAST_NAME.starts_with("o"));
    let several = [
        ("everybody", newest(Predicate::everybody())),
        ("frequent-state", state),
        ("frequent-prefix", common),
        ("frequent-word", mentioning("ada")),
        ("frequent-two-words", mentioning("ada okafor")),
        // Each is frequent and both together are nobody, which the server cannot know beforehand.
        ("nobody-by-frequent-words", mentioning("lyn okafor")),
        ("two-letters", mentioning("ka")),
        ("document-type-and-status", whoever(&bills)),
        ("nobody-by-address", whoever(&field::ADDRESS.contains("zq"))),
        ("one-of-three-without-index", whoever(&any)),
        (
            "by-birth-date",
            Search {
                order: Order::by(vec![(Property::DateOfBirth, Direction::Ascending)]).unwrap(),
                ..newest(Predicate::in_states([ClientState::Active]))
            },
        ),
    ];
    for (name, asked) in several {
        for count in [true, false] {
            let name = format!("{name}{}", if count { "" } else { "-uncounted" });
            let mut settings = crowd.settings(&name, &[("auto_explain.log_min_duration", "0")]).await;
            settings.statement_timeout = Settings::parse("postgres://localhost").unwrap().statement_timeout;
            let store = PostgresStore::open(&settings).await.unwrap();
            let found = store.search(&Search { count, ..asked.clone() }).await.unwrap();
            assert_eq!(found.clients.is_empty(), name.starts_with("nobody"), "{name}");
            let plan = plan_of(crowd, &name, 1).await;
            plan.print(&name, &found);
        }
    }
}

/// No index knows what a policy makes of papers, so a search by that alone looks at the papers of everybody, and of very
/// many that takes longer than a statement usually may. How long is printed; that it ends is what the time limit is for.
#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_papers_alone_looks_at_everybody() {
    let crowd = crowd().await;
    for (name, status) in [("kyc-status", "Verified"), ("rare-kyc-status", "Incomplete")] {
        for count in [true, false] {
            let name = format!("{name}{}", if count { "" } else { "-uncounted" });
            let asked = Search { count, ..whoever(&field::KYC_STATUS.equals(status)) };
            let found = crowd.explained(&name).await.search(&asked).await.unwrap();
            assert!(!found.clients.is_empty(), "{name}: nobody");
            plan_of(crowd, &name, 1).await.print(&name, &found);
        }
    }
    let branch = Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let status = field::KYC_STATUS.equals("Verified").check().unwrap();
    let name = "kyc-status-of-a-branch";
    let found =
        crowd.explained(name).await.search(&newest(Predicate::All(vec![branch, status]))).await.unwrap();
    let plan = plan_of(crowd, name, 1).await;
    plan.print(name, &found);
    assert!(!plan.read_through.contains("client"), "{name}: {:?}", plan.scans);
}
