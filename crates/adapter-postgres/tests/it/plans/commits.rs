//! A group commit uses indexes.

use client_app::ports::{ClientRef, ClientStore as _, Committed};
use client_domain::value::{AddressLine, ClientId};
use client_domain::{Actor, AuditStamp, Client};
use futures_util::future::join_all;
use store_conformance::fixtures::{applicant, creation, keyed, outcome, replacement, request, with_email};

use super::TIMES;
use super::data_set::data_set;
use super::plan::Plan;
use crate::database::connect;

/// A group commit finds each client, each request key and each claim by an index, in a plan for any number of members.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_commit_finds_every_row_by_index() {
    let data_set = data_set().await;
    // With one connection the second commit waits for the first, and later ones join its batch.
    let store = data_set.explained("group").await;
    let long_ago = AuditStamp::new(Actor::parse("maker-1").unwrap(), "2001-01-01T00:00:00Z".parse().unwrap());
    let active = "SELECT id FROM client WHERE state = 1 AND id > 1000 ORDER BY id LIMIT 70";
    let mut connection = connect(&data_set.server.url("postgres")).await;
    let active: Vec<i64> = sqlx::query_scalar(active).fetch_all(&mut connection).await.unwrap();
    for (round, known) in (0..).zip(active.chunks(10).take(TIMES)) {
        let mut changesets = Vec::new();
        for (n, id) in (0..).zip(known) {
            let number = 2_000_000_000 + 10 * round + n;
            let key = outcome(request(usize::try_from(number).unwrap()), 1);
            // They have the address of all clients and an early creation, so that no other test finds them.
            let mut new_client = applicant(number);
            new_client.details.postal_address.address = AddressLine::parse("1 Broad Street").unwrap();
            changesets.push(keyed(creation(&Client::onboard(new_client, &long_ago)), key));
            let known = store.find(&ClientRef::Id(ClientId::new(*id).unwrap())).await.unwrap().unwrap();
            changesets.push(replacement(&known, &with_email(&known, &format!("moved-{number}@example.com"))));
        }
        for answer in join_all(changesets.into_iter().map(|changeset| store.commit(changeset))).await {
            assert_eq!(answer.unwrap(), Committed::Done);
        }
    }
    let log = data_set.log_of("group");
    let mut plans = Plan::all(&log);
    plans.retain(|plan| plan.statement.contains("possible AS MATERIALIZED"));
    assert!(plans.len() >= TIMES, "{} batches", plans.len());
    let plan = plans.pop().unwrap();
    println!("| group | {} | {} pages | {:.1} ms |", plan.scans.join(", "), plan.pages, plan.milliseconds);
    assert!(plan.read_through.is_empty(), "{:?}", plan.scans);
}
