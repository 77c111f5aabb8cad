use client_app::ports::Group;
use client_app::queries::{ClientCounts, CountBy, CountClients};
use client_app::{Caller, Clients};
use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::KycStatus;
use client_domain::search::Property;
use client_domain::{ClientState, Invalid, Permission};
use serde_json::{Value, json};

use super::filters::{self, property_closed};
use super::operation::{QueryOperation, ask, reply};
use super::search_members;
use crate::code::Code;
use crate::commands::work_item::KINDS;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

/// How many groups an answer has at most.
const MAX_GROUPS: usize = 200;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveCountsQuery",
    kind: OperationKind::Query,
    about: "Counts clients by state, branch or KYC status, or what waits of them for a person by its age; all of them, or \
         those that a search finds.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::required("groupBy", Shape::Choice(GROUPINGS), "What the groups are."),
        search_members::SEARCH_TERM,
        search_members::SEARCH_TEXT,
        search_members::BRANCH,
        search_members::STATUS,
        search_members::START_DATE,
        search_members::END_DATE,
        filters::FILTERS,
    ],
    reply: &[
        FieldSpec::required("groupBy", Shape::Choice(GROUPINGS), "What the groups are."),
        FieldSpec::required(
            "asOf",
            Shape::DateTime,
            "When it was counted: up to ten seconds before the answer.",
        ),
        FieldSpec::required(
            "atLeast",
            Shape::Flag,
            "Whether the numbers are lower bounds, because there was more to count than a count may read.",
        ),
        FieldSpec::required("total", shape::COUNT, "The sum of the numbers of all groups."),
        FieldSpec::required(
            "groups",
            Shape::List { of: &GROUP, max: MAX_GROUPS },
            "The groups: every state, every KYC status, or every age of each kind that the caller may see; or the 200 \
             branches with the most clients, which come first.",
        ),
    ],
    refusals: &[
        Code::EndBeforeStart,
        Code::ExactlyOne,
        Code::UnknownProperty,
        Code::UnknownOperator,
        Code::OperatorNotApplicable,
        Code::ValueNotTaken,
        Code::FilterTooLarge,
        Code::FilterTooCostly,
        Code::PermissionMissing,
    ],
    example: r#"{
        "groupBy": "state", "branchEncodedKey": "ikeja-01",
        "filters": [{ "propertyName": "dateCreated", "operator": "LastDays", "value": 30 }]
    }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const GROUPINGS: &[&str] = &["state", "branch", "kycStatus", "waitingAge"];

const AGES: &[&str] = &["upToOneDay", "twoToFiveDays", "sixToThirtyDays", "overThirtyDays"];

const GROUP: Shape = Shape::Object(&[
    FieldSpec::nullable("clientState", shape::STATE_NUMBER, "The state; null for other groups."),
    FieldSpec::nullable(
        "clientStateDescription",
        shape::STATE_DESCRIPTION,
        "The state in words; null for other groups.",
    ),
    FieldSpec::nullable(
        "branchEncodedKey",
        shape::ANY_TEXT,
        "The branch; null for clients without one, and for other groups.",
    ),
    FieldSpec::nullable(
        "kycStatus",
        Shape::Choice(KycStatus::NAMES),
        "The KYC status; null for other groups.",
    ),
    FieldSpec::nullable("kind", Shape::Choice(KINDS), "What waits; null for other groups."),
    FieldSpec::nullable(
        "waitingAge",
        Shape::Choice(AGES),
        "For how many whole days it has waited; null for documents that expire soon, and for other groups.",
    ),
    FieldSpec::required(
        "count",
        shape::COUNT,
        "The number of clients; of items of the work queue, where what waits is counted.",
    ),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let by = form.required("groupBy", group_by);
    if let Some(closed) = by.and_then(property).filter(|closed| !caller.may(closed.permission())) {
        form.fail_at("groupBy", |path| property_closed(closed, path));
    }
    let predicate = search_members::predicate(&mut form, &caller.permissions, clients.calendar());
    let by = form.finish(by)?;
    let found = ask(clients, caller, CountClients { predicate, by }).await?;
    let number = |group: &Group| found.counted.groups.get(group).copied().unwrap_or_default();
    let groups: Vec<_> = groups(by, &found).iter().map(|group| group_json(group, number(group))).collect();
    let data = json!({
        "groupBy": name(by),
        "asOf": found.as_of.to_string(),
        "atLeast": !found.counted.is_complete,
        "total": found.counted.groups.values().sum::<u64>(),
        "groups": groups,
    });
    Ok(reply("Counts retrieved successfully.", data))
}

fn group_by(raw: &str) -> Result<CountBy, Invalid> {
    let known = [CountBy::State, CountBy::Branch, CountBy::KycStatus, CountBy::WaitingAge];
    known.into_iter().find(|by| name(*by) == raw).ok_or(Invalid::Choice { choices: GROUPINGS })
}

const fn name(by: CountBy) -> &'static str {
    match by {
        CountBy::State => "state",
        CountBy::Branch => "branch",
        CountBy::KycStatus => "kycStatus",
        CountBy::WaitingAge => "waitingAge",
    }
}

/// The property whose values the groups tell.
const fn property(by: CountBy) -> Option<Property> {
    match by {
        CountBy::State => Some(Property::ClientState),
        CountBy::Branch => Some(Property::BranchEncodedKey),
        CountBy::KycStatus => Some(Property::KycStatus),
        CountBy::WaitingAge => None,
    }
}

/// The groups of the answer: those of a short list also where they are empty.
fn groups(by: CountBy, found: &ClientCounts) -> Vec<Group> {
    match by {
        CountBy::State => ClientState::ALL.into_iter().map(Group::State).collect(),
        CountBy::KycStatus => KycStatus::ALL.into_iter().map(Group::KycStatus).collect(),
        CountBy::Branch => {
            let mut branches: Vec<_> = found.counted.groups.iter().collect();
            branches.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
            branches.into_iter().take(MAX_GROUPS).map(|(group, _)| group.clone()).collect()
        }
        CountBy::WaitingAge => found.kinds.iter().flat_map(|kind| ages(*kind)).collect(),
    }
}

fn ages(kind: WorkKind) -> Vec<Group> {
    match kind {
        WorkKind::Expiring => vec![Group::Waiting(kind, None)],
        _ => WaitingAge::ALL.into_iter().map(|age| Group::Waiting(kind, Some(age))).collect(),
    }
}

fn group_json(group: &Group, count: u64) -> Value {
    let (mut state, mut branch, mut status, mut waiting) = (None, None, None, None);
    match group {
        Group::State(one) => state = Some(*one),
        Group::Branch(one) => branch = one.as_ref(),
        Group::KycStatus(one) => status = Some(*one),
        Group::Waiting(kind, age) => waiting = Some((*kind, *age)),
        Group::BranchWaiting(one, kind, age) => {
            (branch, waiting) = (one.as_ref(), Some((*kind, *age)));
        }
    }
    json!({
        "clientState": state.map(ClientState::number),
        "clientStateDescription": state.map(ClientState::description),
        "branchEncodedKey": branch.map(client_domain::value::BranchKey::as_str),
        "kycStatus": status.map(KycStatus::name),
        "kind": waiting.map(|(kind, _)| kind.name()),
        "waitingAge": waiting.and_then(|(_, age)| age).map(WaitingAge::name),
        "count": count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_lists_every_grouping_and_age() {
        assert!(GROUPINGS.iter().all(|known| group_by(known).is_ok_and(|by| name(by) == *known)));
        assert!(WaitingAge::ALL.map(WaitingAge::name).iter().eq(AGES));
    }
}
