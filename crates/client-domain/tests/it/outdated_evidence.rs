//! What a review was given for: an approval is outdated when one of those values changes.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first unexpected value")]

use client_domain::client::{AmendmentDecision, Change, Correction, DetailsPatch, Patch, explain};
use client_domain::kyc::{DocumentKind, KycStatus, RequirementStatus, ReviewAction, VerificationStatus};
use client_domain::lifecycle::{Action, Activity, Facts, Operation};
use client_domain::value::{AddressLine, BirthDate, EmailAddress, Gender, IdentificationNumber, Notes};
use client_domain::{Blocker, Client, ClientField, ClientState, Permissions};

use crate::amendments::{change, decide, last_name, name, two_persons, why};
use crate::documents::{TODAY, complete, document, home, requirements};
use crate::fixtures::{checker, in_state, maker, pending, stamp};

/// A change of each kind of value, and which of the passport, the utility bill and the address it outdates.
fn alterations() -> Vec<(&'static str, Altered, [bool; 3])> {
    let details = |patch| Altered::Update(Box::new(patch));
    let correction = |correction| Altered::Correct(Box::new(correction));
    let none = DetailsPatch::default;
    let right = Correction::default;
    vec![
        (
            "first name",
            details(DetailsPatch { first_name: Some(name("Ada")), ..none() }),
            [true, true, false],
        ),
        ("last name", details(last_name("Eze")), [true, true, false]),
        (
            "middle name",
            details(DetailsPatch { middle_name: Patch::Set(name("Ngozi")), ..none() }),
            [true, true, false],
        ),
        (
            "address",
            details(DetailsPatch { address: Some(AddressLine::parse("1 Broad Street").unwrap()), ..none() }),
            [false, true, true],
        ),
        (
            "city",
            details(DetailsPatch {
                city: Some(client_domain::value::PlaceName::parse("Abuja").unwrap()),
                ..none()
            }),
            [false, true, true],
        ),
        (
            "country",
            details(DetailsPatch {
                country: Some(client_domain::value::Country::parse("GH").unwrap()),
                ..none()
            }),
            [false, true, true],
        ),
        (
            "e-mail",
            details(DetailsPatch { email: Some(EmailAddress::parse("new@example.com").unwrap()), ..none() }),
            [false, false, false],
        ),
        (
            "marital status",
            details(DetailsPatch { marital_status: Patch::Clear, ..none() }),
            [false, false, false],
        ),
        (
            "birth date",
            correction(Correction {
                birth_date: Some(BirthDate::parse("1990-04-23", TODAY).unwrap()),
                ..right()
            }),
            [true, true, false],
        ),
        ("gender", correction(Correction { gender: Some(Gender::Male), ..right() }), [true, true, false]),
        (
            "identification",
            correction(Correction {
                identification_number: Some(IdentificationNumber::parse("B7654321").unwrap()),
                ..right()
            }),
            [true, true, false],
        ),
    ]
}

enum Altered {
    Update(Box<DetailsPatch>),
    Correct(Box<Correction>),
}

impl Altered {
    /// The change, as it comes into force for this client.
    fn of(&self, client: &Client, facts: &Facts) -> Change {
        let proposed = match self {
            Self::Update(patch) => client.update((**patch).clone(), facts, &stamp("teller", 7)),
            Self::Correct(correction) => {
                client.correct((**correction).clone(), why(), facts, &stamp("teller", 7))
            }
        };
        let proposed = change(proposed);
        if !proposed.proposes() {
            return proposed;
        }
        let statuses = |client: &Client| statuses_of(client);
        assert_eq!(statuses(&proposed.client), statuses(client), "a proposal alters nothing");
        decide(&proposed.client, AmendmentDecision::Approve, &checker()).unwrap()
    }
}

fn statuses_of(client: &Client) -> [VerificationStatus; 3] {
    let (documents, addresses) = (&client.kyc().documents, &client.kyc().addresses);
    [&documents[0].verification, &documents[1].verification, &addresses[0].verification]
        .map(|verification| client.status_of(verification))
}

#[test]
fn approval_is_outdated_when_a_value_it_was_given_for_changes() {
    let required = requirements().required;
    for facts in [Facts::without_controls(), two_persons()] {
        for state in [ClientState::PendingApproval, ClientState::Approved, ClientState::Active] {
            for (what, altered, outdated) in alterations() {
                let mut snapshot = in_state(state).snapshot().clone();
                snapshot.kyc = complete(pending()).kyc().clone();
                let client = Client::restore(snapshot).unwrap();
                assert_eq!(client.kyc_status(&required, TODAY), KycStatus::Verified);

                let change = altered.of(&client, &facts);
                let expected = outdated.map(|outdated| {
                    if outdated { VerificationStatus::Outdated } else { VerificationStatus::Approved }
                });
                let after = &change.client;
                assert_eq!(statuses_of(after), expected, "{what}");
                let named = |field| change.event.changed.contains(&field);
                assert_eq!(named(ClientField::IdentityDocuments), outdated[0] || outdated[1], "{what}");
                assert_eq!(named(ClientField::AddressInformation), outdated[2], "{what}");

                let any = outdated.contains(&true);
                let status = if any { KycStatus::Outdated } else { KycStatus::Verified };
                assert_eq!(after.kyc_status(&required, TODAY), status, "{what}");
                let missing = after.missing_requirements(&required, TODAY);
                assert_eq!(missing.is_empty(), !any);
                assert!(missing.iter().all(|one| one.status == RequirementStatus::Outdated));
            }
        }
    }
}

#[test]
fn outdated_evidence_blocks_the_approval_until_it_is_reviewed_again() {
    let facts = Facts { kyc: Some(requirements()), ..Facts::without_controls() };
    let client = change(complete(pending()).update(last_name("Eze"), &facts, &maker())).client;
    let approve =
        |client: &Client| client.perform(Action::Approve, crate::fixtures::with_reason(), &facts, &checker());
    assert_eq!(approve(&client).unwrap_err().code(), "kyc_incomplete");
    let review = |who: &str| {
        let all = explain(&client, &stamp(who, 8).by, &Permissions::all(), &facts);
        all.into_iter().find(|entry| entry.operation == Operation::Activity(Activity::ReviewKyc)).unwrap()
    };
    assert!(review("checker").is_allowed());
    assert_eq!(review("maker").blockers, [Blocker::OwnUpload]);

    let mut again = client.clone();
    for document in client.kyc().documents.clone() {
        let change = again.review_document(&document.id, ReviewAction::Approve, None, &checker()).unwrap();
        assert_eq!(change.event.changed, [ClientField::IdentityDocuments]);
        again = change.client;
    }
    assert!(approve(&again).is_ok());
    // It is bound to the new name now.
    let back = change(again.update(last_name("Okafor"), &facts, &maker())).client;
    assert_eq!(approve(&back).unwrap_err().code(), "kyc_incomplete");

    let comment = Some(Notes::parse("another person").unwrap());
    let id = client.kyc().documents[0].id.clone();
    let rejected = client.review_document(&id, ReviewAction::Reject, comment, &checker()).unwrap().client;
    let status = rejected.status_of(&rejected.kyc().documents[0].verification);
    assert_eq!(status, VerificationStatus::Rejected);
}

#[test]
fn the_value_that_was_verified_makes_an_approval_current_again() {
    let facts = Facts::without_controls();
    let verified = complete(pending());
    let renamed = change(verified.update(last_name("Eze"), &facts, &maker())).client;
    let back = change(renamed.update(last_name("Okafor"), &facts, &maker()));
    assert!(back.event.changed.contains(&ClientField::IdentityDocuments));
    assert_eq!(statuses_of(&back.client), [VerificationStatus::Approved; 3]);
}

#[test]
fn document_that_is_not_the_identification_does_not_depend_on_it() {
    let mut draft = document(1, DocumentKind::NationalId, None, &maker());
    draft.number = IdentificationNumber::parse("12345678901").unwrap();
    let client = pending().submit_document(draft.clone(), &maker()).unwrap().client;
    let client = client.submit_address(home(1), &maker()).unwrap().client;
    let client = client.review_document(&draft.id, ReviewAction::Approve, None, &checker()).unwrap().client;
    let number = IdentificationNumber::parse("B7654321").unwrap();
    let correction = Correction { identification_number: Some(number), ..Correction::default() };
    let after = change(client.correct(correction, why(), &Facts::without_controls(), &maker())).client;
    assert_eq!(after.status_of(&after.kyc().documents[0].verification), VerificationStatus::Approved);
}
