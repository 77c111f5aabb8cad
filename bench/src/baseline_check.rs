//! Whether the baseline writes what the service writes.

use adapter_postgres::PostgresStore;
use clients_campaigns::{Cluster, RunError};

use crate::baseline::{Baseline, FIRST_NEW};
use crate::data_set::DataSet;
use crate::load::Length;
use crate::pgbench::Pgbench;
use crate::similarity;

/// Has the baseline onboard a client and approve one of the data set, and checks that both equal the service's own.
pub(crate) async fn check_baseline(
    baseline: &Baseline,
    pgbench: &Pgbench,
    data_set: DataSet,
    (store, cluster): (&PostgresStore, &Cluster),
) -> Result<(), RunError> {
    // Without a client to get, the script fails only if it ends with \gset; with its usual end it reports nothing.
    let mut get = baseline.get.clone();
    get.text = get.text.trim_end().trim_end_matches(';').to_owned() + " \\gset\n";
    let clients = [("clients", i64::try_from(data_set.clients).unwrap_or(1))];
    pgbench
        .run(&[get], &clients, 1, Length::Requests(20), None)
        .await
        .map_err(RunError::during("the baseline's get"))?;
    for (script, number) in [(&baseline.create, FIRST_NEW - 1), (&baseline.approve, data_set.last())] {
        let during = || format!("client {number}, written by the baseline");
        let base = i64::try_from(number).unwrap_or(0);
        let variables = [("i", -1), ("base", base), ("step", 1), ("case", -1), ("clients", 1)];
        pgbench.run(std::slice::from_ref(script), &variables, 1, Length::Requests(1), None).await?;
        similarity::check(number, store, cluster).await.map_err(RunError::during(during()))?;
        let kept = format!("SELECT count(*) FROM client_idempotency WHERE request_key = 'bench-{number}--1'");
        let kept = cluster.sql(&kept).await?.concat().concat();
        if kept != "1" {
            return Err(RunError::new(format!("{}: its outcome was not kept", during())));
        }
    }
    Ok(())
}
