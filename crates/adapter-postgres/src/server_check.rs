//! Whether the server keeps what it confirms.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};
use tokio::time::timeout;

use crate::error::Cause;
use crate::first_connection;
use crate::session::{Pooling, Session};
use crate::settings::{Settings, StartError};
use crate::sql::SERVER;
use crate::standbys::{ALONE, confirming_standbys};

/// The tables would not be spread, the adapter was not tested on such a cluster, and a search there does not see one moment.
const SPREAD: &str = "it has the extension citus, and this program is not tested on a database that is spread over several servers; use a \
    database without this extension";

/// Refuses a server that may lose what it has confirmed, and answers whether a pooler stands in between.
pub(crate) async fn check(settings: &Settings) -> Result<Pooling, StartError> {
    let unreachable = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
    let Session { link: mut connection, pooling, complaint, .. } =
        first_connection::connect(settings).await?;
    if let Some(complaint) = complaint {
        return Err(settings.unreachable(&complaint));
    }
    if pooling == Pooling::Transaction {
        tracing::info!(
            "a pooler in front of the database lends its connections for one transaction at a time"
        );
    }
    let asking = async {
        let row = sqlx::query(SERVER).fetch_one(&mut connection).await?;
        let _closed = connection.close().await;
        Ok(row)
    };
    let no_answer = |_| settings.unreachable(&Cause::new("it does not answer"));
    let row = timeout(settings.acquire_timeout, asking).await.map_err(no_answer)?.map_err(unreachable)?;
    let complaints = complaints(&row, settings.require_synchronous_standby).map_err(unreachable)?;
    if let Some(complaint) = complaints.unfit.first() {
        return Err(StartError::Unfit(complaint.clone()));
    }
    match complaints.unsafe_settings.first() {
        Some(setting) if settings.accept_data_loss => {
            tracing::warn!(
                setting,
                "THIS DATABASE MAY LOSE WHAT IT HAS CONFIRMED; accepted because the settings say so"
            );
            Ok(pooling)
        }
        Some(setting) => {
            Err(StartError::Unfit(format!("{setting} is off, so it may lose what it has confirmed")))
        }
        None => Ok(pooling),
    }
}

/// Refuses a database that can be spread over several servers, before anything is written to it.
pub(crate) async fn refuse_clusters(
    connection: &mut PgConnection,
) -> Result<Option<StartError>, sqlx::Error> {
    let row = sqlx::query(SERVER).fetch_one(connection).await?;
    Ok(is_spread(&row)?.then(|| StartError::Unfit(SPREAD.to_owned())))
}

fn is_spread(row: &PgRow) -> Result<bool, sqlx::Error> {
    row.try_get("is_spread")
}

#[derive(Default)]
struct Complaints {
    unfit: Vec<String>,
    unsafe_settings: Vec<&'static str>,
}

fn complaints(row: &PgRow, needs_a_standby: bool) -> Result<Complaints, sqlx::Error> {
    let mut complaints = Complaints::default();
    let version: i32 = row.try_get("version")?;
    if version < 15_00_00 {
        complaints.unfit.push(format!("version 15 or later is needed, and this is {}", version / 10_000));
    }
    let encoding: String = row.try_get("encoding")?;
    if encoding != "UTF8" {
        complaints.unfit.push(format!("the encoding is to be UTF8, and this is {encoding}"));
    }
    if is_spread(row)? {
        complaints.unfit.push(SPREAD.to_owned());
    }
    if row.try_get::<String, _>("synchronous_commit")? != "on" {
        complaints.unfit.push("synchronous_commit cannot be switched on".to_owned());
    }
    let names: String = row.try_get("synchronous_standby_names")?;
    if needs_a_standby && confirming_standbys(&names) == 0 {
        complaints.unfit.push(ALONE.to_owned());
    }
    for setting in ["fsync", "full_page_writes"] {
        if row.try_get::<String, _>(setting)? != "on" {
            complaints.unsafe_settings.push(setting);
        }
    }
    Ok(complaints)
}
