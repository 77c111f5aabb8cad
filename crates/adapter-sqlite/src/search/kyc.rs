//! The KYC status as SQL: which documents and addresses a client has.

use std::collections::BTreeSet;

use client_domain::kyc::{DocumentKind, Evidence, VerificationStatus};
use client_domain::search::{KycTest, Proof};
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};
use super::current::{address_is_current, document_is_current};

/// Writes a test as a condition on `client c` that is true or false, and never null.
pub(super) fn push(sql: &mut SqlBuilder<'_>, test: &KycTest, today: Date) {
    match test {
        KycTest::All(all) => push_joined(sql, all, ("true", " AND "), today),
        KycTest::Any(any) => push_joined(sql, any, ("false", " OR "), today),
        KycTest::Not(other) => {
            sql.push("(NOT ");
            push(sql, other, today);
            sql.push(")");
        }
        KycTest::OfType(customer_type) => {
            sql.push("(c.customer_type = ").bind(Value::Text(customer_type.name().to_owned())).push(")");
        }
        KycTest::Has(proof) => push_proof(sql, proof, today),
    }
}

fn push_joined(
    sql: &mut SqlBuilder<'_>,
    tests: &[KycTest],
    (of_none, between): (&'static str, &'static str),
    today: Date,
) {
    sql.push("(");
    for (at, test) in tests.iter().enumerate() {
        sql.push(if at == 0 { "" } else { between });
        push(sql, test, today);
    }
    sql.push(if tests.is_empty() { of_none } else { "" }).push(")");
}

fn push_proof(sql: &mut SqlBuilder<'_>, proof: &Proof, today: Date) {
    let kinds: Vec<_> = proof
        .evidence
        .iter()
        .filter_map(|evidence| match evidence {
            Evidence::Document(kind) => Some(i64::from(kind.number())),
            Evidence::Address => None,
        })
        .collect();
    sql.push("(false");
    if !kinds.is_empty() {
        sql.push(" OR EXISTS (SELECT 1 FROM client_document d WHERE d.client_key = c.client_key");
        if kinds.len() < DocumentKind::ALL.len() {
            sql.push(" AND d.kind IN ").bind_all(kinds.into_iter().map(Value::Number));
        }
        push_status(sql, &DOCUMENT, &proof.status);
        match proof.good {
            Some(true) => {
                sql.push(" AND (d.expires_on IS NULL OR d.expires_on >= ");
                sql.bind(Value::Day(today)).push(")");
            }
            Some(false) => {
                sql.push(" AND d.expires_on IS NOT NULL AND d.expires_on < ").bind(Value::Day(today));
            }
            None => {}
        }
        sql.push(")");
    }
    // An address never expires.
    if proof.evidence.contains(&Evidence::Address) && proof.good != Some(false) {
        sql.push(" OR EXISTS (SELECT 1 FROM client_address a WHERE a.client_key = c.client_key");
        push_status(sql, &ADDRESS, &proof.status);
        sql.push(")");
    }
    sql.push(")");
}

/// Pushes that a document or an address has one of these statuses; any, if the set is empty.
fn push_status(sql: &mut SqlBuilder<'_>, is_of: &Reviewed, statuses: &BTreeSet<VerificationStatus>) {
    if statuses.is_empty() {
        return;
    }
    let wants = |status| statuses.contains(&status);
    sql.push(" AND (false");
    for status in [VerificationStatus::Pending, VerificationStatus::Rejected] {
        if wants(status) {
            sql.push(" OR ").push(is_of.status).push(" = ").bind(Value::Number(status.number().into()));
        }
    }
    // What is outdated was approved, so both have one status in the table.
    let current = match (wants(VerificationStatus::Approved), wants(VerificationStatus::Outdated)) {
        (true, true) => Some(""),
        (true, false) => Some(" AND "),
        (false, true) => Some(" AND NOT "),
        (false, false) => None,
    };
    if let Some(current) = current {
        let approved = VerificationStatus::Approved.number().into();
        sql.push(" OR (").push(is_of.status).push(" = ").bind(Value::Number(approved)).push(current);
        sql.push(if current.is_empty() { "" } else { is_of.is_current }).push(")");
    }
    sql.push(")");
}

/// The review of a document `d` or an address `a` in SQL.
struct Reviewed {
    status: &'static str,
    /// Whether the values that an approval was given for are those of the client.
    is_current: &'static str,
}

const DOCUMENT: Reviewed = Reviewed { status: "d.status", is_current: document_is_current!() };
const ADDRESS: Reviewed = Reviewed { status: "a.status", is_current: address_is_current!() };
