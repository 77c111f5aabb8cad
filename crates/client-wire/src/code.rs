use crate::status::Status;

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident, $head:expr, $meaning:literal;)*) => {
        /// The stable code of one error. This is the only list of codes; `docs/errors.md` is generated from it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code on the wire, in `snake_case`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The class of failures that it belongs to.
            pub const fn status(self) -> Status {
                match self { $(Self::$variant => Status::$status,)* }
            }

            /// The head of the message of a failure with this code.
            pub const fn head(self) -> &'static str {
                const NONE: Option<&str> = None;
                match self { $(Self::$variant => match $head {
                    Some(head) => head,
                    NONE => Status::$status.head(),
                },)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

const STATUS: Option<&str> = None;
const INVALID_STATUS: Option<&str> = Some("Invalid status");
const CUSTOMER_NOT_FOUND: Option<&str> = Some("Customer not found");

catalogue! {
    MalformedJson = "malformed_json", BadRequest, STATUS, "The body is not one JSON object, or a member occurs twice in it.";
    TooComplex = "too_complex", BadRequest, STATUS, "The body holds more JSON values than any request needs; details.max says how many it may hold.";
    BodyIncomplete = "body_incomplete", BadRequest, STATUS, "The body ended, or broke, before it was whole.";
    UnknownOperation = "unknown_operation", BadRequest, STATUS, "No command or query has this name.";
    WrongEndpoint = "wrong_endpoint", BadRequest, STATUS, "A command was sent to the query path, or a query to the command path.";
    UnknownMember = "unknown_member", BadRequest, STATUS, "The operation does not know this member.";
    Required = "required", BadRequest, STATUS, "A mandatory field is absent or null.";
    WrongType = "wrong_type", BadRequest, STATUS, "The field has another JSON type than it must have.";
    TooShort = "too_short", BadRequest, STATUS, "The text has too few characters.";
    TooLong = "too_long", BadRequest, STATUS, "The text has too many characters.";
    ControlCharacter = "control_character", BadRequest, STATUS, "The text holds control or text-direction characters.";
    Invisible = "invisible", BadRequest, STATUS, "The text holds nothing that a reader could see.";
    InvisibleCharacter = "invisible_character", BadRequest, STATUS, "The text holds characters that cannot be seen, where things are told apart by it.";
    Characters = "characters", BadRequest, STATUS, "The text holds characters outside the value's alphabet.";
    Format = "format", BadRequest, STATUS, "The value is not written the way it must be written.";
    DigitCount = "digit_count", BadRequest, STATUS, "The number has too few or too many digits.";
    Choice = "choice", BadRequest, STATUS, "The value is not one of the choices.";
    UnknownCountry = "unknown_country", BadRequest, STATUS, "The value is no country's English name and no ISO 3166 code.";
    UnknownBranch = "unknown_branch", BadRequest, STATUS, "The bank's directory lists all branches, and has none with this key.";
    UnknownOfficer = "unknown_officer", BadRequest, STATUS, "The bank's directory lists all account officers, and has none with this number.";
    OutOfRange = "out_of_range", BadRequest, STATUS, "The number, or the length of the list, is outside the limits.";
    InFuture = "in_future", BadRequest, STATUS, "The date is after today.";
    TooEarly = "too_early", BadRequest, STATUS, "The date is before the first one allowed.";
    NumberMask = "number_mask", BadRequest, STATUS, "The number does not look as numbers of this kind of document do; details.masks says how.";
    EndBeforeStart = "end_before_start", BadRequest, STATUS, "The end of the period lies before its start.";
    UnknownProperty = "unknown_property", BadRequest, STATUS, "The filter names a property that clients cannot be searched by.";
    UnknownOperator = "unknown_operator", BadRequest, STATUS, "The filter names an operator that does not exist.";
    OperatorNotApplicable = "operator_not_applicable", BadRequest, STATUS, "The property takes other operators; details.operators lists them.";
    ValueNotTaken = "value_not_taken", BadRequest, STATUS, "The operator takes no value, and there is one.";
    FilterTooLarge = "filter_too_large", BadRequest, STATUS, "The filter has more conditions, or more groups inside each other, than it may have.";
    FilterTooCostly = "filter_too_costly", BadRequest, STATUS, "The search asks more than one search may; details.conditions says what each condition costs, details.max what all may cost together.";
    ContentEmpty = "content_empty", BadRequest, STATUS, "The file has no bytes.";
    ContentUnknown = "content_unknown", BadRequest, STATUS, "The file is no JPEG, PNG or PDF by its bytes.";
    ContentMismatch = "content_mismatch", BadRequest, STATUS, "The bytes of the file do not agree with docExtension.";
    ContentTruncated = "content_truncated", BadRequest, STATUS, "The file is truncated.";
    ContentTrailingData = "content_trailing_data", BadRequest, STATUS, "Something follows the end of the file.";
    ContentArchive = "content_archive", BadRequest, STATUS, "There is an archive in the file.";
    ContentActive = "content_active", BadRequest, STATUS, "The file holds scripts, commands or files that run or open by themselves.";
    ContentEncrypted = "content_encrypted", BadRequest, STATUS, "The file opens only with a password, or is encrypted in a way that not every reader takes alike.";
    ContentExpansion = "content_expansion", BadRequest, STATUS, "The file unpacks to more than a viewer can hold.";
    ContentPixels = "content_pixels", BadRequest, STATUS, "The picture has more pixels than a picture may have.";
    CannotBeCleared = "cannot_be_cleared", BadRequest, STATUS, "A mandatory field was sent as null to clear it.";
    NothingToUpdate = "nothing_to_update", BadRequest, STATUS, "The update names no field that can be updated.";
    ExactlyOne = "exactly_one", BadRequest, STATUS, "Exactly one of several fields must be there.";
    CursorInvalid = "cursor_invalid", BadRequest, STATUS, "The cursor was not made by this service, or belongs to another query.";
    MoreErrors = "more_errors", BadRequest, STATUS, "There are more errors than are listed; details.leftOut says how many.";
    HeaderInvalid = "header_invalid", BadRequest, STATUS, "A request header is not written the way it must be written.";
    HeaderNotApplicable = "header_not_applicable", BadRequest, STATUS, "The header has no meaning for this operation.";

    VersionRequired = "version_required", BadRequest, STATUS, "The bank demands that a decision names what was seen: If-Match with the version of the client or, for a document, contentSha256.";

    TokenMissing = "token_missing", Unauthorized, STATUS, "There is no Bearer token.";
    TokenInvalid = "token_invalid", Unauthorized, STATUS, "The token is not one this service accepts.";
    TokenExpired = "token_expired", Unauthorized, STATUS, "The token is no longer valid.";

    PermissionMissing = "permission_missing", Forbidden, STATUS, "The caller lacks a permission that the operation, a dry run of it, or a property in filters and sort takes; details.permission names it.";
    FourEyes = "four_eyes", Forbidden, STATUS, "Somebody who created, changed, submitted something for, blacklisted or un-blacklisted the client, or asked for its approval, since its last decision does not approve it; somebody who submitted a document, its file or an address does not review it.";

    ClientNotFound = "client_not_found", NotFound, CUSTOMER_NOT_FOUND, "No client has this key, id or number.";
    DocumentNotFound = "document_not_found", NotFound, Some("Document not found"), "No client has handed in a document with this id.";
    AddressNotFound = "address_not_found", NotFound, Some("Address not found"), "No client has handed in address information with this id.";
    PathNotFound = "path_not_found", NotFound, STATUS, "There is no such path.";
    MethodNotAllowed = "method_not_allowed", MethodNotAllowed, STATUS, "The path does not take this method; the Allow header says which it takes.";
    RequestTimeout = "request_timeout", RequestTimeout, STATUS, "The request took longer than the service waits.";

    InvalidStatus = "invalid_status", Conflict, INVALID_STATUS, "The client's state does not allow the action, or a guard of it is not met.";
    KycIncomplete = "kyc_incomplete", Conflict, INVALID_STATUS, "Papers that the bank demands are not verified and unexpired; details.unmet names them.";
    AlreadyReviewed = "already_reviewed", Conflict, INVALID_STATUS, "The document or the address has been reviewed already.";
    ContentChanged = "content_changed", Conflict, Some("Content changed"), "The file of the document is another than the one that the review names; look at the new file first.";
    DocumentExpired = "document_expired", Conflict, Some("Document expired"), "The document has run out, and so is not approved.";
    TooMany = "too_many", Conflict, Some("Too many"), "The client has handed in as many documents or addresses as there can be.";
    AlreadyInApproval = "already_in_approval", Conflict, Some("Already in approval"), "An approval request is open already.";
    AlreadyBlacklisted = "already_blacklisted", Conflict, Some("Already blacklisted"), "The client is on the blacklist already.";
    NotBlacklisted = "not_blacklisted", Conflict, Some("Not blacklisted"), "The client is not on the blacklist.";
    DuplicateIdentification = "duplicate_identification", Conflict, Some("Duplicate identification"), "Another client has the same identification type and number.";
    DuplicateEmail = "duplicate_email", Conflict, Some("Duplicate email"), "Another client has the same e-mail address.";
    DuplicatePhone = "duplicate_phone", Conflict, Some("Duplicate phone"), "Another client has the same phone number.";
    IdempotencyKeyReused = "idempotency_key_reused", Conflict, Some("Idempotency key reused"), "The idempotency key was used for another body.";
    StaleVersion = "stale_version", Conflict, Some("Stale version"), "The client changed since the version that the caller has seen.";

    BodyTooLarge = "body_too_large", PayloadTooLarge, STATUS, "The body is larger than the limit.";
    UnsupportedMediaType = "unsupported_media_type", UnsupportedMediaType, STATUS, "The content type is not application/json.";
    RateLimited = "rate_limited", TooManyRequests, STATUS, "The caller asks more often than the service allows.";
    DuplicateQuota = "duplicate_quota", TooManyRequests, STATUS, "The caller has met as many duplicates today as the bank's settings allow; Retry-After says when the day (UTC) is over.";
    TooManyInProgress = "too_many_in_progress", TooManyRequests, STATUS, "The caller has as many requests in progress as one caller may have.";
    Internal = "internal", Internal, STATUS, "Something that cannot be happened; the request id finds it in the log.";
    ContentMissing = "content_missing", Internal, Some("File missing"), "The document is there and its file is not where files are stored; asking again does not help, the request id finds it in the log.";
    StoreUnavailable = "store_unavailable", Unavailable, STATUS, "The storage cannot be reached; nothing was written.";
    NotReady = "not_ready", Unavailable, STATUS, "A check of the service failed; the detail `check` names it.";
    OutcomeUnknown = "outcome_unknown", UnknownOutcome, STATUS, "The command may or may not have been done; a repetition is safe only with the same idempotency key.";
    Overloaded = "overloaded", Unavailable, STATUS, "The service is doing as much as it can, or is stopping.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_snake_case_and_occurs_once() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn every_class_has_a_code() {
        let classes: BTreeSet<_> = Code::ALL.iter().map(|code| code.status()).collect();
        assert_eq!(classes.len(), Status::ALL.len());
    }
}
