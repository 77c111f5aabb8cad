//! A release that does not know of returns rejects a client that has returned, and undoes that: a trigger keeps the claim on
//! the former record.

use client_app::ports::{ClientStore as _, Committed};
use client_domain::{ClaimKind, Client, ClientState};
use store_conformance::fixtures::{applicant, creation, path_to, replacement, returned};

use crate::database::Database;

/// Another version of a client, as that release writes it: without the column, and without the claim.
fn as_before(n: i64, changes: &str, edge: (i16, &str, i16)) -> String {
    let (from, action, to) = edge;
    format!(
        "WITH written AS (
            UPDATE client SET state = {to}, version = version + 1, modified_at = now(), makers_version = version + 1,
                approval_by_email = NULL, {changes}
            WHERE id = {n} RETURNING client_key, version
        ), released AS (
            DELETE FROM client_claim c USING written w WHERE c.client_key = w.client_key AND c.kind <> 'formerClient'
        )
        INSERT INTO client_history
            (client_key, version, event, command, request_id, actor, at, from_state, action, to_state, changed)
        SELECT client_key, version, 'Client', 'Command', 'r', 'other', now(), {from}, '{action}', {to}, 'clientState'
        FROM written"
    )
}

fn rejection(n: i64) -> String {
    let changes =
        "approval = 'Rejected', approval_by = 'other', approval_by_normal = 'other', approval_at = now()";
    as_before(n, changes, (3, "reject", 5))
}

fn undo(n: i64) -> String {
    let changes = "approval = NULL, approval_by = NULL, approval_by_normal = NULL, approval_at = NULL";
    as_before(n, changes, (5, "undoReject", 3))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_release_gives_the_former_record_up_and_takes_it_again() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let path = path_to(ClientState::Exited, applicant(1));
    assert_eq!(store.commit(creation(&path[0])).await.unwrap(), Committed::Done);
    for step in path.windows(2) {
        assert_eq!(store.commit(replacement(&step[0].client, &step[1])).await.unwrap(), Committed::Done);
    }
    let former: &Client = &path[path.len() - 1].client;
    let taken = Committed::ClaimTaken([ClaimKind::FormerClient].into());

    assert_eq!(store.commit(creation(&returned(former, 2))).await.unwrap(), Committed::Done);
    assert_eq!(store.commit(creation(&returned(former, 3))).await.unwrap(), taken);
    database.run(&rejection(2)).await.unwrap();
    assert_eq!(store.commit(creation(&returned(former, 3))).await.unwrap(), Committed::Done);

    let refused = database.run(&undo(2)).await.unwrap_err();
    let refused = refused.as_database_error().unwrap().constraint().map(str::to_owned);
    assert_eq!(refused.as_deref(), Some("client_claim_exclusive"), "the record has returned as client 3");
    database.run(&rejection(3)).await.unwrap();
    database.run(&undo(2)).await.unwrap();
    assert_eq!(store.commit(creation(&returned(former, 4))).await.unwrap(), taken);
}
