//! What makes two clients duplicates of each other.

use std::fmt;

pub use crate::claim_kind::ClaimKind;
use crate::client::{Client, ClientSnapshot, ValueChange};
use crate::kyc::{IdentityDocument, VerificationStatus};
use crate::lifecycle::ClientState;
use crate::text::{email, former_email, former_number, kind, number};
use crate::value::{ClientKey, EmailAddress, Identification, PhoneNumber};

/// A claim on a value, normalised so that two spellings of the same value are equal.
///
/// Identifications are compared by the [`kind`] and the [`number`] of the document,
/// e-mail addresses by their [normal form](crate::text::email), phone numbers by their digits.
///
/// ```
/// use client_domain::Claim;
/// use client_domain::value::EmailAddress;
///
/// let one = Claim::email(&EmailAddress::parse("Ada@Example.com")?);
/// assert_eq!(one, Claim::email(&EmailAddress::parse("ada@example.com")?));
/// assert_eq!(format!("{one:?}"), "Claim(Email, ***)");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    kind: ClaimKind,
    value: String,
}

impl Claim {
    /// The claim on an identification.
    pub fn identification(identification: &Identification) -> Self {
        let kind = kind(identification.kind.as_str());
        Self::document(&kind, &number(identification.number.as_str()))
    }

    fn former_identification(identification: &Identification) -> Self {
        let kind = former_number(identification.kind.as_str());
        Self::document(&kind, &former_number(identification.number.as_str()))
    }

    fn document(kind: &str, number: &str) -> Self {
        // No parsed text contains a control character, so the separator is unambiguous.
        Self { kind: ClaimKind::Identification, value: format!("{kind}\u{1F}{number}") }
    }

    /// The claim on an e-mail address.
    pub fn email(address: &EmailAddress) -> Self {
        Self { kind: ClaimKind::Email, value: email(address.as_str()) }
    }

    fn former_email(address: &EmailAddress) -> Self {
        Self { kind: ClaimKind::Email, value: former_email(address.as_str()) }
    }

    /// The claim on a phone number.
    pub fn phone(number: &PhoneNumber) -> Self {
        Self { kind: ClaimKind::Phone, value: number.digits().to_owned() }
    }

    /// The claim on a former record: the client that has returned as another one.
    pub fn former_client(key: &ClientKey) -> Self {
        Self { kind: ClaimKind::FormerClient, value: key.as_str().to_owned() }
    }

    /// The kind of the claimed value.
    pub const fn kind(&self) -> ClaimKind {
        self.kind
    }

    /// The normalised value. It is personal data.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// A claim that the release before did not store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedClaim {
    /// The claim as that release stored it, or for a document the one on the identification of the client. What holds of
    /// it, such as whether it is exclusive, holds of the added one.
    pub former: Claim,
    /// The claim that is added.
    pub added: Claim,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({:?}, ***)", self.kind)
    }
}

impl Client {
    /// The claims of the client. A Rejected or Exited client claims no value, so that the same person may apply
    /// again.
    ///
    /// A client that has returned claims its former record, and keeps that claim when it exits: then it is the
    /// record that returns. A rejected one gives the claim up.
    ///
    /// An approved document that identifies a person is claimed like an identification: one passport does not verify two
    /// clients.
    ///
    /// A value whose normal form was another one in the release before is claimed in both: see
    /// [`NORMAL_FORM`](crate::text::NORMAL_FORM). A number that stands in for one, as an earlier release took it, is not
    /// claimed.
    pub fn claims(&self) -> Vec<Claim> {
        let former = self.snapshot().former_client.iter().filter(|_| self.state() != ClientState::Rejected);
        let former = former.map(Claim::former_client);
        let values = if self.state().has_ended() { Vec::new() } else { of_snapshot(self.snapshot()) };
        values.into_iter().chain(former).collect()
    }

    /// Those of its [`claims`](Self::claims) that a store of the release before does not have: values that it claimed in
    /// another form only, and documents, which it did not claim.
    pub fn added_claims(&self) -> Vec<AddedClaim> {
        let claims = self.claims();
        let snapshot = self.snapshot();
        let (identification, email) = (&snapshot.identification, &snapshot.details.email);
        let former = Claim::former_identification(identification);
        let documents = identifying_documents(snapshot).map(|claim| (former.clone(), claim));
        let pairs = [
            (former.clone(), Claim::identification(identification)),
            (Claim::former_email(email), Claim::email(email)),
        ];
        // The release before claimed a placeholder too, and what it stored for that says what holds of the documents.
        let was_held = |former: &Claim| claims.contains(former) || identification.number.is_placeholder();
        let mut added: Vec<AddedClaim> = Vec::new();
        for (former, claim) in pairs.into_iter().chain(documents) {
            let is_held = was_held(&former) && claims.contains(&claim);
            if former != claim && is_held && !added.iter().any(|other| other.added == claim) {
                added.push(AddedClaim { former, added: claim });
            }
        }
        added
    }

    /// The claims that the client would gain if these values came into force.
    pub fn claims_gained_by(&self, values: &[ValueChange]) -> Vec<Claim> {
        if values.is_empty() {
            return Vec::new();
        }
        let mut amended = self.snapshot().clone();
        for value in values {
            amended.set(value.after.clone());
        }
        // Compared with the values, not with the claims: a client that was rejected has values and no claims.
        let held = of_snapshot(self.snapshot());
        of_snapshot(&amended).into_iter().filter(|claim| !held.contains(claim)).collect()
    }
}

fn of_snapshot(snapshot: &ClientSnapshot) -> Vec<Claim> {
    let (identification, details) = (&snapshot.identification, &snapshot.details);
    let mut claims = vec![Claim::email(&details.email), Claim::phone(&details.phone)];
    if !identification.number.is_placeholder() {
        claims.insert(0, Claim::identification(identification));
    }
    for claim in identifying_documents(snapshot) {
        if !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    let former =
        (!identification.number.is_placeholder()).then(|| Claim::former_identification(identification));
    for former in former.into_iter().chain([Claim::former_email(&details.email)]) {
        if !claims.contains(&former) {
            claims.push(former);
        }
    }
    claims
}

/// The claims on the approved documents that identify the client.
fn identifying_documents(snapshot: &ClientSnapshot) -> impl Iterator<Item = Claim> {
    let identifies = |document: &&IdentityDocument| {
        document.kind.identifies()
            && document.verification.status() == VerificationStatus::Approved
            && !document.number.is_placeholder()
    };
    let claim = |document: &IdentityDocument| {
        Claim::document(&kind(document.kind.name()), &number(document.number.as_str()))
    };
    snapshot.kyc.documents.iter().filter(identifies).map(claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, AuditStamp};
    use crate::client::Justification;
    use crate::example;
    use crate::kyc::ReviewAction;
    use crate::lifecycle::{Action, Facts};
    use crate::value::Reason;
    use crate::value::{IdentificationNumber, IdentificationType};

    fn identification(kind: &str, number: &str) -> Claim {
        Claim::identification(&Identification {
            kind: IdentificationType::parse(kind).unwrap(),
            number: IdentificationNumber::parse(number).unwrap(),
        })
    }

    #[test]
    fn client_without_proposed_values_gains_no_claim_in_any_state() {
        let maker = AuditStamp::new(Actor::parse("maker-1").unwrap(), jiff::Timestamp::UNIX_EPOCH);
        let client = Client::onboard(example::application().unwrap(), &maker).client;
        let justification = Justification::from(Reason::parse("Forged.").unwrap());
        let facts = Facts::without_controls();
        let rejected = client.perform(Action::Reject, justification, &facts, &maker).unwrap().client;
        assert!(rejected.claims().is_empty());
        assert!(client.claims_gained_by(&[]).is_empty() && rejected.claims_gained_by(&[]).is_empty());
    }

    /// The client with this identification, whose passport of this number was submitted and approved.
    fn with_passport(identification: (&str, &str), number: &str) -> Client {
        let stamp = |name: &str| AuditStamp::new(Actor::parse(name).unwrap(), jiff::Timestamp::UNIX_EPOCH);
        let mut application = example::application().unwrap();
        application.identification = Identification {
            kind: IdentificationType::parse(identification.0).unwrap(),
            number: IdentificationNumber::parse(identification.1).unwrap(),
        };
        let client = Client::onboard(application, &stamp("maker-1")).client;
        let mut passport = example::passport(&stamp("maker-1")).unwrap();
        passport.number = IdentificationNumber::parse(number).unwrap();
        let id = passport.id.clone();
        let client = client.submit_document(passport, &stamp("maker-1")).unwrap().client;
        client.review_document(&id, ReviewAction::Approve, None, &stamp("checker-1")).unwrap().client
    }

    #[test]
    fn claims_on_approved_documents_are_added_to_what_the_release_before_stored() {
        let client = with_passport(("National ID", "1234567"), "P-765");
        let added = client.added_claims();
        assert_eq!(added.len(), 1);
        assert_eq!(added[0].added, identification("International Passport", "P765"));
        assert_eq!(added[0].former, identification("National ID", "1234567"));
        assert!(client.claims().contains(&added[0].added));
        // One passport in two places is claimed once.
        let same = with_passport(("Passport", "P.765"), "P-765");
        assert_eq!(same.added_claims().len(), 1);
        assert_eq!(same.added_claims()[0].added, identification("Passport", "P765"));
        assert!(with_passport(("International Passport", "P765"), "P-765").added_claims().is_empty());
    }

    /// What stands in for a number is claimed in no form, and hides no document of the client.
    #[test]
    fn placeholder_is_claimed_in_no_normal_form() {
        let mut snapshot = with_passport(("Passport", "X123"), "P-765").snapshot().clone();
        for placeholder in ["N/A", "000", "- - -", "none", "Ｎ／Ａ"] {
            snapshot.identification.number = IdentificationNumber::restore(placeholder).unwrap();
            let client = Client::restore(snapshot.clone()).unwrap();
            let claims = client.claims();
            let identifications = claims.iter().filter(|claim| claim.kind() == ClaimKind::Identification);
            let passport = identification("Passport", "P765");
            assert_eq!(identifications.collect::<Vec<_>>(), [&passport], "{placeholder}");
            assert!(client.added_claims().iter().any(|claim| claim.added == passport), "{placeholder}");
        }
    }

    #[test]
    fn spellings_of_one_identification_are_one_claim() {
        for (kind, number) in [
            ("international passport", "a1234567"),
            ("International Passport", "A 123-4567"),
            ("Passport", "A.123/4567"),
            ("Intl. Passport", "Ａ１２３４５６７"),
            ("E-Passport", "A١٢٣٤٥٦٧"),
            ("Pass\u{AD}port", "A1234567"),
        ] {
            let claim = identification(kind, number);
            assert_eq!(claim, identification("International Passport", "A1234567"), "{kind} {number}");
        }
        for hidden in ["\u{200B}", "\u{AD}", "\u{2060}", "\u{FE0F}", "\u{2800}"] {
            let kind = format!("Lib{hidden}rary Card");
            assert_eq!(
                identification(&kind, "A1234567"),
                identification("library card", "A1234567"),
                "{hidden:?}"
            );
        }
        for (kind, number) in
            [("National ID", "A1234567"), ("Passport", "A1234568"), ("Refugee Passport", "A1234567")]
        {
            assert_ne!(
                identification(kind, number),
                identification("Passport", "A1234567"),
                "{kind} {number}"
            );
        }
    }

    /// What most clients have is claimed once: claims of the release before stay as they are.
    #[test]
    fn ordinary_values_have_one_claim_in_both_normal_forms() {
        let former = |kind: &str, number: &str| {
            Claim::former_identification(&Identification {
                kind: IdentificationType::parse(kind).unwrap(),
                number: IdentificationNumber::parse(number).unwrap(),
            })
        };
        for (kind, number) in [
            ("International Passport", "A 123-4567"),
            ("National ID", "1234"),
            ("BVN", "123"),
            ("NIN", "12 3"),
        ] {
            assert_eq!(former(kind, number), identification(kind, number), "{kind}");
        }
        assert_ne!(former("Passport", "A1234567"), identification("Passport", "A1234567"));
        assert_eq!(former("Passport", "F.11 12"), former("passport", "f.1112"));
    }

    #[test]
    fn one_mailbox_is_one_claim() {
        let claim = |text| Claim::email(&EmailAddress::parse(text).unwrap());
        assert_eq!(claim("info@münchen-bank.example"), claim("INFO@xn--mnchen-bank-thb.example"));
        assert_ne!(claim("info@munchen-bank.example"), claim("info@münchen-bank.example"));
    }

    #[test]
    fn phone_numbers_are_compared_by_digits() {
        let phone = |text| Claim::phone(&PhoneNumber::parse(text).unwrap());
        assert_eq!(phone("+234 803 123 4567"), phone("2348031234567"));
        assert_ne!(phone("+2348031234567"), phone("08031234567"));
    }

    #[test]
    fn kind_and_number_are_separated() {
        assert_ne!(identification("ab", "c123"), identification("abc", "123"));
    }
}
