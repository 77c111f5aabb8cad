//! Compares the answers that callers got with the contents of the database.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::findings::{Findings, Oracle};
use crate::history::{Outcome, Record};
use crate::inventory::{Client, Inventory, Line};
use crate::{Order, schema};

/// Compares the answers that callers got with the contents of the database.
///
/// Each acknowledged order has exactly one effect, the ordered one; a refused order has none, and one of unknown outcome
/// at most one; no effect exists without an order; each client's history is complete, and outbox, claims and stored outcomes match it.
pub fn check(records: &[Record], inventory: &Inventory) -> Findings {
    let mut findings = Findings::default();
    effects(records, inventory, &mut findings);
    contents(records, inventory, &mut findings);
    kept_outcomes(records, inventory, &mut findings);
    findings.append(whole(inventory));
    findings
}

/// Whether the contents of the database are consistent, whatever was ordered.
pub fn whole(inventory: &Inventory) -> Findings {
    let mut findings = Findings::default();
    histories(inventory, &mut findings);
    approvals(inventory, &mut findings);
    events(inventory, &mut findings);
    claims(inventory, &mut findings);
    findings.expect(inventory.idle_in_transaction == 0, Oracle::IdleInTransaction, || {
        format!("{} sessions", inventory.idle_in_transaction)
    });
    findings
}

/// Each order against the lines that carry its tag.
fn effects(records: &[Record], inventory: &Inventory, findings: &mut Findings) {
    let mut by_tag: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &inventory.lines {
        by_tag.entry(&line.request).or_default().push(line);
    }
    for record in records {
        let tag = record.order.tag.as_str();
        let lines = by_tag.remove(tag).unwrap_or_default();
        let order = || format!("{} {tag}, answered {}", record.order.command, record.status);
        if lines.len() > 1 {
            findings.add(Oracle::Doubled, format!("{}: {} effects", order(), lines.len()));
        }
        match record.outcome {
            Outcome::Done if lines.is_empty() => findings.add(Oracle::Lost, order()),
            Outcome::Done => {
                let client = record.client();
                let of_client = lines.iter().any(|line| Some(&line.client) == client.as_ref());
                findings.expect(of_client, Oracle::WrongAnswer, || format!("{}: another client", order()));
                for line in lines {
                    findings.expect(is_what_was_ordered(line, &record.order), Oracle::WrongAnswer, || {
                        format!("{}: {line:?}", order())
                    });
                }
            }
            Outcome::Refused => {
                findings.expect(lines.is_empty(), Oracle::Uncalled, || format!("{}: has an effect", order()));
            }
            Outcome::Unknown => {}
        }
    }
    for (tag, lines) in by_tag {
        findings.add(Oracle::Uncalled, format!("no order for {tag}: {} lines", lines.len()));
    }
}

/// The line names the client, the command and the caller of the order, and the state that it leads to.
fn is_what_was_ordered(line: &Line, order: &Order) -> bool {
    let named = order.data.get("contactEncodedKey").and_then(Value::as_str);
    let state = schema::LEADS_TO.iter().find(|(command, _)| *command == order.command);
    (order.command == schema::RETURN || named.is_none_or(|client| client == line.client))
        && line.command == order.command
        && line.actor == order.by.subject()
        && state.is_none_or(|(_, state)| *state == line.state)
}

/// The town of each client is the one that was last acknowledged, where no order about it is unknown.
fn contents(records: &[Record], inventory: &Inventory, findings: &mut Findings) {
    let versions: BTreeMap<&str, &Line> =
        inventory.lines.iter().map(|line| (line.request.as_str(), line)).collect();
    let mut towns: BTreeMap<String, (i64, Option<&str>)> = BTreeMap::new();
    for record in records {
        let order = &record.order;
        let named = order.data.get("contactEncodedKey").and_then(Value::as_str).map(str::to_owned);
        let named = named.filter(|_| order.command != schema::RETURN);
        let Some(client) = named.or_else(|| record.client()) else { continue };
        let town = order.data.get("city").and_then(Value::as_str);
        let version = match record.outcome {
            Outcome::Refused => continue,
            Outcome::Done => versions.get(order.tag.as_str()).map_or(0, |line| line.version),
            // The expected value is unknown.
            Outcome::Unknown => i64::MAX,
        };
        let last = towns.entry(client).or_insert((0, None));
        if version > last.0 && (town.is_some() || version == i64::MAX) {
            *last = (version, if version == i64::MAX { None } else { town });
        }
    }
    for client in &inventory.clients {
        if let Some((_, Some(town))) = towns.get(&client.key) {
            findings.expect(client.city == *town, Oracle::Lost, || {
                format!(
                    "client {} lives in {}, but the last acknowledged town is {town}",
                    client.key, client.city
                )
            });
        }
    }
}

/// Versions go from 1 to the client's without a hole, and the last line leads to the client's state.
fn histories(inventory: &Inventory, findings: &mut Findings) {
    let mut by_client: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &inventory.lines {
        by_client.entry(&line.client).or_default().push(line);
    }
    for Client { key, version, state, .. } in &inventory.clients {
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

/// No caller approves a client that it has touched since the last approval; every service of a campaign runs with four eyes.
fn approvals(inventory: &Inventory, findings: &mut Findings) {
    let mut makers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in &inventory.lines {
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
            command if schema::TOUCHES.contains(&command) => {
                makers.insert(&line.actor);
            }
            _ => {}
        }
    }
}

/// One event for each line.
fn events(inventory: &Inventory, findings: &mut Findings) {
    let mut balance: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
    for line in &inventory.lines {
        *balance.entry((&line.client, line.version, &line.event)).or_default() += 1;
    }
    for (client, version, kind) in &inventory.events {
        *balance.entry((client, *version, kind)).or_default() -= 1;
    }
    for ((client, version, kind), left) in balance {
        findings.expect(left == 0, Oracle::Outbox, || {
            format!("client {client} version {version}, {kind}: {left} more lines than events")
        });
    }
}

/// A claim of each kind for a client that may have some, none for any other; and one on its former record for a client that
/// has returned and was not rejected.
fn claims(inventory: &Inventory, findings: &mut Findings) {
    let mut by_client: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (client, kind) in &inventory.claims {
        by_client.entry(client).or_default().push(kind);
    }
    let first_lines =
        inventory.lines.iter().filter(|line| line.version == 1 && line.command == schema::RETURN);
    let returned: BTreeSet<&str> = first_lines.map(|line| line.client.as_str()).collect();
    for client in &inventory.clients {
        let mut found = by_client.remove(client.key.as_str()).unwrap_or_default();
        let of_record = found.extract_if(.., |kind| *kind == schema::FORMER).count();
        let claims_record = returned.contains(client.key.as_str()) && client.state != schema::REJECTED;
        findings.expect(of_record == usize::from(claims_record), Oracle::Claims, || {
            format!("client {} in state {} claims {of_record} former records", client.key, client.state)
        });
        let expected = if schema::CLAIMLESS.contains(&client.state) {
            found.is_empty()
        } else {
            claims_each_kind(&found)
        };
        findings.expect(expected, Oracle::Claims, || {
            format!("client {} in state {} claims {found:?}", client.key, client.state)
        });
    }
    for (client, kinds) in by_client {
        findings.add(Oracle::Claims, format!("no client {client}, but it claims {kinds:?}"));
    }
}

fn claims_each_kind(found: &[&str]) -> bool {
    let known = |kind: &&str| schema::CLAIMED.iter().any(|(name, _)| name == kind);
    found.iter().all(known)
        && schema::CLAIMED.iter().all(|(name, most)| {
            let count = found.iter().filter(|kind| *kind == name).count();
            (1..=*most).contains(&count)
        })
}

/// The outcome of each acknowledged order is kept under its key.
fn kept_outcomes(records: &[Record], inventory: &Inventory, findings: &mut Findings) {
    let kept: BTreeSet<(&str, &str, &str)> = inventory
        .keys
        .iter()
        .map(|(actor, command, key)| (actor.as_str(), command.as_str(), key.as_str()))
        .collect();
    for Record { order, .. } in records.iter().filter(|record| record.outcome == Outcome::Done) {
        let known = kept.contains(&(order.by.subject(), order.command, order.key.as_str()));
        findings.expect(known, Oracle::Replay, || format!("no outcome is kept of {}", order.key));
    }
}
