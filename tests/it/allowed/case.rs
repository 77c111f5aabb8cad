//! One client, one caller, one bank: the reported actions are compared with the commands.

use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts};
use client_app::ports::{Changeset, ClientStore, ClientWrite, Committed};
use client_app::{Caller, Clients, Policy, RequestContext, RequestId};
use client_domain::client::{AmendmentId, ContactPoint};
use client_domain::kyc::{AddressId, DocumentId, KycPolicy, ReviewAction};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Actor, Client, ClientState, EventKind, Permission, Permissions};
use client_wire::{Failure, Operations as _, Reply, read_kyc_policy};
use serde_json::{Map, Value, json};

use super::situation::{Evidence, Situation, line_of, successor};
use crate::bank::{NOW, With as _};

pub struct Case {
    client: Client,
    situation: Situation,
    caller: Caller,
    policy: Policy,
    kyc: KycPolicy,
    open: OpenAccounts,
}

/// A command, by the name that the explanation has for it.
struct Try {
    action: &'static str,
    name: &'static str,
    permission: Permission,
    data: Value,
    is_decision: bool,
}

/// What a bank reports about one operation.
struct Reported {
    allowed: bool,
    version_needed: bool,
    blockers: Vec<String>,
}

impl Case {
    /// Half of the banks require a passport and an address: they are verified, pending or absent.
    pub fn new(
        (client, situation): (Client, Situation),
        caller: &str,
        permissions: Permissions,
        policy: Policy,
        evidence: Evidence,
    ) -> Self {
        let kyc = if policy.approval_needs_request { demanding() } else { KycPolicy::default() };
        let open = if evidence == Evidence::PendingWithAccounts { 2 } else { 0 };
        let caller = Caller::new(Actor::parse(caller).unwrap(), permissions);
        Self { client, situation, caller, policy, kyc, open: OpenAccounts::Count(open) }
    }

    /// The same case with other keys, for a store that it shares with other cases.
    pub fn renumbered(mut self, n: i64) -> Self {
        let bits = u128::from(n.unsigned_abs());
        let mut snapshot = self.client.snapshot().clone();
        snapshot.key = ClientKey::from_bits(bits);
        snapshot.id = ClientId::new(n).unwrap();
        for document in &mut snapshot.kyc.documents {
            document.id = DocumentId::from_bits(bits);
        }
        for address in &mut snapshot.kyc.addresses {
            address.id = AddressId::from_bits(bits);
        }
        for amendment in &mut snapshot.amendments {
            amendment.id = AmendmentId::new(snapshot.key.clone(), amendment.id.version());
        }
        self.client = Client::restore(snapshot).unwrap();
        self
    }

    /// A bank with this client only, or with others besides.
    async fn bank(&self, store: Arc<dyn ClientStore>, n: i64) -> (Clients, Client) {
        // Where the store is shared, each bank has a client of its own.
        let client = if n == 0 { self.client.clone() } else { self.another(n).client };
        let kyc = client.kyc();
        let changeset = Changeset {
            history: vec![line_of(&client, self.situation.last())],
            documents: kyc.documents.iter().map(|one| one.id.clone()).collect(),
            addresses: kyc.addresses.iter().map(|one| one.id.clone()).collect(),
            client: Some(ClientWrite::Insert(client.clone())),
            ..Changeset::default()
        };
        assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
        if self.situation.has_returned() {
            let (returned, line) = successor(&client);
            let client = Some(ClientWrite::Insert(returned));
            let changeset = Changeset { client, history: vec![line], ..Changeset::default() };
            assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
        }
        let accounts = MemoryAccounts::default();
        accounts.set(client.key().clone(), self.open);
        let clock = FixedClock::new(NOW.parse().unwrap());
        // Keys that no client of the store has.
        let keys = CountingKeys::seeded(client.id().get().unsigned_abs());
        let clients = Clients::new(store, Arc::new(clock), Arc::new(keys))
            .with_accounts(Arc::new(accounts))
            .with_policy(self.policy)
            .with_kyc_policy(self.kyc.clone());
        (clients, client)
    }

    fn another(&self, n: i64) -> Self {
        let own = 1_000_000 + self.client.id().get() * 1_000 + n;
        Self {
            client: self.client.clone(),
            situation: self.situation,
            caller: self.caller.clone(),
            policy: self.policy,
            kyc: self.kyc.clone(),
            open: self.open,
        }
        .renumbered(own)
    }

    fn tries(client: &Client) -> Vec<Try> {
        let key = json!({ "contactEncodedKey": client.key().as_str() });
        let of = |action, name, permission, more: Value, is_decision| Try {
            action,
            name,
            permission,
            data: key.clone().with(more),
            is_decision,
        };
        let reason = json!({ "reason": "Because." });
        let home = json!({ "addressLine1": "1 Road", "city": "Lagos", "state": "Lagos", "country": "NG" });
        let rejection = json!({ "rejectionReason": "Because." });
        let mobile = ContactPoint::Mobile.value(&client.snapshot().details);
        let mut all = vec![
            of("update", "UpdateContactCommand", Permission::Write, json!({ "city": "Jos" }), false),
            of(
                "correct",
                "CorrectContactCommand",
                Permission::Write,
                json!({ "dateOfBirth": "1990-01-01", "reason": "Because." }),
                false,
            ),
            of("requestApproval", "RequestCustomerApprovalCommand", Permission::Write, json!({}), false),
            of(
                "verifyContactPoint",
                "VerifyContactPointCommand",
                Permission::KycReview,
                json!({ "contactPoint": "mobile", "value": mobile.as_str(), "means": "One-time code." }),
                false,
            ),
            of(
                "requestDocuments",
                "RequestIdentityDocumentsCommand",
                Permission::KycReview,
                json!({ "identityTypes": [5] }),
                false,
            ),
            of("changeKyc", "CreateAddressInformationCommand", Permission::KycWrite, home, false),
            of(
                "transact",
                "RecordCustomerTransactionCommand",
                Permission::Transactions,
                json!({ "transactionReference": "TX-9" }),
                false,
            ),
            of("approve", "ApproveCustomerCommand", Permission::Approve, json!({}), true),
            of("reject", "RejectCustomerCommand", Permission::Approve, rejection, true),
            of("undoReject", "UndoRejectCustomerCommand", Permission::Approve, reason.clone(), true),
            of("blacklist", "BlacklistCustomerCommand", Permission::Blacklist, reason.clone(), true),
            of("undoBlacklist", "UndoBlacklistCustomerCommand", Permission::Blacklist, reason.clone(), true),
            of("exit", "ExitCustomerCommand", Permission::Exit, reason.clone(), true),
            of("withdraw", "WithdrawCustomerCommand", Permission::Write, reason.clone(), true),
            of("return", "ReturnCustomerCommand", Permission::Write, reason, false),
        ];
        let amendment = client.snapshot().amendments.first().map(|amendment| amendment.id.to_string());
        let amendment = amendment.unwrap_or_else(|| format!("{}.99", client.key().as_str()));
        for name in ["ApproveAmendmentCommand", "RejectAmendmentCommand"] {
            all.push(Try {
                action: "decideAmendment",
                name,
                permission: Permission::Approve,
                data: json!({ "amendmentId": amendment }),
                is_decision: false,
            });
        }
        let comment = json!({ "comment": "Seen." });
        let documents = client.kyc().documents.iter().map(|one| {
            (json!({ "identityId": one.id.as_str() }), &one.verification, "RejectIdentityDocumentCommand")
        });
        let addresses = client.kyc().addresses.iter().map(|one| {
            let name = "RejectCustomerAddressInformationCommand";
            (json!({ "addressId": one.id.as_str() }), &one.verification, name)
        });
        for (named, verification, name) in documents.chain(addresses) {
            // A finished review cannot be repeated by any caller.
            if ReviewAction::Reject.row().from.contains(&client.status_of(verification)) {
                let data = named.with(comment.clone());
                all.push(Try {
                    action: "reviewKyc",
                    name,
                    permission: Permission::KycReview,
                    data,
                    is_decision: true,
                });
            }
        }
        all
    }

    async fn send(
        &self,
        clients: &Clients,
        client: &Client,
        tried: &Try,
        (dry_run, names_version): (bool, bool),
    ) -> Result<Reply, Failure> {
        let context = RequestContext {
            dry_run,
            expected_version: names_version.then(|| client.version()),
            ..RequestContext::new(self.caller.clone(), RequestId::parse("r-1").unwrap())
        };
        clients.command_by_name(tried.name, tried.data.as_object().unwrap().clone(), context).await
    }

    /// Compares all reported actions with all commands; returns how many commands were done.
    pub async fn check(&self, store: &(dyn Fn() -> Arc<dyn ClientStore> + Sync)) -> usize {
        let (clients, client) = self.bank(store(), 0).await;
        let by_key = json!({ "contactEncodedKey": client.key().as_str() }).as_object().unwrap().clone();
        let ask = async |name| clients.query_by_name(name, by_key.clone(), self.caller.clone()).await;
        let shown = ask("RetrieveContactByIdQuery").await;
        let explained = ask("RetrieveContactActionsQuery").await;
        if !self.caller.may(Permission::Read) {
            assert_eq!(codes(&shown), ["permission_missing"]);
            assert_eq!(codes(&explained), ["permission_missing"]);
        }
        let shown = shown.ok().map(|reply| reply.data["allowedActions"].clone());
        let explained = explained.ok().map(|reply| reply.data["actions"].as_array().unwrap().clone());
        if let (Some(shown), Some(entries)) = (&shown, &explained) {
            let allowed = entries.iter().filter(|entry| entry["allowed"] == true);
            assert_eq!(
                *shown,
                allowed.map(|entry| entry["action"].clone()).collect::<Value>(),
                "{}",
                self.words()
            );
        }
        let mut done = 0;
        let mut reviews = Vec::new();
        for (n, tried) in (1..).zip(Self::tries(&client)) {
            let dry = self.send(&clients, &client, &tried, (true, true)).await;
            let may_look = self.caller.may(Permission::Read);
            // A command that is refused as a dry run is refused for real; a share of these is tried as well.
            let share = (n + self.client.version().get().cast_signed()) % 5;
            let answer = if dry.is_ok() || share == 0 || !may_look {
                let (clients, client) = self.bank(store(), n).await;
                let tried = Self::tries(&client).swap_remove(usize::try_from(n - 1).unwrap());
                let committed = self.send(&clients, &client, &tried, (false, true)).await;
                // A dry run shows data that requires the read permission.
                let expected = if may_look { codes(&committed) } else { vec!["permission_missing"] };
                assert_eq!(codes(&dry), expected, "{} {}", tried.name, self.words());
                done += usize::from(committed.is_ok());
                committed
            } else {
                dry
            };
            let may = self.caller.may(tried.permission);
            let reported = explained.as_deref().map(|entries| reported(entries, tried.action));
            // Where no bank requires a version, a share is enough.
            let demands = self.policy.decisions_need_version || share == 0;
            if let Some(reported) = reported.as_ref().filter(|_| demands) {
                let unseen = self.send(&clients, &client, &tried, (true, false)).await;
                let expected =
                    if reported.version_needed && may { vec!["version_required"] } else { codes(&answer) };
                assert_eq!(codes(&unseen), expected, "{} {}", tried.name, self.words());
                assert_eq!(reported.version_needed, self.policy.decisions_need_version && tried.is_decision);
            }
            if tried.action == "reviewKyc" {
                reviews.push(answer.is_ok());
            } else if let Some(reported) = reported {
                self.agree(&tried, &answer, &reported, shown.as_ref());
            }
        }
        if let Some(entries) = explained {
            let reviewable = reviews.contains(&true);
            assert_eq!(reported(&entries, "reviewKyc").allowed, reviewable, "{}", self.words());
        }
        done
    }

    fn agree(
        &self,
        tried: &Try,
        answer: &Result<Reply, Failure>,
        reported: &Reported,
        shown: Option<&Value>,
    ) {
        let words = || format!("{} {}: {answer:?}", tried.name, self.words());
        assert_eq!(reported.allowed, answer.is_ok(), "{}", words());
        let Err(failure) = answer else { return };
        // The return of a client that was blacklisted takes another permission besides.
        let barred = (EventKind::Exited, Some(ClientState::BlackListed));
        let lifts = tried.action == "return" && self.situation.last() == barred;
        if !self.caller.may(tried.permission) || lifts && !self.caller.may(Permission::Blacklist) {
            assert_eq!(codes(answer), ["permission_missing"], "{}", words());
            assert!(reported.blockers.contains(&"permission".to_owned()), "{}", words());
            return;
        }
        let details = &failure.items[0].details;
        let blockers: Vec<_> =
            details["unmet"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(json!(blockers), json!(reported.blockers), "{}", words());
        assert_eq!(details.get("allowedActions"), shown, "{}", words());
    }

    fn words(&self) -> String {
        let state = self.client.state();
        let (id, permissions) = (&self.caller.actor.id, &self.caller.permissions);
        format!("{state:?} asked by {id} with {permissions:?} where {:?}", self.policy)
    }
}

fn demanding() -> KycPolicy {
    let policy =
        json!({ "version": "walk", "required": { "Individual": [["International Passport"], "Address"] } });
    read_kyc_policy(policy.as_object().unwrap()).unwrap()
}

fn reported(entries: &[Value], action: &str) -> Reported {
    let entry: &Map<String, Value> =
        entries.iter().find(|entry| entry["action"] == action).unwrap().as_object().unwrap();
    let blocker = entry["unmet"].as_array().unwrap().iter();
    Reported {
        allowed: entry["allowed"] == true,
        version_needed: entry["versionNeeded"] == true,
        blockers: blocker.map(|one| one["code"].as_str().unwrap().to_owned()).collect(),
    }
}

fn codes(answer: &Result<Reply, Failure>) -> Vec<&'static str> {
    match answer {
        Ok(_) => Vec::new(),
        Err(failure) => failure.items.iter().map(|item| item.code.name()).collect(),
    }
}
