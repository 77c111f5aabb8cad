//! A schema that is missing or old is noticed, at the start and while the service runs.

use adapter_postgres::{PostgresStore, StartError};
use client_app::CheckState;
use client_app::ports::ClientStore as _;

use crate::database::Database;

async fn refusal(database: &Database) -> String {
    let error = PostgresStore::open(&database.settings()).await.unwrap_err();
    assert!(matches!(error, StartError::Schema(_)), "{error:?}");
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_old_schemas_are_refused_with_advice() {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.schema().await.unwrap(), CheckState::Ok);
    let last = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    database.run(last).await.unwrap();
    let CheckState::Failed(old) = store.schema().await.unwrap() else { panic!("an old schema is ready") };
    assert!(old.starts_with("the schema is at "), "{old}");
    assert!(old.ends_with(": run client-service migrate"), "{old}");
    assert_eq!(refusal(&database).await, old);

    // A newer release has added something: that does not disturb this one.
    database.run("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await.unwrap();
    assert_eq!(store.schema().await.unwrap(), CheckState::Ok);

    database.run("DROP TABLE _sqlx_migrations").await.unwrap();
    assert!(matches!(store.schema().await.unwrap(), CheckState::Warning(_)));
    database.run("ALTER TABLE client RENAME TO gone").await.unwrap();
    assert!(refusal(&database).await.starts_with("the schema is missing, and this program needs "));
}
