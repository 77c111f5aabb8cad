//! The columns that documents and addresses share: the submission and the review.

use crate::time::ToSql as _;
use client_domain::kyc::{Review, Verification, VerificationStatus};
use client_domain::reason::{CodedReason, Rejection};
use client_domain::value::{EmailAddress, Notes, ReasonCode, ReasonText};
use client_domain::{Actor, ActorId, AuditStamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::values;
use crate::sql::Statement;

#[derive(Deserialize)]
pub(super) struct ReviewColumns {
    submitted_by: String,
    submitted_by_email: Option<String>,
    submitted_at: jiff::Timestamp,
    status: u8,
    reviewed_by: Option<String>,
    reviewed_by_email: Option<String>,
    reviewed_at: Option<jiff::Timestamp>,
    comment: Option<String>,
    verified: Map<String, Value>,
    rejection: Option<StoredRejection>,
}

/// The code of a rejection as it is stored.
#[derive(Deserialize)]
struct StoredRejection {
    code: String,
    text: String,
    #[serde(rename = "final", default)]
    is_final: bool,
}

impl StoredRejection {
    fn rejection(&self) -> Option<Rejection> {
        let reason = coded_reason(&self.code, &self.text)?;
        Some(Rejection { reason, is_final: self.is_final })
    }
}

pub(super) fn coded_reason(code: &str, text: &str) -> Option<CodedReason> {
    Some(CodedReason { code: ReasonCode::parse(code).ok()?, text: ReasonText::parse(text).ok()? })
}

impl ReviewColumns {
    pub(super) fn submitted(&self) -> Option<AuditStamp> {
        stamp(&self.submitted_by, self.submitted_by_email.as_deref(), self.submitted_at)
    }

    pub(super) fn verification(&self) -> Option<Verification> {
        let status = VerificationStatus::from_number(self.status.into()).ok()?;
        if status == VerificationStatus::Pending {
            return Some(Verification::Pending);
        }
        let by = self.reviewed_by.as_deref()?;
        let stamp = stamp(by, self.reviewed_by_email.as_deref(), self.reviewed_at?)?;
        let comment = self.comment.as_deref().map(Notes::parse).transpose().ok()?;
        if status != VerificationStatus::Rejected {
            let verified = values::values(&self.verified)?;
            return Some(Verification::Approved(Review { stamp, comment, verified, rejection: None }));
        }
        let rejection = match &self.rejection {
            Some(stored) => Some(stored.rejection()?),
            None => None,
        };
        Some(Verification::Rejected(Review { stamp, comment, verified: Vec::new(), rejection }))
    }
}

/// Binds the columns of many rows, with one array a column.
pub(super) fn bind_all<'q>(
    statement: Statement<'q>,
    rows: &[(&'q AuditStamp, &'q Verification)],
) -> Statement<'q> {
    fn column<'q, T>(
        rows: &[(&'q AuditStamp, &'q Verification)],
        value: impl Fn(&'q AuditStamp, &'q Verification) -> T,
    ) -> Vec<T> {
        rows.iter().map(|(submitted, verification)| value(submitted, verification)).collect()
    }
    statement
        .bind(column(rows, |submitted, _| submitted.by.id.as_str()))
        .bind(column(rows, |submitted, _| email(submitted)))
        .bind(column(rows, |submitted, _| submitted.at.to_sql()))
        .bind(column(rows, |_, verification| i16::from(verification.status().number())))
        .bind(column(rows, |_, verification| verification.review().map(|review| review.stamp.by.id.as_str())))
        .bind(column(rows, |_, verification| verification.review().and_then(|review| email(&review.stamp))))
        .bind(column(rows, |_, verification| verification.review().map(|review| review.stamp.at.to_sql())))
        .bind(column(rows, |_, verification| {
            verification.review().and_then(|review| review.comment.as_ref()).map(Notes::as_str)
        }))
}

/// The values that an approval was given for, as JSON.
pub(super) fn verified(verification: &Verification) -> String {
    values::object(verification.review().map_or(&[], |review| &review.verified))
}

/// The code of a rejection as JSON, if there is one.
pub(super) fn rejection(verification: &Verification) -> Option<String> {
    let Rejection { reason, is_final } = verification.review()?.rejection.as_ref()?;
    let stored = json!({ "code": reason.code.as_str(), "text": reason.text.as_str(), "final": is_final });
    Some(stored.to_string())
}

pub(super) fn email(stamp: &AuditStamp) -> Option<&str> {
    stamp.by.email.as_ref().map(EmailAddress::as_str)
}

pub(super) fn stamp(id: &str, email: Option<&str>, at: jiff::Timestamp) -> Option<AuditStamp> {
    let by =
        Actor { id: ActorId::parse(id).ok()?, email: email.map(EmailAddress::restore).transpose().ok()? };
    Some(AuditStamp::new(by, at))
}
