//! What is known of a phone number and an e-mail address is returned: who entered it, and who verified it.

use client_domain::client::{AmendmentDecision, ContactPoint, ContactVerification, DetailsPatch, TwoPersons};
use client_domain::kyc::VerificationStatus;
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{PhoneNumber, Reason, TransactionReference};
use client_domain::{Actor, AuditStamp, Client, ClientState, Person};

use super::given::{commit, given_client};
use super::observed::find;
use super::round_trip::{Step, comes_back};
use crate::fixtures::{applicant, checker, email, moment, performed, replacement, updated};
use crate::harness::Harness;

/// Who entered a value, and who its spelling.
type Entered = (&'static str, Option<&'static str>);

/// That phone number and e-mail address were verified is returned, each for itself, also while another value is in
/// force.
pub async fn verified_contact_points_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut client = given_client(store, ClientState::Approved, applicant(1)).await;
    let details = client.snapshot().details.clone();
    let verification = |second, point: ContactPoint, reference: Option<&str>| ContactVerification {
        value: point.value(&details),
        stamp: checker(second),
        means: Reason::parse("One-time code,\n\"seen\" by 李 \\ 100%").unwrap(),
        reference: reference.map(|text| TransactionReference::parse(text).unwrap()),
    };
    for (second, point, reference) in [
        (10, ContactPoint::Email, None),
        (11, ContactPoint::Mobile, Some("OTP-1")),
        (12, ContactPoint::Mobile, None),
    ] {
        let change = client.verify_contact_point(verification(second, point, reference)).unwrap();
        commit(store, replacement(&client, &change)).await;
        comes_back(store, &change.client).await;
        client = change.client;
    }
    let patch = DetailsPatch {
        phone: Some(PhoneNumber::parse("+2348039999999").unwrap()),
        ..DetailsPatch::default()
    };
    let change = updated(&client, patch);
    assert_eq!(change.client.contact_status(ContactPoint::Mobile), VerificationStatus::Outdated);
    assert_eq!(change.client.contact_status(ContactPoint::Email), VerificationStatus::Approved);
    commit(store, replacement(&client, &change)).await;
    comes_back(store, &change.client).await;
}

/// Who entered phone number and e-mail address is returned, after an update by one person, a proposal by another and every
/// decision, and so is who entered their spelling.
pub async fn who_entered_contact_points_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut client = given_client(store, ClientState::PendingApproval, applicant(1)).await;
    let email = |text: &str| DetailsPatch { email: Some(email(text)), ..DetailsPatch::default() };
    let phone = PhoneNumber::parse("+2348039999999").unwrap().entered_as("0803 \"999\" 9999");
    let phone = DetailsPatch { phone: Some(phone), ..DetailsPatch::default() };
    let two_persons = Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() };
    let by = |who: &str, second| AuditStamp::new(Actor::parse(who).unwrap(), moment(second));
    let change = |client: &Client, patch: &DetailsPatch, who: &str, second| {
        client.update(patch.clone(), &two_persons, &by(who, second)).unwrap().change().unwrap()
    };
    let decide = |client: &Client| {
        let id = client.snapshot().amendments[0].id.clone();
        client.decide_amendment(&id, AmendmentDecision::Approve, None, &checker(230)).unwrap()
    };
    let perform = |action: Action| move |client: &Client| performed(client, action, &checker(240));
    let steps: [(Step<'_>, Entered, Entered); 7] = [
        (
            &|client| change(client, &email("zoe@example.com"), "Zoë \"Z\"", 200),
            ("maker-1", None),
            ("zoë \"z\"", None),
        ),
        (
            &|client| change(client, &email("Zoe@example.com"), "李", 201),
            ("maker-1", None),
            ("zoë \"z\"", Some("李")),
        ),
        (&perform(Action::Approve), ("maker-1", None), ("zoë \"z\"", Some("李"))),
        (&|client| change(client, &phone, "proposer", 220), ("maker-1", None), ("zoë \"z\"", Some("李"))),
        (&decide, ("proposer", None), ("zoë \"z\"", Some("李"))),
        (&perform(Action::Blacklist), ("proposer", None), ("zoë \"z\"", Some("李"))),
        (&perform(Action::UndoBlacklist), ("proposer", None), ("zoë \"z\"", Some("李"))),
    ];
    for (step, mobile, email) in steps {
        let change = step(&client);
        commit(store, replacement(&client, &change)).await;
        comes_back(store, &change.client).await;
        client = find(store, &client).await.unwrap();
        for (point, expected) in [(ContactPoint::Mobile, mobile), (ContactPoint::Email, email)] {
            let entry = client.snapshot().contact_entries.of(point).unwrap();
            assert_eq!((entry.by.as_str(), entry.spelled_by.as_ref().map(Person::as_str)), expected);
        }
    }
}
