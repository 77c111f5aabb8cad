//! Clients that may be the same person are found by the searches that the domain gives for that.

use std::collections::BTreeSet;

use client_app::ports::ClientRef;
use client_domain::{Client, Resemblance};

use super::observed::all_clients;
use super::spellings::{ids, named};
use crate::harness::Harness;

/// Every client that looks like another one by its name is found by the searches that the domain gives for that, both ways,
/// and also where one of them has it in the passport spelling.
pub async fn look_alikes_by_name_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let names = [
        ("Jürgen", None, "Müller"),
        ("Mueller", None, "Juergen"),
        ("Jurgen", None, "Muller"),
        ("JÜRGEN", None, "MUELLER"),
        ("Åse", None, "Sørensen"),
        ("Aase", None, "Soerensen"),
        ("Jürgen", None, "Jürgen"),
        ("Ada", None, "Müller"),
    ];
    named(store, &names).await;
    let mut clients = Vec::new();
    for client in all_clients(store).await {
        clients.push(store.find(&ClientRef::Key(client.key)).await.unwrap().unwrap());
    }
    clients.sort_by_key(Client::id);
    let alike = Resemblance::NameAndBirthDate;
    let mut pairs = Vec::new();
    for one in &clients {
        let mut found = BTreeSet::new();
        for predicate in one.look_alike_searches().unwrap() {
            found.extend(ids(store, predicate).await);
        }
        let others = clients.iter().filter(|other| one.resemblances(other).contains(&alike));
        let others: Vec<_> = others.map(|other| other.id().get()).collect();
        assert!(others.iter().all(|other| found.contains(other)), "{others:?} of {found:?}");
        pairs.push(others);
    }
    let expected: [&[i64]; 8] = [&[2, 3, 4], &[1, 4], &[1], &[1, 2], &[6], &[5], &[], &[]];
    assert_eq!(pairs, expected);
}
