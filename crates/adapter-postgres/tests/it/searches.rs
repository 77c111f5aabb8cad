//! Generated searches over generated clients find whom the domain says, in the order the domain says.
//!
//! 2,000 searches in ten data sets; `SEARCHES=1000000 cargo test -p adapter-postgres --test it searches` makes more.

use client_app::conformance::conditions;
use client_app::conformance::fixtures::{applicant, creation, maker, performed, replacement};
use client_app::ports::{ClientStore, Committed, Page, Search};
use client_domain::client::Application;
use client_domain::lifecycle::Action;
use client_domain::search::{Data, Direction, Order, Position, Predicate, Property, Word};
use client_domain::value::{
    AccountOfficerId, BirthDate, BranchKey, Country, Gender, MaritalStatus, PersonName, PlaceName,
};
use client_domain::{Client, Stamp};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRng, TestRunner};

use crate::database::Database;

const CLIENTS: i64 = 60;
const SEARCHES_OF_A_SET: usize = 200;

/// What patterns, quoting, folding and collations elsewhere stumble over.
fn part() -> impl Strategy<Value = String> {
    let parts = [
        "a",
        "A",
        "á",
        "a\u{301}",
        "b",
        "ß",
        "ss",
        "ø",
        "o",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "%a",
        "\\_",
        "李",
        "小",
        "\u{FA0E}",
        "𠮷",
        "Я",
        "я",
        "Ω",
        "ό",
        "か",
        "が",
        "ﬁ",
        "İ",
        "ı",
        "i",
        "1",
        "-",
        "(1)",
        "z",
        "~",
        "{",
        " ",
        "ada",
        "okafor",
        "مُحَمَّد",
        "עִבְרִית",
        "कि",
    ];
    select(parts.to_vec()).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(part(), 1..5).prop_map(|parts| parts.concat())
}

/// The day that is today, which is also the day on which some of the clients come.
fn today() -> impl Strategy<Value = Date> {
    select(vec![
        date(2026, 1, 5),
        date(2026, 1, 31),
        date(2025, 2, 28),
        date(2024, 2, 29),
        date(2026, 12, 31),
    ])
}

/// Moments around the edges of days, weeks, months and years; many are equal.
fn created() -> impl Strategy<Value = Timestamp> {
    let moments = [
        "2023-12-31T23:59:59.999999Z",
        "2024-02-29T00:00:00Z",
        "2024-02-29T12:00:00.5Z",
        "2025-02-28T23:59:59.999999Z",
        "2025-03-01T00:00:00Z",
        "2025-12-31T23:59:59.999999Z",
        "2026-01-01T00:00:00Z",
        "2026-01-05T00:00:00Z",
        "2026-01-05T09:00:00.123456Z",
        "2026-01-11T23:59:59.999999Z",
        "2026-01-31T23:30:00Z",
    ];
    select(moments.map(|moment| moment.parse().unwrap()).to_vec())
}

fn born() -> impl Strategy<Value = BirthDate> {
    let days = [
        date(1900, 1, 1),
        date(1950, 2, 28),
        date(1960, 2, 29),
        date(1960, 3, 1),
        date(1990, 12, 31),
        date(1991, 1, 1),
        date(2000, 2, 29),
        date(2004, 2, 29),
        date(2008, 1, 5),
    ];
    select(days.to_vec()).prop_map(|day| BirthDate::new(day, date(2026, 1, 1)).unwrap())
}

fn application(n: i64) -> impl Strategy<Value = Application> {
    let texts = (text(), prop::option::of(text()), text(), text(), text());
    let branch = prop::option::of(select(&["b%", "B%", "b_1", "b-1"][..]));
    let status = prop::option::of(select(&MaritalStatus::ALL[..]));
    let officer = prop::option::of(1_i64..4);
    let others =
        (branch, status, officer, born(), select(&Gender::ALL[..]), select(&["NG", "CI", "AX", "GB"][..]));
    (texts, others).prop_map(
        move |((first, middle, last, city, address), (branch, status, officer, born, gender, country))| {
            let mut application = applicant(n);
            // What is no name (a blank, say) leaves the applicant's own.
            let details = &mut application.details;
            details.first_name = PersonName::parse(&first).unwrap_or_else(|_| details.first_name.clone());
            details.middle_name = middle.and_then(|text| PersonName::parse(&text).ok());
            details.last_name = PersonName::parse(&last).unwrap_or_else(|_| details.last_name.clone());
            let place = &mut details.postal_address;
            place.city = PlaceName::parse(&city).unwrap_or_else(|_| place.city.clone());
            place.state = PlaceName::parse(&address).unwrap_or_else(|_| place.state.clone());
            place.country = Country::parse(country).unwrap();
            details.marital_status = status;
            details.account_officer = officer.map(|number| AccountOfficerId::new(number).unwrap());
            application.branch = branch.map(|key| BranchKey::parse(key).unwrap());
            application.birth_date = born;
            application.gender = gender;
            application
        },
    )
}

/// Conditions, words and groups of them; which values are compared with is decided by the clients there are.
#[derive(Clone, Debug)]
enum Plan {
    Condition(Index, Index, Index, Vec<String>),
    Words(String),
    Group(u8, Vec<Plan>),
}

fn plan() -> impl Strategy<Value = Plan> {
    let texts = prop::collection::vec(text(), 2);
    let condition = (any::<Index>(), any::<Index>(), any::<Index>(), texts)
        .prop_map(|(property, operator, value, texts)| Plan::Condition(property, operator, value, texts));
    let leaf = prop_oneof![5 => condition, 1 => text().prop_map(Plan::Words)].boxed();
    let groups = leaf.clone().prop_recursive(4, 12, 4, |inner| {
        (0..3_u8, prop::collection::vec(inner, 0..4)).prop_map(|(logic, parts)| Plan::Group(logic, parts))
    });
    prop_oneof![leaf, groups]
}

impl Plan {
    fn predicate(&self, crowd: &[Client]) -> Predicate {
        match self {
            Self::Words(term) => {
                let words = Word::split(term).unwrap_or_default();
                Predicate::All(words.into_iter().map(Predicate::Mentions).collect())
            }
            Self::Group(logic, parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.predicate(crowd)).collect();
                match logic {
                    0 => Predicate::All(parts),
                    1 => Predicate::Any(parts),
                    _ => Predicate::Not(Box::new(Predicate::Any(parts))),
                }
            }
            Self::Condition(property, operator, value, texts) => {
                let property = *property.get(Property::ALL);
                let operator = *operator.get(property.kind().operators());
                let mut values = conditions::values(property, crowd);
                values.extend(texts.iter().map(|text| Data::from(text.as_str())));
                let all = conditions::with(property, operator, &values);
                if all.is_empty() { Predicate::everybody() } else { value.get(&all).clone() }
            }
        }
    }
}

fn order() -> impl Strategy<Value = Order> {
    let directions = prop::array::uniform3(select(&[Direction::Ascending, Direction::Descending][..]));
    let sortable: Vec<_> = Property::sortable().collect();
    (subsequence(sortable, 1..=3).prop_shuffle(), directions).prop_map(|(properties, directions)| {
        Order::by(properties.into_iter().zip(directions).collect()).unwrap()
    })
}

async fn settle(store: &dyn ClientStore, n: i64, created: Timestamp, application: Application) -> Client {
    let stamp = Stamp::new(maker(0).by, created);
    let mut change = client_domain::Client::onboard(application, &stamp);
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

fn expected(crowd: &[Client], predicate: &Predicate, order: &Order, today: Date) -> Vec<(Position, i64)> {
    let mut found: Vec<_> = crowd
        .iter()
        .filter(|client| predicate.evaluate(client, today))
        .map(|client| (order.position(client), client.id().get()))
        .collect();
    found.sort_by(|one, other| order.compare(&one.0, &other.0));
    found
}

#[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration of the service")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_clients_in_the_same_order_as_the_domain() {
    let seed = number("SEARCH_SEED", 20_260_105);
    let searches = usize::try_from(number("SEARCHES", 2_000)).unwrap();
    let config = Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes(seed)));
    let (mut some, mut walked, mut done) = (0, 0, 0);
    while done < searches {
        let database = Database::fresh().await;
        let store = database.store().await;
        let mut crowd = Vec::new();
        for n in 1..=CLIENTS {
            let drawn = (created(), application(n)).new_tree(&mut runner).unwrap().current();
            crowd.push(settle(&store, n, drawn.0, drawn.1).await);
        }
        for _ in 0..SEARCHES_OF_A_SET.min(searches - done) {
            let drawn = (plan(), order(), 1_usize..90, today());
            let (plan, order, limit, today) = drawn.new_tree(&mut runner).unwrap().current();
            let predicate = plan.predicate(&crowd);
            let expected = expected(&crowd, &predicate, &order, today);
            some += usize::from(!expected.is_empty() && expected.len() < crowd.len());
            done += 1;

            let written = || format!("{} {order:?} {today}", serde_json::to_string(&predicate).unwrap());
            let mut page = Page::Skip(0);
            let mut met = Vec::new();
            loop {
                let search = Search {
                    predicate: predicate.clone(),
                    order: order.clone(),
                    page,
                    limit,
                    count: true,
                    today,
                };
                let found =
                    store.search(&search).await.unwrap_or_else(|error| panic!("{error:?} {}", written()));
                assert_eq!(found.total, Some(expected.len() as u64), "{}", written());
                met.extend(found.clients.iter().map(|client| client.id.get()));
                let Some(next) = found.next else { break };
                assert_eq!(next, expected[met.len() - 1].0);
                walked += 1;
                page = Page::After(next);
            }
            assert_eq!(met, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{}", written());
        }
    }
    println!(
        "seed {seed}: {done} searches, {some} that tell clients apart, {walked} pages followed, no difference"
    );
    assert!(
        some * 4 > done && walked * 4 > done,
        "the generated searches say little: {some} {walked} of {done}"
    );
}

fn bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
