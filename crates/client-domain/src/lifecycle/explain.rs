use super::{ALLOWANCES, Action, Activity, Facts, Initiator, Operation, TRANSITIONS, origins, transition};
use crate::actor::Actor;
use crate::client::{Approval, Client};
use crate::kyc::{Kyc, VerificationStatus};
use crate::lifecycle::ClientState;
use crate::permission::{Permission, Permissions};
use crate::refusal::Blocker;

/// Whether one operation could be done now, and if not, why not.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What could be done.
    pub operation: Operation,
    /// The state it would lead to from here, where it leads to another one.
    pub to: Option<ClientState>,
    /// The permission it takes.
    pub permission: Option<Permission>,
    /// Whether a reason must be given with it.
    pub reason_needed: bool,
    /// Whether it must name what its caller has seen: the version of the client, or the digest of a document's file.
    pub version_needed: bool,
    /// Who sets it going.
    pub initiator: Initiator,
    /// Everything that stands in the way; empty means it can be done.
    pub blockers: Vec<Blocker>,
}

impl Explanation {
    /// Whether nothing stands in the way.
    pub fn is_allowed(&self) -> bool {
        self.blockers.is_empty()
    }
}

/// Every activity and action that can be asked for, for this client and this actor: allowed, or blocked by what.
///
/// Activation is not among them: it is what the first transaction leads to, so it is told as where transacting leads.
///
/// ```
/// use client_domain::client::Touch;
/// use client_domain::lifecycle::{Action, Facts, Operation, explain};
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
            let lacking = lacking(row.permission, permissions);
            // Whoever may not touch documents and addresses is not told which there are.
            if blockers.is_empty() && lacking.is_none() {
                blockers.extend(item_blockers(client, row.activity, actor));
            }
            blockers.extend(lacking);
            let operation = Operation::Activity(row.activity);
            Explanation {
                operation,
                to: (row.activity == Activity::Transact)
                    .then(|| transition(client.state(), Action::Activate))
                    .flatten()
                    .map(|row| row.to),
                permission: row.permission,
                reason_needed: false,
                version_needed: facts.decisions_need_version && operation.is_decision(),
                initiator: row.initiator,
                blockers,
            }
        })
        .collect();
    let asked_for = |action: &Action| !matches!(action, Action::Create | Action::Activate);
    let actions = Action::ALL.into_iter().filter(asked_for);
    all.extend(actions.filter_map(|action| {
        let here = transition(client.state(), action);
        // Permission, reason and initiator belong to the action; its first row stands for all of them.
        let row = here.or_else(|| TRANSITIONS.iter().find(|row| row.action == action))?;
        let mut blockers = action_blockers(client, action, actor, facts);
        blockers.extend(lacking(Some(row.permission), permissions));
        let operation = Operation::Action(action);
        Some(Explanation {
            operation,
            to: here.map(|row| row.to),
            permission: Some(row.permission),
            reason_needed: row.reason_needed,
            version_needed: facts.decisions_need_version && operation.is_decision(),
            initiator: row.initiator,
            blockers,
        })
    }));
    all
}

/// Everything that this actor could do with the client now, activities first: all that [`explain`] says is possible.
pub fn allowed(client: &Client, actor: &Actor, permissions: &Permissions, facts: &Facts) -> Vec<Operation> {
    let all = explain(client, actor, permissions, facts).into_iter();
    all.filter(Explanation::is_allowed).map(|entry| entry.operation).collect()
}

/// What keeps this actor from an activity that the state allows, whichever document or address it is about.
fn item_blockers(client: &Client, activity: Activity, actor: &Actor) -> Option<Blocker> {
    let kyc = client.kyc();
    let mut documents =
        kyc.documents.iter().filter(|one| one.verification.status() == VerificationStatus::Pending);
    match activity {
        Activity::ReviewKyc => {
            let addresses =
                kyc.addresses.iter().filter(|one| one.verification.status() == VerificationStatus::Pending);
            let own =
                documents.map(|one| one.is_of(&actor.id)).chain(addresses.map(|one| one.is_of(&actor.id)));
            // The least of what stands in the way of each.
            let least = own.map(|own| own.then_some(Blocker::OwnUpload)).min_by_key(Option::is_some);
            least.unwrap_or(Some(Blocker::NothingToReview))
        }
        Activity::ChangeKyc => {
            let is_full = kyc.documents.len() >= Kyc::MOST && kyc.addresses.len() >= Kyc::MOST;
            (is_full && documents.next().is_none()).then_some(Blocker::TooMany { max: Kyc::MOST })
        }
        Activity::View
        | Activity::Update
        | Activity::RequestApproval
        | Activity::CreateAccounts
        | Activity::Transact => None,
    }
}

/// What keeps an action from being done: the state alone, or else every guard that is not met.
pub(crate) fn action_blockers(client: &Client, action: Action, actor: &Actor, facts: &Facts) -> Vec<Blocker> {
    match transition(client.state(), action) {
        None => vec![Blocker::State { needed: origins(action) }],
        Some(row) => row.guards.iter().filter_map(|guard| guard.blocker(client, actor, facts)).collect(),
    }
}

/// What keeps an activity from being done.
pub(crate) fn activity_blockers(client: &Client, activity: Activity) -> Vec<Blocker> {
    let row = activity.allowance();
    if !row.allows(client.state()) {
        return vec![Blocker::State { needed: row.states.to_vec() }];
    }
    let open = matches!(client.snapshot().approval, Approval::Requested(_));
    if activity == Activity::RequestApproval && open { vec![Blocker::AlreadyRequested] } else { Vec::new() }
}

fn lacking(needed: Option<Permission>, held: &Permissions) -> Option<Blocker> {
    needed.filter(|permission| !held.holds(*permission)).map(Blocker::Permission)
}
