//! Generated searches over generated clients find the clients of the domain's evaluation, in its order.
//!
//! 2,000 searches in ten data sets; `SEARCHES=1000000 cargo test -p adapter-postgres --test it searches` makes more.

use client_app::ports::{ClientStore as _, Page, Search};
use client_domain::Client;
use client_domain::search::{Direction, Order, Position, Predicate, Property, Value, Word};
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRng, TestRunner};
use store_conformance::fixtures::conditions;

use crate::database::Database;
use crate::population::{DAYS, application, created, kyc_items, policy, settle, text};

const CLIENTS: i64 = 60;
const SEARCHES_OF_A_SET: usize = 200;

/// Conditions, words and groups of them; which values are compared with is decided by the clients there are.
#[derive(Clone, Debug)]
enum Plan {
    Condition(Vec<Property>, Index, Index, Index, Vec<String>),
    Words(String),
    Group(u8, Vec<Plan>),
}

fn plan() -> impl Strategy<Value = Plan> {
    let texts = prop::collection::vec(text(), 2);
    // A third of them is about documents.
    let properties = prop_oneof![2 => Just(Property::ALL.to_vec()), 1 => Just(of_documents().collect())];
    let condition = (properties, any::<Index>(), any::<Index>(), any::<Index>(), texts).prop_map(
        |(of, property, operator, value, texts)| Plan::Condition(of, property, operator, value, texts),
    );
    let leaf = prop_oneof![5 => condition, 1 => text().prop_map(Plan::Words)].boxed();
    let groups = leaf.clone().prop_recursive(4, 12, 4, |inner| {
        (0..3_u8, prop::collection::vec(inner, 0..4)).prop_map(|(logic, parts)| Plan::Group(logic, parts))
    });
    prop_oneof![leaf, groups]
}

fn of_documents() -> impl Iterator<Item = Property> {
    let all = Property::ALL.iter().copied();
    all.filter(|property| property.is_of_documents() || *property == Property::KycStatus)
}

impl Plan {
    fn predicate(&self, clients: &[Client]) -> Predicate {
        match self {
            Self::Words(term) => {
                let words = Word::split(term).unwrap_or_default();
                Predicate::All(words.into_iter().map(Predicate::Mentions).collect())
            }
            Self::Group(logic, parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.predicate(clients)).collect();
                match logic {
                    0 => Predicate::All(parts),
                    1 => Predicate::Any(parts),
                    _ => Predicate::Not(Box::new(Predicate::Any(parts))),
                }
            }
            Self::Condition(properties, property, operator, value, texts) => {
                let property = *property.get(properties);
                let operator = *operator.get(property.kind().operators());
                let mut values = conditions::values(property, clients);
                values.extend(texts.iter().map(|text| Value::from(text.as_str())));
                let all = conditions::with(property, operator, &values);
                if all.is_empty() { Predicate::every_client() } else { value.get(&all).clone() }
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

fn expected(clients: &[Client], predicate: &Predicate, order: &Order, today: Date) -> Vec<(Position, i64)> {
    let mut found: Vec<_> = clients
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
    let (mut some, mut about_documents, mut walked, mut done) = (0, 0, 0, 0);
    while done < searches {
        let database = Database::fresh().await;
        let store = database.store().await;
        let mut clients = Vec::new();
        for n in 1..=CLIENTS {
            let drawn = (created(), application(n), kyc_items()).new_tree(&mut runner).unwrap().current();
            clients.push(settle(&store, n, drawn).await);
        }
        for _ in 0..SEARCHES_OF_A_SET.min(searches - done) {
            let drawn = (plan(), order(), 1_usize..90, select(&DAYS[..]), policy());
            let (plan, order, limit, today, policy) = drawn.new_tree(&mut runner).unwrap().current();
            let predicate = plan.predicate(&clients).with_kyc_policy(&policy);
            let expected = expected(&clients, &predicate, &order, today);
            let tells_apart = !expected.is_empty() && expected.len() < clients.len();
            some += usize::from(tells_apart);
            about_documents += usize::from(tells_apart && of_documents().any(|one| predicate.asks_of(one)));
            done += 1;

            let written = || {
                let predicate = conditions::in_words(&predicate);
                format!("{predicate} {order:?} {today} {:?}", policy.required)
            };
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
        "seed {seed}: {done} searches, {some} that tell clients apart ({about_documents} by documents), {walked} pages \
         followed, no difference"
    );
    assert!(
        some * 4 > done && about_documents * 10 > done && walked * 4 > done,
        "the generated searches say little: {some} {about_documents} {walked} of {done}"
    );
}

fn bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
