//! The database refuses an approval by a maker, also where another release wrote the client.

use adapter_postgres::migrate;
use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use client_domain::client::{Approval, Change, DetailsPatch, Touch};
use client_domain::lifecycle::Action;
use client_domain::value::PlaceName;
use client_domain::{Actor, ActorId, AuditStamp, Client};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::{
    applicant, checker, creation, maker, moment, onboarded, performed, replacement,
};

use crate::database::Database;

const REFUSED: Option<&str> = Some("client_approved_by_another");

fn by(id: &str, seconds: i64) -> AuditStamp {
    AuditStamp::new(Actor::parse(id).unwrap(), moment(seconds))
}

fn id(text: &str) -> ActorId {
    ActorId::parse(text).unwrap()
}

fn moved(client: &Client, city: &str, stamp: &AuditStamp) -> Change {
    let city = Some(PlaceName::parse(city).unwrap());
    client
        .update(
            DetailsPatch { city, ..DetailsPatch::default() },
            &client_domain::lifecycle::Facts::without_controls(),
            stamp,
        )
        .unwrap()
        .change()
        .unwrap()
}

async fn written(database: &Database, changes: &[Change]) {
    let store = database.store().await;
    let mut before: Option<&Client> = None;
    for change in changes {
        let changeset = before.map_or_else(|| creation(change), |before| replacement(before, change));
        assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
        before = Some(&change.client);
    }
}

/// A client with a pending approval, and a maker for each of several kinds of touch.
fn touched() -> Vec<Change> {
    let mut way = vec![onboarded(1)];
    way.extend(documents_of(8, &way[0].client));
    way.push(moved(&way[way.len() - 1].client, "Abuja", &by("Édith", 30)));
    way.push(way[way.len() - 1].client.request_approval(None, &by("requester", 31)).unwrap());
    way
}

/// Approves past the adapter, and returns the constraint that refused it.
async fn approve(database: &Database, by: &str) -> Option<String> {
    let sql = format!(
        "WITH written AS (
            UPDATE client SET state = 4, version = version + 1, approval = 'Approved', approval_by = '{by}', approval_at = now()
            RETURNING client_key, version
        ) INSERT INTO client_history
            (client_key, version, event, command, request_id, actor, at, from_state, action, to_state, changed)
        SELECT client_key, version, 'ClientApproved', 'Command', 'r', '{by}', now(), 3, 'approve', 4, '' FROM written"
    );
    let error = database.run(&sql).await.err()?;
    Some(error.as_database_error().unwrap().constraint().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_an_approval_by_a_maker() {
    let database = Database::fresh().await;
    let way = touched();
    let uploader = way[1].event.by.id.as_str().to_owned();
    written(&database, &way).await;
    for who in ["maker-1", "MAKER-1", "maker\u{200B}-1", "ｍａｋｅｒ-1", "requester", "Édith", &uploader]
    {
        assert_eq!(approve(&database, who).await.as_deref(), REFUSED, "{who:?}");
    }
    assert_eq!(approve(&database, "checker").await, None);
}

/// Case beyond ASCII is folded by the domain, which passes the normal form to the database.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_the_domain_did_not_check_is_refused_by_the_normal_form() {
    let database = Database::fresh().await;
    let way = touched();
    written(&database, &way).await;
    let store = database.store().await;
    let before = &way[way.len() - 1].client;
    for who in ["maker-1", "éDITH", "ÉDITH"] {
        let mut approval = performed(before, Action::Approve, &checker(40));
        let mut snapshot = approval.client.snapshot().clone();
        snapshot.approval = Approval::Approved(by(who, 40));
        approval.client = Client::restore(snapshot).unwrap();
        let error = store.commit(replacement(before, &approval)).await.unwrap_err();
        let StoreError::Corrupt { what } = error else { panic!("{error:?}") };
        assert_eq!(what, "a client approved by a person who has touched it since its last approval");
    }
    // Where four eyes is switched off, the row says so.
    let alone = performed(before, Action::Approve, &by("ÉDITH", 40));
    assert!(alone.client.snapshot().makers.touches_of(&id("édith")).holds(Touch::ApprovedAlone));
    assert_eq!(store.commit(replacement(before, &alone)).await.unwrap(), Committed::Done);
}

/// A release without the columns writes all others, and the history.
async fn write_as_an_older_release(database: &Database, actor: &str, event: &str) {
    let sql = format!(
        "WITH written AS (
            UPDATE client SET version = version + 1, city = city || '.' RETURNING client_key, version, state
        ) INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state, to_state, changed)
        SELECT client_key, version, '{event}', 'Command', 'r', '{actor}', now(), state, state, 'city' FROM written"
    );
    database.run(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn makers_that_an_older_release_wrote_count() {
    let database = Database::fresh().await;
    written(&database, &[onboarded(1)]).await;
    write_as_an_older_release(&database, "Older-Editor", "ClientUpdated").await;
    // An unknown event counts as a change.
    write_as_an_older_release(&database, "newer", "ClientEvent").await;
    let name = ClientRef::Id(applicant(1).id);
    let found = database.store().await.find(&name).await.unwrap();
    let makers = found.unwrap().snapshot().makers.clone();
    for who in ["maker-1", "older-editor", "newer"] {
        assert!(!makers.are_without(&id(who)), "{who}");
    }
    assert!(makers.are_without(&id("checker-7")));
    for who in ["maker-1", "older-editor"] {
        assert_eq!(approve(&database, who).await.as_deref(), REFUSED, "{who}");
    }
    assert_eq!(approve(&database, "checker-7").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_by_an_older_release_empties_the_set() {
    let database = Database::fresh().await;
    let way = touched();
    written(&database, &way).await;
    database
        .run(
            "WITH written AS (
                UPDATE client SET state = 4, version = version + 1, approval = 'Approved', approval_by = 'other',
                    approval_by_email = NULL, approval_at = now(), modified_at = now() RETURNING client_key, version
            ) INSERT INTO client_history
                (client_key, version, event, command, request_id, actor, at, from_state, action, to_state, changed)
            SELECT client_key, version, 'ClientApproved', 'Command', 'r', 'other', now(), 3, 'approve', 4, 'clientState'
            FROM written",
        )
        .await
        .unwrap();
    let found = database.store().await.find(&ClientRef::Id(applicant(1).id)).await.unwrap().unwrap();
    assert_eq!(found.snapshot().makers.people(), []);
}

/// A database as the release before left it, brought up to date.
#[tokio::test(flavor = "multi_thread")]
async fn the_migration_finds_the_makers_in_the_history() {
    let database = Database::fresh().await;
    let first = touched();
    let mut second = vec![onboarded(2)];
    for action in [Action::Approve, Action::Blacklist, Action::UndoBlacklist] {
        second.push(performed(&second[second.len() - 1].client, action, &checker(50)));
    }
    second.push(moved(&second[second.len() - 1].client, "Kano", &maker(51)));
    let third = [onboarded(3), performed(&onboarded(3).client, Action::Approve, &checker(52))];
    // A rejected client keeps its makers, also the one whose blacklisting was lifted before.
    let fourth = [onboarded(4), performed(&onboarded(4).client, Action::Reject, &checker(53))];
    let mut fifth = vec![onboarded(5)];
    for action in [Action::Approve, Action::Blacklist, Action::UndoBlacklist, Action::Reject] {
        fifth.push(performed(&fifth[fifth.len() - 1].client, action, &checker(54)));
    }
    for way in [&first[..], &second, &third, &fourth, &fifth] {
        written(&database, way).await;
    }
    let mut connection = database.connect().await;
    let before = "DROP VIEW client_waiting;
        DROP FUNCTION client_renew_work CASCADE;
        DROP FUNCTION client_mark_kyc_status CASCADE;
        DROP FUNCTION client_fan_out, client_register_receiver CASCADE;
        DROP TABLE client_delivery, client_receiver;
        DROP INDEX client_by_address, client_without_branch, client_by_last_name_with_creation, client_pages_by_creation;
        CREATE INDEX client_by_last_name ON client (last_name_folded, id);
        DROP TABLE client_session, client_sign_in, client_work_item, client_work_claim,
            client_saved_view, client_kyc_status, client_batch, client_batch_piece, client_export,
            client_deleted_batch;
        DROP FUNCTION client_recall_former_names, client_has_lines CASCADE;
        DROP INDEX client_by_birth_date;
        DROP TRIGGER client_document_review_bound ON client_document;
        DROP TRIGGER client_address_review_bound ON client_address;
        DROP FUNCTION client_bind_document_review, client_bind_address_review, client_verified_values;
        DROP TRIGGER client_document_rejected_for_good ON client_document;
        DROP TRIGGER client_address_rejected_for_good ON client_address;
        ALTER TABLE client_document DROP COLUMN rejection;
        ALTER TABLE client_address DROP COLUMN rejection;
        ALTER TABLE client_history DROP COLUMN reason_code, DROP COLUMN reason_text,
            DROP COLUMN requested_documents;
        DROP TABLE client_history_value;
        ALTER TABLE client DROP COLUMN amendments, DROP COLUMN contact_verifications, DROP COLUMN phone_entered,
            DROP COLUMN contact_entries,
            DROP COLUMN former_names, DROP COLUMN former_names_folded;
        DROP FUNCTION client_claim_former CASCADE;
        ALTER TABLE client_history DROP COLUMN amendment_version;
        DROP TRIGGER client_document_reviewed_for_good ON client_document;
        DROP TRIGGER client_address_reviewed_for_good ON client_address;
        ALTER TABLE client_document DROP COLUMN verified;
        ALTER TABLE client_address DROP COLUMN verified;
        CREATE TRIGGER client_document_reviewed_for_good BEFORE UPDATE ON client_document
            FOR EACH ROW WHEN (false) EXECUTE FUNCTION client_refuse_change();
        CREATE TRIGGER client_address_reviewed_for_good BEFORE UPDATE ON client_address
            FOR EACH ROW WHEN (false) EXECUTE FUNCTION client_refuse_change();
        DROP TRIGGER client_approved_by_another ON client;
        DROP TRIGGER client_document_former_uploader_kept ON client_document;
        DROP TRIGGER client_document_reviewed_by_no_uploader ON client_document;
        DROP FUNCTION client_keep_former_uploader;
        DROP TRIGGER client_document_reviewed_by_another_person ON client_document;
        DROP TRIGGER client_address_reviewed_by_another_person ON client_address;
        DROP FUNCTION client_refuse_own_approval, client_touch, client_person;
        DROP TRIGGER client_version_by_one ON client;
        DROP FUNCTION client_refuse_unless_recomputed;
        ALTER TABLE client DROP COLUMN first_name_passport, DROP COLUMN middle_name_passport,
            DROP COLUMN last_name_passport, DROP COLUMN normal_form, DROP COLUMN normal_form_version;
        DROP TRIGGER client_onboarded_for_good ON client;
        DROP FUNCTION client_refuse_version_without_line, client_refuse_line_without_version CASCADE;
        ALTER TABLE client DROP COLUMN makers, DROP COLUMN makers_version, DROP COLUMN approval_by_normal,
            DROP COLUMN former_client;
        DROP INDEX client_document_noticed;
        ALTER TABLE client_document DROP COLUMN uploaders;
        ALTER TABLE client_idempotency DROP COLUMN client_key;
        DELETE FROM _sqlx_migrations WHERE version >= 8;";
    sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
    migrate(&database.settings()).await.unwrap();
    let store = database.store().await;
    for way in [&first[..], &second, &third, &fourth, &fifth] {
        let expected = &way[way.len() - 1].client;
        let found = store.find(&ClientRef::Id(expected.id())).await.unwrap().unwrap();
        assert_eq!(found.snapshot().makers, expected.snapshot().makers, "client {}", expected.id());
    }
    let current = "SELECT count(*) FROM client WHERE makers_version = version";
    assert_eq!(sqlx::Row::get::<i64, _>(&database.run(current).await.unwrap()[0], 0), 5);
}

/// A release that does not know of the undo empties the makers of a client that it rejects.
#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_by_an_older_release_keeps_the_makers() {
    let database = Database::fresh().await;
    let way = touched();
    written(&database, &way).await;
    database
        .run(
            "WITH written AS (
                UPDATE client SET state = 5, version = version + 1, approval = 'Rejected', approval_by = 'other',
                    approval_by_email = NULL, approval_by_normal = 'other', approval_at = now(), modified_at = now(),
                    makers = '[]', makers_version = version + 1 RETURNING client_key, version
            ), released AS (DELETE FROM client_claim)
            INSERT INTO client_history
                (client_key, version, event, command, request_id, actor, at, from_state, action, to_state, changed)
            SELECT client_key, version, 'ClientRejected', 'Command', 'r', 'other', now(), 3, 'reject', 5, 'clientState'
            FROM written",
        )
        .await
        .unwrap();
    let store = database.store().await;
    let name = ClientRef::Id(applicant(1).id);
    let rejected = store.find(&name).await.unwrap().unwrap();
    assert_eq!(rejected.snapshot().makers, way[way.len() - 1].client.snapshot().makers);

    let undone = performed(
        &rejected,
        Action::UndoReject,
        &AuditStamp { at: rejected.snapshot().modified_at, ..by("undoer", 50) },
    );
    assert_eq!(store.commit(replacement(&rejected, &undone)).await.unwrap(), Committed::Done);
    for who in ["maker-1", "requester", "undoer"] {
        assert_eq!(approve(&database, who).await.as_deref(), REFUSED, "{who}");
    }
    assert_eq!(approve(&database, "other").await, None);
}
