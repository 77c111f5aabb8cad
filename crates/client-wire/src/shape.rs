//! Shapes that several operations share.

use client_app::ports::ReceiverName;
use client_domain::client::AmendmentId;
use client_domain::kyc::{DocumentKind, FileExtension};
use client_domain::value;

use crate::spec::Shape;

macro_rules! text {
    ($name:ident, $value:ident) => {
        pub(crate) const $name: Shape = Shape::Text { min: value::$value::MIN, max: value::$value::MAX };
    };
}

text!(NAME, PersonName);
text!(ADDRESS, AddressLine);
text!(PLACE, PlaceName);
text!(ID_TYPE, IdentificationType);
text!(ID_NUMBER, IdentificationNumber);
text!(REASON, Reason);
text!(REASON_TEXT, ReasonText);
text!(NOTES, Notes);
text!(BRANCH, BranchKey);
text!(REFERENCE, TransactionReference);
text!(ISSUER, IssuingAuthority);
text!(ADDRESS_SUPPLEMENT, AddressSupplement);
text!(POSTAL_CODE, PostalCode);
text!(VIEW_NAME, ViewName);

/// The names of the formats of files with rows.
pub(crate) const FILE_FORMATS: &[&str] = &["csv", "ndjson", "xlsx"];

pub(crate) const REASON_CODE: Shape =
    Shape::Pattern { min: 1, max: value::ReasonCode::MAX, pattern: value::ReasonCode::PATTERN };
/// Visible ASCII.
pub(crate) const KEY: Shape = Shape::Pattern { min: 1, max: value::ClientKey::MAX, pattern: "^[!-~]+$" };
/// The key of a client, a point, and a version.
pub(crate) const AMENDMENT_ID: Shape =
    Shape::Pattern { min: 3, max: AmendmentId::MAX, pattern: r"^[!-~]+\.[1-9][0-9]{0,18}$" };
pub(crate) const CUSTOMER_NUMBER: Shape =
    Shape::Pattern { min: 11, max: 23, pattern: "^[Cc][Uu][Ss][Tt]([1-9][0-9]{6,17}|[1-8][0-9]{18})$" };
pub(crate) const HEX_ID: Shape = Shape::Pattern { min: 32, max: 32, pattern: "^[0-9a-f]{32}$" };
/// The name of a receiver of events.
pub(crate) const RECEIVER: Shape =
    Shape::Pattern { min: 1, max: ReceiverName::MAX, pattern: "^[a-z][a-z0-9-]*$" };
pub(crate) const SHA256: Shape = Shape::Pattern { min: 64, max: 64, pattern: "^[0-9a-f]{64}$" };
/// The text of a cursor.
pub(crate) const CURSOR: Shape = Shape::Text { min: 1, max: 10_000 };
/// A remark that must not be empty.
pub(crate) const COMMENT: Shape = Shape::Text { min: 1, max: value::Notes::MAX };
pub(crate) const CLIENT_ID: Shape = Shape::Integer { min: 1, max: value::ClientId::MAX };
pub(crate) const DOCUMENT_KIND: Shape = Shape::Numbers(DocumentKind::NUMBERS);
pub(crate) const DOCUMENT_KIND_NAME: Shape = Shape::Choice(DocumentKind::NAMES);
pub(crate) const EXTENSION: Shape = Shape::Choice(FileExtension::NAMES);
pub(crate) const MEDIA_TYPE: Shape = Shape::Choice(&["image/jpeg", "image/png", "application/pdf"]);
pub(crate) const PHONE: Shape = Shape::Text { min: 7, max: 64 };
pub(crate) const COUNTRY: Shape = Shape::Text { min: 2, max: 60 };
pub(crate) const ANY_TEXT: Shape = Shape::Text { min: 0, max: 10_000 };
pub(crate) const NUMBER: Shape = Shape::Integer { min: 1, max: i64::MAX };
pub(crate) const COUNT: Shape = Shape::Integer { min: 0, max: i64::MAX };
pub(crate) const OFFICER: Shape = Shape::Integer { min: 1, max: 2_147_483_647 };
pub(crate) const MARITAL: Shape = Shape::Integer { min: 1, max: 4 };
pub(crate) const GENDER: Shape = Shape::Choice(&["Male", "Female", "Other"]);
pub(crate) const CUSTOMER_TYPE: Shape = Shape::Choice(value::CustomerType::NAMES);
pub(crate) const STATE_NUMBER: Shape = Shape::Numbers(&[1, 3, 4, 5, 6, 7]);
pub(crate) const STATE_NAME: Shape =
    Shape::Choice(&["Active", "PendingApproval", "Approved", "Rejected", "BlackListed", "Exited"]);
pub(crate) const STATE_DESCRIPTION: Shape =
    Shape::Choice(&["Active", "Pending Approval", "Approved", "Rejected", "BlackListed", "Exited"]);
pub(crate) const APPROVAL: Shape = Shape::Choice(&["Pending", "Approved", "Rejected"]);
pub(crate) const NAMES: Shape = Shape::List { of: &ANY_TEXT, max: 100 };
pub(crate) const OBJECTS: Shape = Shape::List { of: &Shape::Details, max: 100 };

#[cfg(test)]
mod tests {
    use client_app::batch::BatchFormat;
    use client_app::export::ExportFormat;

    use super::*;

    #[test]
    fn formats_of_files_are_those_of_batches_and_exports() {
        assert!(BatchFormat::ALL.map(BatchFormat::name).iter().eq(FILE_FORMATS));
        assert!(ExportFormat::ALL.map(ExportFormat::name).iter().eq(FILE_FORMATS));
    }
}
