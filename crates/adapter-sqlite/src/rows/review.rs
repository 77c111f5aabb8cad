//! The columns that documents and addresses share: the submission and the review.

use client_app::ports::StoreError;
use client_domain::kyc::{Review, Verification, VerificationStatus};
use client_domain::reason::{CodedReason, Rejection};
use client_domain::value::{Notes, ReasonCode, ReasonText};
use client_domain::{AuditStamp, Person};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{stamp, values};
use crate::columns::Columns;
use crate::parameters::Parameters;

/// The code of a rejection as it is stored.
#[derive(Deserialize)]
struct StoredRejection {
    code: String,
    text: String,
    #[serde(rename = "final")]
    is_final: bool,
}

impl StoredRejection {
    fn rejection(&self) -> Option<Rejection> {
        let reason = coded_reason(&self.code, &self.text)?;
        Some(Rejection { reason, is_final: self.is_final })
    }
}

fn rejection_json(rejection: &Rejection) -> String {
    let Rejection { reason, is_final } = rejection;
    json!({ "code": reason.code.as_str(), "text": reason.text.as_str(), "final": is_final }).to_string()
}

pub(super) fn coded_reason(code: &str, text: &str) -> Option<CodedReason> {
    Some(CodedReason { code: ReasonCode::parse(code).ok()?, text: ReasonText::parse(text).ok()? })
}

/// The submission and the review as they are written.
pub(super) fn parameters<'a>(submitted: &'a AuditStamp, verification: &'a Verification) -> Parameters<'a> {
    let review = match verification {
        Verification::Pending => None,
        Verification::Approved(review) | Verification::Rejected(review) => Some(review),
    };
    let by = review.map(|review| &review.stamp.by);
    let (comment, verified, rejection) = match review {
        Some(Review { stamp: _, comment, verified, rejection }) => {
            (comment.as_ref(), verified.as_slice(), rejection.as_ref())
        }
        None => (None, &[][..], None),
    };
    Parameters::new()
        .with(":submitted_by", submitted.by.id.as_str())
        .with(":submitted_by_email", stamp::email(&submitted.by))
        .with(":submitted_at", submitted.at)
        .with(":status", i64::from(verification.status().number()))
        .with(":reviewed_by", by.map(|by| by.id.as_str()))
        .with(":reviewed_by_email", by.and_then(stamp::email))
        .with(":reviewed_by_normal", by.map(|by| Person::of(&by.id).as_str().to_owned()))
        .with(":reviewed_at", review.map(|review| review.stamp.at))
        .with(":comment", comment.map(Notes::as_str))
        .with(":verified", values::object(verified))
        .with(":rejection", rejection.map(rejection_json))
}

pub(super) fn submitted(columns: &Columns<'_>) -> Result<AuditStamp, StoreError> {
    let by = columns.actor("submitted_by", "submitted_by_email")?;
    Ok(AuditStamp::new(by, columns.moment("submitted_at")?))
}

pub(super) fn verification(columns: &Columns<'_>) -> Result<Verification, StoreError> {
    let status = columns.known("status", |number| VerificationStatus::from_number(number).ok())?;
    if status == VerificationStatus::Pending {
        return Ok(Verification::Pending);
    }
    let by = columns.actor("reviewed_by", "reviewed_by_email")?;
    let stamp = AuditStamp::new(by, columns.moment("reviewed_at")?);
    let comment = columns.parsed_optional("comment", Notes::parse)?;
    let verified = columns.json_known("verified", |object: Map<String, Value>| values::values(&object))?;
    let rejection = match columns.text_optional("rejection")? {
        Some(_) => Some(columns.json_known("rejection", |stored: StoredRejection| stored.rejection())?),
        None => None,
    };
    let review = Review { stamp, comment, verified, rejection };
    Ok(match status {
        VerificationStatus::Rejected => Verification::Rejected(review),
        _ => Verification::Approved(review),
    })
}
