//! A hundred callers concurrently send one command under one key; then the key is tried on another body, by another
//! caller.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::history::{Outcome, Record};
use crate::options::{Options, Setup, Store};
use crate::report::Report;
use crate::{Actor, Order, RunError, applicant};

/// The number of concurrent callers.
const CALLERS: u32 = 100;

/// Each key has one effect and one answer, and belongs to its caller and its body.
///
/// The control gives each caller a key of its own, and changes the data so that no other rule stops it.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let setup = Setup { deadline: Duration::from_secs(30), refusals: true, ..Setup::default() };
    let mut bench = Bench::open("one-key", options, setup).await?;
    bench.report.control = options.control.then_some(Oracle::Doubled);
    let keys = options.rounds(50, 1_000);
    for key in 0..keys {
        let order = Order::create(format!("key-{key}"), Actor::Maker);
        let answers = at_once(&bench, &order, options.control).await;
        if let Some(first) = answers.first() {
            for other in &answers {
                let same = other.outcome == Outcome::Done && other.body == first.body;
                bench.report.findings.expect(same, Oracle::WrongAnswer, || {
                    format!("{}: {} {} beside {}", order.key, other.status, other.body, first.body)
                });
            }
            // They are one order, however many sent it.
            bench.history.add(first.clone());
            if !options.control {
                try_on_others(&mut bench, first).await;
            }
        }
        bench.progress(key + 1, keys);
    }
    bench.report.measure("keys", keys);
    bench.report.measure("callers of each", CALLERS);
    if options.control && options.store == Store::Memory {
        return Err(RunError::new("the control needs the database to see what was doubled"));
    }
    bench.check().await
}

async fn at_once(bench: &Bench, order: &Order, disguised: bool) -> Vec<Record> {
    let start = Arc::new(Barrier::new(CALLERS as usize));
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        let order = if disguised { order.with_fresh_key(number) } else { order.clone() };
        let (caller, base) = (bench.caller.clone(), bench.base(0));
        let (history, start) = (Arc::clone(&bench.history), Arc::clone(&start));
        callers.spawn(async move {
            start.wait().await;
            caller.try_once(&base, order, &history).await
        });
    }
    callers.join_all().await
}

/// An answer without the keys that the refusal of a duplicate names to readers on purpose.
fn without_holders(body: &str) -> String {
    let Ok(mut answer) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let errors = answer.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten();
    for details in errors.filter_map(|error| error.get_mut("details")?.as_object_mut()) {
        details.remove("contacts");
    }
    answer.to_string()
}

/// The key of an order, sent with another body, and sent by another caller.
async fn try_on_others(bench: &mut Bench, first: &Record) {
    let tag = |what: &str| format!("{}-{what}", first.order.tag);
    let with_key = |order: Order| Order { key: first.order.key.clone(), ..order };

    let mut another_body = first.order.clone();
    another_body.tag = tag("body");
    if let Some(members) = another_body.data.as_object_mut() {
        members.insert("city".to_owned(), json!("Abuja"));
    }
    let reused = expect(bench, another_body, 409, "idempotency_key_reused").await;

    let by_other = Order { tag: tag("actor"), by: Actor::Other, ..first.order.clone() };
    let foreign = expect(bench, by_other, 409, "duplicate_").await;
    for record in [&reused, &foreign] {
        let shown = without_holders(&record.body);
        let leaked = first.client().is_some_and(|client| shown.contains(&client));
        bench.report.findings.expect(!leaked, Oracle::WrongAnswer, || {
            format!("{} shows another caller's client: {}", record.order.tag, record.body)
        });
    }

    let own = with_key(Order::new(tag("own"), Actor::Other, "CreateContactCommand", applicant(&tag("own"))));
    let own = expect(bench, own, 200, "").await;
    let different = own.client() != first.client();
    bench.report.findings.expect(different, Oracle::WrongAnswer, || {
        format!("{} was answered with another caller's client", own.order.tag)
    });
    for record in [reused, foreign, own] {
        bench.history.add(record);
    }
}

async fn expect(bench: &mut Bench, order: Order, status: u16, code: &str) -> Record {
    let record = bench.caller.try_once(&bench.base(0), order, &bench.history).await;
    let right = record.status == status && record.body.contains(code);
    bench.report.findings.expect(right, Oracle::WrongAnswer, || {
        format!("{}: {} instead of {status} {code}: {}", record.order.tag, record.status, record.body)
    });
    record
}
