//! Generated searches over generated clients find whom the domain says, in the order the domain says.

use client_app::conformance::fixtures::{applicant, creation, maker, performed, replacement};
use client_app::ports::{ClientStore, Committed, Page, Search};
use client_domain::client::Application;
use client_domain::lifecycle::Action;
use client_domain::search::{Direction, Order, Period, Position, Predicate, Property, Word};
use client_domain::value::{BranchKey, MaritalStatus, PersonName, PlaceName};
use client_domain::{Client, ClientState};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::database::Database;

const CLIENTS: i64 = 60;
const SEARCHES: usize = 300;

/// What patterns, quoting, folding and collations elsewhere stumble over.
fn part() -> impl Strategy<Value = String> {
    let parts = [
        "a", "A", "á", "a\u{301}", "b", "ß", "ss", "ø", "o", "%", "_", "\\", "'", "\"", "%a", "\\_", "李",
        "小", "\u{FA0E}", "𠮷", "Я", "я", "Ω", "ό", "か", "が", "ﬁ", "İ", "i", "1", "-", "(1)", "z", "~",
        "{", " ",
    ];
    select(parts.to_vec()).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(part(), 1..5).prop_map(|parts| parts.concat())
}

fn application(n: i64) -> impl Strategy<Value = Application> {
    let middle = prop::option::of(text());
    let branch = prop::option::of(select(&["b%", "B%", "b_1", "b-1"][..]));
    let status = prop::option::of(select(&MaritalStatus::ALL[..]));
    (text(), middle, text(), text(), branch, status).prop_map(
        move |(first, middle, last, city, branch, status)| {
            let mut application = applicant(n);
            // What is no name (a blank, say) leaves the applicant's own.
            let details = &mut application.details;
            details.first_name = PersonName::parse(&first).unwrap_or_else(|_| details.first_name.clone());
            details.middle_name = middle.and_then(|text| PersonName::parse(&text).ok());
            details.last_name = PersonName::parse(&last).unwrap_or_else(|_| details.last_name.clone());
            details.postal_address.city =
                PlaceName::parse(&city).unwrap_or_else(|_| details.postal_address.city.clone());
            details.marital_status = status;
            application.branch = branch.map(|key| BranchKey::parse(key).unwrap());
            application
        },
    )
}

fn condition() -> impl Strategy<Value = Predicate> {
    let days = [
        None,
        Some(date(2026, 1, 4)),
        Some(date(2026, 1, 5)),
        Some(date(2026, 1, 6)),
        Some(date(9999, 12, 31)),
    ];
    let word = text().prop_map(|term| {
        let words = Word::split(&term).unwrap_or_default();
        Predicate::All(words.into_iter().map(Predicate::Mentions).collect())
    });
    prop_oneof![
        4 => word,
        1 => subsequence(&ClientState::ALL[..], 0..=6)
            .prop_map(|states| Predicate::InState(states.into_iter().collect())),
        1 => select(&["b%", "B%", "b_1", "x"][..]).prop_map(|key| Predicate::OfBranch(BranchKey::parse(key).unwrap())),
        1 => (select(days.to_vec()), select(days.to_vec()))
            .prop_map(|(first, last)| Predicate::Created(Period::new(first, last).unwrap_or_default())),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let directions = prop::array::uniform3(select(&[Direction::Ascending, Direction::Descending][..]));
    (subsequence(Property::ALL, 1..=3).prop_shuffle(), directions).prop_map(|(properties, directions)| {
        Order::by(properties.into_iter().zip(directions).collect()).unwrap()
    })
}

async fn settle(store: &dyn ClientStore, n: i64, application: Application) -> Client {
    // Five of them at each second, so that moments are equal, too.
    let mut change = client_domain::Client::onboard(application, &maker(n / 5 * 21_600));
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    let actions: &[Action] = match n % 4 {
        0 => &[],
        1 => &[Action::Approve],
        2 => &[Action::Approve, Action::Activate],
        _ => &[Action::Reject],
    };
    for action in actions {
        let next = performed(&change.client, *action, &maker(2_000_000 + n / 3));
        assert_eq!(store.commit(replacement(&change.client, &next)).await.unwrap(), Committed::Done);
        change = next;
    }
    change.client
}

fn expected(crowd: &[Client], predicate: &Predicate, order: &Order) -> Vec<(Position, i64)> {
    let mut found: Vec<_> = crowd
        .iter()
        .filter(|client| predicate.holds(client))
        .map(|client| (order.position(client), client.id().get()))
        .collect();
    found.sort_by(|one, other| order.compare(&one.0, &other.0));
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_clients_in_the_same_order_as_the_domain() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut runner = TestRunner::deterministic();
    let mut crowd = Vec::new();
    for n in 1..=CLIENTS {
        let application = application(n).new_tree(&mut runner).unwrap().current();
        crowd.push(settle(&store, n, application).await);
    }
    let (mut some, mut walked) = (0, 0);
    for _ in 0..SEARCHES {
        let conditions = prop::collection::vec(condition(), 0..3);
        let (predicate, order, limit) = (conditions.prop_map(Predicate::All), order(), 1_usize..30)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let expected = expected(&crowd, &predicate, &order);
        some += usize::from(!expected.is_empty() && expected.len() < crowd.len());

        let mut page = Page::Skip(0);
        let mut met = Vec::new();
        loop {
            let search =
                Search { predicate: predicate.clone(), order: order.clone(), page, limit, count: true };
            let found = store.search(&search).await.unwrap();
            assert_eq!(found.total, Some(expected.len() as u64), "{search:?}");
            met.extend(found.clients.iter().map(|client| client.id.get()));
            let Some(next) = found.next else { break };
            assert_eq!(next, expected[met.len() - 1].0);
            walked += 1;
            page = Page::After(next);
        }
        assert_eq!(met, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{predicate:?} {order:?}");
    }
    assert!(some > SEARCHES / 5 && walked > SEARCHES, "the generated searches say little: {some} {walked}");
}
