//! The database refuses a review by an uploader, also where another release wrote the document.

use adapter_postgres::migrate;
use client_app::ports::{ClientRef, ClientStore, Committed};
use client_domain::client::Change;
use client_domain::kyc::{ContentKey, ReviewAction, Uploaders};
use client_domain::{Actor, AuditStamp, Blocker, Client, Person};
use store_conformance::fixtures::documents::{document, submitted};
use store_conformance::fixtures::{applicant, creation, maker, moment, onboarded, replacement};

use crate::database::Database;

fn by(id: &str) -> AuditStamp {
    AuditStamp::new(Actor::parse(id).unwrap(), moment(50))
}

fn replaced(client: &Client, who: &str) -> Change {
    let document = &client.kyc().documents[0];
    let mut content = document.content.clone();
    content.key = ContentKey::from_bits(moment(50), u128::from(client.version().get()));
    content.uploaded = by(who);
    client.replace_content(&document.id, content, &by(who)).unwrap()
}

/// A client with a document that `maker-1` has submitted, and others have uploaded files for.
async fn written(database: &Database, uploaders: &[&str]) -> Client {
    let mut way = vec![onboarded(1)];
    way.push(submitted(&way[0].client, 1, None));
    for who in uploaders {
        way.push(replaced(&way[way.len() - 1].client, who));
    }
    let store = database.store().await;
    assert_eq!(store.commit(creation(&way[0])).await.unwrap(), Committed::Done);
    for step in way.windows(2) {
        let changeset = replacement(&step[0].client, &step[1]);
        assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
    }
    way.pop().unwrap().client
}

async fn found(database: &Database) -> Client {
    database.store().await.find(&ClientRef::Id(applicant(1).id)).await.unwrap().unwrap()
}

fn uploaders(who: &[&str]) -> Uploaders {
    Uploaders::restore(who.iter().map(|who| Person::restore(who)))
}

/// Reviews past the adapter, with this status, and returns the constraint that refused it.
async fn review(database: &Database, status: u8, who: &str) -> Option<String> {
    let sql = format!(
        "UPDATE client_document SET status = {status}, reviewed_by = '{who}', reviewed_at = now(), comment = 'Seen.'"
    );
    let error = database.run(&sql).await.err()?;
    Some(error.as_database_error().unwrap().constraint().unwrap().to_owned())
}

const REFUSED: Option<&str> = Some("client_document_reviewed_by_no_uploader");

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_a_review_by_a_former_uploader() {
    let database = Database::fresh().await;
    written(&database, &["former", "latest"]).await;
    for status in [1, 2] {
        for who in ["former", "FORMER", "ｆｏｒｍｅｒ"] {
            assert_eq!(review(&database, status, who).await.as_deref(), REFUSED, "{who:?}");
        }
    }
    assert_eq!(review(&database, 1, "checker").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_an_approval_where_an_uploader_may_be_missing() {
    let database = Database::fresh().await;
    written(&database, &["latest"]).await;
    let full = "UPDATE client_document SET uploaders = (SELECT array_agg('uploader-' || n) FROM generate_series(1, 50) n)";
    database.run(full).await.unwrap();
    assert_eq!(review(&database, 1, "checker").await.as_deref(), REFUSED);
    assert_eq!(review(&database, 2, "checker").await, None);
}

/// A release without the column replaces the file and leaves the column as it is.
async fn replace_as_an_older_release(database: &Database, who: &str) {
    let sql = format!("UPDATE client_document SET uploaded_by = '{who}', uploaded_at = now()");
    database.run(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaders_that_an_older_release_replaced_count() {
    let database = Database::fresh().await;
    written(&database, &[]).await;
    // As such a release submits a document.
    database.run("UPDATE client_document SET uploaders = '{}'").await.unwrap();
    for who in ["Former", "latest"] {
        replace_as_an_older_release(&database, who).await;
    }
    let client = found(&database).await;
    assert_eq!(client.kyc().documents[0].uploaders, uploaders(&["maker-1", "former", "latest"]));
    let id = document(1, None, &maker(1)).id;
    let refusal = client.review_document(&id, ReviewAction::Approve, None, &by("former")).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::OwnUpload]);
    assert_eq!(review(&database, 1, "former").await.as_deref(), REFUSED);
}

/// A database as the release before left it, brought up to date.
#[tokio::test(flavor = "multi_thread")]
async fn the_migration_finds_the_uploaders_in_the_history() {
    let database = Database::fresh().await;
    let expected = written(&database, &["Former", "other", "latest"]).await;
    let before = "DROP TRIGGER client_document_former_uploader_kept ON client_document;
        DROP TRIGGER client_document_reviewed_by_no_uploader ON client_document;
        DROP FUNCTION client_keep_former_uploader;
        ALTER TABLE client_document DROP COLUMN uploaders;
        DELETE FROM _sqlx_migrations WHERE version = 12";
    let mut connection = database.connect().await;
    sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert_eq!(found(&database).await, expected);
    assert_eq!(review(&database, 1, "former").await.as_deref(), REFUSED);
}
