//! Evidence as answers must show them.

use client_domain::Client;
use client_domain::kyc::{
    AddressInformation, IdentityDocument, MissingRequirement, Verification, VerificationStatus,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::evidence::Evidence;
use super::order::{Order, object};
use super::step::What;

/// What a command about evidence answers of the one that it was about.
pub fn shown_by(order: &Order, client: &Client, today: Date) -> Option<Map<String, Value>> {
    let kyc = client.kyc();
    let (evidence, new) = match &order.what {
        What::SubmitDocument(_) => (kyc.documents.last().map(|one| document(client, one, today)), true),
        What::SubmitAddress(_) => (kyc.addresses.last().map(|one| address(client, one)), true),
        What::Review(review) => {
            let named = |id: &str| id == order.named.text;
            let documents = kyc.documents.iter().find(|one| named(one.id.as_str()));
            let addresses = kyc.addresses.iter().find(|one| named(one.id.as_str()));
            let shown = match review.evidence {
                Evidence::Document => documents.map(|one| document(client, one, today)),
                Evidence::Address => addresses.map(|one| address(client, one)),
            };
            (shown, false)
        }
        _ => return None,
    };
    let mut members = evidence.unwrap();
    members.insert("version".to_owned(), client.version().get().into());
    if order.dry {
        let id = if members.contains_key("identityId") { "identityId" } else { "addressId" };
        for name in ["version"].into_iter().chain(new.then_some(id)) {
            members.insert(name.to_owned(), Value::Null);
        }
    }
    Some(members)
}

pub fn document(client: &Client, document: &IdentityDocument, today: Date) -> Map<String, Value> {
    let last = document.validity.expires_on();
    let left = last.map(|last| (last - today).get_days());
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let mut members = object(json!({
        "contactEncodedKey": client.key().as_str(),
        "identityId": document.id.as_str(),
        "identityType": document.kind.number(),
        "idNumber": document.number.as_str(),
        "issuingAuthority": document.issuer.as_ref().map(|issuer| issuer.as_str()),
        "issueDate": day(document.validity.issued_on()),
        "expiryDate": day(last),
        "isExpired": left.is_some_and(|left| left < 0),
        "expiresInDays": left,
        "docExtension": document.content.extension.name(),
        "contentSize": document.content.size,
        "contentSha256": document.content.sha256.to_string(),
        "uploadedBy": document.content.uploaded.by.label(),
        "uploadedAt": document.content.uploaded.at.to_string(),
        "createdBy": document.submitted.by.label(),
        "createdAt": document.submitted.at.to_string(),
    }));
    members.extend(verification(client, &document.verification));
    members
}

pub fn address(client: &Client, address: &AddressInformation) -> Map<String, Value> {
    let mut members = object(json!({
        "contactEncodedKey": client.key().as_str(),
        "addressId": address.id.as_str(),
        "addressLine1": address.line1.as_str(),
        "addressLine2": address.line2.as_ref().map(|line| line.as_str()),
        "city": address.city.as_str(),
        "country": address.country.name(),
        "postalCode": address.postal_code.as_ref().map(|code| code.as_str()),
        "createdBy": address.submitted.by.label(),
        "createdAt": address.submitted.at.to_string(),
    }));
    members.extend(verification(client, &address.verification));
    members
}

fn verification(client: &Client, verification: &Verification) -> Map<String, Value> {
    let review = verification.review();
    let rejection = review.and_then(|review| review.rejection.as_ref());
    // Null stands for a member that is not there.
    object(json!({
        "reasonCode": rejection.map(|rejection| rejection.reason.code.as_str()),
        "reasonText": rejection.map(|rejection| rejection.reason.text.as_str()),
        "verificationStatus": client.status_of(verification).number(),
        "verificationStatusDesc": client.status_of(verification).name(),
        "verifiedBy": review.map(|review| review.stamp.by.label()),
        "verifiedAt": review.map(|review| review.stamp.at.to_string()),
        "comment": review.and_then(|review| review.comment.as_ref()).map(|comment| comment.as_str()),
    }))
}

/// What is said of all documents, or of all addresses, together: of these the best.
pub fn part<'a>(client: &Client, all: impl Iterator<Item = (&'a Verification, bool)>) -> Value {
    // Valid before expired, expired before rejected; approved before pending before outdated; the newest first.
    // Whether an expired approval is outdated makes no difference.
    let rank = |verification: &Verification, good: bool| {
        let status = client.status_of(verification);
        let is_rejected = status == VerificationStatus::Rejected;
        let is_outdated = good && status == VerificationStatus::Outdated;
        (is_rejected, !is_rejected && !good, is_outdated, status == VerificationStatus::Pending)
    };
    let best = all
        .enumerate()
        .min_by_key(|(at, (verification, good))| (rank(verification, *good), std::cmp::Reverse(*at)))
        .map(|(_, (verification, _))| verification);
    let comment = best.and_then(Verification::review).and_then(|review| review.comment.as_ref());
    let mut part = object(json!({
        "verificationStatus": best.map(|best| client.status_of(best).number()),
        "verificationStatusDesc": best.map(|best| client.status_of(best).name()),
        "comment": comment.map(|comment| comment.as_str()),
    }));
    if let Some(rejection) = best.and_then(Verification::review).and_then(|review| review.rejection.as_ref())
    {
        part.insert("reasonCode".to_owned(), rejection.reason.code.as_str().into());
        part.insert("reasonText".to_owned(), rejection.reason.text.as_str().into());
        part.insert("rejectedFinally".to_owned(), rejection.is_final.into());
    }
    Value::Object(part)
}

pub fn missing(all: &[MissingRequirement]) -> Value {
    let shown_by = |one: &MissingRequirement| {
        let names: Vec<_> = one.requirement.evidence().iter().map(|evidence| evidence.name()).collect();
        json!({ "requirement": names.join(" or "), "anyOf": names, "standing": one.status.name() })
    };
    all.iter().map(shown_by).collect()
}
