//! Random sequences of everything that can be asked of a client.

use client_domain::client::DetailsPatch;
use client_domain::lifecycle::{Action, Activity, Facts, OpenAccounts, transition};
use client_domain::value::{PersonName, Version};
use client_domain::{Client, ClientEvent, ClientState, EventKind};
use proptest::prelude::*;

use crate::made_up::{pending, stamp, transaction, with_reason};
use crate::papers::PaperStep;

#[derive(Clone, Debug)]
enum Ask {
    Perform(Action),
    Update(u8),
    RequestApproval,
    Transaction(u8),
    Paper(PaperStep),
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        6 => proptest::sample::select(&Action::ALL[..]).prop_map(Ask::Perform),
        1 => (0..3_u8).prop_map(Ask::Update),
        1 => Just(Ask::RequestApproval),
        2 => (0..4_u8).prop_map(Ask::Transaction),
        6 => crate::papers::step().prop_map(Ask::Paper),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    (any::<bool>(), any::<bool>(), 0..2_u32).prop_map(|(four_eyes, approval_needs_request, open)| Facts {
        four_eyes,
        approval_needs_request,
        decisions_need_version: false,
        open_accounts: OpenAccounts::Count(open),
        kyc: four_eyes.then(crate::papers::requirements),
    })
}

/// What was asked, answered by the client; the change, if there was one.
fn answer(client: &Client, ask: &Ask, facts: &Facts, who: &str) -> Option<(Client, ClientEvent)> {
    let stamp = stamp(who, 30);
    let change = match ask {
        Ask::Perform(action) => client.perform(*action, with_reason(), facts, &stamp).ok(),
        Ask::Update(n) => {
            let name = PersonName::parse(&format!("Name{n}")).unwrap();
            let patch = DetailsPatch { first_name: Some(name), ..DetailsPatch::default() };
            client.update(patch, &stamp).ok().and_then(client_domain::Decision::change)
        }
        Ask::RequestApproval => client.request_approval(None, &stamp).ok(),
        Ask::Transaction(n) => {
            let outcome = client.record_transaction(transaction(&format!("TX-{n}")), &stamp);
            outcome.ok().and_then(client_domain::Decision::change)
        }
        Ask::Paper(step) => return step.take(client, &stamp),
    };
    change.map(|change| (change.client, change.event))
}

fn is_legal(before: ClientState, event: &ClientEvent) -> bool {
    match event.kind {
        EventKind::Updated => event.to == before && Activity::Update.allowance().allows(before),
        EventKind::ApprovalRequested => event.to == before && before == ClientState::PendingApproval,
        EventKind::DocumentSubmitted
        | EventKind::DocumentReplaced
        | EventKind::DocumentApproved
        | EventKind::DocumentRejected
        | EventKind::AddressSubmitted
        | EventKind::AddressApproved
        | EventKind::AddressRejected => {
            event.to == before && Activity::ChangeKyc.allowance().allows(before) && event.kyc.is_some()
        }
        EventKind::DocumentExpiring | EventKind::DocumentExpired | EventKind::DocumentNoticeWithdrawn => {
            event.to == before && !before.is_final()
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
    fn a_client_goes_only_where_the_table_allows(
        steps in proptest::collection::vec((ask(), facts(), prop_oneof![Just("maker"), Just("checker")]), 1..40)
    ) {
        let mut client = pending();
        let mut history = Vec::new();
        for (ask, facts, who) in steps {
            let before = client.clone();
            let Some((after, event)) = answer(&client, &ask, &facts, who) else {
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

        // The history alone leads to the same state and the same version.
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
