//! Compares what the banks did with each other and with the model, and describes what differs.

use std::collections::BTreeSet;

use client_app::ports::{ClientRef, OutboxEvent};
use client_domain::{Claim, Client};
use client_wire::{Failure, Outcome, Reply};
use serde_json::{Map, Value, json};

use super::bank::Seen;
use super::expected::{Done, Expected, Refused};
use super::model::{Last, Model};
use super::query::Answer;

type Verdict = Result<(), String>;

fn equal<T: std::fmt::Debug + PartialEq>(what: &str, found: &T, expected: &T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}

/// Whether a bank did what the model says. `first` is what the first answer was, where this one repeats it.
pub fn check(seen: &Seen, model: &Model, first: Option<&Reply>) -> Verdict {
    match &model.last {
        Last::Command { expected, before, .. } => {
            let answer = &seen.answers[0];
            match expected {
                Expected::Refused(refused) => refusal(answer, refused)?,
                Expected::Done { done, replayed_from } => {
                    outcome(answer, done)?;
                    let reply = answer.as_ref().unwrap();
                    let replayed = reply.outcome == Outcome::Replayed;
                    equal("replayed", &replayed, &replayed_from.is_some())?;
                    if let Some(first) = first {
                        equal(
                            "repeated answer",
                            reply,
                            &Reply { outcome: Outcome::Replayed, ..first.clone() },
                        )?;
                    }
                }
            }
            clients(seen, model, before.as_deref())?;
        }
        Last::Nonsense { code, .. } => {
            let expected = Refused::of(vec![((*code).to_owned(), Some("commandName".to_owned()))]);
            refusal(&seen.answers[0], &expected)?;
        }
        Last::Query(query) => answered(&seen.answers, &query.expected)?,
        Last::Watch { round, reported } => {
            equal("round of the watch", &seen.round, &Some(*round))?;
            let known = reported.iter().map(|key| model.known(&ClientRef::Key(key.clone())).unwrap());
            equal("reported clients", &seen.reported_clients.len(), &reported.len())?;
            for (known, (client, history)) in known.zip(&seen.reported_clients) {
                let client = client.as_ref().ok_or("a client is missing")?;
                if *client != known.client {
                    return Err(difference(client, &known.client));
                }
                let expected: Vec<_> = known.history.iter().rev().cloned().collect();
                equal("history", history, &expected)?;
            }
        }
        Last::Relay { events, .. } => equal("events taken", &seen.taken, &by_client(events.clone()))?,
        _ => {}
    }
    let mut versions: Vec<_> = model
        .clients
        .iter()
        .map(|known| (known.client.key().as_str().to_owned(), Value::from(known.client.version().get())))
        .collect();
    versions.sort_by(|one, other| one.0.cmp(&other.0));
    equal("versions of all clients", &seen.versions, &versions)?;
    equal("events in the outbox", &seen.events, &by_client(model.free.clone()))
}

fn by_client(mut events: Vec<OutboxEvent>) -> Vec<OutboxEvent> {
    events.sort_by(|one, other| {
        (one.client.as_str(), one.version).cmp(&(other.client.as_str(), other.version))
    });
    events
}

/// The client that the command was about, as the store has it now.
fn clients(seen: &Seen, model: &Model, before: Option<&Client>) -> Verdict {
    let Some(found) = &seen.client else {
        return equal("the client is there", &before.is_some(), &false);
    };
    let known = model.clients.iter().find(|known| known.client.key() == found.key());
    let known = known.ok_or("a client exists that no command created")?;
    equal("state", &found.state(), &known.client.state())?;
    equal("version", &found.version(), &known.client.version())?;
    if *found != known.client {
        return Err(difference(found, &known.client));
    }
    let history: Vec<_> = known.history.iter().rev().cloned().collect();
    equal("history", &seen.history, &history)?;
    let held = |claims: Vec<Claim>, except: Option<&Client>| {
        let holders =
            model.clients.iter().filter(|known| Some(known.client.key()) != except.map(Client::key));
        let held = holders.flat_map(|known| known.client.claims()).filter(|claim| claims.contains(claim));
        held.map(|claim| claim.kind()).collect::<BTreeSet<_>>()
    };
    let former = before.unwrap_or(&known.client).claims();
    equal("former claims that a client has", &seen.claimed, &held(former, None))?;
    equal("claims that others have", &seen.shared, &held(known.client.claims(), Some(found)))
}

/// `Debug` of a client hides personal data, so the part that differs is named.
pub fn difference(found: &Client, expected: &Client) -> String {
    let (one, other) = (found.snapshot(), expected.snapshot());
    let parts = [
        ("details", one.details == other.details),
        ("approval", one.approval == other.approval),
        ("former names", one.former_names == other.former_names),
        ("makers", one.makers == other.makers),
        ("activations", one.activations == other.activations && one.activated_at == other.activated_at),
        ("created", one.created == other.created),
        ("modified", one.modified_at == other.modified_at),
        ("amendments", one.amendments == other.amendments),
        ("contact points", one.contact_verifications == other.contact_verifications),
        ("who entered contact points", one.contact_entries == other.contact_entries),
        ("documents", one.kyc.documents == other.kyc.documents),
        ("addresses", one.kyc.addresses == other.kyc.addresses),
    ];
    let differing: Vec<_> = parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect();
    format!("the client differs in {differing:?}: found {one:?}, expected {other:?}")
}

fn refusal(answer: &Result<Reply, Failure>, expected: &Refused) -> Verdict {
    let failure = match answer {
        Ok(reply) => return Err(format!("done ({reply:?}), expected {:?}", expected.reasons)),
        Err(failure) => failure,
    };
    let mut reasons: Vec<_> =
        failure.items.iter().map(|item| (item.code.name().to_owned(), item.field.clone())).collect();
    reasons.sort();
    equal("reasons", &reasons, &expected.reasons)?;
    equal("status", &failure.status, &failure.items[0].code.status())?;
    members(&failure.items[0].details, &expected.details)
}

fn outcome(answer: &Result<Reply, Failure>, expected: &Done) -> Verdict {
    let reply = answer.as_ref().map_err(|failure| format!("refused: {:?}", failure.items))?;
    equal("version of the answer", &reply.version, &expected.version)?;
    let data = reply.data.as_object().ok_or("the data is no object")?;
    let warnings: Vec<_> = data
        .get("warnings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|one| &one["code"])
        .collect();
    equal("warnings", &json!(warnings), &json!(expected.warnings))?;
    members(data, &expected.members)
}

fn members(found: &Map<String, Value>, expected: &Map<String, Value>) -> Verdict {
    expected.iter().try_for_each(|(name, value)| equal(name, found.get(name).unwrap_or(&Value::Null), value))
}

fn answered(answers: &[Result<Reply, Failure>], expected: &Answer) -> Verdict {
    if let Answer::Refused(refused) = expected {
        return refusal(&answers[0], refused);
    }
    let pages: Result<Vec<_>, _> =
        answers.iter().map(|answer| answer.as_ref().map(|page| &page.data)).collect();
    let pages = pages.map_err(|failure| format!("refused: {:?}", failure.items))?;
    match expected {
        Answer::Members(expected) => members(pages[0].as_object().unwrap(), expected),
        Answer::Actions(expected) => {
            let shown = |action: &Value| {
                let blocker = action["unmet"].as_array().unwrap().iter().map(|one| one["code"].clone());
                json!([action["action"], action["allowed"], action["toState"], blocker.collect::<Vec<_>>()])
            };
            equal("actions", &pages[0]["actions"].as_array().unwrap().iter().map(shown).collect(), expected)
        }
        Answer::Evidence { members: expected, list, entries } => {
            let found = pages[0].as_object().unwrap();
            members(found, expected)?;
            let found = found[*list].as_array().unwrap();
            equal("entries", &found.len(), &entries.len())?;
            let mut pairs = found.iter().zip(entries);
            pairs.try_for_each(|(found, expected)| members(found.as_object().unwrap(), expected))
        }
        Answer::Pages { list, members, values, .. } => {
            let entries = pages.iter().flat_map(|page| page[list].as_array().unwrap());
            let shown = |entry: &Value| members.iter().map(|member| entry[member].clone()).collect::<Value>();
            equal(list, &entries.map(shown).collect(), values)?;
            let totals = pages.iter().filter_map(|page| page["totalCount"].as_u64());
            totals.into_iter().try_for_each(|total| equal("total", &total, &(values.len() as u64)))
        }
        Answer::Refused(_) => Ok(()),
    }
}
