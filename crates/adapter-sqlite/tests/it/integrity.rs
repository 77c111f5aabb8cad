//! Damage is found, a copy is whole, and both work beside a running server.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use adapter_sqlite::{Settings, SqliteStore, StartError, copy, find_damage, migrate, schema_versions};
use client_app::ports::{
    ClientRef, ClientStore, Committed, ContentLedger, InstallationId, SessionMoment, Sessions as _,
    StoreError,
};
use store_conformance::fixtures::sessions::session_of_provider;
use store_conformance::fixtures::{creation, moment, onboarded};

use crate::database::Database;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_beside_a_running_server_holds_what_was_committed_and_is_whole() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for number in 1..=50 {
        assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
    }
    let signed_in = session_of_provider(1, "https://id.example", "subject-of-ada", None);
    store.open_session(&signed_in).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("copy.db");
    copy(&database.settings(), &target).await.unwrap();
    // What is committed later is in the original only.
    assert_eq!(store.commit(creation(&onboarded(51))).await.unwrap(), Committed::Done);
    assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    let again = copy(&database.settings(), &target).await.unwrap_err().to_string();
    assert!(again.ends_with("copy.db exists already"), "{again}");

    let copied = Settings::at(&target);
    assert_eq!(find_damage(&copied).await.unwrap(), Vec::<String>::new());
    assert_eq!(find_damage(&database.settings()).await.unwrap(), Vec::<String>::new());
    let read = SqliteStore::open_read_only(&copied).await.unwrap();
    for number in 1..=51 {
        let change = onboarded(number);
        let found = read.find(&ClientRef::Key(change.client.key().clone())).await.unwrap();
        assert_eq!(found, (number <= 50).then_some(change.client), "{number}");
    }
    let at = SessionMoment::without_idle(moment(1));
    assert_eq!(read.find_session(&signed_in.id, at).await.unwrap(), None, "a copy signs no person in");
    assert_eq!(store.find_session(&signed_in.id, at).await.unwrap().as_ref(), Some(&signed_in));
    read.close().await;
    let bytes = std::fs::read(&target).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Ada") && !holds("subject-of-ada"), "nothing of it is left in free pages");
    // The copy is a database of its own, which a server can open.
    assert_eq!(migrate(&copied).await.unwrap(), (2, 2));
    let second = SqliteStore::open(&copied).await.unwrap();
    assert_eq!(second.commit(creation(&onboarded(51))).await.unwrap(), Committed::Done);
    second.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_for_reading_reads_beside_a_server_and_refuses_to_write() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let change = onboarded(1);
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    let installation = store.installation(&InstallationId::from_bits(1)).await.unwrap();

    let read = SqliteStore::open_read_only(&database.settings()).await.unwrap();
    let key = ClientRef::Key(change.client.key().clone());
    assert_eq!(read.find(&key).await.unwrap(), Some(change.client));
    assert_eq!(read.installation(&InstallationId::from_bits(2)).await.unwrap(), installation);
    let refused = read.commit(creation(&onboarded(2))).await;
    let Err(StoreError::Unavailable(Some(cause))) = refused else { panic!("{refused:?}") };
    assert_eq!(cause.to_string(), "the database is open for reading only");
    read.close().await;
    assert_eq!(store.commit(creation(&onboarded(2))).await.unwrap(), Committed::Done);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_found_in_pages_and_in_foreign_keys() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for number in 1..=50 {
        assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
    }
    store.close().await;
    let connection = database.connect();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO client_content_piece (content_key, place, bytes) VALUES ('of no content', 0, x'00');",
        )
        .unwrap();
    drop(connection);
    let found = find_damage(&database.settings()).await.unwrap();
    assert!(
        found
            .iter()
            .any(|finding| finding
                .starts_with("a row of client_content_piece refers to a row of client_content ")),
        "{found:?}"
    );

    let settings = database.settings();
    let mut file = std::fs::OpenOptions::new().write(true).open(settings.path()).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length / 2 / 4096 * 4096)).unwrap();
    file.write_all(&[0xa5; 8192]).unwrap();
    drop(file);
    match find_damage(&settings).await {
        Ok(found) => assert!(found.len() > 1, "{found:?}"),
        Err(error) => assert!(matches!(error, StartError::Unfit(_)), "{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_the_schema_are_read_without_writing() {
    let database = Database::empty();
    assert_eq!(schema_versions(&database.settings()).await.unwrap(), (0, 2));
    assert!(!database.settings().path().exists());
    migrate(&database.settings()).await.unwrap();
    let store = database.store().await;
    assert_eq!(schema_versions(&database.settings()).await.unwrap(), (2, 2));
    store.close().await;
    database.connect().pragma_update(None, "user_version", 7).unwrap();
    let newer = schema_versions(&database.settings()).await.unwrap_err().to_string();
    assert!(newer.starts_with("the schema is at 7, and this program knows it up to 2"), "{newer}");
}
