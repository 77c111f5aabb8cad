use client_domain::kyc::Sha256;
use client_domain::{Actor, Permission, Permissions};
use jiff::Timestamp;

use super::aggregate::{Batch, BatchContent, BatchRefusal, Confirmation, Requester};
use super::form::{BatchForm, BatchFormat, ColumnMapping};
use super::id::BatchId;
use super::state::{BATCH_TRANSITIONS, BatchAction, BatchRole, BatchState, transition};
use crate::caller::Caller;
use crate::request::IdempotencyKey;

fn caller(name: &str, permissions: &[Permission]) -> Caller {
    Caller::new(Actor::parse(name).unwrap(), permissions.iter().copied().collect())
}

fn form() -> BatchForm {
    BatchForm {
        format: BatchFormat::Csv,
        command: Some("CreateContactCommand".to_owned()),
        delimiter: b',',
        mapping: Vec::new(),
    }
}

fn batch(state: BatchState, uploader: &Caller) -> Batch {
    let sha256 = Sha256([1; 32]);
    Batch {
        id: BatchId::of(&uploader.actor.id, None, &sha256, &form()),
        uploader: uploader.clone(),
        form: form(),
        sha256,
        state,
        version: 4,
        upload: None,
        content: Some(BatchContent {
            rows: 1,
            columns: Vec::new(),
            needs: [Permission::Read, Permission::Write].into_iter().collect(),
            command: Some("CreateContactCommand".to_owned()),
        }),
        announced_at: Timestamp::UNIX_EPOCH,
        moved_at: Timestamp::UNIX_EPOCH,
        confirmed: None,
        running: None,
        ended_at: None,
    }
}

const ROWS: [Permission; 2] = [Permission::Read, Permission::Write];

/// Every state, action, requester, set of permissions and rule: exactly what the table and its guards say.
#[test]
fn actions_follow_the_table_for_every_requester() {
    let uploader_then = [caller("ada", &ROWS), caller("ada", &[Permission::Read])];
    let confirming = [Permission::Read, Permission::Write, Permission::BatchesConfirm];
    let people = [
        caller("ada", &ROWS),
        caller("ada", &confirming),
        caller("ada", &[Permission::BatchesConfirm]),
        caller("ben", &ROWS),
        caller("ben", &confirming),
        caller("ben", &[Permission::BatchesConfirm]),
        caller("ben", &[Permission::BatchesConfirm, Permission::Read]),
        // The same person under a spelling that looks alike.
        caller("Ada", &confirming),
    ];
    let requesters = || people.iter().map(Requester::Person).chain([Requester::Service]);
    let (mut allowed, mut refused) = (0, 0);
    for state in BatchState::ALL {
        for uploader in &uploader_then {
            for action in BatchAction::ALL {
                for requester in requesters() {
                    for rule in [Confirmation::SecondPerson, Confirmation::AnyPerson] {
                        let there = batch(state, uploader);
                        let after = there.after(action, requester, rule, Timestamp::UNIX_EPOCH);
                        let at = format!("{state:?} {action:?} {requester:?} {rule:?}");
                        match (expected(&there, action, requester, rule), after) {
                            (Ok(to), Ok(after)) => {
                                assert_eq!((after.state, after.version), (to, 5), "{at}");
                                assert_eq!(after.ended_at.is_some(), to.is_final(), "{at}");
                                assert_eq!(after.confirmed.is_some(), action == BatchAction::Confirm, "{at}");
                                allowed += 1;
                            }
                            (Err(()), Err(_)) => refused += 1,
                            (expected, after) => panic!("{at}: {expected:?}, and it is {after:?}"),
                        }
                    }
                }
            }
        }
    }
    assert!(allowed > 150 && refused > 1_000, "{allowed} {refused}");
}

/// The rules in other words than those of the code.
fn expected(
    batch: &Batch,
    action: BatchAction,
    requester: Requester<'_>,
    rule: Confirmation,
) -> Result<BatchState, ()> {
    let rows: Vec<_> =
        BATCH_TRANSITIONS.iter().filter(|row| row.from == batch.state && row.action == action).collect();
    let [row] = rows[..] else { return Err(()) };
    let Requester::Person(caller) = requester else {
        return if row.by == BatchRole::Service { Ok(row.to) } else { Err(()) };
    };
    let is_uploader = caller.actor.id == batch.uploader.actor.id;
    let is_same_person = caller.actor.id.as_str().eq_ignore_ascii_case(batch.uploader.actor.id.as_str());
    let confirms = caller.may(Permission::BatchesConfirm);
    let may = match row.by {
        BatchRole::Service => false,
        BatchRole::Uploader => is_uploader,
        BatchRole::Confirmer => confirms && (!is_same_person || rule == Confirmation::AnyPerson),
        BatchRole::Either => is_uploader || confirms,
    };
    let holds = |caller: &Caller| ROWS.iter().all(|permission| caller.may(*permission));
    let uploader = if is_uploader { caller } else { &batch.uploader };
    let sets_going = matches!(action, BatchAction::Receive | BatchAction::Confirm | BatchAction::Resume);
    // A second person reads what it confirms.
    let reads = action != BatchAction::Confirm || caller.may(Permission::Read);
    if may && (!sets_going || reads && holds(uploader)) { Ok(row.to) } else { Err(()) }
}

#[test]
fn table_has_each_state_and_ends() {
    for state in BatchState::ALL {
        let leads = BATCH_TRANSITIONS.iter().any(|row| row.from == state);
        assert_eq!(leads, !state.is_final(), "{state:?}");
        let reached = BATCH_TRANSITIONS.iter().any(|row| row.to == state);
        assert_eq!(reached, state != BatchState::Announced, "{state:?}");
        assert_eq!(BatchState::parse(state.name()), Some(state));
    }
    // What is set going can be stopped by a person at any time.
    for state in
        BatchState::ALL.into_iter().filter(|state| !state.is_final() && *state != BatchState::Stopping)
    {
        assert!(transition(state, BatchAction::Stop).is_some(), "{state:?}");
    }
}

#[test]
fn refusals_are_sentences_and_an_uploader_is_told_apart() {
    let there = batch(BatchState::Checked, &caller("ada", &ROWS));
    let own = caller("ada", &[Permission::Read, Permission::Write, Permission::BatchesConfirm]);
    let confirm =
        |rule| there.after(BatchAction::Confirm, Requester::Person(&own), rule, Timestamp::UNIX_EPOCH);
    assert_eq!(confirm(Confirmation::SecondPerson), Err(BatchRefusal::SamePerson));
    let confirmed = confirm(Confirmation::AnyPerson).unwrap();
    assert_eq!(confirmed.second_person(), None, "no second person has touched the clients");
    let refused = there.after(
        BatchAction::Pause,
        Requester::Person(&own),
        Confirmation::AnyPerson,
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(refused.unwrap_err().to_string(), "a batch that is checked cannot be paused");
}

#[test]
fn id_follows_from_caller_file_and_form_or_from_a_key() {
    let (ada, ben) = (Actor::parse("ada").unwrap().id, Actor::parse("ben").unwrap().id);
    let (one, other) = (Sha256([1; 32]), Sha256([2; 32]));
    let mapped = BatchForm {
        mapping: vec![ColumnMapping { column: "Surname".to_owned(), member: Some("lastName".to_owned()) }],
        ..form()
    };
    let key = IdempotencyKey::parse("k-1").unwrap();
    let id = BatchId::of(&ada, None, &one, &form());
    assert_eq!(BatchId::of(&ada, None, &one, &form()), id);
    assert_eq!(BatchId::parse(id.as_str()), Ok(id.clone()));
    let others = [
        BatchId::of(&ben, None, &one, &form()),
        BatchId::of(&ada, None, &other, &form()),
        BatchId::of(&ada, None, &one, &mapped),
        BatchId::of(&ada, Some(&key), &one, &form()),
    ];
    assert!(others.iter().all(|other| *other != id));
    assert_eq!(BatchId::of(&ada, Some(&key), &other, &mapped), others[3]);
}

#[test]
fn batch_comes_back_from_its_json() {
    let whole = Batch {
        confirmed: Some((Actor::parse("ben").unwrap(), Timestamp::from_microsecond(7).unwrap())),
        running: Some((Timestamp::from_microsecond(8).unwrap(), 9)),
        ended_at: Some(Timestamp::from_microsecond(10).unwrap()),
        upload: Some("u".to_owned()),
        ..batch(BatchState::Finished, &caller("ada", &[Permission::Batches]))
    };
    assert_eq!(Batch::from_json(&whole.to_json()), Some(whole.clone()));
    assert_eq!(Batch::from_json(&whole.to_json().replace("finished", "unknown")), None);
    assert!(!format!("{whole:?}").contains("ada"));
    assert_eq!(Permissions::all().iter().count(), Permission::ALL.len());
}
