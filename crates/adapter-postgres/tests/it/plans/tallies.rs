//! A tally reads the lines of its events and of its period by their index, and no whole history, whatever its groups are.

use std::time::{Duration, Instant};

use client_app::ports::{ClientStore as _, Tallied, TallyBy, Tallying};
use client_domain::EventKind;
use client_domain::value::BranchKey;
use jiff::{SignedDuration, Timestamp};

use super::data_set::data_set;
use super::plan::Plan;

/// As the service reads.
const LINES: usize = 100_000;

/// The lines of clients are 200 seconds apart, so this is the time of so many of them.
fn after(clients: i64) -> Timestamp {
    let begun: Timestamp = "2019-01-01T00:00:00Z".parse().unwrap();
    begun + SignedDuration::from_secs(clients * 200)
}

fn tallying(by: TallyBy, clients: std::ops::Range<i64>) -> Tallying {
    let events = match by {
        TallyBy::Period => vec![EventKind::Approved, EventKind::Blacklisted],
        TallyBy::Reason => vec![EventKind::Approved, EventKind::Rejected, EventKind::Blacklisted],
        TallyBy::Wait => vec![EventKind::Approved, EventKind::Rejected],
    };
    let middle = after(clients.start.midpoint(clients.end));
    let moments = match by {
        TallyBy::Period => vec![after(clients.start), middle, after(clients.end)],
        TallyBy::Reason | TallyBy::Wait => vec![after(clients.start), after(clients.end)],
    };
    Tallying { events, branch: None, moments, by, lines: LINES }
}

/// Tallies, and answers the plan of the second time, which is the one without the costs of a new connection.
async fn tallied(name: &str, tallying: &Tallying) -> (Tallied, Plan) {
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    store.tally(tallying).await.unwrap();
    let begun = Instant::now();
    let tallied = store.tally(tallying).await.unwrap();
    let taken = begun.elapsed().as_secs_f64() * 1_000.0;
    let deadline = Instant::now() + Duration::from_secs(3);
    let plan = loop {
        let mut plans = Plan::all(&data_set.log_of(name));
        plans.retain(|plan| plan.statement.contains("client_history"));
        if plans.len() == 2 {
            break plans.pop().unwrap();
        }
        assert!(Instant::now() < deadline, "{name}: {} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let lines: u64 = tallied.groups.values().sum();
    println!(
        "| {name} | {lines} in {} groups | {} | {} removed | {} pages | {:.1} ms of {taken:.1} ms |",
        tallied.groups.len(),
        plan.scans.join(", "),
        plan.removed,
        plan.pages,
        plan.milliseconds
    );
    assert!(lines > 0, "{name}");
    (tallied, plan)
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_period_are_read_by_event_and_time() {
    let clients = data_set().await.clients;
    let branch = || Some(BranchKey::parse("branch-7").unwrap());
    let (by_event, by_key, of_client) = ("client_history_by_event", "client_history_pkey", "client_pkey");
    for (name, by, branch, indexes) in [
        ("tally-period", TallyBy::Period, None, vec![by_event]),
        ("tally-period-branch", TallyBy::Period, branch(), vec![by_event, of_client]),
        ("tally-reason", TallyBy::Reason, None, vec![by_event]),
        ("tally-reason-branch", TallyBy::Reason, branch(), vec![by_event, of_client]),
        ("tally-wait", TallyBy::Wait, None, vec![by_event, by_key, of_client]),
        ("tally-wait-branch", TallyBy::Wait, branch(), vec![by_event, by_key, of_client]),
    ] {
        // A period with a part of all lines, and all of them: also then each is read by the index.
        for (part, period) in [("", 0..clients / 5), ("-all", 0..clients + 100)] {
            let asked = Tallying { branch: branch.clone(), ..tallying(by, period) };
            let name = format!("{name}{part}");
            let (tallied, plan) = tallied(&name, &asked).await;
            assert!(tallied.is_complete, "{name}");
            assert!(plan.read_through.is_empty(), "{name}: {:?}", plan.scans);
            let used: Vec<_> = plan.indexes.iter().map(String::as_str).collect();
            assert_eq!(used, indexes, "{name}: {:?}", plan.scans);
            assert!(plan.removed <= 1.0, "{name}: {} lines were read in vain", plan.removed);
            assert!(!plan.is_for_all_values, "{name}: planned without its values in view");
            if by == TallyBy::Wait {
                let lines = u32::try_from(tallied.groups.values().sum::<u64>()).unwrap();
                let lookups = plan.lookups[by_key];
                assert!(
                    lookups <= lines.into(),
                    "{name}: {lookups} requests of {lines} lines were looked up"
                );
            }
        }
    }
}

/// However many lines there are, no more than the bound are read.
#[tokio::test(flavor = "multi_thread")]
async fn lines_are_read_up_to_the_bound() {
    let clients = data_set().await.clients;
    for by in [TallyBy::Reason, TallyBy::Wait] {
        let name = format!("tally-bounded-{by:?}").to_lowercase();
        let asked = Tallying { lines: 100, ..tallying(by, 0..clients + 100) };
        let (tallied, plan) = tallied(&name, &asked).await;
        assert!(!tallied.is_complete && tallied.groups.values().sum::<u64>() == 101, "{name}");
        assert!(plan.pages < 2_000.0, "{name}: {} pages, {:?}", plan.pages, plan.scans);
    }
}
