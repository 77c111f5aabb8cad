//! Batches while another transaction has locked what they wait for.

use std::time::Duration;

use adapter_postgres::statements;
use client_app::batch::{Batch, BatchState, BatchWork};
use client_app::ports::{Announcement, Batches as _, PieceRequest};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use store_conformance::fixtures::batches::{batch, piece};
use store_conformance::fixtures::moment;
use tokio::time::sleep;

use crate::database::Database;

/// Long enough for a statement to wait for a lock, and short enough for it to go on waiting.
const UNTIL_IT_WAITS: Duration = Duration::from_millis(300);

/// A piece whose transaction ends while a later upload waits for it is a piece of the earlier upload.
#[tokio::test(flavor = "multi_thread")]
async fn piece_that_arrives_while_an_upload_begins_is_deleted() {
    let database = Database::fresh().await;
    let (store, mut other) = (database.store().await, database.connect().await);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    let mut adding = other.begin().await.unwrap();
    let add = "SELECT 1 FROM client_batch FOR UPDATE;
        INSERT INTO client_batch_piece (batch_id, number, first_row, row_count, stage, lease, content)
        SELECT batch_id, 7, 15, 2, 0, 0, '' FROM client_batch";
    adding.execute(sqlx::raw_sql(add)).await.unwrap();
    let second = Batch { upload: Some("u-2".to_owned()), version: 2, ..announced.clone() };
    let begun = tokio::spawn({
        let (store, second) = (store.clone(), second.clone());
        async move { store.begin_upload(&second, 1).await.unwrap() }
    });
    sleep(UNTIL_IT_WAITS).await;
    assert!(!begun.is_finished(), "it waits for the piece");
    adding.commit().await.unwrap();
    assert!(begun.await.unwrap());
    assert_eq!(store.pieces(&announced.id, 0, 9).await.unwrap(), []);
    assert!(store.add_piece(&announced.id, "u-2", &piece(0)).await.unwrap());
    assert_eq!(store.find_batch(&announced.id).await.unwrap().unwrap().1.rows, 2);
}

/// A batch that a person stops while a piece is being taken keeps the piece.
#[tokio::test(flavor = "multi_thread")]
async fn piece_is_not_taken_of_a_batch_that_is_being_stopped() {
    let database = Database::fresh().await;
    let (store, mut other) = (database.store().await, database.connect().await);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    assert!(store.add_piece(&announced.id, "u-1", &piece(0)).await.unwrap());
    let received = Batch { state: BatchState::Received, version: 2, ..announced };
    assert!(store.replace_batch(&received, 1).await.unwrap());
    let mut stopping = other.begin().await.unwrap();
    stopping.execute(sqlx::raw_sql("UPDATE client_batch SET state = 'stopped'")).await.unwrap();
    let taken = tokio::spawn({
        let (store, batch) = (store.clone(), received.id.clone());
        let request = PieceRequest { batch, work: BatchWork::Check, now: moment(1), until: moment(2) };
        async move { store.take_piece(&request).await.unwrap() }
    });
    sleep(UNTIL_IT_WAITS).await;
    stopping.commit().await.unwrap();
    assert_eq!(taken.await.unwrap(), None);
}

/// A batch whose upload is ending is not deleted as one that was never received, and its deletion waits for no lock.
#[tokio::test(flavor = "multi_thread")]
async fn batch_that_is_being_received_is_not_removed() {
    let database = Database::fresh().await;
    let (store, mut other) = (database.store().await, database.connect().await);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    assert!(store.add_piece(&announced.id, "u-1", &piece(0)).await.unwrap());
    let mut receiving = other.begin().await.unwrap();
    receiving.execute(sqlx::raw_sql("UPDATE client_batch SET state = 'received'")).await.unwrap();
    assert_eq!(store.remove_batches(moment(99), 9).await.unwrap(), 0);
    receiving.commit().await.unwrap();
    assert_eq!(store.pieces(&announced.id, 0, 9).await.unwrap().len(), 1);
    database.run("UPDATE client_batch SET state = 'announced'").await.unwrap();
    assert_eq!(store.remove_batches(moment(99), 9).await.unwrap(), 1);
    assert_eq!(store.pieces(&announced.id, 0, 9).await.unwrap(), [], "they go with it");
}

/// A batch that is announced again while it is being deleted is refused by name, and its file is not received, so no row of it is
/// executed once more: the announcement did not see that its id is kept.
#[tokio::test(flavor = "multi_thread")]
async fn batch_that_is_announced_while_it_is_deleted_stays_deleted() {
    let database = Database::fresh().await;
    let (store, mut other) = (database.store().await, database.connect().await);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    assert!(store.add_piece(&announced.id, "u-1", &piece(0)).await.unwrap());
    let stopped = "UPDATE client_batch SET state = 'stopped', ended_at = announced_at";
    for executed in [stopped, "UPDATE client_batch_piece SET stage = 2"] {
        database.run(executed).await.unwrap();
    }
    let (_, remove) = statements().into_iter().find(|(name, _)| *name == "REMOVE_BATCHES").unwrap();
    let remove = remove.replace("$1", "'2099-01-01'::timestamptz").replace("$2", "9");
    let mut removing = other.begin().await.unwrap();
    removing.execute(sqlx::raw_sql(AssertSqlSafe(remove))).await.unwrap();
    let again = tokio::spawn({
        let (store, announced) = (store.clone(), announced.clone());
        async move { store.announce_batch(&announced, 99).await.unwrap() }
    });
    sleep(UNTIL_IT_WAITS).await;
    assert!(!again.is_finished(), "it waits for the deletion");
    removing.commit().await.unwrap();
    assert_eq!(again.await.unwrap(), Announcement::Deleted);
    assert_eq!(store.find_batch(&announced.id).await.unwrap(), None, "it is in no list, and takes no place");
    // A caller that asks for it by its id sends no file either.
    let upload = Batch { upload: Some("u-2".to_owned()), version: 2, ..announced.clone() };
    assert!(!store.begin_upload(&upload, 1).await.unwrap());
    assert_eq!(store.check_announcement(&announced, 99).await.unwrap(), Announcement::Deleted);
}
