//! The feature `serde`: what an embedder stores comes back the same, and nothing comes back that the rules refuse.

use std::fmt::Debug;

use client_domain::client::{ContactPoint, ContactVerification, ContactVerifications, TwoPersons};
use client_domain::kyc::{DocumentKind, KycPolicy, Validity};
use client_domain::reason::{ReasonCatalogue, ReasonEntry, ReasonedOperation};
use client_domain::value::{
    BranchKey, ClientKey, Country, CustomerType, EmailAddress, IdentificationNumber, PersonName, PhoneNumber,
    Reason, ReasonCode, ReasonText, Version,
};
use client_domain::{Client, ClientField, ClientSnapshot, ClientState, EventKind, Permission};
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};

use crate::fixtures::{maker, pending, stamp};

/// The value after it was written as JSON text and read again.
pub fn round_trip<T: serde::Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn same<T: serde::Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, shown: &Value) {
    assert_eq!(to_value(value).unwrap(), *shown);
    assert_eq!(round_trip(value), *value);
}

#[test]
fn values_are_their_texts_and_numbers() {
    same(&PersonName::parse(" Adaeze ").unwrap(), &json!("Adaeze"));
    same(&ClientState::PendingApproval, &json!("PendingApproval"));
    same(&Country::parse("Nigeria").unwrap(), &json!("NG"));
    same(&Version::FIRST, &json!(1));
    same(&DocumentKind::InternationalPassport, &json!("International Passport"));
    same(&DocumentKind::Newer(77), &json!("77"));
    same(&ClientField::LastName, &json!("lastName"));
    same(&EventKind::Created, &json!("ClientCreated"));
    same(&EventKind::restore("ClientMerged").unwrap(), &json!("ClientMerged"));
    same(&ClientField::restore("riskRating").unwrap(), &json!("riskRating"));
    assert!("ClientMerged".parse::<EventKind>().is_err(), "no release writes a kind that it does not know");
    assert!(from_value::<EventKind>(json!("no name")).is_err());
    same(&Permission::KycRead, &json!("customers.kyc.read"));
    let typed = PhoneNumber::parse("+442079460958").unwrap().entered_as("+44 (0)20 7946 0958");
    let shown = json!({ "number": "+442079460958", "entered": "+44 (0)20 7946 0958" });
    same(&typed, &shown);
    assert_eq!(round_trip(&typed).entered(), typed.entered());
}

#[test]
fn stored_placeholder_comes_back_as_a_number() {
    assert!("N/A".parse::<IdentificationNumber>().is_err());
    let stored = IdentificationNumber::restore("N/A").unwrap();
    assert_eq!(round_trip(&stored), stored);
}

/// A client with something in every part.
fn whole_client() -> Client {
    let mut snapshot = crate::documents::complete(pending()).snapshot().clone();
    let verified = ContactVerification {
        value: ContactPoint::Email.value(&snapshot.details),
        stamp: stamp("verifier", 3),
        means: Reason::parse("a link in a message").unwrap(),
        reference: None,
    };
    snapshot.contact_verifications = ContactVerifications::restore([verified]);
    snapshot.branch = Some(BranchKey::parse("lagos-01").unwrap());
    snapshot.former_client = Some(ClientKey::from_bits(3));
    snapshot.created = maker();
    snapshot.created.by.email = Some(EmailAddress::parse("maker@example.com").unwrap());
    Client::restore(snapshot).unwrap()
}

#[test]
fn whole_client_comes_back() {
    let client = whole_client();
    assert_eq!(round_trip(&client), client);
    assert_eq!(round_trip(client.snapshot()), *client.snapshot());
}

/// The file is what the first release with the feature wrote. It is never renewed: later releases read it as it is.
#[test]
fn client_that_was_stored_by_the_first_release_is_read() {
    let stored: Client = serde_json::from_str(include_str!("stored/client-2026-11.json")).unwrap();
    assert_eq!(stored, whole_client());
}

#[test]
fn forged_values_are_refused() {
    let stored = to_value(pending()).unwrap();
    assert!(from_value::<Client>(stored.clone()).is_ok());
    for (path, forged) in [
        ("/state", json!("Active")),
        ("/state", json!("Sleeping")),
        ("/version", json!(0)),
        ("/id", json!(-1)),
        ("/key", json!("two words")),
        ("/birthDate", json!("1899-12-31")),
        ("/details/firstName", json!("")),
        ("/details/email", json!("nobody")),
        ("/details/phone/number", json!("12")),
        ("/details/postalAddress/country", json!("Atlantis")),
        ("/identification/number", json!("A\u{200B}1")),
        ("/modifiedAt", json!("2000-01-01T00:00:00Z")),
        ("/makers/0/touches/0", json!("dreamt")),
        ("/approval", json!("approved")),
        ("/makers/0/person", json!(7)),
        ("/contactEntries/mobile", stored["contactEntries"]["email"].clone()),
        ("/contactEntries/email", stored["contactEntries"]["mobile"].clone()),
    ] {
        let mut wrong = stored.clone();
        *wrong.pointer_mut(path).unwrap_or_else(|| panic!("{path} is there: {stored}")) = forged;
        assert!(from_value::<Client>(wrong).is_err(), "{path}");
    }
    assert!(from_value::<Validity>(json!({ "issuedOn": "2026-01-02", "expiresOn": "2026-01-01" })).is_err());
    assert!(from_value::<TwoPersons>(json!({ "Rejected": ["lastName"] })).is_err());
    let policy = to_value(KycPolicy::default()).unwrap();
    for (member, days) in [("noticeDays", 3_661), ("lapseAfterDays", 0), ("lapseAfterDays", 3_661)] {
        let mut wrong = policy.clone();
        *wrong.pointer_mut(&format!("/{member}")).unwrap() = json!(days);
        assert!(from_value::<KycPolicy>(wrong).is_err(), "{member}");
    }
}

/// An amendment that shows one field and changes another.
#[test]
fn amendment_of_two_fields_in_one_change_is_refused() {
    let active = crate::fixtures::in_state(ClientState::Active);
    let patch = crate::amendments::last_name("Balogun");
    let change = active.update(patch, &crate::amendments::two_persons(), &maker()).unwrap();
    let mut stored = to_value(change.change().unwrap().client).unwrap();
    assert!(from_value::<Client>(stored.clone()).is_ok());
    let before = stored.pointer_mut("/amendments/0/changes/0/before").unwrap();
    *before = json!({ "city": "Ikeja" });
    assert!(from_value::<Client>(stored).is_err());
}

#[test]
fn refused_text_is_not_repeated_in_the_error() {
    let error = from_value::<EmailAddress>(json!("ada at example")).unwrap_err().to_string();
    assert!(!error.contains("ada"), "{error}");
    let mut stored = to_value(pending()).unwrap();
    *stored.pointer_mut("/details/lastName").unwrap() = json!("Oka\u{202E}for");
    let error = from_value::<ClientSnapshot>(stored).unwrap_err().to_string();
    assert!(!error.contains("Oka"), "{error}");
    for (path, wrong) in [
        ("/details/phone/number", json!(2_348_031_234_567_u64)),
        ("/identification/number", json!(2_348_031_234_567_u64)),
        ("/birthDate", json!(2_348_031_234_567_u64)),
        ("/id", json!("2348031234567")),
        ("/details/maritalStatus", json!("2348031234567")),
    ] {
        let mut stored = to_value(pending()).unwrap();
        *stored.pointer_mut(path).unwrap() = wrong;
        let error = from_value::<ClientSnapshot>(stored).unwrap_err().to_string();
        assert!(!error.contains("2348031234567"), "{path}: {error}");
    }
}

#[test]
fn whole_policy_comes_back() {
    let entry = ReasonEntry {
        code: ReasonCode::parse("FORGED").unwrap(),
        text: ReasonText::parse("The document is forged.").unwrap(),
        is_final: true,
        is_retired: false,
    };
    let policy = KycPolicy {
        required: [(CustomerType::Individual, crate::documents::requirements().required)].into(),
        two_persons: TwoPersons::everywhere(),
        reasons: ReasonCatalogue::default().with(ReasonedOperation::RejectDocument, vec![entry]).unwrap(),
        ..KycPolicy::default()
    };
    assert_eq!(round_trip(&policy), policy);
    assert_eq!(round_trip(&KycPolicy::default()), KycPolicy::default());
    let without_codes = json!({ "rejectDocument": [] });
    assert!(from_value::<ReasonCatalogue>(without_codes).is_err());
}
