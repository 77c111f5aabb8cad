//! A count without a filter, or with states and branches, reads nothing but an index, as SQLite plans it without statistics.

use client_app::ports::{CountBounds, Counting, Grouping};
use client_domain::ClientState;
use client_domain::client::WorkKind;
use client_domain::kyc::{KycPolicy, KycStatusRule};
use client_domain::search::{Predicate, Word, field};
use client_domain::value::BranchKey;
use rusqlite::Connection;

use super::count_statement::statement;
use crate::migration;

/// The steps that read a table.
fn steps(predicate: Predicate, by: Grouping) -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    migration::run(&mut connection).unwrap();
    let bounds = CountBounds { entries: 5_000_000, rows: 20_000, branches: 1_000 };
    let counting = Counting { predicate, today: jiff::civil::date(2026, 1, 5), by, bounds };
    let sql = statement(&counting, counting.reading()).explained();
    let lines = sql.query(&connection, |columns| columns.get::<String>("detail")).unwrap();
    let reads = |line: &String| {
        [" c ", " w ", " s ", " client "].iter().any(|table| line.contains(&format!("{table}USING")))
    };
    lines.into_iter().filter(reads).collect()
}

fn waiting() -> Grouping {
    Grouping::Waiting(WorkKind::ALL.to_vec(), "2026-01-05T09:00:00Z".parse().unwrap())
}

#[test]
fn states_branches_and_what_waits_are_counted_by_an_index_alone() {
    let branch = || Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let active = || Predicate::in_states([ClientState::Active]);
    for (predicate, by) in [
        (Predicate::every_client(), Grouping::State),
        (branch(), Grouping::State),
        (Predicate::every_client(), Grouping::Branch),
        (active(), Grouping::Branch),
        (branch(), Grouping::Branch),
        (Predicate::every_client(), waiting()),
        (branch(), waiting()),
    ] {
        let steps = steps(predicate, by.clone());
        assert!(!steps.is_empty(), "{by:?}");
        assert!(steps.iter().all(|step| step.contains("COVERING INDEX")), "{by:?}: {steps:?}");
    }
}

/// Documents are read only of clients whose status is due, which the indexes name.
#[test]
fn kyc_statuses_are_counted_by_their_index() {
    let by = Grouping::KycStatus(KycStatusRule::of(&KycPolicy::default()));
    let steps = steps(Predicate::every_client(), by);
    let of_status = steps.iter().filter(|step| {
        *step == "SEARCH s USING COVERING INDEX client_kyc_status_by_status (rule=? AND status=? AND holds_until>?)"
    });
    assert_eq!(of_status.count(), 5, "{steps:?}");
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
    assert!(scans.iter().all(|step| step.contains("COVERING INDEX")), "{steps:?}");
}

#[test]
fn few_clients_are_found_by_their_index() {
    let word = Predicate::of_words(Word::read("okafor").unwrap());
    let found = steps(word, Grouping::State);
    assert!(found[0].starts_with("SEARCH c USING INTEGER PRIMARY KEY"), "{found:?}");
    let email = field::EMAIL_ADDRESS.equals("a@b.co").check().unwrap();
    let found =
        steps(Predicate::All(vec![Predicate::in_states([ClientState::Active]), email]), Grouping::Branch);
    assert!(found[0].starts_with("SEARCH c USING INDEX client_by_email"), "{found:?}");
}
