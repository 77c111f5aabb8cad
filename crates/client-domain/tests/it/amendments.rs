//! Values that wait for a second person, and corrections.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first unexpected value")]

use client_domain::client::{
    AmendmentDecision, AmendmentId, Change, Correction, DetailsPatch, FieldValue, Inconsistent, Makers,
    Patch, Touch, TwoPersons, explain,
};
use client_domain::lifecycle::{Action, Activity, Facts, Operation};
use client_domain::value::{
    BirthDate, Gender, IdentificationNumber, MaritalStatus, PersonName, PlaceName, Reason,
};
use client_domain::{
    AuditStamp, Blocker, Client, ClientField, ClientState, Decision, EventKind, Permissions, Refusal,
};

use crate::documents::TODAY;
use crate::fixtures::{checker, in_state, maker, pending, perform, stamp, transaction};

pub fn two_persons() -> Facts {
    Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() }
}

pub fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

pub fn last_name(text: &str) -> DetailsPatch {
    DetailsPatch { last_name: Some(name(text)), ..DetailsPatch::default() }
}

pub fn change(decision: Result<Decision, Refusal>) -> Change {
    decision.unwrap().change().unwrap()
}

fn update(client: &Client, patch: DetailsPatch, by: &AuditStamp) -> Change {
    change(client.update(patch, &two_persons(), by))
}

pub fn decide(client: &Client, decision: AmendmentDecision, by: &AuditStamp) -> Result<Change, Refusal> {
    client.decide_amendment(&client.snapshot().amendments[0].id, decision, None, by)
}

pub fn why() -> Reason {
    Reason::parse("typed wrongly").unwrap()
}

#[test]
fn live_value_stays_in_force_until_another_person_approves() {
    for state in TwoPersons::STATES {
        let client = in_state(state);
        let proposed = update(&client, last_name("Eze"), &maker());
        assert_eq!(proposed.event.kind, EventKind::AmendmentProposed);
        assert_eq!(proposed.event.changed, [ClientField::Amendments]);
        assert_eq!(proposed.values, []);
        assert_eq!(proposed.client.snapshot().details, client.snapshot().details);
        let amendment = &proposed.client.snapshot().amendments[0];
        assert_eq!(proposed.event.amendment.as_ref(), Some(&amendment.id));
        assert_eq!(amendment.base(), Some(client.version()));
        assert_eq!(amendment.id.version(), proposed.client.version());
        assert_eq!(amendment.proposed, maker());
        assert!(proposed.client.snapshot().makers.touches_of(&maker().by.id).holds(Touch::Updated));

        for alias in ["maker", "MAKER", "maker\u{200B}"] {
            for decision in [AmendmentDecision::Approve, AmendmentDecision::Reject] {
                let refusal = decide(&proposed.client, decision, &stamp(alias, 5)).unwrap_err();
                assert_eq!(refusal.blockers, [Blocker::OwnAmendment], "{alias:?}");
                assert_eq!(refusal.code(), "four_eyes");
            }
        }
        let approved = decide(&proposed.client, AmendmentDecision::Approve, &checker()).unwrap();
        assert_eq!(approved.event.kind, EventKind::AmendmentApproved);
        assert_eq!(approved.event.changed, [ClientField::LastName, ClientField::Amendments]);
        assert_eq!(approved.client.snapshot().details.last_name, name("Eze"));
        assert_eq!(approved.client.snapshot().amendments, []);
        let [value] = approved.values.as_slice() else { panic!("one value") };
        assert_eq!(value.before, FieldValue::LastName(name("Okafor")));
        assert_eq!(value.after, FieldValue::LastName(name("Eze")));
        assert_eq!(approved.client.snapshot().makers, proposed.client.snapshot().makers);

        let rejected = decide(&proposed.client, AmendmentDecision::Reject, &checker()).unwrap();
        assert_eq!(rejected.event.kind, EventKind::AmendmentRejected);
        assert_eq!(rejected.event.changed, [ClientField::Amendments]);
        assert_eq!(rejected.client.snapshot().details, client.snapshot().details);
        assert_eq!(decide_again(&rejected.client, &amendment.id), [Blocker::AmendmentNotOpen]);
        assert_eq!(decide_again(&approved.client, &amendment.id), [Blocker::AmendmentNotOpen]);
    }
}

/// The person who has confirmed a proposal beforehand does not decide about it either, under any spelling of the id.
#[test]
fn who_has_confirmed_a_proposal_does_not_decide_about_it() {
    for state in TwoPersons::STATES {
        let earlier = update(&in_state(state), last_name("Obi"), &stamp("third", 4)).client;
        let confirmed = change(earlier.update(
            DetailsPatch { first_name: Some(name("Ada")), ..DetailsPatch::default() },
            &two_persons(),
            &maker(),
        ))
        .confirmed_by(&checker().by.id);
        let ids: Vec<_> = confirmed.client.snapshot().amendments.iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids.len(), 2);
        for alias in ["checker", "CHECKER", "maker"] {
            for decision in [AmendmentDecision::Approve, AmendmentDecision::Reject] {
                let decided = confirmed.client.decide_amendment(&ids[1], decision, None, &stamp(alias, 5));
                assert_eq!(decided.unwrap_err().blockers, [Blocker::OwnAmendment], "{alias}");
                confirmed.client.decide_amendment(&ids[0], decision, None, &stamp(alias, 5)).unwrap();
            }
        }
        confirmed
            .client
            .decide_amendment(&ids[1], AmendmentDecision::Approve, None, &stamp("third", 5))
            .unwrap();
    }
}

/// For the person who has confirmed a proposal it is another person's: the person neither replaces nor withdraws it.
#[test]
fn who_has_confirmed_a_proposal_does_not_take_it_over() {
    for state in TwoPersons::STATES {
        let live = in_state(state);
        let both = DetailsPatch { first_name: Some(name("Ada")), ..last_name("Obi") };
        let confirmed =
            change(live.update(both, &two_persons(), &maker())).confirmed_by(&checker().by.id).client;
        let open = confirmed.snapshot().amendments[0].id.clone();
        for alias in ["checker", "CHECKER"] {
            for (wanted, expected) in [("Eze", true), ("Obi", true), ("Okafor", false)] {
                let decided = confirmed.update(last_name(wanted), &two_persons(), &stamp(alias, 5));
                let taken = Blocker::AmendmentOpen { field: ClientField::LastName, amendment: open.clone() };
                match decided {
                    Err(refusal) => {
                        assert_eq!((refusal.blockers, expected), (vec![taken], true), "{wanted}");
                    }
                    Ok(decision) => {
                        assert_eq!((decision, expected), (Decision::Unchanged, false), "{wanted}");
                    }
                }
            }
        }
    }
}

/// Who has confirmed a proposal does not decide about what of it moves to another one, which others may have confirmed.
#[test]
fn who_has_confirmed_a_value_does_not_decide_about_it_where_it_has_moved() {
    let confirmed = |client: &Client, patch, by: &str| {
        change(client.update(patch, &two_persons(), &maker())).confirmed_by(&stamp(by, 3).by.id).client
    };
    let both = |first, last| DetailsPatch { first_name: Some(name(first)), ..last_name(last) };
    let middle = DetailsPatch { middle_name: Patch::Set(name("Uche")), ..DetailsPatch::default() };
    let client = confirmed(&in_state(ClientState::Active), both("Ada", "Obi"), "checker");
    let client = confirmed(
        &client,
        DetailsPatch { city: Some(PlaceName::parse("Kano").unwrap()), ..middle },
        "second",
    );
    // A value of each of the two moves on, and a third person confirms that.
    let patch = DetailsPatch { middle_name: Patch::Set(name("Ify")), ..last_name("Eze") };
    let client = confirmed(&client, patch, "third");
    let open = client.snapshot().amendments.clone();
    assert_eq!((open.len(), open[0].changes.len()), (1, 4));
    for (by, decides) in
        [("maker", false), ("Checker", false), ("second", false), ("third", false), ("other", true)]
    {
        let decided = client.decide_amendment(&open[0].id, AmendmentDecision::Approve, None, &stamp(by, 5));
        assert_eq!(decided.is_ok(), decides, "{by}");
    }
    // Of an amendment whose values are all proposed anew nothing moves.
    let client = confirmed(&in_state(ClientState::Active), last_name("Obi"), "checker");
    let client = change(client.update(last_name("Eze"), &two_persons(), &maker())).client;
    assert!(!client.snapshot().amendments[0].is_of(&checker().by.id));
}

fn decide_again(client: &Client, id: &AmendmentId) -> Vec<Blocker> {
    client.decide_amendment(id, AmendmentDecision::Approve, None, &checker()).unwrap_err().blockers
}

#[test]
fn only_the_fields_of_the_policy_wait_and_only_in_its_states() {
    let policy = TwoPersons::default().with(ClientField::LastName, ClientState::Active).unwrap();
    let facts = Facts { two_persons: policy, ..Facts::without_controls() };
    let patch = || DetailsPatch { marital_status: Patch::Set(MaritalStatus::Married), ..last_name("Eze") };

    let mixed = change(in_state(ClientState::Active).update(patch(), &facts, &maker()));
    assert_eq!(mixed.event.kind, EventKind::Updated);
    assert_eq!(mixed.event.changed, [ClientField::MaritalStatus, ClientField::Amendments]);
    assert_eq!(mixed.client.snapshot().details.marital_status, Some(MaritalStatus::Married));
    assert_eq!(mixed.client.snapshot().amendments[0].fields().collect::<Vec<_>>(), [ClientField::LastName]);

    for state in [ClientState::Approved, ClientState::PendingApproval] {
        let at_once = change(in_state(state).update(patch(), &facts, &maker()));
        assert_eq!(at_once.event.changed, [ClientField::LastName, ClientField::MaritalStatus]);
        assert_eq!(at_once.client.snapshot().amendments, []);
    }
    let published = Facts::without_controls();
    let at_once = change(in_state(ClientState::Active).update(last_name("Eze"), &published, &maker()));
    assert_eq!(at_once.event.changed, [ClientField::LastName]);
}

#[test]
fn field_with_an_open_amendment_of_another_person_is_refused_and_named() {
    let client = update(&in_state(ClientState::Active), last_name("Eze"), &maker()).client;
    let id = client.snapshot().amendments[0].id.clone();
    let both = DetailsPatch { first_name: Some(name("Ada")), ..last_name("Obi") };
    let refusal = client.update(both, &two_persons(), &stamp("teller", 3)).unwrap_err();
    assert_eq!(
        refusal.blockers,
        [Blocker::AmendmentOpen { field: ClientField::LastName, amendment: id.clone() }]
    );
    assert_eq!(refusal.code(), "amendment_open");
    let text = refusal.to_string();
    assert!(text.contains("lastName") && text.contains(&id.to_string()) && !text.contains("Eze"), "{text}");

    // Another field may wait beside it, and the live value of this one is no change.
    let other = DetailsPatch { first_name: Some(name("Ada")), ..last_name("Okafor") };
    let client = update(&client, other, &stamp("teller", 3)).client;
    assert_eq!(client.snapshot().amendments.len(), 2);
}

#[test]
fn proposer_replaces_and_withdraws_their_own_amendment() {
    let patch = DetailsPatch { first_name: Some(name("Ada")), ..last_name("Eze") };
    let first = update(&in_state(ClientState::Active), patch.clone(), &maker());
    let old = first.event.amendment.clone().unwrap();
    assert_eq!(first.client.update(patch, &two_persons(), &maker()).unwrap(), Decision::Unchanged);

    let second = update(&first.client, last_name("Obi"), &stamp("Maker", 3));
    assert_eq!(second.event.kind, EventKind::AmendmentProposed);
    let [amendment] = second.client.snapshot().amendments.as_slice() else { panic!("one amendment") };
    assert_eq!(amendment.proposed_for(ClientField::LastName), Some(&FieldValue::LastName(name("Obi"))));
    assert_eq!(amendment.proposed_for(ClientField::FirstName), Some(&FieldValue::FirstName(name("Ada"))));
    assert_eq!(
        decide_again(&second.client, &old),
        [Blocker::AmendmentNotOpen],
        "an amendment that was replaced cannot be approved"
    );

    let third = update(&second.client, last_name("Okafor"), &maker());
    assert_eq!(
        third.client.snapshot().amendments[0].fields().collect::<Vec<_>>(),
        [ClientField::FirstName],
        "the live value withdraws the field"
    );
    let first_name = DetailsPatch { first_name: Some(name("Adaeze")), ..DetailsPatch::default() };
    let last = update(&third.client, first_name, &maker());
    assert_eq!(last.event.kind, EventKind::AmendmentWithdrawn);
    assert_eq!(last.client.snapshot().amendments, []);
}

#[test]
fn approval_of_a_moved_live_value_is_a_conflict_that_names_the_field() {
    let client = update(&in_state(ClientState::Active), last_name("Eze"), &maker()).client;
    // The bank has switched the policy off meanwhile.
    let moved =
        change(client.update(last_name("Obi"), &Facts::without_controls(), &stamp("teller", 3))).client;
    let refusal = decide(&moved, AmendmentDecision::Approve, &checker()).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::AmendmentConflict { fields: vec![ClientField::LastName] }]);
    assert_eq!(refusal.code(), "amendment_conflict");
    assert!(decide(&moved, AmendmentDecision::Reject, &checker()).is_ok());
}

#[test]
fn leaving_the_states_that_have_amendments_ends_them() {
    for action in [Action::Blacklist, Action::Exit] {
        let client = update(&in_state(ClientState::Approved), last_name("Eze"), &maker()).client;
        let justification = crate::fixtures::with_reason();
        let ended = client.perform(action, justification, &two_persons(), &checker()).unwrap();
        assert_eq!(ended.client.snapshot().amendments, []);
        assert_eq!(ended.event.changed, [ClientField::ClientState, ClientField::Amendments]);
        let mut forged = ended.client.snapshot().clone();
        forged.amendments = client.snapshot().amendments.clone();
        assert_eq!(Client::restore(forged), Err(Inconsistent::Amendments));
    }
    let client = update(&in_state(ClientState::Approved), last_name("Eze"), &maker()).client;
    let active = change(client.record_transaction(transaction("TX-7"), &checker())).client;
    assert_eq!(active.snapshot().amendments.len(), 1, "activation leaves what waits");
    assert!(decide(&active, AmendmentDecision::Approve, &checker()).is_ok());

    let mut twice = active.snapshot().clone();
    twice.amendments.push(twice.amendments[0].clone());
    assert_eq!(Client::restore(twice), Err(Inconsistent::Amendments));
}

#[test]
fn corrections_are_immediate_while_pending_and_wait_for_a_second_person_later() {
    let correction = || Correction {
        birth_date: Some(BirthDate::parse("1990-04-23", TODAY).unwrap()),
        gender: Some(Gender::Other),
        ..Correction::default()
    };
    let none = Facts::without_controls();
    let requested = pending().request_approval(None, &maker()).unwrap().client;
    let at_once = change(requested.correct(correction(), why(), &none, &stamp("teller", 3)));
    assert_eq!(at_once.event.kind, EventKind::Corrected);
    assert_eq!(
        at_once.event.changed,
        [ClientField::DateOfBirth, ClientField::Gender, ClientField::ApprovalStatus]
    );
    assert!(at_once.event.withdrew_request(), "what was to be approved has changed");
    assert!(at_once.client.snapshot().makers.touches_of(&stamp("teller", 3).by.id).holds(Touch::Updated));
    assert_eq!(at_once.event.reason, Some(why()));
    assert_eq!(at_once.client.correct(correction(), why(), &none, &maker()).unwrap(), Decision::Unchanged);

    for state in TwoPersons::STATES {
        let proposed = change(in_state(state).correct(correction(), why(), &none, &maker()));
        assert_eq!(proposed.event.kind, EventKind::AmendmentProposed, "whatever the bank has set");
        assert_eq!(proposed.client.snapshot().amendments[0].reason, Some(why()));
        let approved = decide(&proposed.client, AmendmentDecision::Approve, &checker()).unwrap().client;
        assert_eq!(approved.snapshot().gender, Gender::Other);
    }
    for state in [ClientState::Rejected, ClientState::BlackListed, ClientState::Exited] {
        let refusal = in_state(state).correct(correction(), why(), &none, &maker()).unwrap_err();
        assert_eq!(refusal.code(), "invalid_status");
    }
}

#[test]
fn corrected_identification_moves_the_claim_when_it_comes_into_force() {
    let number = IdentificationNumber::parse("B7654321").unwrap();
    let correction = Correction { identification_number: Some(number), ..Correction::default() };
    let client = in_state(ClientState::Active);
    let change = change(client.correct(correction, why(), &two_persons(), &maker()));
    let proposed = change.client.clone();
    assert_eq!(proposed.claims(), client.claims(), "nothing is claimed before the approval");
    let wanted = client.claims_gained_by(&change.proposed);
    let approved = decide(&proposed, AmendmentDecision::Approve, &checker()).unwrap().client;
    let gained: Vec<_> =
        approved.claims().into_iter().filter(|claim| !client.claims().contains(claim)).collect();
    assert_eq!(wanted, gained);
    assert_eq!(gained.len(), 1);
}

#[test]
fn explanation_names_the_fields_that_wait_and_whether_an_amendment_can_be_decided() {
    let client = in_state(ClientState::Active);
    let entry = |client: &Client, who: &str, activity| {
        let all = explain(client, &stamp(who, 8).by, &Permissions::all(), &two_persons());
        all.into_iter().find(|entry| entry.operation == Operation::Activity(activity)).unwrap()
    };
    let fields = entry(&client, "maker", Activity::Update).two_persons;
    assert!(fields.contains(&ClientField::LastName) && !fields.contains(&ClientField::Gender));
    let fields = entry(&client, "maker", Activity::Correct).two_persons;
    assert!(fields.contains(&ClientField::Gender) && !fields.contains(&ClientField::LastName));
    assert_eq!(entry(&pending(), "maker", Activity::Correct).two_persons, []);

    let decide = Activity::DecideAmendment;
    assert_eq!(entry(&client, "checker", decide).blockers, [Blocker::NoAmendment]);
    let client = update(&client, last_name("Eze"), &maker()).client;
    assert_eq!(entry(&client, "maker", decide).blockers, [Blocker::OwnAmendment]);
    assert!(entry(&client, "checker", decide).is_allowed());
    let blacklisted = perform(&client, Action::Blacklist);
    assert!(matches!(entry(&blacklisted, "checker", decide).blockers.as_slice(), [Blocker::State { .. }]));
}

#[test]
fn every_value_is_read_as_it_is_stored() {
    let client = pending();
    for field in FieldValue::FIELDS {
        let value = client.snapshot().value(field).unwrap();
        assert_eq!(value.field(), field);
        assert_eq!(FieldValue::restore(field, value.text().as_deref()), Ok(value.clone()));
        assert!(!format!("{value:?}").contains(&value.text().unwrap_or_else(|| "none".to_owned())));
    }
    let others = ClientField::ALL.into_iter().filter(|field| !FieldValue::FIELDS.contains(field));
    assert!(others.into_iter().all(|field| FieldValue::restore(field, Some("1")).is_err()));
    assert_eq!(client.snapshot().makers.people().len().min(Makers::MAX), 1);
}
