//! The columns that documents and addresses share: the submission and the review.

use crate::time::ToSql as _;
use client_domain::kyc::{Review, Verification, VerificationStatus};
use client_domain::value::{EmailAddress, Notes};
use client_domain::{Actor, ActorId, AuditStamp};
use serde::Deserialize;

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
        let review = Review { stamp, comment: self.comment.as_deref().map(Notes::parse).transpose().ok()? };
        Some(match status {
            VerificationStatus::Rejected => Verification::Rejected(review),
            _ => Verification::Approved(review),
        })
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

pub(super) fn email(stamp: &AuditStamp) -> Option<&str> {
    stamp.by.email.as_ref().map(EmailAddress::as_str)
}

pub(super) fn stamp(id: &str, email: Option<&str>, at: jiff::Timestamp) -> Option<AuditStamp> {
    let by = Actor { id: ActorId::parse(id).ok()?, email: email.map(EmailAddress::parse).transpose().ok()? };
    Some(AuditStamp::new(by, at))
}
