//! Random sequences of operations on a client.

use client_domain::client::{AmendmentDecision, Correction, DetailsPatch, TwoPersons};
use client_domain::lifecycle::{Action, Activity, Facts, OpenAccounts, transition};
use client_domain::value::{ClientKey, Gender, PersonName, Reason, Version};
use client_domain::{Client, ClientEvent, ClientState, EventKind};
use proptest::prelude::*;

use crate::documents::DocumentStep;
use crate::fixtures::{pending, stamp, transaction, with_reason};

#[derive(Clone, Debug)]
enum Request {
    Perform(Action),
    Update(u8),
    Correct(u8),
    DecideAmendment(AmendmentDecision),
    AskForApproval,
    Transaction(u8),
    Documents(DocumentStep),
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        6 => proptest::sample::select(&Action::ALL[..]).prop_map(Request::Perform),
        1 => (0..3_u8).prop_map(Request::Update),
        1 => (0..3_u8).prop_map(Request::Correct),
        1 => proptest::sample::select(vec![AmendmentDecision::Approve, AmendmentDecision::Reject])
            .prop_map(Request::DecideAmendment),
        1 => Just(Request::AskForApproval),
        2 => (0..4_u8).prop_map(Request::Transaction),
        6 => crate::documents::step().prop_map(Request::Documents),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    (any::<bool>(), any::<bool>(), 0..2_u32).prop_map(|(four_eyes, approval_needs_request, open)| Facts {
        four_eyes,
        approval_needs_request,
        decisions_need_version: false,
        two_persons: if four_eyes { TwoPersons::everywhere() } else { TwoPersons::default() },
        withdrawn: open == 1,
        returned_as: (open == 1).then(|| ClientKey::from_bits(8)),
        exited_blacklisted: four_eyes,
        open_accounts: OpenAccounts::Count(open),
        kyc: four_eyes.then(crate::documents::requirements),
        unreviewed_look_alikes: (open == 1).then(|| ClientKey::from_bits(9)).into_iter().collect(),
        duplicates: std::collections::BTreeMap::new(),
    })
}

/// The client and event after this request, if it changes something.
fn answer(client: &Client, request: &Request, facts: &Facts, who: &str) -> Option<(Client, ClientEvent)> {
    let stamp = stamp(who, 30);
    let change = match request {
        Request::Perform(action) => client.perform(*action, with_reason(), facts, &stamp).ok(),
        Request::Update(n) => {
            let name = PersonName::parse(&format!("Name{n}")).unwrap();
            let patch = DetailsPatch { first_name: Some(name), ..DetailsPatch::default() };
            client.update(patch, facts, &stamp).ok().and_then(client_domain::Decision::change)
        }
        Request::Correct(n) => {
            let gender = Gender::ALL.get(usize::from(*n)).copied();
            let correction = Correction { gender, ..Correction::default() };
            let why = Reason::parse("typed wrongly").unwrap();
            client.correct(correction, why, facts, &stamp).ok().and_then(client_domain::Decision::change)
        }
        Request::DecideAmendment(decision) => {
            let open = client.snapshot().amendments.first()?;
            client.decide_amendment(&open.id, *decision, None, &stamp).ok()
        }
        Request::AskForApproval => client.request_approval(None, &stamp).ok(),
        Request::Transaction(n) => {
            let outcome = client.record_transaction(transaction(&format!("TX-{n}")), &stamp);
            outcome.ok().and_then(client_domain::Decision::change)
        }
        Request::Documents(step) => return step.take(client, &stamp),
    };
    change.map(|change| (change.client, change.event))
}

fn is_legal(before: ClientState, event: &ClientEvent) -> bool {
    match event.kind {
        EventKind::Updated => event.to == before && Activity::Update.allowance().allows(before),
        EventKind::AmendmentProposed
        | EventKind::AmendmentApproved
        | EventKind::AmendmentRejected
        | EventKind::AmendmentWithdrawn => {
            event.to == before && TwoPersons::STATES.contains(&before) && event.amendment.is_some()
        }
        EventKind::ApprovalRequested | EventKind::Corrected => {
            event.to == before && before == ClientState::PendingApproval
        }
        EventKind::DocumentSubmitted
        | EventKind::DocumentReplaced
        | EventKind::DocumentApproved
        | EventKind::DocumentRejected
        | EventKind::AddressSubmitted
        | EventKind::AddressApproved
        | EventKind::AddressRejected => {
            event.to == before && Activity::ChangeKyc.allowance().allows(before) && event.kyc.is_some()
        }
        EventKind::DocumentsRequested => {
            event.to == before
                && Activity::RequestDocuments.allowance().allows(before)
                && event.requested.is_some()
        }
        EventKind::DocumentExpiring | EventKind::DocumentExpired | EventKind::DocumentNoticeWithdrawn => {
            event.to == before && !before.has_ended()
        }
        _ => Action::ALL
            .into_iter()
            .filter_map(|action| transition(before, action))
            .any(|row| row.to == event.to && row.event == event.kind),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_operations_follow_the_table(
        steps in proptest::collection::vec((request(), facts(), prop_oneof![Just("maker"), Just("checker")]), 1..40)
    ) {
        let mut client = pending();
        let mut history = Vec::new();
        for (request, facts, who) in steps {
            let before = client.clone();
            let Some((after, event)) = answer(&client, &request, &facts, who) else {
                continue;
            };
            prop_assert_eq!(event.from, Some(before.state()));
            prop_assert_eq!(event.to, after.state());
            prop_assert!(is_legal(before.state(), &event), "{:?} {:?}", before.state(), event);
            prop_assert_eq!(after.version(), before.version().next());
            prop_assert_eq!(Client::restore(after.snapshot().clone()), Ok(after.clone()));
            history.push(event);
            client = after;
        }

        prop_assert_eq!(&crate::serialization::round_trip(&client), &client);
        prop_assert_eq!(crate::serialization::round_trip(&history.last().cloned()), history.last().cloned());

        // The history alone gives the same state and version.
        let mut state = ClientState::PendingApproval;
        let mut version = Version::FIRST;
        for event in &history {
            prop_assert_eq!(event.from, Some(state));
            version = version.next();
            prop_assert_eq!(event.version, version);
            state = event.to;
        }
        prop_assert_eq!((state, version), (client.state(), client.version()));
    }
}
