//! The queue of a receiver is read by its indexes, however much waits for another one.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, statements};
use client_app::ports::{DeadLetterSelection, DeliveryFailure, Outbox as _, ReceiverName, Verdict};
use store_conformance::fixtures::moment;

use super::TIMES;
use super::data_set::{DataSet, data_set};
use super::plan::Plan;
use crate::database::connect;

/// Every plan of this statement so far.
async fn plans_of(data_set: &DataSet, role: &str, name: &str, at_least: usize) -> Vec<Plan> {
    let (_, text) = statements().into_iter().find(|(listed, _)| *listed == name).unwrap();
    let deadline = Instant::now() + Duration::from_secs(3);
    loop {
        let mut plans = Plan::all(&data_set.log_of(role));
        plans.retain(|plan| plan.statement.contains(&*text));
        if plans.len() >= at_least {
            return plans;
        }
        assert!(Instant::now() < deadline, "{name}: {} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Each operation as often as a plan for all values needs.
async fn work(store: &PostgresStore, crm: &ReceiverName) {
    let why = DeliveryFailure::TimedOut;
    let mut after = None;
    for (round, now) in (0..TIMES).map(|round| (round, i64::try_from(round).unwrap() * 600)) {
        let taken = store.take(crm, 1_000, moment(now), moment(now + 300)).await.unwrap();
        assert!(taken.len() > 200, "{} events", taken.len());
        let verdicts = [
            Verdict::Delivered { at: moment(now) },
            Verdict::Postponed { until: moment(now), why },
            Verdict::DeadLettered { at: moment(now), why },
            Verdict::DeadLettered { at: moment(now), why },
        ];
        let clients = taken
            .iter()
            .enumerate()
            .filter(|(n, one)| *n == 0 || one.event.client != taken[n - 1].event.client);
        let settled: Vec<_> =
            clients.map(|(_, one)| one).zip(verdicts).map(|(one, verdict)| one.settle(verdict)).collect();
        store.settle(crm, &settled).await.unwrap();
        let dead = store.dead_letters(None, 9).await.unwrap();
        assert_eq!(dead.len(), 2, "round {round}");
        assert_eq!(store.backlog().await.unwrap()[crm].dead, 2);
        let one = DeadLetterSelection::Event(dead[0].event.id.clone());
        assert_eq!(store.resend(crm, &one).await.unwrap(), 1);
        assert!(store.discard(crm, &dead[1].event.id, moment(now)).await.unwrap());
        let before = "2021-01-01T00:00:00Z".parse().unwrap();
        let page = store.delete_delivered(before, after.as_ref(), 500).await.unwrap();
        assert_eq!((page.deleted, page.kept), (0, 500));
        after = page.last;
        store.forget(&ReceiverName::parse("plan-gone").unwrap()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_of_a_receiver_is_read_by_its_indexes() {
    let data_set = data_set().await;
    let mut connection = connect(&data_set.server.url("postgres")).await;
    sqlx::raw_sql(include_str!("receivers.sql")).execute(&mut connection).await.unwrap();
    let store = data_set.explained("receivers").await;
    work(&store, &ReceiverName::parse("plan-crm").unwrap()).await;
    let (by_receiver, by_event) = ("client_delivery_by_receiver", "client_delivery_by_event");
    let dead = "client_delivery_dead";
    for (name, index, pages) in [
        ("TAKE_DELIVERIES", by_receiver, 12_000.0),
        ("SETTLE_DELIVERIES", by_event, 200.0),
        ("RELEASE_DELIVERIES", by_event, 200.0),
        ("DEAD_LETTERS", dead, 100.0),
        ("BACKLOG", "client_delivery_by_age", 500.0),
        ("RESEND_DELIVERIES", dead, 100.0),
        ("DISCARD_DELIVERY", dead, 100.0),
        ("DELETE_DELIVERIES", by_receiver, 60_000.0),
        ("DELETE_DELIVERED", "client_outbox_by_delivery", 4_000.0),
    ] {
        let plans = plans_of(data_set, "receivers", name, TIMES).await;
        let last = plans.last().unwrap();
        println!(
            "| {name} | {} | {} pages | {:.1} ms |",
            last.scans.join(", "),
            last.pages,
            last.milliseconds
        );
        for plan in &plans {
            // A thousand rows of a table of thirty thousand are deleted by a scan of it, of a larger one by its key.
            let read_through = plan.read_through.iter().filter(|table| *table != "client_receiver");
            assert!(read_through.count() == 0 || name == "DELETE_DELIVERIES", "{name}: {:?}", plan.scans);
            assert!(plan.indexes.contains(index), "{name}: {:?}", plan.scans);
            assert!(plan.pages < pages, "{name}: {} pages, {:?}", plan.pages, plan.scans);
        }
    }
}
