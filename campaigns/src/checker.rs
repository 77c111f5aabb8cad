//! Whether what callers were told is what is there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::findings::{Findings, Oracle};
use crate::history::{Outcome, Record};
use crate::holdings::{Client, Holdings, Line};
use crate::{Order, schema};

/// Compares what callers were told with what is there.
///
/// Each acknowledged order has exactly one effect, which is what was ordered, a refused one none and one of unknown outcome at most one; nothing
/// is there that nobody ordered; each client's history is whole, and outbox, claims and kept outcomes match it.
pub fn judge(records: &[Record], holdings: &Holdings) -> Findings {
    let mut findings = Findings::default();
    effects(records, holdings, &mut findings);
    contents(records, holdings, &mut findings);
    kept_outcomes(records, holdings, &mut findings);
    findings.append(whole(holdings));
    findings
}

/// Whether what is there fits together, whoever ordered it.
pub fn whole(holdings: &Holdings) -> Findings {
    let mut findings = Findings::default();
    histories(holdings, &mut findings);
    approvals(holdings, &mut findings);
    events(holdings, &mut findings);
    claims(holdings, &mut findings);
    findings.expect(holdings.idle_in_transaction == 0, Oracle::IdleInTransaction, || {
        format!("{} sessions", holdings.idle_in_transaction)
    });
    findings
}

/// Each order against the lines that carry its tag.
fn effects(records: &[Record], holdings: &Holdings, findings: &mut Findings) {
    let mut by_tag: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &holdings.lines {
        by_tag.entry(&line.request).or_default().push(line);
    }
    for record in records {
        let tag = record.order.tag.as_str();
        let lines = by_tag.remove(tag).unwrap_or_default();
        let told = || format!("{} {tag}, answered {}", record.order.command, record.status);
        if lines.len() > 1 {
            findings.add(Oracle::Doubled, format!("{}: {} effects", told(), lines.len()));
        }
        match record.outcome {
            Outcome::Done if lines.is_empty() => findings.add(Oracle::Lost, told()),
            Outcome::Done => {
                let client = record.client();
                let of_client = lines.iter().any(|line| Some(&line.client) == client.as_ref());
                findings.expect(of_client, Oracle::WrongAnswer, || format!("{}: another client", told()));
                for line in lines {
                    findings.expect(is_what_was_ordered(line, &record.order), Oracle::WrongAnswer, || {
                        format!("{}: {line:?}", told())
                    });
                }
            }
            Outcome::Refused => {
                findings.expect(lines.is_empty(), Oracle::Uncalled, || format!("{}: has an effect", told()));
            }
            Outcome::Unknown => {}
        }
    }
    for (tag, lines) in by_tag {
        findings.add(Oracle::Uncalled, format!("nobody ordered {tag}: {} lines", lines.len()));
    }
}

/// The line names the client, the command and the caller of the order, and the state that it leads to.
fn is_what_was_ordered(line: &Line, order: &Order) -> bool {
    let named = order.data.get("contactEncodedKey").and_then(Value::as_str);
    let state = schema::LEADS_TO.iter().find(|(command, _)| *command == order.command);
    named.is_none_or(|client| client == line.client)
        && line.command == order.command
        && line.actor == order.by.subject()
        && state.is_none_or(|(_, state)| *state == line.state)
}

/// The town of each client is the one that was last acknowledged, where no order about it is unknown.
fn contents(records: &[Record], holdings: &Holdings, findings: &mut Findings) {
    let versions: BTreeMap<&str, &Line> =
        holdings.lines.iter().map(|line| (line.request.as_str(), line)).collect();
    let mut towns: BTreeMap<String, (i64, Option<&str>)> = BTreeMap::new();
    for record in records {
        let order = &record.order;
        let named = order.data.get("contactEncodedKey").and_then(Value::as_str).map(str::to_owned);
        let Some(client) = named.or_else(|| record.client()) else { continue };
        let town = order.data.get("city").and_then(Value::as_str);
        let version = match record.outcome {
            Outcome::Refused => continue,
            Outcome::Done => versions.get(order.tag.as_str()).map_or(0, |line| line.version),
            // Nobody can say what holds.
            Outcome::Unknown => i64::MAX,
        };
        let last = towns.entry(client).or_insert((0, None));
        if version > last.0 && (town.is_some() || version == i64::MAX) {
            *last = (version, if version == i64::MAX { None } else { town });
        }
    }
    for client in &holdings.clients {
        if let Some((_, Some(town))) = towns.get(&client.key) {
            findings.expect(client.city == *town, Oracle::Lost, || {
                format!("client {} lives in {}, but was last told {town}", client.key, client.city)
            });
        }
    }
}

/// Versions go from 1 to the client's without a hole, and the last line leads to the client's state.
fn histories(holdings: &Holdings, findings: &mut Findings) {
    let mut by_client: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &holdings.lines {
        by_client.entry(&line.client).or_default().push(line);
    }
    for Client { key, version, state, .. } in &holdings.clients {
        let lines = by_client.remove(key.as_str()).unwrap_or_default();
        let versions: Vec<i64> = lines.iter().map(|line| line.version).collect();
        findings.expect(versions.iter().copied().eq(1..=*version), Oracle::Gap, || {
            format!("client {key}: version {version}, history {versions:?}")
        });
        let last = lines.last().map(|line| line.state);
        findings.expect(last == Some(*state), Oracle::Gap, || {
            format!("client {key}: state {state}, history ends with {last:?}")
        });
    }
    for (key, lines) in by_client {
        findings.add(Oracle::Gap, format!("no client {key}, but {} lines", lines.len()));
    }
}

/// Nobody approves what they have touched since the last decision; every service of a campaign runs with four eyes.
fn approvals(holdings: &Holdings, findings: &mut Findings) {
    let mut makers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in &holdings.lines {
        let makers = makers.entry(&line.client).or_default();
        match line.command.as_str() {
            "ApproveCustomerCommand" => {
                findings.expect(!makers.contains(line.actor.as_str()), Oracle::FourEyes, || {
                    format!(
                        "client {} version {}: {} approved own work",
                        line.client, line.version, line.actor
                    )
                });
                makers.clear();
            }
            "RejectCustomerCommand" => makers.clear(),
            command if schema::TOUCHES.contains(&command) => {
                makers.insert(&line.actor);
            }
            _ => {}
        }
    }
}

/// One event for each line.
fn events(holdings: &Holdings, findings: &mut Findings) {
    let mut balance: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
    for line in &holdings.lines {
        *balance.entry((&line.client, line.version, &line.event)).or_default() += 1;
    }
    for (client, version, kind) in &holdings.events {
        *balance.entry((client, *version, kind)).or_default() -= 1;
    }
    for ((client, version, kind), left) in balance {
        findings.expect(left == 0, Oracle::Outbox, || {
            format!("client {client} version {version}, {kind}: {left} more lines than events")
        });
    }
}

/// One claim of each kind for a client that may have some, none for any other.
fn claims(holdings: &Holdings, findings: &mut Findings) {
    let mut by_client: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (client, kind) in &holdings.claims {
        by_client.entry(client).or_default().push(kind);
    }
    for client in &holdings.clients {
        let mut found = by_client.remove(client.key.as_str()).unwrap_or_default();
        found.sort_unstable();
        let expected: &[&str] =
            if schema::CLAIMLESS.contains(&client.state) { &[] } else { &schema::CLAIMED };
        findings.expect(found == expected, Oracle::Claims, || {
            format!("client {} in state {} claims {found:?}", client.key, client.state)
        });
    }
    for (client, kinds) in by_client {
        findings.add(Oracle::Claims, format!("no client {client}, but it claims {kinds:?}"));
    }
}

/// The outcome of each acknowledged order is kept under its key.
fn kept_outcomes(records: &[Record], holdings: &Holdings, findings: &mut Findings) {
    let kept: BTreeSet<(&str, &str, &str)> = holdings
        .keys
        .iter()
        .map(|(actor, command, key)| (actor.as_str(), command.as_str(), key.as_str()))
        .collect();
    for Record { order, .. } in records.iter().filter(|record| record.outcome == Outcome::Done) {
        let known = kept.contains(&(order.by.subject(), order.command, order.key.as_str()));
        findings.expect(known, Oracle::Replay, || format!("no outcome is kept of {}", order.key));
    }
}
