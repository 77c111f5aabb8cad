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
    MalformedJson = "malformed_json", BadRequest, STATUS, "The body is not one JSON object, or a member occurs twice.";
    TooComplex = "too_complex", BadRequest, STATUS, "The body has more JSON values than allowed; details.max is the limit.";
    BodyIncomplete = "body_incomplete", BadRequest, STATUS, "The body ended before it was complete.";
    UnknownOperation = "unknown_operation", BadRequest, STATUS, "No command or query has this name.";
    WrongEndpoint = "wrong_endpoint", BadRequest, STATUS, "A command was sent to the query path, or a query to the command path.";
    UnknownMember = "unknown_member", BadRequest, STATUS, "The operation has no such member.";
    Required = "required", BadRequest, STATUS, "A mandatory field is absent or null.";
    WrongType = "wrong_type", BadRequest, STATUS, "The field has the wrong JSON type.";
    TooShort = "too_short", BadRequest, STATUS, "The text has too few characters.";
    TooLong = "too_long", BadRequest, STATUS, "The text has too many characters.";
    ControlCharacter = "control_character", BadRequest, STATUS, "The text contains control or text-direction characters.";
    Invisible = "invisible", BadRequest, STATUS, "The text has no visible character.";
    InvisibleCharacter = "invisible_character", BadRequest, STATUS, "The identifier contains invisible characters.";
    Placeholder = "placeholder", BadRequest, STATUS, "The text is a placeholder, such as N/A or 000, and no document number.";
    NothingToCompare = "nothing_to_compare", BadRequest, STATUS, "The text of the filter has neither a letter nor a digit, and nothing else is compared there.";
    Characters = "characters", BadRequest, STATUS, "The text contains characters that the field does not allow.";
    Format = "format", BadRequest, STATUS, "The value has the wrong format.";
    DigitCount = "digit_count", BadRequest, STATUS, "The number has too few or too many digits.";
    Choice = "choice", BadRequest, STATUS, "The value is not one of the choices.";
    UnknownCountry = "unknown_country", BadRequest, STATUS, "The value is neither the English name nor the ISO 3166 code of a country.";
    UnknownBranch = "unknown_branch", BadRequest, STATUS, "The bank's directory has no branch with this key.";
    UnknownOfficer = "unknown_officer", BadRequest, STATUS, "The bank's directory has no account officer with this number.";
    OutOfRange = "out_of_range", BadRequest, STATUS, "The number, or the length of the list, is outside the limits.";
    InFuture = "in_future", BadRequest, STATUS, "The date is after today.";
    TooEarly = "too_early", BadRequest, STATUS, "The date is before the earliest allowed date.";
    NumberMask = "number_mask", BadRequest, STATUS, "The number does not have a format of this type of document; details.masks lists the formats.";
    UnknownReasonCode = "unknown_reason_code", BadRequest, STATUS, "The bank's catalogue does not list this code of a reason for the command, or lists none at all; details.choices has the codes that it lists.";
    EndBeforeStart = "end_before_start", BadRequest, STATUS, "The end of the period is before its start.";
    UnknownProperty = "unknown_property", BadRequest, STATUS, "The filter names a property that cannot be searched.";
    UnknownOperator = "unknown_operator", BadRequest, STATUS, "The filter names an operator that does not exist.";
    OperatorNotApplicable = "operator_not_applicable", BadRequest, STATUS, "The property does not support this operator; details.operators lists the supported ones.";
    ValueNotTaken = "value_not_taken", BadRequest, STATUS, "The operator takes no value, but one was given.";
    FilterTooLarge = "filter_too_large", BadRequest, STATUS, "The filter has more conditions or nested groups than allowed.";
    FilterTooCostly = "filter_too_costly", BadRequest, STATUS, "The search costs more than one search may; details.conditions lists the cost of each condition, details.max is the limit of the total.";
    SearchTooBroad = "search_too_broad", BadRequest, STATUS, "No index serves the search, and the bank has more clients than such a search may read; details.max is the limit. Add a condition that an index serves.";
    ContentEmpty = "content_empty", BadRequest, STATUS, "The file is empty.";
    ContentUnknown = "content_unknown", BadRequest, STATUS, "The content of the file is not JPEG, PNG or PDF.";
    ContentMismatch = "content_mismatch", BadRequest, STATUS, "The content of the file does not match docExtension.";
    ContentTruncated = "content_truncated", BadRequest, STATUS, "The file is truncated.";
    ContentTrailingData = "content_trailing_data", BadRequest, STATUS, "The file has data after its end.";
    ContentArchive = "content_archive", BadRequest, STATUS, "The file contains an archive.";
    ContentActive = "content_active", BadRequest, STATUS, "The file contains scripts, commands or files that run or open by themselves.";
    ContentEncrypted = "content_encrypted", BadRequest, STATUS, "The file needs a password, or is encrypted in a way that readers treat differently.";
    ContentExpansion = "content_expansion", BadRequest, STATUS, "The file expands to more than a viewer can process.";
    ContentPixels = "content_pixels", BadRequest, STATUS, "The picture has more pixels than allowed.";
    BatchContent = "batch_content", BadRequest, STATUS, "The file of the batch cannot be read, or is not the one that was announced; details.row tells the first row that cannot be read.";
    CannotBeCleared = "cannot_be_cleared", BadRequest, STATUS, "A mandatory field was sent as null to clear it.";
    NothingToUpdate = "nothing_to_update", BadRequest, STATUS, "The update names no field that can be updated.";
    ExactlyOne = "exactly_one", BadRequest, STATUS, "Exactly one of several fields must be given.";
    CursorInvalid = "cursor_invalid", BadRequest, STATUS, "The cursor was not issued by this service, or belongs to another query.";
    MoreErrors = "more_errors", BadRequest, STATUS, "There are more errors than listed; details.leftOut is their number.";
    HeaderInvalid = "header_invalid", BadRequest, STATUS, "A request header has the wrong format.";
    HeaderNotApplicable = "header_not_applicable", BadRequest, STATUS, "The operation does not take this header.";

    VersionRequired = "version_required", BadRequest, STATUS, "The bank requires that a decision names what was seen: If-Match with the version of the client or, to reject a document, contentSha256.";

    TokenMissing = "token_missing", Unauthorized, STATUS, "There is no Bearer token.";
    TokenInvalid = "token_invalid", Unauthorized, STATUS, "The service does not accept the token.";
    TokenExpired = "token_expired", Unauthorized, STATUS, "The token has expired.";

    PermissionMissing = "permission_missing", Forbidden, STATUS, "The caller lacks a permission required by the operation, its dry run, or a property in filters or sort; details.permission names it.";
    FourEyes = "four_eyes", Forbidden, STATUS, "The caller created, changed, blacklisted or un-blacklisted the client, submitted something for it, requested its approval or undid its rejection since its last approval, so another person must approve it; or the caller submitted the document, its file or the address, or proposed the amendment, so another person must decide about it; or the caller created the client or changed its details, so another person or system must verify its phone number and e-mail address; or the caller uploaded the batch, so another person must confirm it.";

    ClientNotFound = "client_not_found", NotFound, CUSTOMER_NOT_FOUND, "No client has this key, id or number.";
    DocumentNotFound = "document_not_found", NotFound, Some("Document not found"), "There is no document with this id.";
    AddressNotFound = "address_not_found", NotFound, Some("Address not found"), "There is no address information with this id.";
    BatchNotFound = "batch_not_found", NotFound, Some("Batch not found"), "There is no batch with this id that the caller may see.";
    PathNotFound = "path_not_found", NotFound, STATUS, "There is no such path.";
    MethodNotAllowed = "method_not_allowed", MethodNotAllowed, STATUS, "The path does not support this method; the Allow header lists the supported ones.";
    RequestTimeout = "request_timeout", RequestTimeout, STATUS, "The request took longer than the time limit.";

    InvalidStatus = "invalid_status", Conflict, INVALID_STATUS, "The client's state does not allow the action, or one of its conditions is not met.";
    KycIncomplete = "kyc_incomplete", Conflict, INVALID_STATUS, "Required documents or addresses are missing, not verified or expired; details.unmet lists them.";
    LookAlikes = "look_alikes", Conflict, INVALID_STATUS, "The client looks like other clients; details.unmet lists those that the caller has not named in reviewedLookAlikes. As a warning: a reviewer will compare them.";
    AlreadyReviewed = "already_reviewed", Conflict, INVALID_STATUS, "The document or the address has already been reviewed.";
    ContentChanged = "content_changed", Conflict, Some("Content changed"), "The document has another file than the review names; review the new file.";
    ContactPointChanged = "contact_point_changed", Conflict, Some("Contact point changed"), "Another phone number or e-mail address is in force than the one that was verified.";
    DocumentExpired = "document_expired", Conflict, Some("Document expired"), "The document has expired and cannot be approved.";
    TooMany = "too_many", Conflict, Some("Too many"), "The client has the maximum number of documents or addresses.";
    RejectedFinally = "rejected_finally", Conflict, Some("Rejected for good"), "A document of this type with this number was rejected for good; the client can submit another one.";
    AmendmentOpen = "amendment_open", Conflict, Some("Amendment open"), "Another person has proposed a value for the field, and it waits; details.unmet names the field and the amendment.";
    AmendmentNotOpen = "amendment_not_open", Conflict, Some("Amendment not open"), "The client has no open amendment with this id: it was decided about, withdrawn or ended, or never existed.";
    AmendmentConflict = "amendment_conflict", Conflict, Some("Amendment conflict"), "A value in force changed after the amendment was proposed; details.unmet names the fields.";
    NotWaiting = "not_waiting", Conflict, Some("Not waiting"), "The item does not wait for a person: it was decided about, or never waited.";
    ClaimedByAnother = "claimed_by_another", Conflict, Some("Claimed by another person"), "Another person has claimed the item; details.claimedBy and details.claimedUntil say who and until when. It refuses no decision.";
    TooManyViews = "too_many_views", Conflict, Some("Too many saved views"), "The caller has the maximum number of saved views, or all people together that of shared ones; details.max is the maximum.";
    BatchDeleted = "batch_deleted", Conflict, Some("Batch deleted"), "The rows of this file were executed in an earlier batch, which has been deleted since; an Idempotency-Key makes it another batch.";
    BatchState = "batch_state", Conflict, Some("Invalid status"), "The state of the batch does not allow the action, or its uploader lacks a permission of its rows; details.state is the state.";
    AlreadyInApproval = "already_in_approval", Conflict, Some("Already in approval"), "An approval request is already open.";
    AlreadyReturned = "already_returned", Conflict, Some("Already returned"), "The exited client has returned already, as another client that was not rejected; details.unmet or, where a rejection is undone, details.contacts names it, for callers with customers.read.";
    AlreadyBlacklisted = "already_blacklisted", Conflict, Some("Already blacklisted"), "The client is already on the blacklist.";
    NotBlacklisted = "not_blacklisted", Conflict, Some("Not blacklisted"), "The client is not on the blacklist.";
    DuplicateIdentification = "duplicate_identification", Conflict, Some("Duplicate identification"), "Another client has the same identification type and number; details.contacts has the keys of such clients, at most ten, for callers with customers.read.";
    DuplicateEmail = "duplicate_email", Conflict, Some("Duplicate email"), "Another client has the same e-mail address; details.contacts has the keys of such clients, at most ten, for callers with customers.read.";
    DuplicatePhone = "duplicate_phone", Conflict, Some("Duplicate phone"), "Another client has the same phone number; details.contacts has the keys of such clients, at most ten, for callers with customers.read.";
    IdempotencyKeyReused = "idempotency_key_reused", Conflict, Some("Idempotency key reused"), "The idempotency key was already used with another body.";
    StaleVersion = "stale_version", Conflict, Some("Stale version"), "The client has changed since the version that the caller saw.";

    BodyTooLarge = "body_too_large", PayloadTooLarge, STATUS, "The body is larger than the limit.";
    UnsupportedMediaType = "unsupported_media_type", UnsupportedMediaType, STATUS, "The content type is not application/json.";
    RateLimited = "rate_limited", TooManyRequests, STATUS, "The caller exceeds the rate limit.";
    TooManyBatches = "too_many_batches", TooManyRequests, STATUS, "The caller has as many batches that have not ended as the bank allows; details.limit is the number.";
    DuplicateQuota = "duplicate_quota", TooManyRequests, STATUS, "The caller has reached the daily limit of duplicates; Retry-After tells when the bank's day ends.";
    TooManyInProgress = "too_many_in_progress", TooManyRequests, STATUS, "The caller has reached the limit of concurrent requests.";
    Internal = "internal", Internal, STATUS, "An internal error; the log has it under the request id.";
    ContentMissing = "content_missing", Internal, Some("File missing"), "The document exists but its file is missing from the storage; retrying does not help, the log has it under the request id.";
    StoreUnavailable = "store_unavailable", Unavailable, STATUS, "The storage is unavailable; nothing was written.";
    ReadOnly = "read_only", Unavailable, STATUS, "This instance takes no commands, because it reads from a standby; nothing was written.";
    AccountsUnavailable = "accounts_unavailable", Unavailable, STATUS, "The ledger did not say whether the client has open accounts; nothing was written.";
    NotReady = "not_ready", Unavailable, STATUS, "A readiness check failed; details.check names it.";
    OutcomeUnknown = "outcome_unknown", UnknownOutcome, STATUS, "The command may or may not have been committed; repeating it is safe only with the same idempotency key.";
    Overloaded = "overloaded", Unavailable, STATUS, "The service is overloaded or shutting down.";
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
