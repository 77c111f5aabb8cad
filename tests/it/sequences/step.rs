//! What may happen in a sequence, as it is generated: by places and not by keys, so that a step still means something
//! when the steps before it are removed.

use client_app::Policy;
use client_domain::ClientState;
use client_domain::client::{AmendmentDecision, ContactPoint};
use client_domain::kyc::KycPolicy;
use client_domain::lifecycle::OpenAccounts;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::evidence::{Document, Evidence, Home, Review, Situation, of_evidence};
use super::listing::{List, list, refused_list};
use super::person::{Applicant, Change, Fix, correct, create_one, renew, update};
use super::samples::{Who, email, phone};
use super::settings::{accounts, requirements, settings};

#[derive(Clone, Debug)]
pub enum Step {
    /// A caller sends a command.
    Send(Sent),
    /// An earlier command that had an idempotency key comes again, perhaps not quite the same.
    Again {
        which: usize,
        by: Option<Who>,
        remark: Option<u8>,
        dry: bool,
    },
    /// An unknown command.
    Nonsense {
        name: &'static str,
        code: &'static str,
    },
    ShowOne {
        who: Who,
        target: Target,
    },
    ShowActions {
        who: Who,
        target: Target,
    },
    ShowHistory {
        who: Who,
        target: Target,
        page_size: usize,
    },
    ShowKyc {
        who: Who,
        target: Target,
    },
    ShowAmendments {
        who: Who,
        target: Target,
    },
    ShowEvidence {
        who: Who,
        target: Target,
        evidence: Evidence,
    },
    ShowList(List),
    RefusedList {
        members: &'static str,
        code: &'static str,
        field: &'static str,
    },
    /// The clock moves by this many microseconds, also back.
    Clock(i64),
    /// The service is restarted with other settings.
    Settings(Policy),
    /// The service is restarted with another KYC policy.
    Demand(KycPolicy),
    /// The expiry watch runs.
    Watch,
    /// Another system opens or closes accounts.
    Accounts {
        of: usize,
        open: OpenAccounts,
    },
    /// A relay takes the events in the outbox and delivers some of them.
    Relay {
        lease: i64,
        delivers: u8,
    },
}

#[derive(Clone, Debug)]
pub struct Sent {
    pub who: Who,
    pub what: What,
    pub target: Target,
    /// A different one makes a different body.
    pub remark: u8,
    /// How the code of the reason is chosen.
    pub code: u8,
    /// Which of a few idempotency keys.
    pub key: Option<u8>,
    pub seen: Seen,
    pub dry: bool,
    pub spoilt: Option<Spoilt>,
}

#[derive(Clone, Debug)]
pub enum What {
    Create(Applicant),
    Update(Change),
    Correct(Fix),
    Decide(Choice),
    RequestApproval,
    Approve,
    Reject,
    UndoReject,
    Blacklist,
    UndoBlacklist,
    Exit,
    Withdraw,
    Return(Renewed),
    Transaction(u8),
    Verify(Contact),
    /// The numbers of the types.
    RequestDocuments(Vec<u8>),
    SubmitDocument(Document),
    SubmitAddress(Home),
    Review(Review),
}

/// What is another value now, of a client that returns.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub change: Change,
    pub fix: Fix,
}

/// A decision about an amendment: a place among the open ones of a client, or none for one that is not open.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    pub decision: AmendmentDecision,
    pub place: Option<usize>,
}

/// What was verified.
#[derive(Clone, Debug)]
pub struct Contact {
    pub point: ContactPoint,
    /// None: the value that the client has when the command is sent.
    pub value: Option<String>,
}

/// Which client, and how it is named.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// A place among the clients that there are; none for an unknown client.
    pub place: Option<usize>,
    pub way: Way,
}

#[derive(Clone, Copy, Debug)]
pub enum Way {
    Key,
    NumberAsKey,
    Number,
}

/// Which version the caller says to have seen.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    Nothing,
    Right,
    Before,
    After,
}

/// How a body is broken.
#[derive(Clone, Copy, Debug)]
pub enum Spoilt {
    UnknownMember,
    Missing,
    WrongType,
    TooLong,
    Twice,
    Null,
    Empty,
}

/// What may come next, seen from the situations of the clients: mostly what that allows.
pub fn step(situations: &[Situation]) -> BoxedStrategy<Step> {
    let alive = situations.iter().filter(|situation| !situation.state.has_ended()).count();
    let creations = match (situations.len(), alive) {
        (0, _) => 200,
        (_, 0) => 24,
        (_, 1) => 6,
        _ => 3,
    };
    // Existing clients, mostly those that have not ended, and seldom an unknown client.
    let unknown = sent(what(None), None).boxed();
    let change = if situations.is_empty() {
        unknown
    } else {
        let weight = |situation: &Situation| match situation.state {
            ClientState::Exited => 6,
            ClientState::Rejected => 2,
            // Few clients come here, and much is possible only here.
            ClientState::BlackListed => 24,
            ClientState::PendingApproval if situation.lacking == Some(false) => 24,
            _ => 8,
        };
        let places = situations.iter().enumerate();
        let each = places
            .map(|(place, situation)| (weight(situation), sent(what(Some(situation)), Some(place)).boxed()));
        let known = proptest::strategy::Union::new_weighted(each.collect());
        prop_oneof![20 => known, 1 => unknown].boxed()
    };
    let send = prop_oneof![creations => sent(create_one(), None), 24 => change].prop_map(Step::Send);
    let (who, target) = (select(&Who::ALL[..]), target());
    prop_oneof![
        48 => send,
        8 => again(),
        1 => nonsense(),
        2 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowOne { who, target }),
        1 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowActions { who, target }),
        1 => (who.clone(), target.clone(), 1..4_usize)
            .prop_map(|(who, target, page_size)| Step::ShowHistory { who, target, page_size }),
        1 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowKyc { who, target }),
        2 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowAmendments { who, target }),
        2 => (who, target, select(vec![Evidence::Document, Evidence::Address]))
            .prop_map(|(who, target, evidence)| Step::ShowEvidence { who, target, evidence }),
        3 => list().prop_map(Step::ShowList),
        1 => refused_list(),
        3 => clock().prop_map(Step::Clock),
        1 => settings().prop_map(Step::Settings),
        1 => requirements().prop_map(Step::Demand),
        3 => Just(Step::Watch),
        1 => (0..4_usize, accounts()).prop_map(|(of, open)| Step::Accounts { of, open }),
        1 => (0..3_i64, any::<u8>()).prop_map(|(lease, delivers)| Step::Relay { lease: lease * 60, delivers }),
    ]
    .boxed()
}

/// From a microsecond to a month, also back.
fn clock() -> impl Strategy<Value = i64> {
    const DAY: i64 = 86_400_000_000;
    select(vec![1, 1_000_001, 61_000_000, DAY, -30_000_000, -90_000_000_000, 2 * DAY, 29 * DAY])
}

fn sent(what: BoxedStrategy<What>, place: Option<usize>) -> impl Strategy<Value = Sent> {
    let seen = prop_oneof![
        12 => Just(Seen::Nothing), 3 => Just(Seen::Right), 1 => Just(Seen::Before), 1 => Just(Seen::After)
    ];
    let spoilt = vec![
        Spoilt::UnknownMember,
        Spoilt::Missing,
        Spoilt::WrongType,
        Spoilt::TooLong,
        Spoilt::Twice,
        Spoilt::Null,
        Spoilt::Empty,
    ];
    let rest = (
        (0..3_u8, 0..16_u8),
        weighted(0.3, 0..3_u8),
        seen,
        weighted(0.1, Just(())),
        weighted(0.08, select(spoilt)),
    );
    let what = what.prop_flat_map(|what| (who(&what), Just(what)));
    (what, way(), rest).prop_map(move |((who, what), way, ((remark, code), key, seen, dry, spoilt))| {
        let target = Target { place, way };
        Sent { who, what, target, remark, code, key, seen, dry: dry.is_some(), spoilt }
    })
}

/// Mostly the maker makes and the checker checks.
fn who(what: &What) -> impl Strategy<Value = Who> + use<> {
    let checks = matches!(
        what,
        What::Approve
            | What::Reject
            | What::UndoReject
            | What::Review(_)
            | What::Verify(_)
            | What::RequestDocuments(_)
            | What::Decide(_)
    );
    let [maker, checker] = if checks { [2, 8] } else { [8, 4] };
    prop_oneof![
        maker => Just(Who::Maker), checker => Just(Who::Checker), 2 => Just(Who::Third), 1 => Just(Who::Clerk)
    ]
}

fn way() -> impl Strategy<Value = Way> {
    select(vec![Way::Key, Way::NumberAsKey, Way::Number])
}

fn target() -> impl Strategy<Value = Target> + Clone {
    (weighted(0.9, 0..4_usize), select(vec![Way::Key, Way::NumberAsKey, Way::Number]))
        .prop_map(|(place, way)| Target { place, way })
}

fn what(situation: Option<&Situation>) -> BoxedStrategy<What> {
    let transaction = || (0..3_u8).prop_map(What::Transaction);
    let any = prop_oneof![
        update(),
        Just(What::RequestApproval),
        Just(What::Approve),
        Just(What::Reject),
        Just(What::UndoReject),
        Just(What::Blacklist),
        Just(What::UndoBlacklist),
        Just(What::Exit),
        Just(What::Withdraw),
        renew(),
        transaction(),
        verify(),
        request_documents(),
        correct(),
        decide(),
    ];
    let evidence = of_evidence(situation);
    let (approve, submit) = match situation.and_then(|situation| situation.lacking) {
        None => (6, 3),
        Some(true) => (3, 6),
        Some(false) => (24, 1),
    };
    let fitting = match situation.map(|situation| situation.state) {
        Some(ClientState::PendingApproval) => prop_oneof![
            approve => Just(What::Approve), 1 => Just(What::Reject), 2 => Just(What::RequestApproval), 3 => update(),
            1 => Just(What::Withdraw),
            1 => verify(),
            1 => request_documents(),
            1 => correct()
        ]
        .boxed(),
        Some(ClientState::Approved | ClientState::Active) => prop_oneof![
            4 => transaction(), 6 => Just(What::Blacklist), 2 => Just(What::Exit), 4 => update(),
            1 => verify(), 1 => request_documents(), 6 => correct(),
            if situation.is_some_and(|situation| situation.amendments > 0) { 40 } else { 1 } => decide()
        ]
        .boxed(),
        Some(ClientState::BlackListed) => {
            prop_oneof![3 => Just(What::UndoBlacklist), 3 => Just(What::Blacklist), 1 => Just(What::Exit)].boxed()
        }
        Some(ClientState::Rejected) => return prop_oneof![3 => Just(What::UndoReject), 2 => any, 1 => evidence].boxed(),
        Some(ClientState::Exited) => return prop_oneof![6 => renew(), 2 => any, 1 => evidence].boxed(),
        None => return prop_oneof![3 => any, 1 => evidence].boxed(),
    };
    prop_oneof![4 => fitting, 1 => any, submit => evidence].boxed()
}

fn decide() -> impl Strategy<Value = What> {
    let decision = select(vec![AmendmentDecision::Approve, AmendmentDecision::Reject]);
    (decision, weighted(0.9, 0..3_usize))
        .prop_map(|(decision, place)| What::Decide(Choice { decision, place }))
}

fn request_documents() -> impl Strategy<Value = What> {
    subsequence((1..=8).collect::<Vec<u8>>(), 1..=3).prop_map(What::RequestDocuments)
}

fn verify() -> impl Strategy<Value = What> {
    (select(&ContactPoint::ALL[..]), weighted(0.3, 0..3_usize)).prop_map(|(point, place)| {
        let value = match point {
            ContactPoint::Mobile => place.map(phone),
            ContactPoint::Email => place.map(email),
        };
        What::Verify(Contact { point, value })
    })
}

fn again() -> impl Strategy<Value = Step> {
    let other = (weighted(0.15, select(&Who::ALL[..])), weighted(0.3, 0..3_u8), weighted(0.1, Just(())));
    (0..8_usize, other).prop_map(|(which, (by, remark, dry))| Step::Again {
        which,
        by,
        remark,
        dry: dry.is_some(),
    })
}

fn nonsense() -> impl Strategy<Value = Step> {
    select(vec![
        ("PromoteCustomerCommand", "unknown_operation"),
        ("", "unknown_operation"),
        ("RetrieveContactListQuery", "wrong_endpoint"),
    ])
    .prop_map(|(name, code)| Step::Nonsense { name, code })
}
