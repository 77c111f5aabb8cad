//! Hostile texts in every place of a search that takes one, on both stores: the answer is a named error or the same
//! clients, nothing is written, and the database never gets a statement with a syntax error.
//!
//! Every property meets every operator that it takes with a tenth of the texts, another tenth for each pair, so that
//! every text meets every property and every operator. `HOSTILE_STEP=1` makes every pair meet all of them.

mod fixture;
mod texts;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_domain::search::{Operator, Property, Takes};
use client_wire::Status;
use serde_json::{Value, json};

use fixture::{Fixture, code};

/// The number of concurrent searches.
const ASKERS: usize = 4;

#[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration of the service")]
fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// What an operator would take, made of one text.
fn operand(operator: Operator, text: &str) -> Value {
    match operator.takes() {
        Takes::Many => json!([text, "zz"]),
        Takes::Two => json!([text, text]),
        _ => json!(text),
    }
}

/// Every search in which a text takes the place of a value that fits or might.
fn of_values(texts: &[(&str, String)]) -> Vec<Value> {
    let step = number("HOSTILE_STEP", 10);
    let mut asked = Vec::new();
    for (row, property) in Property::ALL.iter().enumerate() {
        for (column, operator) in Operator::ALL.iter().enumerate() {
            let fits = property.kind().operators().contains(operator);
            // A condition that does not fit is refused before its value is read, so a few are enough.
            let step = if fits { step } else { 60 };
            for (_, text) in texts.iter().skip((row + column) % step).step_by(step) {
                let value = operand(*operator, text);
                let one = json!({ "field": property.name(), "operator": operator.name(), "value": value });
                asked.push(json!({ "filters": [one] }));
            }
        }
    }
    asked
}

/// Every search in which a text replaces something other than a value.
fn of_names(texts: &[(&str, String)]) -> Vec<Value> {
    let filter = |text: &str, at: &str| {
        let mut one = json!({ "propertyName": "city", "operator": "Equals", "value": "a" });
        one[at] = text.into();
        json!({ "filters": [one] })
    };
    let mut asked = Vec::new();
    for (_, text) in texts {
        let text = text.as_str();
        asked.extend([filter(text, "propertyName"), filter(text, "operator"), filter(text, "searchTerm")]);
        asked.extend([
            json!({ "filters": [{ "field": text, "operator": text, "value": text }] }),
            json!({ "filters": [{ "logic": text, "filters": [{ "searchTerm": text }] }] }),
            json!({ "filters": text }),
            json!({ "filters": [{ text: text }] }),
            json!({ "sort": [{ "propertyName": text, "direction": "asc" }] }),
            json!({ "sort": [{ "propertyName": "city", "direction": text }] }),
            json!({ "cursor": text }),
            json!({ "pageNumber": text }),
            json!({ "status": [text] }),
            json!({ "startDate": text, "endDate": text }),
            json!({ text: text }),
        ]);
    }
    asked
}

/// Every search for a text.
fn of_terms(texts: &[(&str, String)]) -> Vec<Value> {
    let mut asked = Vec::new();
    for (_, text) in texts {
        asked.extend([
            json!({ "searchTerm": text }),
            json!({ "searchText": text }),
            json!({ "branchEncodedKey": text }),
            json!({ "filters": [{ "searchTerm": text }], "sort": [{ "propertyName": "lastName", "direction": "desc" }] }),
        ]);
    }
    asked
}

/// Sends all of these to both stores; returns how many found clients, found none and were refused.
async fn ask(fixture: &Arc<Fixture>, asked: Vec<Value>) -> [usize; 3] {
    let (asked, next) = (Arc::new(asked), Arc::new(AtomicUsize::new(0)));
    let askers = (0..ASKERS).map(|_| {
        let (fixture, asked, next) = (Arc::clone(fixture), Arc::clone(&asked), Arc::clone(&next));
        tokio::spawn(async move {
            let mut answers = [0; 3];
            while let Some(data) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
                let at = match fixture.search(data).await {
                    Ok(reply) => usize::from(reply.data["contacts"].as_array().unwrap().is_empty()),
                    Err(failure) => {
                        let wrong = || format!("{:?} to {data}", failure.items);
                        assert_eq!(failure.status, Status::BadRequest, "{}", wrong());
                        assert!(failure.cause.is_none() && !failure.items.is_empty(), "{}", wrong());
                        2
                    }
                };
                answers[at] += 1;
            }
            answers
        })
    });
    let mut all = [0; 3];
    for asker in askers.collect::<Vec<_>>() {
        for (sum, count) in all.iter_mut().zip(asker.await.unwrap()) {
            *sum += count;
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_are_only_ever_values() {
    let texts = texts::all();
    assert!(texts.len() >= 150, "{}", texts.len());
    let fixture = Arc::new(Fixture::make().await);
    // A share of the texts is stored, so that searches have something to find.
    let (mut kept, mut numbers) = (0, 0);
    for (n, (_, text)) in texts.iter().enumerate() {
        if kept < n / 12 + 3 {
            let [is_name, is_number] = fixture.keep(n, text).await;
            kept += usize::from(is_name);
            numbers += usize::from(is_number);
        }
    }
    assert!(kept > 20 && numbers > 15, "{kept} {numbers}");
    let before = fixture.contents().await;

    let begun = std::time::Instant::now();
    for (what, asked) in
        [("values", of_values(&texts)), ("names", of_names(&texts)), ("terms", of_terms(&texts))]
    {
        let count = asked.len();
        let [found, empty, refused] = ask(&fixture, asked).await;
        println!(
            "{what}: {count} searches, {found} find clients, {empty} find none, {refused} are refused, {:?}",
            begun.elapsed()
        );
        assert!(refused > 0 && (what == "names" || (found > 100 && empty > 100)), "{what} say little");
    }

    assert_eq!(fixture.contents().await, before, "a search has written something");
    let log = fixture.log();
    let wrong: Vec<_> = log
        .lines()
        .filter(|line| ["ERROR", "FATAL", "PANIC"].iter().any(|word| line.contains(word)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_names_in_a_search_are_rejected_by_code() {
    let fixture = Fixture::make().await;
    for (class, text) in texts::all() {
        let condition = |name: &str, value: &str| {
            let mut one = json!({ "propertyName": "city", "operator": "Equals", "value": "a" });
            one[name] = value.into();
            json!({ "filters": [one] })
        };
        for (data, refused) in [
            (condition("propertyName", &text), "unknown_property"),
            (condition("operator", &text), "unknown_operator"),
            (json!({ "filters": [{ "logic": text, "filters": [{ "searchTerm": "a" }] }] }), "choice"),
            (json!({ "cursor": text }), "cursor_invalid"),
        ] {
            let failure = fixture.search(&data).await.expect_err(&text);
            // A blank name counts as a missing one.
            let codes = [refused, "required"];
            assert!(codes.contains(&code(&failure)), "{class} {text:?}: {:?} to {data}", failure.items);
        }
    }
}

/// Whether a character is more than an accent or a sign between the parts of a name. Modifier letters, such as the letter
/// apostrophe, are letters for Unicode and apostrophes in names.
fn counts_in_a_name(c: char) -> bool {
    c.is_alphanumeric() && !('\u{2B0}'..='\u{2FF}').contains(&c)
}

/// A text is found as it was sent, also with the blanks that a form or a sheet leaves around it. Only a text of which
/// nothing is left without its accents and punctuation is no part of a name to look for, since every name would have it;
/// that is said.
#[tokio::test(flavor = "multi_thread")]
async fn every_stored_text_finds_its_client() {
    const WHOLE: [&str; 3] = ["Equals", "EqualsCaseSensitive", "In"];
    const PARTS: [&str; 3] = ["StartsWith", "EndsWith", "Contains"];
    let fixture = Fixture::make().await;
    let (mut kept, mut missed, mut refused) = (0, Vec::new(), 0);
    for (n, (class, text)) in texts::all().into_iter().enumerate() {
        if !fixture.keep(n, &text).await[0] {
            continue;
        }
        kept += 1;
        let bare = WHOLE.iter().chain(&PARTS).map(|operator| (*operator, text.clone()));
        let blanks = [("Equals", format!(" {text}\u{a0}")), ("In", format!("{text}\t"))];
        for (operator, text) in bare.chain(blanks).chain([("Contains", format!("{text} "))]) {
            let value = if operator == "In" { json!([text]) } else { json!(text) };
            let data = json!({ "filters": [{ "field": "lastName", "operator": operator, "value": value }] });
            match fixture.search(&data).await {
                Ok(reply) if reply.data["totalCount"] != 0 => {}
                Err(failure)
                    if PARTS.contains(&operator)
                        && !text.contains(counts_in_a_name)
                        && ["invisible", "nothing_to_compare"].contains(&code(&failure)) =>
                {
                    refused += 1;
                }
                answer => missed.push(format!("{class} {operator} {text:?}: {answer:?}")),
            }
        }
    }
    println!("{kept} of the texts are kept as names, {refused} searches are refused");
    assert!(kept > 200 && refused < kept, "{kept} {refused}");
    assert!(missed.is_empty(), "{missed:#?}");
}
