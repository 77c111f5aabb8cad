//! KYC statuses are computed anew, a batch in one statement. The writer is alone, so what it reads is what it writes for.

use client_app::ports::{KycRenewal, KycRenewed};
use rusqlite::Connection;

use super::builder::{SqlBuilder, Value};
use super::counts::Counts;
use super::kyc_status::{number_of, push_begun_later, push_computed, push_ended};
use crate::error::Failure;
use crate::parameters::to_i64;

/// Renews what is due.
pub(crate) fn renew(connection: &Connection, renewal: &KycRenewal) -> Result<KycRenewed, Failure> {
    let renewed = statement(renewal).query(connection, |_| Ok(()))?.len() as u64;
    Ok(KycRenewed { due: renewed, renewed })
}

pub(super) fn statement(renewal: &KycRenewal) -> SqlBuilder<'static> {
    let KycRenewal { rule, today, limit, other_rules } = renewal;
    let (number, today, limit) = (number_of(rule), *today, to_i64(*limit));
    let mut sql = SqlBuilder::new(Counts::none());
    sql.push("UPDATE client_kyc_status AS s SET rule = ").bind(Value::Number(number));
    sql.push(", status = one.status, holds_from = one.holds_from, holds_until = one.holds_until FROM (");
    sql.push("SELECT c.client_key, ");
    push_computed(&mut sql, rule, today, |sql, status| {
        sql.push_number(status.number().into());
    });
    // The status is the same until the next document expires, and since the last one has.
    sql.push(
        " AS status, coalesce((SELECT date(max(d.expires_on), '+1 day') FROM client_document d
            WHERE d.client_key = c.client_key AND d.expires_on < ",
    );
    sql.bind(Value::Day(today)).push(
        "), '') AS holds_from, coalesce((SELECT min(d.expires_on) FROM client_document d
            WHERE d.client_key = c.client_key AND d.expires_on >= ",
    );
    sql.bind(Value::Day(today)).push("), '9999-12-31') AS holds_until FROM (SELECT client_key FROM (");
    push_part(&mut sql, limit, |sql| {
        sql.push("s.rule IS NULL");
    });
    if *other_rules {
        for comparison in [" < ", " > "] {
            sql.push(" UNION ALL ");
            push_part(&mut sql, limit, |sql| {
                sql.push("s.rule").push(comparison).bind(Value::Number(number));
            });
        }
    }
    sql.push(" UNION ALL ");
    push_part(&mut sql, limit, |sql| push_ended(sql, number, today));
    sql.push(" UNION ALL ");
    push_part(&mut sql, limit, |sql| push_begun_later(sql, number, today));
    sql.push(") LIMIT ").push_number(limit);
    sql.push(") due CROSS JOIN client c ON c.client_key = due.client_key) one");
    sql.push(" WHERE s.client_key = one.client_key RETURNING 1");
    sql
}

/// Some of the rows that meet a condition.
fn push_part(sql: &mut SqlBuilder<'_>, limit: i64, condition: impl FnOnce(&mut SqlBuilder<'_>)) {
    sql.push("SELECT * FROM (SELECT s.client_key FROM client_kyc_status s WHERE ");
    condition(sql);
    sql.push(" LIMIT ").push_number(limit).push(")");
}
