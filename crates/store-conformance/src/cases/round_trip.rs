//! A client that is read is the client that was written, to the last field.

use client_app::ports::{ClientRef, ClientStore};
use client_domain::client::{AmendmentDecision, Application, Approval, Change, DetailsPatch, TwoPersons};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, Country, CustomerType, Gender,
    IdentificationNumber, IdentificationType, MaritalStatus, PersonName, PhoneNumber, PlaceName,
    TransactionReference,
};
use client_domain::{AuditStamp, Client, ClientState};
use jiff::civil::date;

use super::given::{commit, commit_path, given_client, given_pending};
use super::observed::{by_key, find};
use crate::fixtures::{
    activated, applicant, checker, email, identification, maker, performed, renamed, replacement, updated,
};
use crate::harness::Harness;

/// A change of a client.
pub(super) type Step<'a> = &'a dyn Fn(&Client) -> Change;

pub(super) async fn comes_back(store: &dyn ClientStore, client: &Client) {
    assert_eq!(find(store, client).await.as_ref(), Some(client));
    assert_eq!(store.find(&ClientRef::Id(client.id())).await.unwrap().as_ref(), Some(client));
    assert_eq!(store.load(&by_key(client), None).await.unwrap().client.as_ref(), Some(client));
}

fn bare(n: i64) -> Application {
    let mut application = applicant(n);
    application.details.middle_name = None;
    application.details.marital_status = None;
    application.details.account_officer = None;
    application.branch = None;
    application
}

fn full(n: i64) -> Application {
    let mut application = applicant(n);
    application.details.middle_name = Some(PersonName::parse("Chinwe").unwrap());
    application.details.marital_status = Some(MaritalStatus::Widowed);
    application.details.account_officer = Some(AccountOfficerId::new(i64::from(i32::MAX)).unwrap());
    application.branch = Some(BranchKey::parse("Ikeja 01/b").unwrap());
    application
}

/// A client is returned unchanged in every state, with everything that is optional and with nothing of it.
pub async fn every_state_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for (n, state) in (1..).step_by(2).zip(ClientState::ALL) {
        for application in [bare(n), full(n + 1)] {
            let client = given_client(&*fresh.store, state, application).await;
            assert_eq!(client.state(), state);
            comes_back(&*fresh.store, &client).await;
        }
    }
}

/// Every step of the review is returned with its actor, with and without an e-mail address, and its moment.
pub async fn every_step_of_the_review_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut n = 0;
    for by in [maker as fn(i64) -> AuditStamp, checker] {
        for action in [None, Some(Action::Approve), Some(Action::Reject)] {
            n += 1;
            let created = Client::onboard(applicant(n), &by(n));
            let requested = created.client.request_approval(None, &by(n + 10)).unwrap();
            let mut path = vec![created, requested];
            if let Some(action) = action {
                path.push(performed(&path[1].client, action, &by(n + 20)));
            }
            let client = commit_path(&*fresh.store, &path).await;
            assert!(!matches!(client.snapshot().approval, Approval::NotRequested));
            comes_back(&*fresh.store, &client).await;
        }
    }
}

/// Whatever the round through the lifecycle leaves behind is returned: several activations in their order, none at
/// present, a review that starts again.
pub async fn several_activations_come_back_in_order(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut client = given_client(store, ClientState::Approved, applicant(1)).await;
    for (round, reference) in (1..).zip(["TX-9", "TX-1", "TX \"5\", {x}"]) {
        let at = |step: i64| checker(10 * round + step);
        let active = activated(&client, reference, &at(1));
        commit(store, replacement(&client, &active)).await;
        comes_back(store, &active.client).await;
        client = active.client;
        for (step, action) in (2..).zip([Action::Blacklist, Action::UndoBlacklist, Action::Approve]) {
            let next = performed(&client, action, &at(step));
            commit(store, replacement(&client, &next)).await;
            client = next.client;
        }
    }
    let references: Vec<_> = client.snapshot().activations.iter().map(TransactionReference::as_str).collect();
    assert_eq!(references, ["TX-9", "TX-1", "TX \"5\", {x}"]);
    assert_eq!(client.snapshot().activated_at, None);
    comes_back(store, &client).await;
}

/// The text that was entered for a phone number is returned with it, also from an open amendment, and is replaced with it.
pub async fn entered_phone_numbers_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let entered = |number: &str, typed: &str| DetailsPatch {
        phone: Some(PhoneNumber::parse(number).unwrap().entered_as(typed)),
        ..DetailsPatch::default()
    };
    let mut application = applicant(1);
    application.details.phone =
        PhoneNumber::parse("+442079460958").unwrap().entered_as("+44 (0)20 7946 0958");
    let mut client = given_client(store, ClientState::Approved, application).await;
    let two_persons = Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() };
    let propose = |client: &Client| {
        let patch = entered("+442079460961", "020 \"7946\" 0961");
        client.update(patch, &two_persons, &maker(200)).unwrap().change().unwrap()
    };
    let approve = |client: &Client| {
        let id = client.snapshot().amendments[0].id.clone();
        client.decide_amendment(&id, AmendmentDecision::Approve, None, &checker(220)).unwrap()
    };
    let steps: [(Step<'_>, Option<&str>); 5] = [
        (&|client| renamed(client, "Ngozi"), Some("+44 (0)20 7946 0958")),
        (&|client| updated(client, entered("+442079460959", "020 7946 0959")), Some("020 7946 0959")),
        (&propose, Some("020 7946 0959")),
        (&approve, Some("020 \"7946\" 0961")),
        (&|client| updated(client, entered("+442079460962", "+442079460962")), None),
    ];
    for (step, expected) in steps {
        let change = step(&client);
        commit(store, replacement(&client, &change)).await;
        client = find(store, &client).await.unwrap();
        assert_eq!(client.snapshot().details.phone.entered(), expected);
        let loaded = store.load(&by_key(&client), None).await.unwrap().client.unwrap();
        assert_eq!(loaded.snapshot().details.phone.entered(), expected);
    }
}

/// Names and addresses are returned as they were written, in any script and with any punctuation.
pub async fn texts_in_any_script_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let names = [
        "李小龍",
        "Nguyễn Thị",
        "محمد",
        "Ọlábísí",
        "Ёлкин",
        "D'Arcy \"Q\" \\ % _",
        "ﬁnn",
        "𠮷田",
        "👩‍👩‍👧",
        "İstanbul",
        "नरेन्द्र",
        "x",
    ];
    for (n, name) in (1..).zip(names) {
        let mut application = applicant(n);
        let details = &mut application.details;
        details.first_name = PersonName::parse(name).unwrap();
        details.middle_name = Some(PersonName::parse(name).unwrap());
        details.last_name = PersonName::parse(name).unwrap();
        details.postal_address.address = AddressLine::parse(&format!("{name} 1\n\t{name}; -- 2")).unwrap();
        details.postal_address.city = PlaceName::parse(&format!("{name}’s")).unwrap();
        details.postal_address.state = PlaceName::parse(&format!("{name}'s")).unwrap();
        details.email = email(&format!("Ada+{n}.o'b%_@Example.COM"));
        // A number holds no joiners, which cannot be seen.
        let number = format!("{}-№ {n}", name.replace('\u{200D}', ""));
        application.identification = identification(&format!("{name} 1"), &number);
        comes_back(&*fresh.store, &given_pending(&*fresh.store, application).await).await;
    }
}

/// The longest values are returned whole, and so do the shortest.
pub async fn the_longest_and_the_shortest_values_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let long = |length: usize| "𝒳".repeat(length);
    let mut application = full(1);
    let details = &mut application.details;
    details.first_name = PersonName::parse(&long(PersonName::MAX)).unwrap();
    details.middle_name = Some(details.first_name.clone());
    details.last_name = details.first_name.clone();
    details.postal_address.address = AddressLine::parse(&long(AddressLine::MAX)).unwrap();
    details.postal_address.city = PlaceName::parse(&long(PlaceName::MAX)).unwrap();
    details.postal_address.state = details.postal_address.city.clone();
    let domain = ["d".repeat(60), "e".repeat(60), "f".repeat(60), "example".to_owned()].join(".");
    details.email = email(&format!("{}@{domain}", "l".repeat(63)));
    details.phone = PhoneNumber::parse("+123456789012345").unwrap();
    application.identification =
        identification(&long(IdentificationType::MAX), &long(IdentificationNumber::MAX));
    application.branch = Some(BranchKey::parse(&long(BranchKey::MAX)).unwrap());
    application.birth_date = BirthDate::new(BirthDate::EARLIEST, date(2026, 1, 1)).unwrap();
    application.id = ClientId::new(ClientId::MAX).unwrap();
    application.key = client_domain::value::ClientKey::parse(&"~".repeat(64)).unwrap();
    let client = commit_path(&*fresh.store, &[Client::onboard(application, &maker(1))]).await;
    comes_back(&*fresh.store, &client).await;

    let mut application = bare(2);
    let details = &mut application.details;
    details.first_name = PersonName::parse("x").unwrap();
    details.last_name = PersonName::parse("y").unwrap();
    details.email = email("a@b.co");
    details.phone = PhoneNumber::parse("12345678").unwrap();
    application.key = client_domain::value::ClientKey::parse("!").unwrap();
    comes_back(&*fresh.store, &given_pending(&*fresh.store, application).await).await;
}

/// Every choice of a field with choices is returned, and countries from all over the list.
pub async fn every_choice_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut countries = Country::all().step_by(8);
    let statuses = [None].into_iter().chain(MaritalStatus::ALL.map(Some));
    let mut n = 0;
    for marital_status in statuses {
        for gender in Gender::ALL {
            for customer_type in CustomerType::ALL {
                n += 1;
                let mut application = applicant(n);
                application.details.marital_status = marital_status;
                application.details.postal_address.country = countries.next().unwrap();
                application.gender = gender;
                application.customer_type = customer_type;
                comes_back(&*fresh.store, &given_pending(&*fresh.store, application).await).await;
            }
        }
    }
}

/// Moments are returned to the microsecond, long ago and far ahead.
pub async fn moments_come_back_to_the_microsecond(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let moments = [
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2026-03-29T01:30:00.000001Z",
        "2026-12-31T23:59:59.999999Z",
        "9999-12-30T22:00:00.999999Z",
        "1900-01-01T00:00:00.100000Z",
    ];
    for (n, moment) in (1..).zip(moments) {
        let stamp = AuditStamp::new(maker(0).by, moment.parse().unwrap());
        let created = Client::onboard(applicant(n), &stamp);
        let client = commit_path(&*fresh.store, &[created]).await;
        comes_back(&*fresh.store, &client).await;
    }
}
