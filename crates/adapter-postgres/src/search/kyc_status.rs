//! The KYC status as SQL: as it was computed, where that is still right, and from the documents where it is not.
//!
//! A client without a row in `client_kyc_status` has submitted nothing. The row of another says which status it has by which
//! rule, and on which days. Such a row is right if nothing was marked since; every other one is due, and says only that the
//! client has submitted something. There are few of them, unless the policy has just changed.

use client_domain::kyc::{KycStatus, KycStatusRule};
use client_domain::search::{KycCondition, KycTest};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::builder::{SqlBuilder, Value};
use super::kyc;

/// The number under which statuses by this rule are stored.
pub(super) fn number_of(rule: &KycStatusRule) -> i64 {
    let digest: [u8; 32] = Sha256::digest(rule.identity()).into();
    digest.first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
}

/// Writes the condition on `client c`, which is true or false, and never null.
///
/// It is one subquery, so that the server may begin with the rows of a status or with the clients.
pub(super) fn push(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    if !condition.statuses.contains(&KycStatus::None) {
        return push_submitted(sql, condition, today);
    }
    let others = condition.opposite();
    if others.statuses.is_empty() {
        sql.push("true");
        return;
    }
    sql.push("(NOT ");
    push_submitted(sql, &others, today);
    sql.push(")");
}

/// The same for statuses of clients that have submitted something.
fn push_submitted(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    if condition.statuses.is_empty() {
        sql.push("false");
        return;
    }
    sql.push("(EXISTS (SELECT 1 FROM client_kyc_status s WHERE s.client_key = c.client_key");
    if !condition.holds_for_all_submitted() {
        sql.push(" AND ((");
        push_right(sql, condition, today);
        sql.push(") OR (");
        push_due(sql, &condition.rule, today);
        sql.push(" AND ");
        kyc::push(sql, &condition.test(), today);
        sql.push("))");
    }
    sql.push("))");
}

/// Writes that the client may have one of these statuses, none of which is that of a client without documents. No document is read:
/// a client that is due is one that may.
pub(super) fn push_candidate(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    sql.push("EXISTS (SELECT 1 FROM client_kyc_status s WHERE s.client_key = c.client_key AND ((");
    push_right(sql, condition, today);
    sql.push(") OR ");
    push_due(sql, &condition.rule, today);
    sql.push("))");
}

/// Writes how many clients meet the condition.
pub(super) fn push_number(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    if !condition.statuses.contains(&KycStatus::None) {
        return push_number_of_submitted(sql, condition, today);
    }
    sql.push("((SELECT count(*) FROM client) - ");
    push_number_of_submitted(sql, &condition.opposite(), today);
    sql.push(")");
}

fn push_number_of_submitted(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    if condition.holds_for_all_submitted() {
        sql.push("(SELECT count(*) FROM client_kyc_status)");
        return;
    }
    sql.push("((SELECT count(*) FROM client_kyc_status s WHERE ");
    push_right(sql, condition, today);
    sql.push(
        ") + (SELECT count(*) FROM client_kyc_status s JOIN client c ON c.client_key = s.client_key WHERE ",
    );
    push_due(sql, &condition.rule, today);
    sql.push(" AND ");
    kyc::push(sql, &condition.test(), today);
    sql.push("))");
}

/// Writes that the status of row `s` is right, and one of these.
pub(super) fn push_right(sql: &mut SqlBuilder, condition: &KycCondition, today: Date) {
    let statuses = condition.statuses.iter().map(|status| status.number().into()).collect();
    sql.push("s.rule = ").bind(Value::Number(number_of(&condition.rule)));
    sql.push(" AND s.status = ANY(").bind(Value::Numbers(statuses)).push(") AND s.holds_until >= ");
    sql.bind(Value::Day(today)).push(" AND s.holds_from <= ").bind(Value::Day(today));
}

/// Writes that the status of row `s` is not known to be right. Each part is a range of an index.
pub(super) fn push_due(sql: &mut SqlBuilder, rule: &KycStatusRule, today: Date) {
    let rule = number_of(rule);
    sql.push("(s.rule IS NULL OR s.rule < ").bind(Value::Number(rule));
    sql.push(" OR s.rule > ").bind(Value::Number(rule)).push(" OR (");
    push_ended(sql, rule, today);
    sql.push(") OR (");
    push_begun_later(sql, rule, today);
    sql.push("))");
}

/// Writes that the status of row `s`, by this rule, was another one on this day than it is now: its days have ended.
pub(super) fn push_ended(sql: &mut SqlBuilder, rule: i64, today: Date) {
    sql.push("s.rule = ")
        .bind(Value::Number(rule))
        .push(" AND s.status = ANY('{1,2,3,4,5}') AND s.holds_until < ");
    sql.bind(Value::Day(today));
}

/// The same of days that begin later: an instance whose day has begun has computed it.
pub(super) fn push_begun_later(sql: &mut SqlBuilder, rule: i64, today: Date) {
    sql.push("s.rule = ")
        .bind(Value::Number(rule))
        .push(" AND s.holds_from > '-infinity' AND s.holds_from > ");
    sql.bind(Value::Day(today));
}

/// Writes the name of the status of the client `c` with row `s`: as it was computed, or from the documents.
pub(super) fn push_name(sql: &mut SqlBuilder, rule: &KycStatusRule, today: Date) {
    let every = KycCondition { statuses: KycStatus::SUBMITTED.into(), rule: rule.clone() };
    sql.push("CASE WHEN ");
    push_right(sql, &every, today);
    sql.push(" THEN CASE s.status");
    for status in KycStatus::SUBMITTED {
        sql.push(" WHEN ").push_number(status.number().into()).push(" THEN '").push(status.name()).push("'");
    }
    sql.push(" END ELSE ");
    push_computed(sql, rule, today, |sql, status| {
        sql.push("'").push(status.name()).push("'");
    });
    sql.push(" END");
}

/// Writes the status that follows from the documents of the client `c`, which has submitted something.
pub(super) fn push_computed(
    sql: &mut SqlBuilder,
    rule: &KycStatusRule,
    today: Date,
    push_status: impl Fn(&mut SqlBuilder, KycStatus),
) {
    sql.push("CASE");
    for status in KycStatus::SUBMITTED {
        sql.push(" WHEN ");
        kyc::push(sql, &KycTest::of_status(&[status].into(), rule), today);
        sql.push(" THEN ");
        push_status(sql, status);
    }
    sql.push(" END");
}
