use super::activity_part::{ActivityPart, PartExplanation};
use super::aggregate::Client;
use super::blockers::{action_blockers, activity_blockers, duplicate_blockers, return_blocker};
use super::contact_point::ContactPoint;
use super::field::ClientField;
use super::field_value::FieldValue;
use crate::actor::Actor;
use crate::kyc::{IdentityDocument, Kyc, ReviewAction, Verification, VerificationStatus};
use crate::lifecycle::{
    ALLOWANCES, Action, Activity, ClientState, Facts, Initiator, Operation, TRANSITIONS, transition,
};
use crate::permission::{Permission, Permissions};
use crate::refusal::Blocker;

/// Whether one operation is possible now, and if not, why not.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The operation.
    pub operation: Operation,
    /// The state after it, if it changes the state.
    pub to: Option<ClientState>,
    /// The permission it needs.
    pub permission: Option<Permission>,
    /// Whether it needs a reason.
    pub reason_needed: bool,
    /// Whether it must name what its caller has seen: the version of the client, or the digest of a
    /// document's file.
    pub version_needed: bool,
    /// Who initiates it.
    pub initiator: Initiator,
    /// The fields that it would not change immediately, because they wait for a second person.
    pub two_persons: Vec<ClientField>,
    /// Every blocker; if it is empty, the operation is possible.
    pub blockers: Vec<Blocker>,
    /// The same for each of the things that the activity may be about; empty if there is only one. The activity is possible
    /// if it is possible for one of them.
    pub parts: Vec<PartExplanation>,
}

impl Explanation {
    /// Whether there are no blockers.
    pub fn is_allowed(&self) -> bool {
        self.blockers.is_empty()
    }
}

/// Every activity and action that this actor can ask for on this client: allowed, or with its blockers.
///
/// Activation is not among them: it is shown as the target state of transacting. Nor is lapse, which only the service
/// itself sets going.
///
/// ```
/// use client_domain::client::{Touch, explain};
/// use client_domain::lifecycle::{Action, Facts, Operation};
/// use client_domain::{Actor, Client, Permissions, AuditStamp, Blocker, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// let facts = Facts { four_eyes: true, ..Facts::without_controls() };
///
/// let all = explain(&client, &maker.by, &Permissions::all(), &facts);
/// let approve = all.iter().find(|entry| entry.operation == Operation::Action(Action::Approve)).unwrap();
/// let touches = [Touch::Created].into_iter().collect();
/// assert_eq!(approve.blockers, [Blocker::FourEyes { touches, too_many: false }]);
/// # Ok(())
/// # }
/// ```
pub fn explain(client: &Client, actor: &Actor, permissions: &Permissions, facts: &Facts) -> Vec<Explanation> {
    let mut all: Vec<_> = ALLOWANCES
        .iter()
        .map(|row| {
            let mut blockers = activity_blockers(client, row.activity);
            let needed = row.permission.into_iter().chain(row.activity.further_permission(facts));
            let lacking: Vec<_> = needed.filter_map(|one| lacking(Some(one), permissions)).collect();
            // A caller without the permission for documents and addresses does not learn which exist.
            let is_of_items = blockers.is_empty() && lacking.is_empty();
            if is_of_items {
                blockers.extend(item_blockers(client, row.activity, actor, facts));
            }
            blockers.extend(lacking);
            let part = |part: &ActivityPart| PartExplanation {
                part: *part,
                blockers: if is_of_items {
                    part_blocker(client, *part, actor).into_iter().collect()
                } else {
                    blockers.clone()
                },
            };
            let parts = ActivityPart::of(row.activity).iter().map(part).collect();
            let operation = Operation::Activity(row.activity);
            Explanation {
                operation,
                to: (row.activity == Activity::Transact)
                    .then(|| transition(client.state(), Action::Activate))
                    .flatten()
                    .map(|row| row.to),
                permission: row.permission,
                reason_needed: matches!(row.activity, Activity::Correct | Activity::Return),
                version_needed: facts.decisions_need_version && operation.is_decision(),
                initiator: row.initiator,
                two_persons: waiting_fields(client, row.activity, facts),
                blockers,
                parts,
            }
        })
        .collect();
    let asked_for = |action: &Action| !matches!(action, Action::Create | Action::Activate | Action::Lapse);
    let actions = Action::ALL.into_iter().filter(asked_for);
    all.extend(actions.filter_map(|action| {
        let here = transition(client.state(), action);
        // Permission, reason and initiator belong to the action; all its rows agree, so the first one will
        // do.
        let row = here.or_else(|| TRANSITIONS.iter().find(|row| row.action == action))?;
        let mut blockers = action_blockers(client, action, actor, facts);
        blockers.extend(duplicate_blockers(client, action, facts));
        blockers.extend(lacking(row.permission, permissions));
        let operation = Operation::Action(action);
        Some(Explanation {
            operation,
            to: here.map(|row| row.to),
            permission: row.permission,
            reason_needed: row.reason_needed,
            version_needed: facts.decisions_need_version && operation.is_decision(),
            initiator: row.initiator,
            two_persons: Vec::new(),
            blockers,
            parts: Vec::new(),
        })
    }));
    all
}

/// Every operation that this actor can do with the client now, activities first: what [`explain`] marks as
/// allowed.
pub fn allowed(client: &Client, actor: &Actor, permissions: &Permissions, facts: &Facts) -> Vec<Operation> {
    let all = explain(client, actor, permissions, facts).into_iter();
    all.filter(Explanation::is_allowed).map(|entry| entry.operation).collect()
}

/// The blocker of an activity that the state allows: no document or address of the client does, or an earlier return.
fn item_blockers(client: &Client, activity: Activity, actor: &Actor, facts: &Facts) -> Option<Blocker> {
    let kyc = client.kyc();
    let reviewable = |verification: &Verification| {
        ReviewAction::Approve.row().from.contains(&client.status_of(verification))
    };
    match activity {
        Activity::ReviewKyc => {
            let documents = kyc.documents.iter().filter(|one| reviewable(&one.verification));
            let addresses = kyc.addresses.iter().filter(|one| reviewable(&one.verification));
            let own =
                documents.map(|one| one.is_of(&actor.id)).chain(addresses.map(|one| one.is_of(&actor.id)));
            // One item without a blocker is enough to allow the activity.
            let best = own.map(|own| own.then_some(Blocker::OwnUpload)).min_by_key(Option::is_some);
            best.unwrap_or(Some(Blocker::NothingToReview))
        }
        Activity::ChangeKyc => {
            let is_full = kyc.documents.len() >= Kyc::MAX_ITEMS && kyc.addresses.len() >= Kyc::MAX_ITEMS;
            let pending = |one: &IdentityDocument| one.verification.status() == VerificationStatus::Pending;
            (is_full && !kyc.documents.iter().any(pending))
                .then_some(Blocker::TooMany { max: Kyc::MAX_ITEMS })
        }
        Activity::DecideAmendment => client.amendment_blocker(actor),
        Activity::Return => return_blocker(facts),
        Activity::VerifyContactPoint => client.own_contact_blocker(&ContactPoint::ALL, &actor.id),
        Activity::View
        | Activity::Update
        | Activity::Correct
        | Activity::RequestApproval
        | Activity::RequestDocuments
        | Activity::CreateAccounts
        | Activity::Transact => None,
    }
}

/// The blocker of an activity about one of the things that it may be about, where nothing blocks it for all of them.
fn part_blocker(client: &Client, part: ActivityPart, actor: &Actor) -> Option<Blocker> {
    let full = |items: usize| (items >= Kyc::MAX_ITEMS).then_some(Blocker::TooMany { max: Kyc::MAX_ITEMS });
    match part {
        ActivityPart::Mobile => client.own_contact_blocker(&[ContactPoint::Mobile], &actor.id),
        ActivityPart::Email => client.own_contact_blocker(&[ContactPoint::Email], &actor.id),
        ActivityPart::NewDocument => full(client.kyc().documents.len()),
        ActivityPart::NewAddress => full(client.kyc().addresses.len()),
    }
}

/// The fields that an update or a correction would propose for a second person in this state.
fn waiting_fields(client: &Client, activity: Activity, facts: &Facts) -> Vec<ClientField> {
    let is_of = |field: &ClientField| match activity {
        Activity::Update => !field.is_corrected(),
        Activity::Correct => field.is_corrected(),
        _ => false,
    };
    let waits = |field: &ClientField| facts.two_persons.needs(*field, client.state());
    FieldValue::FIELDS.into_iter().filter(|field| is_of(field) && waits(field)).collect()
}

fn lacking(needed: Option<Permission>, held: &Permissions) -> Option<Blocker> {
    needed.filter(|permission| !held.holds(*permission)).map(Blocker::Permission)
}
