//! Documents that a release before document claims has approved are claimed.

use adapter_postgres::{PostgresStore, Recomputed, migrate};
use client_app::ports::{Changeset, ClientStore, Committed};
use client_domain::kyc::DocumentKind;
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{IdentificationNumber, Reason};
use client_domain::{ClaimKind, Client, Justification};
use sqlx::Row as _;
use store_conformance::fixtures::documents::{approved_document, document};
use store_conformance::fixtures::{checker, creation, maker, renamed, replacement};

use super::{all, as_before, client, given, sha256};
use crate::database::Database;

/// A client whose passport with this number the release before has approved, without a claim on it.
async fn with_passport(store: &PostgresStore, n: i64, number: &str) -> Client {
    let created = client(n, "Ada", &format!("A000000{n}"));
    given(store, as_before(&created)).await;
    let mut passport = document(n, None, &maker(n));
    passport.kind = DocumentKind::InternationalPassport;
    passport.number = IdentificationNumber::parse(number).unwrap();
    let submitted = created.client.submit_document(passport, &maker(n)).unwrap();
    given(store, replacement(&created.client, &submitted)).await;
    let approved = approved_document(&submitted.client, n);
    given(store, Changeset { take: Vec::new(), ..replacement(&submitted.client, &approved) }).await;
    approved.client
}

/// A migration leaves them to the recomputation, which claims them: a shared passport for the older client, and both work on.
#[tokio::test(flavor = "multi_thread")]
async fn documents_approved_by_a_release_before_are_claimed() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let older = with_passport(&store, 1, "P-555").await;
    let younger = with_passport(&store, 2, "P 555").await;
    let alone = with_passport(&store, 3, "P 777").await;
    given(&store, creation(&client(4, "Bola", "A0000004"))).await;
    let rejected = with_passport(&store, 5, "P 999").await;
    let reason = Justification::from(Reason::parse("Forged.").unwrap());
    let change = rejected.perform(Action::Reject, reason, &Facts::without_controls(), &checker(9)).unwrap();
    given(&store, replacement(&rejected, &change)).await;

    let migrated = || async {
        database.run("DELETE FROM _sqlx_migrations WHERE version = 27").await.unwrap();
        migrate(&database.settings()).await.unwrap();
    };
    assert_eq!(all(&store, 9).await, Recomputed::default(), "nothing is stale");
    migrated().await;
    let done = all(&store, 2).await;
    assert_eq!((done.clients, done.left_out, done.shared_claims), (3, 0, 1));
    let claim = |client: &Client| client.added_claims().remove(0).added;
    let holders = format!(
        "SELECT client_key, exclusive FROM client_claim WHERE digest IN ('\\x{}', '\\x{}') ORDER BY digest = '\\x{}', NOT exclusive",
        sha256(claim(&older).value()),
        sha256(claim(&alone).value()),
        sha256(claim(&alone).value()),
    );
    let holders = || async {
        let rows = database.run(&holders).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Vec<(String, bool)>>()
    };
    let key = |client: &Client| client.key().as_str().to_owned();
    let expected = [(key(&older), true), (key(&younger), false), (key(&alone), true)];
    assert_eq!(holders().await, expected);
    for other in [client(20, "Chi", "P/555"), client(21, "Chi", "P777")] {
        let answer = store.commit(creation(&other)).await.unwrap();
        assert_eq!(answer, Committed::ClaimTaken([ClaimKind::Identification].into()));
    }
    given(&store, creation(&client(22, "Chi", "P999"))).await;
    for client in [&older, &younger] {
        given(&store, replacement(client, &renamed(client, "Ngozi"))).await;
    }

    migrated().await;
    let again = all(&store, 9).await;
    assert_eq!((again.clients, again.shared_claims), (3, 0), "once more changes nothing");
    assert_eq!(holders().await, expected);
}
