//! The KYC status as SQL: which documents and addresses a client has.

use client_domain::kyc::{DocumentKind, Evidence, VerificationStatus};
use client_domain::search::{KycTest, Proof};
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};

/// Writes a test as a condition on `client c` that is true or false, and never null.
pub(super) fn push(sql: &mut SqlBuilder, test: &KycTest, today: Date) {
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
    sql: &mut SqlBuilder,
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

fn push_proof(sql: &mut SqlBuilder, proof: &Proof, today: Date) {
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
            sql.push(" AND d.kind = ANY(").bind(Value::Numbers(kinds)).push(")");
        }
        push_status(sql, " AND d.status = ", proof.status);
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
        push_status(sql, " AND a.status = ", proof.status);
        sql.push(")");
    }
    sql.push(")");
}

fn push_status(sql: &mut SqlBuilder, condition: &'static str, status: Option<VerificationStatus>) {
    if let Some(status) = status {
        sql.push(condition).bind(Value::Number(status.number().into()));
    }
}
