//! What may happen in a sequence, as it is generated: by places and not by keys, so that a step still means something
//! when the steps before it are taken away.

use client_app::{OnDuplicate, Policy};
use client_domain::ClientState;
use client_domain::client::Patch;
use client_domain::lifecycle::OpenAccounts;
use client_domain::search::{Direction, Property};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::made_up::{APPLICANTS, BIRTHDAYS, BRANCHES, EMAILS, NAMES, PAPERS, PHONES, Who};

#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody sends a command.
    Send(Sent),
    /// An earlier command that had an idempotency key comes again, perhaps not quite the same.
    Again {
        which: usize,
        by: Option<Who>,
        remark: Option<u8>,
        dry: bool,
    },
    /// A command that there is none of.
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
    ShowList(List),
    RefusedList {
        members: &'static str,
        code: &'static str,
        field: &'static str,
    },
    /// The clock moves by so many microseconds, also back.
    Clock(i64),
    /// The service is started anew with other settings.
    Settings(Policy),
    /// Another system opens or closes accounts.
    Accounts {
        of: usize,
        open: OpenAccounts,
    },
    /// A relay takes what is in the outbox and delivers a part of it.
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
    RequestApproval,
    Approve,
    Reject,
    Blacklist,
    UndoBlacklist,
    Exit,
    Transaction(u8),
}

/// Each number is a place in a list of made-up values.
#[derive(Clone, Debug)]
pub struct Applicant {
    pub first_name: usize,
    pub last_name: usize,
    pub email: usize,
    pub phone: usize,
    pub paper: usize,
    pub born: usize,
    pub branch: Option<usize>,
    pub married: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub last_name: Option<usize>,
    pub email: Option<usize>,
    pub phone: Option<usize>,
    pub city: Option<usize>,
    pub officer: Patch<i64>,
}

/// Which client, and how it is named.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// A place among the clients that there are; none for somebody whom nobody knows.
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

#[derive(Clone, Debug)]
pub struct List {
    pub term: Option<&'static str>,
    pub states: Vec<ClientState>,
    pub branch: Option<usize>,
    /// From so many days before now to so many days before now.
    pub created: Option<(i64, i64)>,
    pub sort: Vec<(Property, Direction)>,
    pub page_size: usize,
    pub by_cursor: bool,
    pub total: bool,
}

/// What may come next, seen from a client's state: mostly what that allows.
pub fn step(states: &[ClientState]) -> BoxedStrategy<Step> {
    let creations = match states.len() {
        0 => 200,
        1 => 20,
        _ => 4,
    };
    // The clients that there are, and seldom somebody whom nobody knows.
    let nobody = sent(what(None), None).boxed();
    let change = if states.is_empty() {
        nobody
    } else {
        let places: Vec<_> = states.iter().copied().enumerate().collect();
        let somebody = select(places).prop_flat_map(|(place, state)| sent(what(Some(state)), Some(place)));
        prop_oneof![14 => somebody, 1 => nobody].boxed()
    };
    let send = prop_oneof![creations => sent(create_one(), None), 24 => change].prop_map(Step::Send);
    let (who, target) = (select(&Who::ALL[..]), target());
    prop_oneof![
        24 => send,
        5 => again(),
        1 => nonsense(),
        2 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowOne { who, target }),
        1 => (who.clone(), target.clone()).prop_map(|(who, target)| Step::ShowActions { who, target }),
        1 => (who, target, 1..4_usize)
            .prop_map(|(who, target, page_size)| Step::ShowHistory { who, target, page_size }),
        3 => list().prop_map(Step::ShowList),
        1 => refused_list(),
        3 => select(vec![1, 1_000_001, 61_000_000, 86_400_000_000, -30_000_000, -90_000_000_000])
            .prop_map(Step::Clock),
        1 => settings().prop_map(Step::Settings),
        1 => (0..4_usize, accounts()).prop_map(|(of, open)| Step::Accounts { of, open }),
        1 => (0..3_i64, any::<u8>()).prop_map(|(lease, delivers)| Step::Relay { lease: lease * 60, delivers }),
    ]
    .boxed()
}

pub fn settings() -> impl Strategy<Value = Policy> {
    let on_duplicate = || select(vec![OnDuplicate::Refuse, OnDuplicate::Warn, OnDuplicate::Off]);
    let flags = (weighted(0.7, Just(())), weighted(0.2, Just(())));
    (flags, on_duplicate(), on_duplicate(), on_duplicate()).prop_map(
        |((four_eyes, request), same_identification, same_email, same_phone)| Policy {
            four_eyes: four_eyes.is_some(),
            approval_needs_request: request.is_some(),
            same_identification,
            same_email,
            same_phone,
        },
    )
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
    let rest =
        (0..3_u8, weighted(0.3, 0..3_u8), seen, weighted(0.1, Just(())), weighted(0.08, select(spoilt)));
    (who(), what, way(), rest).prop_map(move |(who, what, way, (remark, key, seen, dry, spoilt))| {
        let target = Target { place, way };
        Sent { who, what, target, remark, key, seen, dry: dry.is_some(), spoilt }
    })
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        6 => Just(Who::Maker), 6 => Just(Who::Checker), 2 => Just(Who::Third), 1 => Just(Who::Clerk)
    ]
}

fn way() -> impl Strategy<Value = Way> {
    select(vec![Way::Key, Way::NumberAsKey, Way::Number])
}

fn target() -> impl Strategy<Value = Target> + Clone {
    (weighted(0.9, 0..4_usize), select(vec![Way::Key, Way::NumberAsKey, Way::Number]))
        .prop_map(|(place, way)| Target { place, way })
}

fn create_one() -> BoxedStrategy<What> {
    let names = (0..NAMES.len(), 0..NAMES.len());
    let claims = (0..EMAILS.len(), 0..PHONES.len(), 0..PAPERS.len());
    // The last day is in the future, sometimes.
    let born = prop_oneof![9 => 0..BIRTHDAYS.len() - 1, 1 => Just(BIRTHDAYS.len() - 1)];
    let rest = (born, of(0..BRANCHES.len()), of(1..5_i64));
    (0..APPLICANTS, names, claims, rest)
        .prop_map(|(n, (first_name, last_name), (email, phone, paper), (born, branch, married))| {
            // Half of them have nothing that anybody else has.
            let own = |shared: usize, all: usize| if n % 2 == 0 { shared } else { all + n };
            What::Create(Applicant {
                first_name,
                last_name,
                email: own(email, EMAILS.len()),
                phone: own(phone, PHONES.len()),
                paper: own(paper, PAPERS.len()),
                born,
                branch,
                married,
            })
        })
        .boxed()
}

fn update() -> impl Strategy<Value = What> {
    let claims = (weighted(0.3, 0..EMAILS.len()), weighted(0.2, 0..PHONES.len()));
    let officer =
        prop_oneof![4 => Just(Patch::Keep), 1 => Just(Patch::Clear), 2 => (1..4_i64).prop_map(Patch::Set)];
    let rest = (of(0..NAMES.len()), officer);
    (weighted(0.4, 0..NAMES.len()), claims, rest).prop_map(|(last_name, (email, phone), (city, officer))| {
        What::Update(Change { last_name, email, phone, city, officer })
    })
}

fn what(state: Option<ClientState>) -> BoxedStrategy<What> {
    let transaction = || (0..3_u8).prop_map(What::Transaction);
    let any = prop_oneof![
        update(),
        Just(What::RequestApproval),
        Just(What::Approve),
        Just(What::Reject),
        Just(What::Blacklist),
        Just(What::UndoBlacklist),
        Just(What::Exit),
        transaction(),
    ];
    let fitting = match state {
        Some(ClientState::PendingApproval) => prop_oneof![
            6 => Just(What::Approve), 1 => Just(What::Reject), 2 => Just(What::RequestApproval), 3 => update()
        ]
        .boxed(),
        Some(ClientState::Approved | ClientState::Active) => prop_oneof![
            4 => transaction(), 3 => Just(What::Blacklist), 2 => Just(What::Exit), 3 => update()
        ]
        .boxed(),
        Some(ClientState::BlackListed) => {
            prop_oneof![3 => Just(What::UndoBlacklist), 1 => Just(What::Blacklist)].boxed()
        }
        _ => return any.boxed(),
    };
    prop_oneof![3 => fitting, 1 => any].boxed()
}

fn again() -> impl Strategy<Value = Step> {
    let other = (weighted(0.15, who()), weighted(0.3, 0..3_u8), weighted(0.1, Just(())));
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

fn accounts() -> impl Strategy<Value = OpenAccounts> {
    select(vec![OpenAccounts::Count(0), OpenAccounts::Count(2), OpenAccounts::Unknown])
}

fn list() -> impl Strategy<Value = List> {
    // Words in the spellings of people, and some that stumble over quoting.
    let terms = vec!["okafor", "OKAFÖR 80", "cust1000001", "zoe", "example", "%", "_", "'", "nobody at all"];
    let direction = select(vec![Direction::Ascending, Direction::Descending]);
    let sort = vec((select(Property::sortable().collect::<Vec<_>>()), direction), 0..4)
        .prop_filter("a property twice", |keys| {
            keys.iter().enumerate().all(|(at, key)| keys.iter().take(at).all(|other| other.0 != key.0))
        });
    let filters = (
        weighted(0.4, select(terms)),
        prop_oneof![2 => Just(Vec::new()), 1 => vec(select(&ClientState::ALL[..]), 1..4)],
        weighted(0.2, 0..BRANCHES.len()),
        weighted(0.2, (0..3_i64, 0..3_i64).prop_map(|(days, more)| (days + more, days))),
    );
    (filters, sort, select(vec![1, 2, 3, 50]), any::<bool>(), any::<bool>()).prop_map(
        |((term, states, branch, created), sort, page_size, by_cursor, total)| List {
            term,
            states,
            branch,
            created,
            sort,
            page_size,
            by_cursor,
            total,
        },
    )
}

fn refused_list() -> impl Strategy<Value = Step> {
    select(vec![
        (r#"{"pageSize":0}"#, "out_of_range", "pageSize"),
        (r#"{"pageSize":101}"#, "out_of_range", "pageSize"),
        (r#"{"state":"Approved"}"#, "unknown_member", "state"),
        (r#"{"status":["Sleeping"]}"#, "choice", "status[0]"),
        (r#"{"searchTerm":"a","searchText":"b"}"#, "exactly_one", "searchTerm"),
        (r#"{"cursor":"x"}"#, "cursor_invalid", "cursor"),
        (r#"{"startDate":"2026-01-05","endDate":"2026-01-04"}"#, "end_before_start", "endDate"),
    ])
    .prop_map(|(members, code, field)| Step::RefusedList { members, code, field })
}
