//! KYC statuses are computed anew, a batch in one statement.
//!
//! What is due is read first, with the number of changes that were marked until then. A row is written if that number is still
//! the same once it is locked, so a commit that is later than what this statement sees keeps its mark. A row that a commit
//! holds is left out: no commit waits for a batch that waits for it.

use client_app::ports::{KycRenewal, KycRenewed, StoreError};
use sqlx::postgres::PgRow;

use super::builder::{SqlBuilder, Value};
use super::kyc_status::{number_of, push_begun_later, push_computed, push_ended};
use crate::error::{DbError, corrupt};
use crate::pool::{Idempotence, Pool};
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::Statement;

/// Renews what is due.
pub(crate) async fn renew(pool: &Pool, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
    let rows = pool.write(Idempotence::Idempotent, || statement(renewal)).await.map_err(DbError::of_read)?;
    let row = rows.first().ok_or_else(|| corrupt("a renewal without an answer"))?;
    let count = |row: &PgRow, name: &str| {
        Columns { row, table: "client_kyc_status" }.known(name, |count: i64| u64::try_from(count).ok())
    };
    Ok(KycRenewed { due: count(row, "due")?, renewed: count(row, "renewed")? })
}

fn statement<'q>(renewal: &KycRenewal) -> Statement<'q> {
    let KycRenewal { rule, today, limit, other_rules } = renewal;
    let (number, today, limit) = (number_of(rule), *today, to_i64(*limit));
    let mut sql = SqlBuilder::new(false);
    sql.push("WITH due AS MATERIALIZED (SELECT client_key, changes FROM (");
    push_part(&mut sql, limit, |sql| {
        sql.push("s.rule IS NULL");
    });
    if *other_rules {
        // During an upgrade with another policy, instances do not take turns at every row: each leaves what was just computed.
        for comparison in [" < ", " > "] {
            sql.push(" UNION ALL ");
            push_part(&mut sql, limit, |sql| {
                sql.push("s.rule").push(comparison).bind(Value::Number(number));
                sql.push(" AND s.computed_at < now() - INTERVAL '15 minutes'");
            });
        }
    }
    sql.push(" UNION ALL ");
    push_part(&mut sql, limit, |sql| push_ended(sql, number, today));
    sql.push(" UNION ALL ");
    // Instances whose days differ leave each other's statuses for as long.
    push_part(&mut sql, limit, |sql| {
        push_begun_later(sql, number, today);
        sql.push(" AND s.computed_at < now() - INTERVAL '15 minutes'");
    });
    sql.push(") s LIMIT ").push_number(limit);
    sql.push(
        "), locked AS MATERIALIZED (
            SELECT s.client_key FROM client_kyc_status s JOIN due ON due.client_key = s.client_key
            WHERE s.changes = due.changes ORDER BY s.client_key FOR UPDATE OF s SKIP LOCKED
        ), computed AS MATERIALIZED (SELECT c.client_key, ",
    );
    push_computed(&mut sql, rule, today, |sql, status| {
        sql.push_number(status.number().into());
    });
    // The status is the same until the next document expires, and since the last one has.
    sql.push(
        " AS status, coalesce((SELECT max(d.expires_on) + 1 FROM client_document d
            WHERE d.client_key = c.client_key AND d.expires_on < ",
    );
    sql.bind(Value::Day(today)).push(
        "), '-infinity') AS holds_from, coalesce((SELECT min(d.expires_on) FROM client_document d
            WHERE d.client_key = c.client_key AND d.expires_on >= ",
    );
    sql.bind(Value::Day(today)).push(
        "), 'infinity') AS holds_until FROM locked JOIN client c ON c.client_key = locked.client_key
        ), renewed AS (UPDATE client_kyc_status s SET rule = ",
    );
    sql.bind(Value::Number(number)).push(
        ", status = one.status, holds_from = one.holds_from, holds_until = one.holds_until, computed_at = now()
            FROM computed one WHERE s.client_key = one.client_key AND one.status IS NOT NULL RETURNING 1)
        SELECT (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM renewed) AS renewed",
    );
    sql.into_statement()
}

/// Some of the rows that meet a condition, in the order of the index, so that the server reads no more of them.
fn push_part(sql: &mut SqlBuilder, limit: i64, condition: impl FnOnce(&mut SqlBuilder)) {
    sql.push("(SELECT s.client_key, s.changes FROM client_kyc_status s WHERE ");
    condition(sql);
    sql.push(" ORDER BY s.rule, s.status, s.holds_until, s.holds_from LIMIT ").push_number(limit).push(")");
}
