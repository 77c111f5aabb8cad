//! How the documents and addresses of a client stand: what was decided, and whether it still fits the client.

use jiff::civil::Date;

use super::aggregate::Client;
use super::contact_point::ContactPoint;
use super::field::ClientField;
use super::field_value::FieldValue;
use super::snapshot::ClientSnapshot;
use crate::kyc::{
    DocumentKind, Evidence, IdentityDocument, KycStatus, KycStatusRule, MissingRequirement, Requirement,
    RequirementStatus, Verification, VerificationStatus,
};
use crate::text::number;

/// What every document vouches for.
const PERSON: [ClientField; 5] = [
    ClientField::FirstName,
    ClientField::MiddleName,
    ClientField::LastName,
    ClientField::DateOfBirth,
    ClientField::Gender,
];
/// What a document also vouches for if it is the client's identification.
const IDENTIFICATION: [ClientField; 2] = [ClientField::IdentificationType, ClientField::IdentificationNumber];
/// What address information, and a document that proves an address, vouches for.
const RESIDENCE: [ClientField; 4] =
    [ClientField::Address, ClientField::City, ClientField::State, ClientField::Country];

impl Client {
    /// The status of a document or an address of this client: as it was decided, or outdated because a value that
    /// an approval was given for has changed.
    ///
    /// ```
    /// use client_domain::client::DetailsPatch;
    /// use client_domain::kyc::{ReviewAction, VerificationStatus};
    /// use client_domain::lifecycle::Facts;
    /// use client_domain::value::PersonName;
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let passport = example::passport(&maker)?;
    /// let client = client.submit_document(passport.clone(), &maker)?.client;
    /// let client = client.review_document(&passport.id, ReviewAction::Approve, None, &checker)?.client;
    ///
    /// let renamed = DetailsPatch { last_name: Some(PersonName::parse("Eze")?), ..DetailsPatch::default() };
    /// let client = client.update(renamed, &Facts::without_controls(), &maker)?.change().unwrap().client;
    /// let document = client.kyc().document(&passport.id).unwrap();
    /// assert_eq!(client.status_of(&document.verification), VerificationStatus::Outdated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn status_of(&self, verification: &Verification) -> VerificationStatus {
        status_of(&self.snapshot, verification)
    }

    /// Whether a contact point is verified: approved, outdated because another value is in force by now, or pending.
    pub fn contact_status(&self, point: ContactPoint) -> VerificationStatus {
        contact_status(&self.snapshot, point)
    }

    /// The status of a requirement on this day.
    pub fn requirement_status(&self, requirement: &Requirement, today: Date) -> RequirementStatus {
        let of_status = |verification, good| match (self.status_of(verification), good) {
            (VerificationStatus::Approved, true) => RequirementStatus::Verified,
            (VerificationStatus::Approved | VerificationStatus::Outdated, false) => {
                RequirementStatus::Expired
            }
            (VerificationStatus::Outdated, true) => RequirementStatus::Outdated,
            (VerificationStatus::Pending, true) => RequirementStatus::Pending,
            (VerificationStatus::Pending, false) => RequirementStatus::Missing,
            (VerificationStatus::Rejected, _) => RequirementStatus::Rejected,
        };
        let kyc = self.kyc();
        let documents = kyc
            .documents
            .iter()
            .filter(|document| requirement.evidence().contains(&Evidence::Document(document.kind)))
            .map(|document| of_status(&document.verification, document.validity.is_good(today)));
        let addresses = kyc
            .addresses
            .iter()
            .filter(|_| requirement.evidence().contains(&Evidence::Address))
            .map(|address| of_status(&address.verification, true));
        documents.chain(addresses).max().unwrap_or(RequirementStatus::Missing)
    }

    /// The requirements that are not verified and unexpired on this day, with their status.
    pub fn missing_requirements(&self, required: &[Requirement], today: Date) -> Vec<MissingRequirement> {
        required
            .iter()
            .map(|requirement| MissingRequirement {
                requirement: requirement.clone(),
                status: self.requirement_status(requirement, today),
            })
            .filter(|requirement| requirement.status != RequirementStatus::Verified)
            .collect()
    }

    /// The status of all documents and addresses by this rule.
    pub fn kyc_status_by(&self, rule: &KycStatusRule, today: Date) -> KycStatus {
        let required: Vec<_> = rule.required_of(self.snapshot.customer_type).cloned().collect();
        self.kyc_status(&required, today)
    }

    /// The status of all documents and addresses under these requirements. Without any, one document of any type
    /// is enough.
    pub fn kyc_status(&self, required: &[Requirement], today: Date) -> KycStatus {
        if self.kyc().is_empty() {
            return KycStatus::None;
        }
        let worst = required.iter().map(|requirement| self.requirement_status(requirement, today)).min();
        match worst.unwrap_or_else(|| self.requirement_status(&Requirement::any_document(), today)) {
            RequirementStatus::Missing | RequirementStatus::Rejected => KycStatus::Incomplete,
            RequirementStatus::Expired => KycStatus::Expired,
            RequirementStatus::Outdated => KycStatus::Outdated,
            RequirementStatus::Pending => KycStatus::Pending,
            RequirementStatus::Verified => KycStatus::Verified,
        }
    }
}

fn status_of(client: &ClientSnapshot, verification: &Verification) -> VerificationStatus {
    match verification {
        Verification::Approved(review) if !review.verified.iter().all(|value| client.has(value)) => {
            VerificationStatus::Outdated
        }
        decided => decided.status(),
    }
}

fn contact_status(client: &ClientSnapshot, point: ContactPoint) -> VerificationStatus {
    let Some(verified) = client.contact_verifications.of(point) else { return VerificationStatus::Pending };
    let is_in_force = verified.value.is_same(&point.value(&client.details));
    // The verifier may have replaced the value and entered it again since.
    let by = &verified.stamp.by.id;
    let is_own = client.contact_entries.of(point).is_some_and(|entry| entry.is_of(by));
    if is_in_force && !is_own { VerificationStatus::Approved } else { VerificationStatus::Outdated }
}

/// The values that an approval of this document is given for.
pub(super) fn verified_by(client: &ClientSnapshot, document: &IdentityDocument) -> Vec<FieldValue> {
    let is_identification = number(document.number.as_str()) == number(client.identification.number.as_str());
    let proves_residence = matches!(document.kind, DocumentKind::UtilityBill | DocumentKind::BankStatement);
    let is_verified = |field: &ClientField| {
        PERSON.contains(field)
            || (is_identification && IDENTIFICATION.contains(field))
            || (proves_residence && RESIDENCE.contains(field))
    };
    FieldValue::FIELDS.into_iter().filter(is_verified).filter_map(|field| client.value(field)).collect()
}

/// The values that an approval of address information is given for.
pub(super) fn verified_by_address(client: &ClientSnapshot) -> Vec<FieldValue> {
    RESIDENCE.into_iter().filter_map(|field| client.value(field)).collect()
}

/// The fields besides `changed` that differ because an approval or a verification became outdated, or is no longer.
pub(super) fn outdated(
    before: &ClientSnapshot,
    after: &ClientSnapshot,
    changed: &[ClientField],
) -> Vec<ClientField> {
    let differs =
        |(then, now): (&Verification, &Verification)| status_of(before, then) != status_of(after, now);
    // What was submitted stays, in its order.
    let (documents, addresses) = (&before.kyc.documents, &before.kyc.addresses);
    let mut documents = documents.iter().zip(&after.kyc.documents);
    let mut addresses = addresses.iter().zip(&after.kyc.addresses);
    let points = ContactPoint::ALL
        .map(|point| (point.field(), contact_status(before, point) != contact_status(after, point)));
    let fields = [
        (
            ClientField::IdentityDocuments,
            documents.any(|(then, now)| differs((&then.verification, &now.verification))),
        ),
        (
            ClientField::AddressInformation,
            addresses.any(|(then, now)| differs((&then.verification, &now.verification))),
        ),
    ];
    fields
        .into_iter()
        .chain(points)
        .filter(|(field, differs)| *differs && !changed.contains(field))
        .map(|(field, _)| field)
        .collect()
}
