//! What a command must lead to: the rules of the domain, and of the settings around them.

use std::collections::BTreeSet;

use client_app::ports::{ClientRef, EventId};
use client_app::{OnDuplicate, OnLookAlike};
use client_domain::client::{AmendmentId, Change, Decision, allowed};
use client_domain::lifecycle::Action;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{AuditStamp, ClaimKind, Client, ClientState, Permission, Refusal};
use serde_json::{Value, json};

use super::expected::{
    Done, Expected, Refused, answer_members, created, duplicate, proposal, refused, returned,
};
use super::makers::{self, changes_the_client, withdraws};
use super::model::{Last, Model, Outcome};
use super::order::{Order, object, wrong};
use super::step::What;

/// The fields by which clients look alike.
const COMPARED: [&str; 6] =
    ["firstName", "lastName", "phoneNumber", "dateOfBirth", "identificationType", "identificationNumber"];

/// An answer names details of the client; what outdates evidence and verifications is in the history.
const VERIFIED: [&str; 4] =
    ["identityDocuments", "addressInformation", "mobileVerification", "emailVerification"];

/// Whether a change enters or proposes values by which clients look alike.
fn is_compared(order: &Order, change: &Change) -> bool {
    matches!(order.what, What::Create(_) | What::Return(_) | What::SubmitDocument(_))
        || change.event.changed.iter().any(|field| COMPARED.contains(&field.name()))
        || change.proposed.iter().any(|value| COMPARED.contains(&value.field().name()))
}

/// The client as the warning sees it: with the values that wait, where the change proposes some.
fn as_it_would_be(after: &Client, change: Option<&Change>) -> Client {
    if change.is_some_and(Change::proposes) { after.as_proposed() } else { after.clone() }
}

/// The refusal for duplicates of these kinds, and the other clients that it names for the first of them.
fn refused_duplicates(kinds: &[ClaimKind], holders: &Value) -> Refused {
    let pairs = kinds.iter().map(|kind| duplicate(*kind));
    let mut reasons: Vec<_> =
        pairs.map(|(code, field)| (code.to_owned(), field.map(str::to_owned))).collect();
    reasons.sort();
    Refused { reasons, details: object(json!({ "contacts": holders })) }
}

impl Model {
    pub(super) fn command(&mut self, order: Order) -> Last {
        if order.key.is_some() {
            self.sent.push(order.clone());
        }
        let before = self.known(&order.named.client).map(|known| known.client.clone());
        let before = before.filter(|_| !matches!(order.what, What::Create(_)));
        let expected = self.answer(&order, before.as_ref());
        let expected = match expected {
            Ok(Expected::Done { mut done, replayed_from: None }) if order.dry => {
                done.version = None;
                done.members.insert("dryRun".to_owned(), true.into());
                Expected::Done { done, replayed_from: None }
            }
            Ok(expected) => expected,
            Err(refused) => Expected::Refused(refused),
        };
        // After a return the new client is looked at.
        let is_new = matches!((&order.what, &expected), (What::Return(_), Expected::Done { .. }));
        let before = before.filter(|_| !is_new).map(Box::new);
        Last::Command { order: Box::new(order), expected, before }
    }

    fn answer(&mut self, order: &Order, before: Option<&Client>) -> Result<Expected, Refused> {
        let caller = order.who.caller();
        if !caller.may(order.permission()) {
            return Err(Refused::permission());
        }
        let broken = order.wrong(self.today(), &self.kyc);
        if !broken.is_empty() {
            // It may have been done when the settings were others.
            let earlier = self.earlier(order).ok().flatten();
            return earlier.ok_or_else(|| Refused::of(broken));
        }
        let evidence_keys = self.evidence_keys(order);
        let event_id = EventId::from_bits(self.fresh());
        let stamp = AuditStamp::new(caller.actor, self.now);
        let (decision, after, members) = if let What::Create(applicant) = &order.what {
            if order.expected_version.is_some() {
                return Err(Refused::of(vec![wrong("header_not_applicable", "If-Match")]));
            }
            let key = ClientKey::from_bits(self.fresh());
            self.numbers += i64::from(!order.dry);
            if let Some(earlier) = self.earlier(order)? {
                return Ok(earlier);
            }
            let id = ClientId::new(if order.dry { 1 } else { self.numbers }).unwrap();
            let change = Client::onboard(
                applicant.application(
                    (key, id),
                    order.middle_name(),
                    order.who.caller().branch,
                    self.today(),
                ),
                &stamp,
            );
            let members = created(&change.client, order.dry);
            (Decision::Changed(Box::new(change.clone())), change.client, members)
        } else if let What::Return(renewed) = &order.what {
            if let Some(earlier) = self.earlier(order)? {
                return Ok(earlier);
            }
            let former = before.ok_or_else(|| Refused::unknown_client(&order.named))?;
            let change = self.returned(order, renewed, former, &stamp)?;
            let members = returned(&change.client, order.dry);
            (Decision::Changed(Box::new(change.clone())), change.client, members)
        } else {
            if let Some(earlier) = self.earlier(order)? {
                return Ok(earlier);
            }
            let client = before.ok_or_else(|| Refused::unknown_client(&order.named))?;
            if self.policy.decisions_need_version && order.decides_unseen() {
                return Err(Refused::of(vec![wrong("version_required", "If-Match")]));
            }
            self.check_version(order, client)?;
            let decision = self.decide(order, client, evidence_keys, &stamp).map_err(|refusal| {
                let caller = order.who.caller();
                refused(&refusal, &allowed(client, &caller.actor, &caller.permissions, &self.facts(client)))
            })?;
            let change = decision.clone().change();
            let after = change.as_ref().map_or(client, |change| &change.client).clone();
            let withdrawn = change.is_some() && withdraws(order, client);
            let (changed, pending) =
                change.map(|change| (change.event.changed, change.proposed)).unwrap_or_default();
            let changed: Vec<_> =
                changed.iter().map(|field| field.name()).filter(|name| !VERIFIED.contains(name)).collect();
            let mut members = answer_members(order, &after, &changed, self.today());
            members.extend(proposal(order, &after, &pending));
            if changes_the_client(order) {
                // Null stands for a member that is not there.
                let withdrawn = withdrawn.then_some(true).map_or(Value::Null, Value::from);
                members.insert("approvalRequestWithdrawn".to_owned(), withdrawn);
            }
            (decision, after, members)
        };
        let change = decision.change();
        let warnings = self.warnings(order, before, change.as_ref(), &after)?;
        let done = Done { members, version: Some(after.version()), warnings };
        if !order.dry {
            if let Some(change) = change {
                self.write(change, order.name(), self.request_id(), event_id);
            }
            self.outcomes.extend(order.request_key().map(|request| Outcome {
                request,
                data: order.data(),
                step: self.steps,
                done: done.clone(),
            }));
        }
        Ok(Expected::Done { done, replayed_from: None })
    }

    /// What the maker is warned of; duplicates may refuse the command.
    fn warnings(
        &self,
        order: &Order,
        before: Option<&Client>,
        change: Option<&Change>,
        after: &Client,
    ) -> Result<Vec<&'static str>, Refused> {
        let take: Vec<_> = change.iter().flat_map(|change| change.client.claims()).collect();
        let had = before.map(Client::claims).unwrap_or_default();
        let proposed = change.iter().flat_map(|change| change.client.claims_gained_by(&change.proposed));
        let taken: BTreeSet<_> = take
            .into_iter()
            .filter(|claim| !had.contains(claim))
            .chain(proposed)
            .filter(|claim| self.claimed(claim, after.key()))
            .map(|claim| claim.kind())
            .collect();
        let policy = self.policy;
        let of = |wanted| taken.iter().copied().filter(move |kind| policy.on_duplicate(*kind) == wanted);
        let refusals: Vec<_> = of(OnDuplicate::Refuse).collect();
        if let Some(first) = refusals.first() {
            let holders = self.holders(after, change, *first);
            let seen = if order.who.caller().may(Permission::Read) { json!(holders) } else { Value::Null };
            return Err(refused_duplicates(&refusals, &seen));
        }
        let mut warnings: Vec<_> = of(OnDuplicate::Warn).map(|kind| duplicate(kind).0).collect();
        if policy.look_alikes != OnLookAlike::Off
            && change.is_some_and(|change| is_compared(order, change))
            && self.looks_alike(&as_it_would_be(after, change))
        {
            warnings.push("look_alikes");
        }
        Ok(warnings)
    }

    /// The keys that a command about evidence uses, once it was read without an error.
    fn evidence_keys(&mut self, order: &Order) -> [u128; 2] {
        match &order.what {
            What::SubmitDocument(document) if document.has_file() => [self.fresh(), self.fresh()],
            What::SubmitAddress(_) => [self.fresh(), 0],
            _ => [0; 2],
        }
    }

    fn decide(
        &self,
        order: &Order,
        client: &Client,
        evidence_keys: [u128; 2],
        stamp: &AuditStamp,
    ) -> Result<Decision, Refusal> {
        if let Some(action) = order.action() {
            let decided = client.perform(action, order.justification(&self.kyc), &self.facts(client), stamp);
            if action == Action::Approve && client.state() == ClientState::PendingApproval {
                let history = &self.known(&order.named.client).unwrap().history;
                makers::agree(decided.as_ref().err(), history, &stamp.by, self.policy.four_eyes);
            }
            let change = decided?;
            return Ok(Decision::Changed(Box::new(change)));
        }
        let change = match &order.what {
            What::Update(change) => {
                return client.update(change.patch(order.middle_name()), &self.facts(client), stamp);
            }
            What::Correct(fix) => {
                let correction = fix.correction(self.today());
                return client.correct(correction, order.why(&self.kyc), &self.facts(client), stamp);
            }
            What::Decide(choice) => {
                let id = AmendmentId::parse(&order.named.text).unwrap();
                client.decide_amendment(&id, choice.decision, order.justification(&self.kyc), stamp)?
            }
            What::Transaction(n) => return client.record_transaction(order.transaction(*n), stamp),
            What::Verify(contact) => client.verify_contact_point(order.verification(contact, stamp))?,
            What::RequestDocuments(kinds) => {
                client.request_documents(Order::requested(kinds), order.notes(), stamp)?
            }
            What::SubmitDocument(document) => {
                client.submit_document(document.draft(order.remark(), evidence_keys, stamp), stamp)?
            }
            What::SubmitAddress(home) => {
                client.submit_address(home.draft(order.remark(), evidence_keys[0]), stamp)?
            }
            What::Review(review) => match &order.named.client {
                ClientRef::Document(id) => {
                    let (seen, today) = (review.seen(), self.today());
                    let justification = order.review_justification(&self.kyc);
                    client.review_seen_document(id, seen, review.action, justification, today, stamp)?
                }
                ClientRef::Address(id) => {
                    client.review_address(id, review.action, order.review_justification(&self.kyc), stamp)?
                }
                other => panic!("no evidence: {other:?}"),
            },
            _ => client.request_approval(order.notes(), stamp)?,
        };
        Ok(Decision::Changed(Box::new(change)))
    }

    /// What the idempotency key has led to already.
    fn earlier(&self, order: &Order) -> Result<Option<Expected>, Refused> {
        let request = order.request_key();
        let Some(outcome) = self.outcomes.iter().find(|outcome| Some(&outcome.request) == request.as_ref())
        else {
            return Ok(None);
        };
        if outcome.data != order.data() {
            return Err(Refused::of(vec![wrong("idempotency_key_reused", "Idempotency-Key")]));
        }
        if order.dry {
            return Ok(None);
        }
        Ok(Some(Expected::Done { done: outcome.done.clone(), replayed_from: Some(outcome.step) }))
    }

    pub(super) fn check_version(&self, order: &Order, client: &Client) -> Result<(), Refused> {
        let Some(seen) = order.expected_version.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let known = self.known(&ClientRef::Key(client.key().clone())).unwrap();
        let since = known.history.iter().filter(|line| line.event.version > seen);
        let changed: BTreeSet<_> =
            since.flat_map(|line| &line.event.changed).map(|field| field.name()).collect();
        let details = json!({ "currentVersion": client.version().get(), "changedFields": changed });
        Err(Refused { reasons: vec![wrong("stale_version", "If-Match")], details: object(details) })
    }

    /// The keys of the others that have a claim of this kind, which a refusal names: the first ten.
    fn holders(&self, after: &Client, change: Option<&Change>, kind: ClaimKind) -> Vec<&str> {
        let own = as_it_would_be(after, change).claims();
        let others =
            self.clients.iter().map(|known| &known.client).filter(|other| other.key() != after.key());
        let shared =
            |other: &&Client| other.claims().iter().any(|claim| claim.kind() == kind && own.contains(claim));
        let keys: BTreeSet<_> = others.filter(shared).map(|other| other.key().as_str()).collect();
        keys.into_iter().take(10).collect()
    }

    /// Whether another client has the same claim.
    pub(super) fn claimed(&self, claim: &client_domain::Claim, except: &ClientKey) -> bool {
        let mut others = self.clients.iter().filter(|known| known.client.key() != except);
        others.any(|known| known.client.claims().contains(claim))
    }
}
