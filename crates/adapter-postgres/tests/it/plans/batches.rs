//! Reads in batches are planned once for each connection, whatever the sizes of the first batches are.

use adapter_postgres::statements;
use sqlx::{AssertSqlSafe, Row as _};

use super::data_set::data_set;
use crate::database::connect;

/// The server keeps the plans with values where they look cheaper than the plan for all values.
#[tokio::test(flavor = "multi_thread")]
async fn small_batches_are_planned_for_all_values() {
    let data_set = data_set().await;
    for (name, arrays) in [("FIND_BY_KEYS", 1), ("LOAD_BY_KEYS", 4)] {
        let (_, text) = statements().into_iter().find(|(listed, _)| *listed == name).unwrap();
        for size in [2, 5, 40] {
            let mut connection = connect(&data_set.server.url("postgres")).await;
            let keys = sqlx::query("SELECT client_key FROM client ORDER BY id LIMIT $1").bind(size);
            let keys = keys.fetch_all(&mut connection).await.unwrap();
            let keys: Vec<_> = keys.iter().map(|row| row.get::<String, _>(0)).collect();
            let array = format!("'{{{}}}'", keys.join(","));
            let prepare = format!("PREPARE batch AS {text}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
            let execute = format!("EXECUTE batch ({})", vec![array; arrays].join(", "));
            for _ in 0..7 {
                let rows = sqlx::raw_sql(AssertSqlSafe(execute.clone())).fetch_all(&mut connection).await;
                assert_eq!(rows.unwrap().len(), keys.len(), "{name}");
            }
            let count = "SELECT generic_plans FROM pg_prepared_statements WHERE name = 'batch'";
            let generic: i64 = sqlx::query(count).fetch_one(&mut connection).await.unwrap().get(0);
            assert_eq!(generic, 2, "{name}: batches of {size} are planned with their values");
        }
    }
}
