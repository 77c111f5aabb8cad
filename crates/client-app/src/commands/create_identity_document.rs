use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use client_domain::client::Decision;
use client_domain::kyc::{
    Content, ContentKey, DocumentDraft, DocumentKind, FileExtension, NumberMask, Sha256, Validity,
};
use client_domain::lifecycle::Facts;
use client_domain::value::{IdentificationNumber, IssuingAuthority, parse_date};
use client_domain::{Client, ClientEvent, Invalid, Permission, Refusal, Stamp};
use document_inspection::Detection;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{client, tell_withdrawal};
use crate::command::{Attachment, ClientCommand, Command};
use crate::form::Form;
use crate::inspection::{self, MAX_CONTENT};
use crate::kyc_view::{NEW_DOCUMENT, document_json};
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::{Caller, Clients, Code, Failure, Item};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateIdentityDocumentCommand",
    kind: Kind::Command,
    about: "Takes in an identity document with its file, which then waits for its review.",
    permission: Permission::KycWrite,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required(
            "identityType",
            shape::DOCUMENT_KIND,
            "1 National ID, 2 International Passport, 3 Driver's License, 4 Voter's Card, 5 Utility Bill, \
             6 Bank Statement, 7 Certificate of Incorporation, 8 Other.",
        ),
        FieldSpec::required("idNumber", shape::ID_NUMBER, "The number on the document."),
        FieldSpec::required(
            "base64Doc",
            Shape::Base64 { max_bytes: MAX_CONTENT },
            "The file in base64 (RFC 4648, section 4), in one line and without a data: prefix: a JPEG, PNG or PDF of at \
             most 10 MiB.",
        ),
        FieldSpec::required(
            "docExtension",
            shape::EXTENSION,
            "The extension, which the bytes of the file agree with.",
        ),
        FieldSpec::optional("issuingAuthority", shape::ISSUER, "Who issued the document."),
        FieldSpec::optional("issueDate", Shape::Date, "From 1900-01-01 to today."),
        FieldSpec::optional(
            "expiryDate",
            Shape::Date,
            "The last day on which the document is good; after issueDate.",
        ),
    ],
    reply: NEW_DOCUMENT,
    refusals: &[
        Code::NumberMask,
        Code::EndBeforeStart,
        Code::ContentEmpty,
        Code::ContentUnknown,
        Code::ContentMismatch,
        Code::ContentTruncated,
        Code::ContentTrailingData,
        Code::ContentArchive,
        Code::ContentActive,
        Code::ContentEncrypted,
        Code::ContentExpansion,
        Code::ContentPixels,
        Code::BodyTooLarge,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::TooMany,
        Code::StaleVersion,
    ],
    example: r#"{
        "contactEncodedKey": "CUST1000001", "identityType": 2, "idNumber": "A01234567",
        "issuingAuthority": "Nigeria Immigration Service", "issueDate": "2020-01-01", "expiryDate": "2029-12-31",
        "docExtension": ".png",
        "base64Doc": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    }"#,
};

struct CreateIdentityDocument {
    client: ClientRef,
    draft: DocumentDraft,
    bytes: Bytes,
}

pub(crate) fn parse(
    clients: &Clients,
    mut form: Form<'_>,
    now: Timestamp,
    caller: &Caller,
) -> Result<Command, Failure> {
    let client = client(&mut form);
    let today = now.to_zoned(TimeZone::UTC).date();
    let kind = kind(&mut form);
    let number = form.required("idNumber", IdentificationNumber::parse);
    let number = kind.zip(number).and_then(|(kind, number)| masked(clients, &mut form, kind, number));
    let extension = form.required("docExtension", FileExtension::parse);
    let bytes = form.required("base64Doc", decoded);
    let issuer = form.optional("issuingAuthority", IssuingAuthority::parse);
    // Read apart from its limits: a wrong end is told beside a wrong beginning.
    let issued_on = form.optional("issueDate", parse_date);
    if let Some(day) = issued_on {
        form.keep("issueDate", Validity::check_issue(day, today));
    }
    let expires_on = form.optional("expiryDate", parse_date);
    let validity = Validity::new(issued_on, expires_on);
    if validity.is_none() {
        let message = "must lie after issueDate";
        form.fail("expiryDate", Item::new(Code::EndBeforeStart, message));
    }
    let file = extension.zip(bytes).and_then(|(extension, bytes)| {
        let inspected = inspected(&mut form, extension, &bytes)?;
        let key = clients.keys.content_key(now);
        Some((content(&inspected, key, extension, Stamp::new(caller.actor.clone(), now)), bytes))
    });
    let command = || {
        let (content, bytes) = file?;
        let draft = DocumentDraft {
            id: clients.keys.document_id(),
            kind: kind?,
            number: number?,
            issuer,
            validity: validity?,
            content,
        };
        Some(CreateIdentityDocument { client: client?, draft, bytes: Bytes::from(bytes) })
    };
    let command = command();
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

/// What is known of a file that was looked at.
pub(crate) fn content(
    inspected: &Detection,
    key: ContentKey,
    extension: FileExtension,
    uploaded: Stamp,
) -> Content {
    Content { key, extension, size: inspected.size, sha256: Sha256(inspected.sha256), uploaded }
}

/// The kind by its number. Whatever is wrong with it, the numbers are told together with what they mean.
fn kind(form: &mut Form<'_>) -> Option<DocumentKind> {
    if form.is_absent("identityType") {
        form.fail("identityType", Item::new(Code::Required, "This field is mandatory."));
        return None;
    }
    let number = form.raw("identityType").and_then(Value::as_f64);
    let kind = DocumentKind::ALL.into_iter().find(|kind| number == Some(f64::from(kind.number())));
    if kind.is_none() {
        let numbers: Vec<_> =
            DocumentKind::ALL.into_iter().map(|kind| format!("{} {}", kind.number(), kind.name())).collect();
        let message = format!("must be the number of a kind of document: {}", numbers.join(", "));
        let code =
            if number.is_some_and(|number| number.fract() == 0.0) { Code::Choice } else { Code::WrongType };
        let item = Item::new(code, message).detail("choices", DocumentKind::NUMBERS.to_vec());
        form.fail("identityType", item);
    }
    kind
}

/// A number that looks as numbers of its kind do.
fn masked(
    clients: &Clients,
    form: &mut Form<'_>,
    kind: DocumentKind,
    number: IdentificationNumber,
) -> Option<IdentificationNumber> {
    if clients.kyc_policy.fits(kind, &number) {
        return Some(number);
    }
    let masks: Vec<_> = clients.kyc_policy.masks_of(kind).iter().map(NumberMask::as_str).collect();
    let message = "must look as numbers of this kind of document do (@ a letter, # a digit, $ either)";
    form.fail("idNumber", Item::new(Code::NumberMask, message).detail("masks", masks));
    None
}

fn decoded(text: &str) -> Result<Vec<u8>, Invalid> {
    const WRONG: Invalid = Invalid::Format {
        expected: "base64 in one line, with padding (RFC 4648, section 4) and without a data: prefix",
    };
    STANDARD.decode(text).map_err(|_| WRONG)
}

fn inspected(form: &mut Form<'_>, extension: FileExtension, bytes: &[u8]) -> Option<Detection> {
    let mut inspection = inspection::begin(extension);
    let outcome = inspection.push(bytes).and_then(|()| inspection.finish());
    outcome.map_err(|rejection| form.fail("base64Doc", inspection::rejected(rejection))).ok()
}

impl ClientCommand for CreateIdentityDocument {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn attachment(&self) -> Option<Attachment> {
        Some(Attachment { key: self.draft.content.key.clone(), bytes: self.bytes.clone() })
    }

    fn fresh(&self) -> &'static [&'static str] {
        &["identityId"]
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let change = client.submit_document(self.draft.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let today = stamp.at.to_zoned(TimeZone::UTC).date();
        let document = client.kyc().document(&self.draft.id);
        let mut data =
            document.map(|document| document_json(client.key(), document, today)).unwrap_or_default();
        data.insert("version".to_owned(), client.version().get().into());
        ("Identity document created successfully.".to_owned(), tell_withdrawal(data, event))
    }
}
