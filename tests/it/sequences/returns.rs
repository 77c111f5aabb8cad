//! The return of an exited client, as the rules have it: which record is returned, and what its look-alikes are.

use client_domain::client::{Change, Renewal, allowed};
use client_domain::value::{ClientId, ClientKey};
use client_domain::{AuditStamp, Client, ClientState, Permission};

use super::expected::{Refused, refused};
use super::model::Model;
use super::order::Order;
use super::step::Renewed;

impl Model {
    /// The new client of an exited one.
    pub(super) fn returned(
        &mut self,
        order: &Order,
        renewed: &Renewed,
        former: &Client,
        stamp: &AuditStamp,
    ) -> Result<Change, Refused> {
        self.check_version(order, former)?;
        let caller = order.who.caller();
        let facts = self.facts(former);
        former.may_return(&facts).map_err(|refusal| {
            refused(&refusal, &allowed(former, &caller.actor, &caller.permissions, &facts))
        })?;
        if facts.exited_blacklisted && !caller.may(Permission::Blacklist) {
            return Err(Refused::permission());
        }
        let key = ClientKey::from_bits(self.fresh());
        self.numbers += i64::from(!order.dry);
        let renewal = Renewal {
            key,
            id: ClientId::new(if order.dry { 1 } else { self.numbers }).unwrap(),
            details: renewed.change.patch(None),
            correction: renewed.fix.correction(self.today()),
            default_branch: caller.branch,
        };
        Ok(former.return_as(renewal, order.justification(&self.kyc), &facts, stamp).unwrap())
    }

    /// The client that has returned from this one, unless it was rejected.
    pub fn returned_as(&self, client: &Client) -> Option<ClientKey> {
        let of_this = |other: &&Client| other.snapshot().former_client.as_ref() == Some(client.key());
        let mut others = self.clients.iter().map(|known| &known.client).filter(of_this);
        others.find(|other| other.state() != ClientState::Rejected).map(|other| other.key().clone())
    }

    pub(super) fn exited_blacklisted(&self, client: &Client) -> bool {
        let known = self.clients.iter().find(|known| known.client.key() == client.key());
        let last = known.and_then(|known| known.history.last());
        last.is_some_and(|line| {
            line.command == "ExitCustomerCommand" && line.event.from == Some(ClientState::BlackListed)
        })
    }

    /// The records that the client had before it returned.
    fn former_records(&self, client: &Client) -> Vec<&Client> {
        let mut records = Vec::new();
        let mut next = client.snapshot().former_client.as_ref();
        while let Some(key) = next {
            let record = self.clients.iter().find(|known| known.client.key() == key).unwrap();
            records.push(&record.client);
            next = record.client.snapshot().former_client.as_ref();
        }
        records
    }

    pub(super) fn look_alikes_to_review(&self, client: &Client) -> Vec<ClientKey> {
        let mut keys = self.look_alikes(client);
        for record in self.former_records(client) {
            keys.retain(|key| key != record.key());
            if self.exited_blacklisted(record) {
                keys.push(record.key().clone());
            }
        }
        keys.sort();
        keys
    }

    /// Whether the maker is warned of a look-alike.
    pub fn looks_alike(&self, client: &Client) -> bool {
        let records = self.former_records(client);
        self.look_alikes(client).iter().any(|key| records.iter().all(|record| record.key() != key))
    }
}
