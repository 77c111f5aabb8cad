//! Every operation in every state, with every permission that it does not take removed or alone: which requests are
//! permitted, and what the answers show.

use bytes::Bytes;
use client_app::{RequestContext, RequestId};
use client_domain::lifecycle::{Activity, Operation, transition};
use client_domain::{ClientState, Permission, Permissions};
use client_wire::rights::{CONDITIONS, DRY_RUN, GUARDS, lifecycle_operation};
use client_wire::spec::{OperationKind, OperationSpec};
use client_wire::{Code, OPERATIONS, Operations as _, read_kyc_policy};
use document_inspection::samples;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::fixtures::{ONE, OTHER, Outcome, PERSONAL, REMARKED, World, all_but, caller, only};

/// The sets of permissions that are tried with an operation.
fn sets(spec: &OperationSpec) -> Vec<Permissions> {
    let mut sets: Vec<_> = Permission::ALL.into_iter().map(all_but).collect();
    sets.extend(Permission::ALL.into_iter().map(|one| only(&[one])));
    sets.push(spec.permission.into_iter().chain([DRY_RUN]).collect());
    sets.push(Permissions::all());
    sets.push(Permissions::default());
    sets
}

/// The permissions that an operation needs of a caller who holds those of [`needed`]: the callers of this test see the batch
/// that is there.
fn needed_besides(spec: &OperationSpec) -> impl Iterator<Item = Permission> {
    let met = CONDITIONS.iter().filter(|condition| condition.when == "the caller sees the batch");
    met.filter(|condition| condition.operations.contains(&spec.name)).map(|condition| condition.permission)
}

fn needed(spec: &OperationSpec, dry_run: bool) -> Vec<Permission> {
    let mut needed = Vec::from_iter(spec.permission);
    if dry_run && spec.permission != Some(DRY_RUN) {
        needed.push(DRY_RUN);
    }
    needed
}

/// The permissions that the refusal reports as missing.
fn missing_permissions(outcome: &Outcome) -> Vec<String> {
    let items = outcome.as_ref().err().map_or(&[][..], |failure| &failure.items);
    let missing = items.iter().filter(|item| item.code == Code::PermissionMissing);
    missing.map(|item| item.details["permission"].as_str().unwrap().to_owned()).collect()
}

/// All that a caller sees of an outcome, as one text.
fn seen(outcome: &Outcome) -> String {
    match outcome {
        Ok(reply) => format!("{} {}", reply.message, *reply.data),
        Err(failure) => {
            let items: Vec<_> = failure
                .items
                .iter()
                .map(|item| json!([item.code.name(), item.field, item.message, item.details]))
                .collect();
            format!("{} {} {}", failure.status.wire(), failure.message, Value::from(items))
        }
    }
}

/// What a caller without `customers.kyc.read` may compare: the history says by its nature what was done with a document.
fn comparable(spec: &OperationSpec, mut outcome: Outcome) -> String {
    let history = match spec.name {
        "RetrieveContactHistoryQuery" | "RetrieveActivityQuery" => "/entries",
        "RetrieveClientViewQuery" => "/history/entries",
        _ => return seen(&outcome),
    };
    if let Ok(reply) = &mut outcome {
        let mut data = reply.data.clone().into_value();
        for entry in data.pointer_mut(history).and_then(Value::as_array_mut).into_iter().flatten() {
            entry["event"] = Value::Null;
            entry["command"] = Value::Null;
        }
        reply.data = data.into();
    }
    seen(&outcome)
}

fn allowed_in(spec: &OperationSpec, state: ClientState) -> bool {
    match lifecycle_operation(spec.name) {
        // Its example is an amendment, which is open where it can be decided about.
        None if spec.name == "ClaimWorkItemCommand" => Activity::DecideAmendment.allowance().allows(state),
        None => true,
        Some(Operation::Action(action)) => transition(state, action).is_some(),
        Some(Operation::Activity(activity)) => activity.allowance().allows(state),
    }
}

/// Asserts that the answer shows nothing for which the caller lacks the permission; returns how many texts were searched
/// for.
fn no_leak(spec: &OperationSpec, permissions: &Permissions, outcome: &Outcome, at: &str) -> usize {
    let text = seen(outcome);
    let guarded = [
        (Permission::Read, PERSONAL.to_vec()),
        (Permission::History, REMARKED.to_vec()),
        (Permission::KycRead, [ONE.texts(), OTHER.texts()].concat()),
    ];
    let mut tried = 0;
    for (permission, texts) in guarded.into_iter().filter(|(permission, _)| !permissions.holds(*permission)) {
        for hidden in texts {
            assert!(
                !text.contains(hidden),
                "{at}: {} shows {hidden} without {}",
                spec.name,
                permission.name()
            );
            tried += 1;
        }
    }
    if let Ok(reply) = outcome {
        let guards = GUARDS.iter().filter(|guard| guard.operation == spec.name);
        for guard in guards.filter(|guard| !permissions.holds(guard.permission)) {
            for member in guard.members {
                let member = member.rsplit('.').next().unwrap();
                for value in members_named(&reply.data, member) {
                    assert!(value.is_null(), "{at}: {} shows {member}", spec.name);
                    tried += 1;
                }
            }
        }
    }
    tried
}

fn members_named<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(member, value)| if member == name { vec![value] } else { members_named(value, name) })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| members_named(item, name)).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn each_permission_allows_exactly_its_operations_in_every_state() {
    let (mut cells, mut texts, mut done) = (0_usize, 0_usize, 0_usize);
    for state in ClientState::ALL {
        let mut one = World::new(state, &ONE).await;
        let mut other = World::new(state, &OTHER).await;
        for spec in OPERATIONS {
            for permissions in sets(spec) {
                for dry_run in [true, false] {
                    if dry_run && spec.kind == OperationKind::Query {
                        continue;
                    }
                    let at = format!("{state:?} {permissions:?} dry: {dry_run}");
                    let outcome = one.ask(spec, permissions.clone(), dry_run).await;
                    let lacks = |permission: &Permission| !permissions.holds(*permission);
                    let mut missing: Vec<_> = needed(spec, dry_run).into_iter().filter(lacks).collect();
                    if missing.is_empty() {
                        missing.extend(needed_besides(spec).filter(lacks));
                    }
                    let missing: Vec<_> =
                        missing.iter().map(|permission| permission.name().to_owned()).collect();
                    assert_eq!(missing_permissions(&outcome), missing, "{at} {}", spec.name);
                    if missing.is_empty() && spec.kind == OperationKind::Command {
                        assert_eq!(
                            outcome.is_ok(),
                            allowed_in(spec, state),
                            "{at} {} {outcome:?}",
                            spec.name
                        );
                    }
                    texts += no_leak(spec, &permissions, &outcome, &at);
                    let written = outcome.is_ok() && spec.kind == OperationKind::Command && !dry_run;
                    // Both are asked always, so that both have made as many ids.
                    let elsewhere = other.ask(spec, permissions.clone(), dry_run).await;
                    if !permissions.holds(Permission::KycRead) {
                        let (seen, elsewhere) = (comparable(spec, outcome), comparable(spec, elsewhere));
                        assert_eq!(seen, elsewhere, "{at} {} tells KYC information apart", spec.name);
                    }
                    if written {
                        (one, other) = (World::new(state, &ONE).await, World::new(state, &OTHER).await);
                    }
                    cells += 1;
                    done += usize::from(written);
                }
            }
        }
    }
    println!(
        "{cells} cells, {texts} texts and members looked for in answers without their permission, {done} done: 0 leaks"
    );
    assert!(cells > 5_000 && texts > 40_000 && done > 100, "{cells} {texts} {done}");
}

/// A requirement is missing in one world only: a caller who may approve sees that, but not which one.
#[tokio::test]
async fn missing_kyc_requirements_are_shown_only_with_permission() {
    let demanded = json!({ "version": "1", "required": { "Individual": ["International Passport"] } });
    let policy = || read_kyc_policy(demanded.as_object().unwrap()).unwrap();
    let mut one = World::new(ClientState::PendingApproval, &ONE).await;
    let mut other = World::new(ClientState::PendingApproval, &OTHER).await;
    one.clients = one.clients.with_kyc_policy(policy());
    other.clients = other.clients.with_kyc_policy(policy());
    let spec = |name: &str| *OPERATIONS.iter().find(|spec| spec.name == name).unwrap();
    let (approve, actions) = (spec("ApproveCustomerCommand"), spec("RetrieveContactActionsQuery"));
    let approving = only(&[Permission::Read, Permission::Approve]);

    assert!(one.ask(approve, approving.clone(), true).await.is_ok());
    let bare = json!([{ "code": "kyc_incomplete" }]);
    let refused = other.ask(approve, approving.clone(), true).await.unwrap_err();
    assert_eq!(refused.items[0].details["unmet"], bare);
    assert!(!seen(&Err(refused)).contains("Passport"));
    let missing = async |world: &World, permissions: &[Permission]| {
        let data = world.ask(actions, only(permissions), false).await.unwrap().data;
        let entries = data["actions"].as_array().unwrap();
        entries.iter().find(|entry| entry["action"] == "approve").unwrap()["unmet"].clone()
    };
    assert_eq!(missing(&other, &[Permission::Read, Permission::Approve]).await, bare);
    let permission = json!({ "code": "permission", "permission": "customers.approve" });
    for world in [&one, &other] {
        assert_eq!(missing(world, &[Permission::Read]).await, json!([permission]));
    }
    let all = missing(&other, &[Permission::Read, Permission::Approve, Permission::KycRead]).await;
    assert_eq!(all[0]["missing"][0]["requirement"], "International Passport");
}

/// The two paths of files: each with everything but its permission, and with that alone.
#[tokio::test]
async fn file_transfers_require_their_own_permissions() {
    let world = World::new(ClientState::Approved, &ONE).await;
    let replace = async |permissions: Permissions, dry_run| {
        let bytes = stream::iter([Ok(Bytes::from(samples::png()))]).boxed();
        let context = RequestContext::new(caller("uploader", permissions), RequestId::parse("r-1").unwrap());
        let context = RequestContext { dry_run, ..context };
        world.clients.replace_document_content(&world.open_document, bytes, context).await
    };
    for missing in Permission::ALL {
        let read =
            world.clients.document_content(&world.open_document, caller("newcomer", all_but(missing))).await;
        assert_eq!(read.is_ok(), missing != Permission::KycRead, "{missing:?}");
        let written = replace(all_but(missing), false).await;
        assert_eq!(written.is_ok(), missing != Permission::KycWrite, "{missing:?}");
        if let Ok(reply) = written {
            assert_eq!(reply.data["idNumber"].is_null(), missing == Permission::KycRead, "{missing:?}");
        }
    }
    let alone = replace(only(&[Permission::KycWrite]), false).await;
    no_leak_in(&Ok(alone.unwrap()), &ONE.texts());
    assert_eq!(missing_permissions(&replace(only(&[Permission::KycWrite]), true).await), ["customers.read"]);
    let read = world
        .clients
        .document_content(&world.open_document, caller("newcomer", only(&[Permission::KycRead])));
    assert!(read.await.is_ok());
}

fn no_leak_in(outcome: &Outcome, texts: &[&str]) {
    let seen = seen(outcome);
    assert!(texts.iter().all(|hidden| !seen.contains(hidden)), "{seen}");
}
