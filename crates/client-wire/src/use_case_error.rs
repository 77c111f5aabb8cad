//! The failures of use cases, as callers see them.

use client_app::commands::{Command as _, RejectDocument};
use client_app::ports::ClientRef;
use client_app::{CheckName, ContentRejection, Error, MAX_CONTENT, MAX_PIXELS};
use client_domain::ClaimKind;
use client_domain::reason::ReasonNotAccepted;
use client_domain::value::ClientKey;

use crate::batch_error;
use crate::code::Code;
use crate::export_error;
use crate::failure::{Failure, Item};
use crate::form::broken;
use crate::refused::refused;
use crate::search_error;

impl Failure {
    /// The failure for an error of a use case. It carries the cause, which the adapter logs and does not send.
    pub fn of_error(error: Error, caller: &client_app::Caller) -> Self {
        match error {
            Error::PermissionMissing(missing) => {
                Self::invalid(missing.into_iter().map(missing_permission).collect())
            }
            Error::NotFound(client) => Self::of(not_found(&client)),
            Error::Refused(refusal) => refused(&refusal, caller),
            Error::NotInDirectory { branch, officer } => not_in_directory(branch, officer),
            Error::NumberFormat(_) => Self::of(number_format()),
            Error::InvalidValue { field, rule } => Self::invalid(vec![broken(&rule).field(field.name())]),
            Error::ReasonNotAccepted(refused) => Self::of(reason_not_accepted(&refused).field("reasonCode")),
            Error::ContentRejected(rejection) => Self::of(content_rejected(rejection).field("content")),
            Error::UploadFailed(error) => upload_failed(&error),
            Error::ContentMissing(document) => {
                // The log names the document, because the name of a file may be personal data.
                let cause =
                    Some(format!("the file of the document {document} is not in the storage of files"));
                Self { cause, ..Self::of(content_missing()) }
            }
            Error::NotWaiting => Self::of(not_waiting()),
            Error::WorkClaimed { by, until } => {
                let message =
                    "Another person is at this item; take another one, or decide about it all the same.";
                let item = Item::new(Code::ClaimedByAnother, message);
                Self::of(item.detail("claimedBy", by.label()).detail("claimedUntil", until.to_string()))
            }
            Error::SearchTooBroad { limit } => Self::of(search_error::too_broad(limit)),
            Error::TooManyViews { max, shared } => Self::of(too_many_views(max, shared)),
            Error::BatchNotFound => Self::of(batch_error::not_found()),
            Error::BatchRefused(refusal) => Self::of(batch_error::refused(&refusal)),
            Error::BatchTooLarge { max, unit } => Self::of(batch_error::too_large(max, unit)),
            Error::BatchDeleted => Self::of(batch_error::deleted()),
            Error::TooManyBatches { max } => Self::of(batch_error::too_many(max)),
            Error::BatchContentDiffers => Self::of(batch_error::differs()),
            Error::TooManyExports { max } => export_error::too_many(max),
            Error::ExportRuns => export_error::runs(),
            Error::VersionNotApplicable => {
                let message = "This command takes no version: send it without If-Match.";
                Self::of(Item::new(Code::HeaderNotApplicable, message).field("If-Match"))
            }
            Error::VersionRequired { command } => version_required(command),
            Error::StaleVersion { current, changed } => {
                let changed: Vec<_> =
                    changed.into_iter().map(client_domain::client::ClientField::name).collect();
                let message = "The client has changed since the version of If-Match.";
                Self::of(
                    Item::new(Code::StaleVersion, message)
                        .field("If-Match")
                        .detail("currentVersion", current.get())
                        .detail("changedFields", changed),
                )
            }
            Error::Contended { last } => {
                let message = "The client kept changing while the command was executed; nothing was written.";
                Self::of(
                    Item::new(Code::StaleVersion, message)
                        .detail("currentVersion", last.map(client_domain::value::Version::get))
                        .detail("changedFields", Vec::<String>::new()),
                )
            }
            Error::IdempotencyKeyReused => {
                let message = "This Idempotency-Key was already used with another body.";
                Self::of(Item::new(Code::IdempotencyKeyReused, message).field("Idempotency-Key"))
            }
            Error::Duplicates(kinds) => {
                let items: Vec<_> = kinds.into_iter().map(refused_duplicate).collect();
                match items.first().cloned() {
                    Some(first) => Self { items, ..Self::of(first) },
                    None => internal(),
                }
            }
            Error::DuplicateQuota { limit, retry_after } => {
                let message = format!(
                    "You have reached the daily limit of {limit} duplicates. Commands that check for \
                     duplicates are possible again when the bank's day is over."
                );
                let item = Item::new(Code::DuplicateQuota, message).detail("limit", limit.get());
                Self { retry_after: u32::try_from(retry_after.as_secs()).ok(), ..Self::of(item) }
            }
            Error::ReadOnly => {
                let message = "This instance only reads. Send commands to an instance that is not started with \
                     --read-only; nothing was written.";
                Self::of(Item::new(Code::ReadOnly, message))
            }
            Error::ClockOff => Self::of(clock_off()),
            Error::TimedOut { cause } => {
                let message = "The query took longer than the time limit.";
                Self { cause: Some(cause), ..Self::of(Item::new(Code::RequestTimeout, message)) }
            }
            Error::Unavailable { cause } => {
                let message = "The storage is unavailable; nothing was written.";
                Self { cause: Some(cause), ..Self::of(Item::new(Code::StoreUnavailable, message)) }
            }
            Error::OutcomeUnknown { cause } => {
                let message = "The storage did not answer in time, so the command may or may not have been committed. \
                     With an Idempotency-Key it can be repeated safely.";
                Self { cause: Some(cause), ..Self::of(Item::new(Code::OutcomeUnknown, message)) }
            }
            Error::Internal { cause } => Self { cause, ..internal() },
        }
    }
}

fn clock_off() -> Item {
    let message = "The clock of the service is more than an hour off, so commands would be recorded with a wrong time; nothing was \
                   written.";
    Item::new(Code::NotReady, message).detail("check", CheckName::Clock.name())
}

fn not_waiting() -> Item {
    Item::new(Code::NotWaiting, "The item does not wait for a person: it was decided about, or never waited.")
}

/// The failure of the adapter that received the bytes, which it put into the stream.
fn upload_failed(error: &client_app::UploadError) -> Failure {
    match error.downcast_ref::<Failure>() {
        Some(failure) => failure.clone(),
        None => Failure::of(Item::new(Code::BodyIncomplete, Code::BodyIncomplete.meaning())),
    }
}

fn missing_permission(permission: client_domain::Permission) -> Item {
    let message = format!("The permission {} is required.", permission.name());
    Item::new(Code::PermissionMissing, message).detail("permission", permission.name())
}

/// There is no such client. The error does not repeat the text of the caller.
fn not_found(client: &ClientRef) -> Item {
    match client {
        ClientRef::Key(_) => {
            Item::new(Code::ClientNotFound, "No client has this key.").field("contactEncodedKey")
        }
        ClientRef::Id(_) => {
            Item::new(Code::ClientNotFound, "No client has this number.").field("contactEncodedKey")
        }
        ClientRef::Document(_) => document_not_found(),
        ClientRef::Address(_) => {
            Item::new(Code::AddressNotFound, "No address has this id.").field("addressId")
        }
    }
}

/// There is no such document.
pub(crate) fn document_not_found() -> Item {
    Item::new(Code::DocumentNotFound, "No document has this id.").field("identityId")
}

fn too_many_views(max: usize, shared: bool) -> Item {
    let (named, message) = if shared {
        (
            "shared",
            format!("There are {max} shared views already; delete one, or save this one for yourself."),
        )
    } else {
        (
            "name",
            format!(
                "You have {max} saved views already; delete one, or save this one under the name of one."
            ),
        )
    };
    Item::new(Code::TooManyViews, message).field(named).detail("max", max)
}

fn not_in_directory(branch: bool, officer: bool) -> Failure {
    let mut items = Vec::new();
    if branch {
        let message = "The bank's directory has no branch with this key.";
        items.push(Item::new(Code::UnknownBranch, message).field("branchEncodedKey"));
    }
    if officer {
        let message = "The bank's directory has no account officer with this number.";
        items.push(Item::new(Code::UnknownOfficer, message).field("accountOfficerId"));
    }
    Failure::invalid(items)
}

/// A number that no mask of the KYC policy matches.
pub(crate) fn number_format() -> Item {
    let message = "must have a format of this document type (@ a letter, # a digit, $ either)";
    Item::new(Code::NumberMask, message).field("idNumber")
}

/// The bank's catalogue asks for the code of a reason, or does not list the given one.
pub(crate) fn reason_not_accepted(refused: &ReasonNotAccepted) -> Item {
    let code = if refused.is_missing { Code::Required } else { Code::UnknownReasonCode };
    let choices: Vec<_> = refused.accepted.iter().map(|code| code.as_str()).collect();
    Item::new(code, refused.to_string()).detail("choices", choices)
}

/// The file of a document is missing. The failure does not pass by itself, so it is not a 503. It is not a 404 either,
/// which would mean that the document has no file.
fn content_missing() -> Item {
    Item::new(
        Code::ContentMissing,
        "The file of this document is missing in the bank's storage. Inform the operators of the service; they \
         can restore it from a backup, or the client can submit a new document.",
    )
    .field("identityId")
}

fn version_required(command: &str) -> Failure {
    let or =
        if command == RejectDocument::NAME { ", or the digest of the file in contentSha256" } else { "" };
    let message = format!(
        "A decision must name what was seen: send the header If-Match with the version of the client, such as \"3\"{or}."
    );
    Failure::of(Item::new(Code::VersionRequired, message).field("If-Match"))
}

/// A duplicate, with the keys of the other clients if the caller may know them.
fn refused_duplicate((kind, holders): (ClaimKind, Vec<ClientKey>)) -> Item {
    if holders.is_empty() {
        return duplicate(kind);
    }
    duplicate(kind).detail("contacts", holders.iter().map(ClientKey::as_str).collect::<Vec<_>>())
}

/// A duplicate. It does not name the other client.
pub(crate) fn duplicate(kind: ClaimKind) -> Item {
    match kind {
        ClaimKind::Identification => Item::new(
            Code::DuplicateIdentification,
            "Another client has this identification type and number.",
        )
        .field("identificationNumber"),
        ClaimKind::Email => {
            Item::new(Code::DuplicateEmail, "Another client has this e-mail address.").field("emailAddress")
        }
        ClaimKind::Phone => {
            Item::new(Code::DuplicatePhone, "Another client has this phone number.").field("phoneNumber")
        }
        ClaimKind::FormerClient => Item::new(
            Code::AlreadyReturned,
            "The former record of this client has returned as another client since; continue with that one.",
        ),
    }
}

/// A warning that the client looks like another one. It reveals nothing about the other client.
pub(crate) fn looks_alike() -> Item {
    Item::new(Code::LookAlikes, "The bank may know this person already; a reviewer will compare the clients.")
}

/// A file that is not accepted.
pub(crate) fn content_rejected(rejection: ContentRejection) -> Item {
    let code = match rejection {
        ContentRejection::Empty => Code::ContentEmpty,
        ContentRejection::TooLarge => Code::BodyTooLarge,
        ContentRejection::UnknownType(_) => Code::ContentUnknown,
        ContentRejection::TypeMismatch => {
            return Item::new(Code::ContentMismatch, "must match the content of the file");
        }
        ContentRejection::Truncated => Code::ContentTruncated,
        ContentRejection::TrailingData => Code::ContentTrailingData,
        ContentRejection::Archive => Code::ContentArchive,
        ContentRejection::ActiveContent(_) => Code::ContentActive,
        ContentRejection::Encrypted => Code::ContentEncrypted,
        ContentRejection::Expansion(_) => Code::ContentExpansion,
        ContentRejection::TooManyPixels => Code::ContentPixels,
    };
    let item = Item::new(code, rejection.to_string());
    match rejection {
        ContentRejection::TooLarge => item.detail("limit", MAX_CONTENT),
        ContentRejection::TooManyPixels => item.detail("max", MAX_PIXELS),
        _ => match rejection.found() {
            Some(found) => item.detail("found", found),
            None => item,
        },
    }
}

/// A bug of the service, or corrupt data.
fn internal() -> Failure {
    Failure::of(Item::new(Code::Internal, "An internal error occurred."))
}
