//! Generated searches over generated clients find the clients of the domain's evaluation, in its order.
//!
//! 2,000 searches in ten data sets; `SEARCHES=1000000 cargo test -p adapter-postgres --test it searches` makes more.

use client_app::ports::{ClientStore as _, Committed, Counting, Grouping, KycRenewal, Page, Search, Totals};
use client_domain::kyc::{KycPolicy, KycStatus, KycStatusRule};
use client_domain::search::{Order, Position, Predicate, field};
use client_domain::{Client, ClientState};
use jiff::ToSpan as _;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRng, TestRunner};
use store_conformance::fixtures::{conditions, renamed, replacement};

use crate::database::Database;
use crate::population::{DAYS, application, created, kyc_items, policy, settle};
use crate::predicates::{of_documents, order, plan};

const CLIENTS: i64 = 60;
const SEARCHES_OF_A_SET: usize = 200;

fn expected(clients: &[Client], predicate: &Predicate, order: &Order, today: Date) -> Vec<(Position, i64)> {
    let mut found: Vec<_> = clients
        .iter()
        .filter(|client| predicate.evaluate(client, today))
        .map(|client| (order.position(client), client.id().get()))
        .collect();
    found.sort_by(|one, other| order.compare(&one.0, &other.0));
    found
}

/// The first page, and where the next one begins.
fn expected_page(
    clients: &[Client],
    predicate: &Predicate,
    order: &Order,
    today: Date,
    limit: usize,
) -> (Vec<i64>, Option<Position>) {
    let all = expected(clients, predicate, order, today);
    let next = all.get(limit - 1).filter(|_| all.len() > limit).map(|(position, _)| position.clone());
    (all.iter().take(limit).map(|(_, id)| *id).collect(), next)
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
        let newest_first = database.newest_first(&store, CLIENTS / 3).await;
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
                    totals: Totals::Exact,
                    today,
                };
                let found =
                    store.search(&search).await.unwrap_or_else(|error| panic!("{error:?} {}", written()));
                assert_eq!(found.total, Totals::Exact.of(expected.len() as u64), "{}", written());
                met.extend(found.clients.iter().map(|client| client.id.get()));
                let Some(next) = found.next else { break };
                assert_eq!(next, expected[met.len() - 1].0);
                walked += 1;
                page = Page::After(next);
            }
            assert_eq!(met, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{}", written());

            let (order, totals) = (Order::default(), Totals::None);
            let expected = expected_page(&clients, &predicate, &order, today, limit);
            let search =
                Search { predicate: predicate.clone(), order, page: Page::Skip(0), limit, totals, today };
            let found = newest_first.search(&search).await.unwrap();
            let met: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
            assert_eq!((met, found.next), expected, "among the newest first: {}", written());
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

/// Statuses that are stored, partly and wholly, for other days and by other policies, make no difference to what is found at
/// the edges of the days of documents, while clients change.
#[tokio::test(flavor = "multi_thread")]
async fn kyc_statuses_are_those_of_the_domain_whatever_is_renewed() {
    let seed = number("SEARCH_SEED", 20_260_105);
    let config = Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes(seed)));
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut clients = Vec::new();
    for n in 1..=CLIENTS {
        let drawn = (created(), application(n), kyc_items()).new_tree(&mut runner).unwrap().current();
        clients.push(settle(&store, n, drawn).await);
    }
    let policies = prop::collection::vec(policy(), 3).new_tree(&mut runner).unwrap().current();
    let day = || (select(&DAYS[..]), -2_i32..3).prop_map(|(day, after)| day.saturating_add(after.days()));
    let (mut stored, mut told_apart, mut renewed) = (0, 0, 0);
    for _ in 0..usize::try_from(number("SEARCHES", 2_000)).unwrap() / 10 {
        let drawn =
            (day(), day(), 0_usize..3, 0_usize..3, 0_usize..40, 0_usize..clients.len(), any::<[bool; 3]>());
        let (today, other, policy, another, limit, changed, [again, is_same, writes]) =
            drawn.new_tree(&mut runner).unwrap().current();
        let state = clients[changed].state();
        if writes
            && [ClientState::PendingApproval, ClientState::Approved, ClientState::Active].contains(&state)
        {
            let before = clients[changed].snapshot().details.first_name.as_str() == "Eze";
            let name = if before { "Okafor" } else { "Eze" };
            let change = renamed(&clients[changed], name);
            let committed = store.commit(replacement(&clients[changed], &change)).await.unwrap();
            assert_eq!(committed, Committed::Done);
            clients[changed] = change.client;
        }
        database.age_kyc_statuses().await;
        let (of, on) = if is_same { (policy, today) } else { (another, other) };
        let rule = KycStatusRule::of(&policies[of]);
        let renewal = KycRenewal { rule, today: on, limit, other_rules: again };
        renewed += store.renew_kyc_statuses(&renewal).await.unwrap().renewed;
        let policy: &KycPolicy = &policies[policy];
        for status in KycStatus::ALL {
            let predicate = field::KYC_STATUS.equals(status.name()).check().unwrap().with_kyc_policy(policy);
            let order = Order::default();
            let expected = expected(&clients, &predicate, &order, today);
            let search =
                Search { predicate, order, page: Page::Skip(0), limit: 100, totals: Totals::Exact, today };
            let found = store.search(&search).await.unwrap();
            let ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
            let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
            assert_eq!(
                (ids, found.total),
                (expected.clone(), Totals::Exact.of(expected.len() as u64)),
                "{status} {today}"
            );
            told_apart += usize::from(!expected.is_empty() && expected.len() < clients.len());
        }
        let by = Grouping::KycStatus(KycStatusRule::of(policy));
        let bounds = client_app::ports::CountBounds { entries: 1_000, rows: 1_000, branches: 1 };
        let counting = Counting { predicate: Predicate::every_client(), today, by, bounds };
        assert_eq!(store.count(&counting).await.unwrap(), counting.of(&clients), "{today}");
        stored += usize::from(is_same && limit > 20);
    }
    println!(
        "{renewed} renewals, {told_apart} searches that tell clients apart, {stored} of mostly stored statuses"
    );
    assert!(renewed > 1_000 && told_apart > 300 && stored > 20, "{renewed} {told_apart} {stored}");
}

fn bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
