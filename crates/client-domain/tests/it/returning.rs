//! An exited client returns as a new application that is linked to the former record.

use client_domain::client::{
    Approval, ContactPoint, Correction, DetailsPatch, Inconsistent, Renewal, Touch, allowed, explain,
};
use client_domain::kyc::ReviewAction;
use client_domain::lifecycle::{Action, Activity, Facts, Operation};
use client_domain::value::{
    BranchKey, ClientId, ClientKey, IdentificationNumber, PhoneNumber, PlaceName, Version,
};
use client_domain::{
    Blocker, ClaimKind, Client, ClientState, EventKind, Justification, Permission, Permissions, Refusal,
    example,
};

use crate::fixtures::{in_state, maker, perform, stamp, with_reason};

const RETURN: Operation = Operation::Activity(Activity::Return);

fn renewal(bits: u128) -> Renewal {
    Renewal {
        key: ClientKey::from_bits(bits),
        id: ClientId::new(1_000_000 + i64::try_from(bits).unwrap()).unwrap(),
        details: DetailsPatch::default(),
        correction: Correction::default(),
        default_branch: None,
    }
}

fn returned(client: &Client, renewal: Renewal, facts: &Facts) -> Result<Client, Refusal> {
    client.return_as(renewal, with_reason(), facts, &stamp("returner", 30)).map(|change| change.client)
}

fn kinds(client: &Client) -> Vec<ClaimKind> {
    client.claims().iter().map(client_domain::Claim::kind).collect()
}

#[test]
fn the_values_are_copied_and_what_people_judged_is_not() {
    let passport = example::passport(&maker()).unwrap();
    let client = in_state(ClientState::Active).submit_document(passport.clone(), &maker()).unwrap().client;
    let client = client.review_document(&passport.id, ReviewAction::Approve, None, &stamp("reviewer", 9));
    let client = perform(&client.unwrap().client, Action::Exit);

    let facts = Facts::without_controls();
    let change = client.return_as(renewal(2), with_reason(), &facts, &stamp("returner", 30)).unwrap();
    let (new, old) = (change.client.snapshot(), client.snapshot());
    assert_eq!((&new.details, new.birth_date, new.gender), (&old.details, old.birth_date, old.gender));
    assert_eq!((&new.identification, new.customer_type), (&old.identification, old.customer_type));
    assert_eq!(new.branch, old.branch);
    assert_eq!((new.state, &new.approval), (ClientState::PendingApproval, &Approval::NotRequested));
    assert_eq!((new.activated_at, new.activations.len(), new.version), (None, 0, Version::FIRST));
    assert!(new.kyc.documents.is_empty() && new.amendments.is_empty());
    assert_eq!(new.former_client.as_ref(), Some(client.key()));
    assert!(new.makers.touches_of(&stamp("returner", 0).by.id).holds(Touch::Created));
    assert_eq!(new.makers.people().len(), 1);

    let event = change.event;
    assert_eq!((event.kind, &event.key, event.from), (EventKind::Created, &new.key, None));
    assert_eq!(event.reason, with_reason().reason);
    assert_eq!(Client::restore(new.clone()).unwrap(), change.client);
    let own = client_domain::ClientSnapshot { former_client: Some(new.key.clone()), ..new.clone() };
    assert_eq!(Client::restore(own), Err(Inconsistent::FormerClient));
}

/// A return does not wash a value: who entered it before has entered it on the new record too.
#[test]
fn copied_contact_points_keep_their_entrant_and_new_ones_have_the_returner() {
    let client = in_state(ClientState::Exited);
    let phone = Some(PhoneNumber::parse("+2348099999999").unwrap());
    for (details, mobile) in
        [(DetailsPatch::default(), "maker"), (DetailsPatch { phone, ..DetailsPatch::default() }, "returner")]
    {
        let new = returned(&client, Renewal { details, ..renewal(2) }, &Facts::without_controls()).unwrap();
        for (point, who) in [(ContactPoint::Mobile, mobile), (ContactPoint::Email, "maker")] {
            let entry = new.snapshot().contact_entries.of(point).unwrap();
            assert_eq!(entry.value, point.value(new.details()));
            assert!(entry.is_of(&stamp(who, 0).by.id), "{point}");
        }
    }
}

#[test]
fn values_that_are_other_ones_now_replace_the_copied_ones() {
    let client = in_state(ClientState::Exited);
    let renewal = Renewal {
        details: DetailsPatch { city: Some(PlaceName::parse("Abuja").unwrap()), ..DetailsPatch::default() },
        correction: Correction {
            identification_number: Some(IdentificationNumber::parse("B7654321").unwrap()),
            ..Correction::default()
        },
        default_branch: Some(BranchKey::parse("lagos-01").unwrap()),
        ..renewal(2)
    };
    let new = returned(&client, renewal, &Facts::without_controls()).unwrap();
    let (new, old) = (new.snapshot(), client.snapshot());
    assert_eq!(new.details.postal_address.city.as_str(), "Abuja");
    assert_eq!(new.details.postal_address.address, old.details.postal_address.address);
    assert_eq!(new.identification.number.as_str(), "B7654321");
    assert_eq!(new.identification.kind, old.identification.kind);
    assert_eq!(new.branch.as_ref(), old.branch.as_ref().or(BranchKey::parse("lagos-01").ok().as_ref()));
}

#[test]
fn only_an_exited_client_returns_and_the_refusal_says_what_to_do_instead() {
    let facts = Facts::without_controls();
    for state in ClientState::ALL {
        let outcome = returned(&in_state(state), renewal(2), &facts);
        if state == ClientState::Exited {
            outcome.unwrap();
            continue;
        }
        let refusal = outcome.unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::State { needed: vec![ClientState::Exited] }]);
        let instead = match state {
            ClientState::Rejected => "undo its rejection",
            ClientState::BlackListed => "remove it from the blacklist",
            _ => "continue with this client",
        };
        assert!(refusal.to_string().contains(instead), "{refusal}");
    }
    let exited = in_state(ClientState::Exited);
    let bare = exited.return_as(renewal(2), Justification::default(), &facts, &maker()).unwrap_err();
    assert_eq!(bare.blockers, [Blocker::ReasonMissing]);
}

#[test]
fn a_client_returns_once() {
    let exited = in_state(ClientState::Exited);
    let facts = Facts { returned_as: Some(ClientKey::from_bits(7)), ..Facts::without_controls() };
    let refusal = returned(&exited, renewal(2), &facts).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::Returned { returned_as: ClientKey::from_bits(7) }]);
    assert_eq!(refusal.code(), "already_returned");
    let possible =
        |facts: &Facts| allowed(&exited, &maker().by, &Permissions::all(), facts).contains(&RETURN);
    assert!(possible(&Facts::without_controls()) && !possible(&facts));
}

/// A record is claimed by the application that followed it, until that is rejected; so clients form a chain.
#[test]
fn the_former_record_is_claimed_until_the_return_is_rejected() {
    let facts = Facts::without_controls();
    let first = in_state(ClientState::Exited);
    assert_eq!(kinds(&first), []);
    let second = returned(&first, renewal(2), &facts).unwrap();
    assert!(kinds(&second).contains(&ClaimKind::FormerClient));
    let rejected = perform(&second, Action::Reject);
    assert_eq!(kinds(&rejected), []);
    assert_eq!(perform(&rejected, Action::UndoReject).claims(), second.claims());

    let left = perform(&perform(&second, Action::Approve), Action::Exit);
    assert_eq!(kinds(&left), [ClaimKind::FormerClient], "the one that left last is the one that returns");
    let third = returned(&left, renewal(3), &facts).unwrap();
    assert_eq!(third.snapshot().former_client.as_ref(), Some(left.key()));
    let of_former =
        |client: &Client| client.claims().into_iter().find(|one| one.kind() == ClaimKind::FormerClient);
    assert_ne!(of_former(&third), of_former(&second));
}

#[test]
fn return_after_a_blacklisting_takes_the_permission_to_lift_it() {
    let barred = perform(&in_state(ClientState::BlackListed), Action::Exit);
    let facts = Facts { exited_blacklisted: true, ..Facts::without_controls() };
    let blockers = |held: Permissions| {
        let all = explain(&barred, &maker().by, &held, &facts);
        all.into_iter().find(|entry| entry.operation == RETURN).unwrap().blockers
    };
    let without = Permission::ALL.into_iter().filter(|one| *one != Permission::Blacklist).collect();
    assert_eq!(blockers(without), [Blocker::Permission(Permission::Blacklist)]);
    assert_eq!(blockers(Permissions::all()), []);
    assert_eq!(Activity::Return.further_permission(&Facts::without_controls()), None);
}
