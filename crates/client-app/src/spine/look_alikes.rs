//! Clients that may be the same person: looked up for a warning to the maker, and before an approval.

use std::collections::BTreeSet;

use client_domain::client::{ClientField, ValueChange};
use client_domain::lifecycle::Guard;
use client_domain::search::{Order, Predicate};
use client_domain::value::ClientKey;
use client_domain::{Client, ClientEvent, EventKind, Resemblance};

use crate::clients::Clients;
use crate::error::Error;
use crate::policy::OnLookAlike;
use crate::ports::error::StoreError;
use crate::ports::store::{Page, Search};
use crate::ports::totals::Totals;
use crate::spine::duplicates::LookAlikeKeys;
use crate::spine::facts::depends_on;

/// A client that looks like another one, or a record of it that ended blacklisted.
#[derive(Clone, Debug)]
pub struct LookAlike {
    /// The client.
    pub client: Client,
    /// What the two have in common. It is empty only for a former record that was blacklisted when it exited: such a
    /// record is listed whatever the values are now.
    pub resemblances: BTreeSet<Resemblance>,
    /// Whether it is a former record of the client, from before a return.
    pub is_former: bool,
    /// Whether it is a former record that was blacklisted when it exited.
    pub exited_blacklisted: bool,
}

impl LookAlike {
    /// Whether an approval names it where the policy requires the review. A former record is the client itself, unless it
    /// left while it was blacklisted.
    pub const fn is_to_review(&self) -> bool {
        !self.is_former || self.exited_blacklisted
    }
}

/// The look-alikes of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct LookAlikes {
    /// The look-alikes, in the order of their keys.
    pub(crate) clients: Vec<LookAlike>,
    /// Whether there may be more than were compared.
    pub(crate) more: bool,
}

/// The maximum number of clients that each search may find. More clients share a phone number only if it belongs to no
/// person, and a checker cannot compare as many.
const MAX_FOUND: usize = 50;

impl Clients {
    /// The clients of every state that look like this one.
    pub(crate) async fn look_alikes(&self, client: &Client) -> Result<LookAlikes, StoreError> {
        let searches = client
            .look_alike_searches()
            .map_err(|_| StoreError::Corrupt { what: "a value that cannot be searched for".to_owned() })?;
        let (mut clients, more) = self.found_by(client, searches).await?;
        let former = self.former_records(client).await?;
        let barred = former.iter().filter(|record| record.ending.exited_blacklisted);
        let barred: BTreeSet<_> = barred.map(|record| record.client.key().clone()).collect();
        let former: Vec<_> = former.into_iter().map(|record| record.client).collect();
        let is_found = |record: &Client| clients.iter().any(|other| other.key() == record.key());
        let unlike: Vec<_> =
            former.iter().filter(|one| barred.contains(one.key()) && !is_found(one)).cloned().collect();
        clients.extend(unlike);
        clients.sort_by(|one, other| one.key().cmp(other.key()));
        // Where countries were unknown when they were stored, one number may be stored in two forms.
        let phones = self.numbering.asked(client.snapshot().details.phone.as_str()).numbers;
        let alike = clients.into_iter().map(|other| {
            let mut resemblances = client.resemblances(&other);
            let phone = other.snapshot().details.phone.as_str();
            if other.key() != client.key() && phones.iter().any(|number| number == phone) {
                resemblances.insert(Resemblance::Phone);
            }
            let is_former = former.iter().any(|record| record.key() == other.key());
            let exited_blacklisted = barred.contains(other.key());
            LookAlike { client: other, resemblances, is_former, exited_blacklisted }
        });
        let is_shown = |one: &LookAlike| one.exited_blacklisted || !one.resemblances.is_empty();
        Ok(LookAlikes { clients: alike.filter(is_shown).collect(), more })
    }

    /// The other clients that these searches find, in the order of their keys, and whether there may be more: each search
    /// finds at most [`MAX_FOUND`]. No condition of them depends on today.
    pub(super) async fn found_by(
        &self,
        client: &Client,
        searches: Vec<Predicate>,
    ) -> Result<(Vec<Client>, bool), StoreError> {
        let today = self.calendar.day_of(self.clock.now());
        let (mut keys, mut more) = (BTreeSet::new(), false);
        for predicate in searches {
            let search = Search {
                predicate: predicate.with_numbering(self.numbering()),
                order: Order::default(),
                page: Page::Skip(0),
                limit: MAX_FOUND,
                totals: Totals::None,
                today,
            };
            let found = self.store.search(&search).await?;
            more |= found.next.is_some();
            keys.extend(found.clients.into_iter().map(|summary| summary.key));
        }
        keys.remove(client.key());
        let keys: Vec<_> = keys.into_iter().collect();
        let clients = if keys.is_empty() { Vec::new() } else { self.store.find_all(&keys).await? };
        Ok((clients, more))
    }

    /// The keys of the look-alikes, if the policy requires that an approval names them, and the client's state has an
    /// action that depends on them.
    pub(crate) async fn look_alikes_to_review(&self, client: &Client) -> Result<Vec<ClientKey>, StoreError> {
        if self.policy.look_alikes != OnLookAlike::Review
            || !depends_on(client.state(), Guard::LookAlikesReviewed)
        {
            return Ok(Vec::new());
        }
        let found = self.look_alikes(client).await?.clients;
        Ok(found.iter().filter(|one| one.is_to_review()).map(|one| one.client.key().clone()).collect())
    }

    /// Whether the maker of this change is to be warned if there are look-alikes.
    pub(super) fn warns(&self, event: &ClientEvent, proposed: &[ValueChange]) -> bool {
        self.policy.look_alikes != OnLookAlike::Off
            && (changes_compared_values(event) || proposed.iter().any(|change| is_compared(&change.field())))
    }

    /// The look-alikes that the maker of this change is warned of, those of proposed values too.
    pub(super) async fn look_alikes_to_warn_of(
        &self,
        client: &Client,
        event: &ClientEvent,
        proposed: &[ValueChange],
    ) -> Result<LookAlikeKeys, Error> {
        if !self.warns(event, proposed) {
            return Ok(LookAlikeKeys::new());
        }
        let found = if proposed.is_empty() {
            self.look_alikes(client).await
        } else {
            self.look_alikes(&client.as_proposed()).await
        };
        let others = found.map_err(Error::of_load)?.clients.into_iter().filter(|one| !one.is_former);
        Ok(others.map(|one| (one.client.key().clone(), one.resemblances)).collect())
    }
}

fn is_compared(field: &ClientField) -> bool {
    match field {
        ClientField::FirstName
        | ClientField::LastName
        | ClientField::PhoneNumber
        | ClientField::DateOfBirth
        | ClientField::IdentificationType
        | ClientField::IdentificationNumber => true,
        ClientField::MiddleName
        | ClientField::EmailAddress
        | ClientField::Address
        | ClientField::City
        | ClientField::State
        | ClientField::Country
        | ClientField::MaritalStatus
        | ClientField::AccountOfficerId
        | ClientField::ClientState
        | ClientField::ApprovalStatus
        // A review or an outdated document changes its status; a number is new only with a submission.
        | ClientField::IdentityDocuments
        | ClientField::AddressInformation
        | ClientField::Gender
        | ClientField::CustomerType
        | ClientField::BranchEncodedKey
        | ClientField::Amendments
        | ClientField::MobileVerification
        | ClientField::EmailVerification
        | ClientField::Newer(_) => false,
    }
}

fn changes_compared_values(event: &ClientEvent) -> bool {
    match event.kind {
        EventKind::Created | EventKind::DocumentSubmitted => true,
        _ => event.changed.iter().any(is_compared),
    }
}
