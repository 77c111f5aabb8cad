//! The files that are refused before a store is opened, and the messages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use adapter_sqlite::{Settings, SqliteStore, StartError, copy, find_damage, migrate, schema_versions};
use client_app::CheckState;
use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use store_conformance::fixtures::{applicant, creation, onboarded};

use crate::database::Database;

async fn refused(settings: &Settings) -> String {
    SqliteStore::open(settings).await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_there_after_the_next_start() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let change = onboarded(1);
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    store.close().await;
    assert!(matches!(store.commit(creation(&onboarded(2))).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.find(&ClientRef::Id(applicant(1).id)).await, Err(StoreError::Unavailable(_))));
    assert!(store.ready().await.whole().is_err());

    let store = database.store().await;
    let found = store.find(&ClientRef::Key(change.client.key().clone())).await.unwrap();
    assert_eq!(found, Some(change.client));
    assert!(store.reserve_id().await.unwrap() > applicant(1).id, "an id in use is not reserved");
    assert!(store.ready().await.whole().is_ok());
    assert_eq!(store.schema().await.unwrap(), CheckState::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_after_a_crash_reads_the_log_and_leaves_it_to_the_first_commit() {
    let (running, crashed) = (Database::fresh().await, Database::empty());
    let store = running.store().await;
    let (first, second) = (onboarded(1), onboarded(2));
    assert_eq!(store.commit(creation(&first)).await.unwrap(), Committed::Done);
    // What a crash leaves: the files as they are while the store is open.
    for ending in ["", "-wal"] {
        let path = |database: &Database| {
            let mut path = database.settings().path().as_os_str().to_owned();
            path.push(ending);
            path
        };
        std::fs::copy(path(&running), path(&crashed)).unwrap();
    }
    let file = std::fs::read(crashed.settings().path()).unwrap();

    let store = SqliteStore::open_migrated(&crashed.settings()).await.unwrap();
    let [by_first, by_second] = [&first, &second].map(|change| ClientRef::Key(change.client.key().clone()));
    assert_eq!(store.find(&by_first).await.unwrap(), Some(first.client.clone()));
    assert_eq!(std::fs::read(crashed.settings().path()).unwrap(), file, "the start wrote to the file");
    assert_eq!(store.commit(creation(&second)).await.unwrap(), Committed::Done);
    store.close().await;
    let store = crashed.store().await;
    assert_eq!(store.find(&by_first).await.unwrap(), Some(first.client));
    assert_eq!(store.find(&by_second).await.unwrap(), Some(second.client));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_is_migrated_and_opened_at_once() {
    let database = Database::empty();
    let store = SqliteStore::open_migrated(&database.settings()).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), CheckState::Ok);
    assert!(matches!(migrate(&database.settings()).await, Err(StartError::Locked(_))), "the lock was let go");
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_share_no_lock_within_sqlite() {
    let connection = Database::fresh().await.connect();
    let mut options = connection.prepare("PRAGMA compile_options").unwrap();
    let options: Vec<String> =
        options.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
    assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_has_no_file_open() {
    let database = Database::fresh().await;
    let log = database.settings().path().with_file_name("clients.db-wal");
    for number in 1..=20 {
        let store = database.store().await;
        assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
        assert!(log.exists());
        store.close().await;
        // SQLite deletes the log when the last connection is closed.
        assert!(!log.exists(), "a connection is still open after close {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_file_is_refused() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let sentence = refused(&database.settings()).await;
    assert!(sentence.starts_with("another server is using the database "), "{sentence}");
    assert!(matches!(migrate(&database.settings()).await, Err(StartError::Locked(_))));
    store.close().await;
    database.store().await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_missing_or_of_another_release_is_refused_in_words() {
    let database = Database::empty();
    let missing = "the schema is missing, and this program needs 2: run client-service migrate";
    assert_eq!(refused(&database.settings()).await, missing);
    assert_eq!(migrate(&database.settings()).await.unwrap(), (0, 2));
    assert_eq!(migrate(&database.settings()).await.unwrap(), (2, 2));

    let connection = database.connect();
    // As the release before left it.
    let first = "DROP INDEX client_by_birth_date;
        CREATE INDEX client_by_birth_date ON client (birth_date, id);
        PRAGMA user_version = 1";
    connection.execute_batch(first).unwrap();
    let old = "the schema is at 1, and this program needs 2: run client-service migrate";
    assert_eq!(refused(&database.settings()).await, old);
    // It is read by a backup that is made before the migration.
    SqliteStore::open_read_only(&database.settings()).await.unwrap().close().await;
    assert_eq!(migrate(&database.settings()).await.unwrap(), (1, 2));
    database.store().await.close().await;

    connection.pragma_update(None, "user_version", 7).unwrap();
    let newer =
        "the schema is at 7, and this program knows it up to 2: run the release that made it, or a newer one";
    assert_eq!(refused(&database.settings()).await, newer);
    assert_eq!(migrate(&database.settings()).await.unwrap_err().to_string(), newer);

    connection.pragma_update(None, "application_id", 7).unwrap();
    assert_eq!(refused(&database.settings()).await, "the file is a database of another program");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_or_folder_that_cannot_hold_a_database_is_refused() {
    let database = Database::empty();
    let settings = database.settings();
    std::fs::write(
        settings.path(),
        "no database, but long enough to be read as the header of one. ".repeat(20),
    )
    .unwrap();
    let sentence = refused(&settings).await;
    assert!(sentence.ends_with("the file is damaged or no database (SQLite 26)"), "{sentence}");

    let nowhere = Settings::at(settings.path().with_file_name("missing").join("clients.db"));
    let sentence = refused(&nowhere).await;
    assert!(sentence.starts_with("the database will not do: the folder "), "{sentence}");
    assert!(sentence.ends_with("missing does not exist"), "{sentence}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let folder = database.settings().path().parent().unwrap().to_owned();
    let mut modes: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| {
            (file.file_name().into_string().unwrap(), file.metadata().unwrap().permissions().mode() & 0o777)
        })
        .collect();
    modes.sort();
    let names = ["clients.db", "clients.db-shm", "clients.db-wal", "clients.db.lock"];
    assert_eq!(modes, names.map(|name| (name.to_owned(), 0o600)));
}

/// Locks and logs go by the path: two programs would write to one file.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_second_path_is_refused() {
    let database = Database::fresh().await;
    let file = database.settings().path().to_owned();
    let other = Settings::at(file.with_file_name("other.db"));
    std::os::unix::fs::symlink(&file, other.path()).unwrap();
    let link = "other.db is a symbolic link";
    assert!(refused(&other).await.contains(link));
    for refusal in [
        migrate(&other).await.err(),
        SqliteStore::open_migrated(&other).await.err(),
        SqliteStore::open_read_only(&other).await.err(),
        find_damage(&other).await.err(),
        schema_versions(&other).await.err(),
        copy(&other, &file.with_file_name("copy.db")).await.err(),
    ] {
        let sentence = refusal.unwrap().to_string();
        assert!(sentence.contains(link), "{sentence}");
    }
    assert!(!file.with_file_name("other.db.lock").exists());
    std::fs::remove_file(other.path()).unwrap();

    std::fs::hard_link(&file, other.path()).unwrap();
    for settings in [&other, &database.settings()] {
        let sentence = refused(settings).await;
        assert!(sentence.contains("has a second name (a hard link)"), "{sentence}");
    }
    assert!(find_damage(&other).await.unwrap().is_empty(), "a backup may share its files with another one");
    std::fs::remove_file(other.path()).unwrap();

    // A link to nothing, of which a start would make a file elsewhere.
    let nothing = file.with_file_name("nothing.db");
    std::os::unix::fs::symlink(&nothing, other.path()).unwrap();
    assert!(migrate(&other).await.unwrap_err().to_string().contains(link));
    assert!(!nothing.exists());
    for ending in ["-wal", "-shm", ".lock"] {
        let beside = PathBuf::from(format!("{}{ending}", file.display()));
        let _ = std::fs::remove_file(&beside);
        std::os::unix::fs::symlink(&nothing, &beside).unwrap();
        let sentence = refused(&database.settings()).await;
        assert!(sentence.contains(&format!("clients.db{ending} is a symbolic link")), "{sentence}");
        std::fs::remove_file(&beside).unwrap();
    }
    database.store().await.close().await;
}

/// The files of a folder by their names.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Copies the files of an open store, as a crash leaves them.
fn crash(running: &Database, into: &Path) -> Settings {
    let file = running.settings().path().to_owned();
    for ending in ["", "-wal"] {
        let from = PathBuf::from(format!("{}{ending}", file.display()));
        std::fs::copy(&from, into.join(from.file_name().unwrap())).unwrap();
    }
    Settings::at(into.join("clients.db"))
}

/// The log that a reader of a closed file makes beside it is taken away again.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_a_closed_file_leaves_nothing_behind() {
    let database = Database::fresh().await;
    let settings = database.settings();
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    store.close().await;
    let folder = settings.path().parent().unwrap();
    let before = files(folder);
    assert!(find_damage(&settings).await.unwrap().is_empty());
    let reader = SqliteStore::open_read_only(&settings).await.unwrap();
    assert!(reader.find(&ClientRef::Id(applicant(1).id)).await.unwrap().is_some());
    reader.close().await;
    let copied = tempfile::tempdir().unwrap();
    copy(&settings, &copied.path().join("clients.db")).await.unwrap();
    assert_eq!(files(folder), before);
}

/// What a crash leaves may be evidence, and is for the next start to bring in.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_after_a_crash_leaves_file_and_log_as_they_are() {
    let running = Database::fresh().await;
    let store = running.store().await;
    let change = onboarded(1);
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    let folder = tempfile::tempdir().unwrap();
    let crashed = crash(&running, folder.path());
    let before = files(folder.path());
    assert!(find_damage(&crashed).await.unwrap().is_empty());
    assert_eq!(schema_versions(&crashed).await.unwrap(), (2, 2));
    let reader = SqliteStore::open_read_only(&crashed).await.unwrap();
    let found = reader.find(&ClientRef::Key(change.client.key().clone())).await.unwrap();
    assert_eq!(found, Some(change.client));
    reader.close().await;
    let after = files(folder.path());
    for (path, bytes) in before {
        assert!(after.get(&path) == Some(&bytes), "{} was written", path.display());
    }
}

/// As a backup on a medium that is mounted for reading only. The name has what means something else in an address.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("b ü%41?#é");
    std::fs::create_dir(&folder).unwrap();
    let settings = Settings::at(folder.join("clients.db"));
    let store = SqliteStore::open_migrated(&settings).await.unwrap();
    let change = onboarded(1);
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    store.close().await;
    let before = files(&folder);
    let set_mode = |mode| std::fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).unwrap();
    set_mode(0o500);
    assert!(find_damage(&settings).await.unwrap().is_empty());
    assert_eq!(schema_versions(&settings).await.unwrap(), (2, 2));
    let reader = SqliteStore::open_read_only(&settings).await.unwrap();
    let found = reader.find(&ClientRef::Key(change.client.key().clone())).await.unwrap();
    assert_eq!(found.as_ref(), Some(&change.client));
    assert!(reader.commit(creation(&onboarded(2))).await.is_err());
    reader.close().await;
    let copied = Settings::at(parent.path().join("clients.db"));
    copy(&settings, copied.path()).await.unwrap();
    assert_eq!(files(&folder), before);
    let store = SqliteStore::open(&copied).await.unwrap();
    let found = store.find(&ClientRef::Key(change.client.key().clone())).await.unwrap();
    assert_eq!(found, Some(change.client));

    // A log without its index needs a writer.
    set_mode(0o700);
    std::fs::write(folder.join("clients.db-wal"), [1; 32]).unwrap();
    set_mode(0o500);
    for refusal in [find_damage(&settings).await.err(), SqliteStore::open_read_only(&settings).await.err()] {
        let sentence = refusal.unwrap().to_string();
        assert!(sentence.contains("was not closed, and its folder cannot be written"), "{sentence}");
    }
    set_mode(0o700);
    store.close().await;
}
