//! Where a client can be in its lifecycle, with a history of people who have touched it.

use client_app::RequestId;
use client_app::ports::{HistoryEntry, HistoryValues};
use client_domain::client::{Correction, DetailsPatch, Renewal, Transaction};
use client_domain::example::{application, home, passport};
use client_domain::kyc::{DocumentId, ReviewAction};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{ClientId, ClientKey, Gender, PlaceName, Reason, TransactionReference};
use client_domain::{Actor, AuditStamp, Client, ClientEvent, ClientState, EventKind};

use crate::bank::NOW;

/// The actors who have touched the client in some way, look-alikes of two of them, and one who has not.
pub const CALLERS: [&str; 9] =
    ["maker", "MAKER", "editor", "ｅｄｉｔｏｒ", "uploader", "requester", "barrer", "lifter", "stranger"];

/// Which documents and addresses there are, and whether there are accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    None,
    Pending,
    /// One document, whose file was replaced twice.
    Replaced,
    Reviewed,
    /// As many as there can be, all of them pending; and the client has accounts.
    PendingWithAccounts,
}

pub const KYC: [Evidence; 5] = [
    Evidence::None,
    Evidence::Pending,
    Evidence::Replaced,
    Evidence::Reviewed,
    Evidence::PendingWithAccounts,
];

#[derive(Clone, Copy, Debug)]
pub enum Situation {
    Created,
    Requested,
    Lifted,
    Approved,
    Active,
    Rejected,
    Withdrawn,
    Reopened,
    BlackListed,
    Exited,
    /// It was blacklisted when it exited.
    ExitedBlacklisted,
    /// It has exited, and another client has returned from it.
    Returned,
}

pub const SITUATIONS: [Situation; 12] = [
    Situation::Created,
    Situation::Requested,
    Situation::Lifted,
    Situation::Approved,
    Situation::Active,
    Situation::Rejected,
    Situation::Withdrawn,
    Situation::Reopened,
    Situation::BlackListed,
    Situation::Exited,
    Situation::ExitedBlacklisted,
    Situation::Returned,
];

/// The last line of its history: the kind, and the state before if it is not the state that the client is in.
pub type LastLine = (EventKind, Option<ClientState>);

/// A client that has returned from this one, and its line of history.
pub fn successor(former: &Client) -> (Client, HistoryEntry) {
    let renewal = Renewal {
        key: ClientKey::parse(&format!("{}-returned", former.key().as_str())).unwrap(),
        id: ClientId::new(former.id().get() + 1_000_000_000_000).unwrap(),
        details: DetailsPatch::default(),
        correction: Correction::default(),
        default_branch: None,
    };
    let why = Reason::parse("Back from abroad.").unwrap();
    let returned = former.return_as(renewal, why, &Facts::without_controls(), &by("editor")).unwrap().client;
    let line = line_of(&returned, (EventKind::Created, None));
    let event = ClientEvent { from: None, ..line.event };
    (returned, HistoryEntry { event, ..line })
}

/// A line of history for the version that the client is at: no store takes one without the other.
pub fn line_of(client: &Client, (kind, from): LastLine) -> HistoryEntry {
    let event = ClientEvent {
        kind,
        key: client.key().clone(),
        version: client.version(),
        by: by("editor").by,
        at: client.snapshot().modified_at,
        from: Some(from.unwrap_or(client.state())),
        to: client.state(),
        changed: Vec::new(),
        reason: None,
        reason_code: None,
        notes: None,
        transaction: None,
        kyc: None,
        requested: None,
        amendment: None,
    };
    let request_id = RequestId::parse("r-0").unwrap();
    HistoryEntry {
        event,
        command: "UpdateContactCommand".to_owned(),
        request_id,
        values: HistoryValues::default(),
    }
}

fn by(id: &str) -> AuditStamp {
    AuditStamp::new(Actor::parse(id).unwrap(), NOW.parse().unwrap())
}

fn edited(client: &Client, city: &str) -> Client {
    let city = Some(PlaceName::parse(city).unwrap());
    let patch = DetailsPatch { city, ..DetailsPatch::default() };
    client.update(patch, &Facts::without_controls(), &by("editor")).unwrap().change().unwrap().client
}

/// The client with an amendment by the editor that waits.
fn amended(client: &Client) -> Client {
    let correction = Correction { gender: Some(Gender::Other), ..Correction::default() };
    let why = Reason::parse("Typed wrongly.").unwrap();
    let proposed = client.correct(correction, why, &Facts::without_controls(), &by("editor"));
    proposed.unwrap().change().unwrap().client
}

fn act(client: &Client, action: Action, who: &str) -> Client {
    let reason = Reason::parse("As the documents show.").unwrap();
    client.perform(action, reason.into(), &Facts::without_controls(), &by(who)).unwrap().client
}

fn replaced(client: &Client, document: &DocumentId, who: &str) -> Client {
    let mut content = client.kyc().document(document).unwrap().content.clone();
    content.uploaded = by(who);
    client.replace_content(document, content, &by(who)).unwrap().client
}

fn with_evidence(client: Client, evidence: Evidence) -> Client {
    if evidence == Evidence::None {
        return client;
    }
    let document = passport(&by("uploader")).unwrap();
    let client = client.submit_document(document.clone(), &by("uploader")).unwrap().client;
    if evidence == Evidence::Replaced {
        return replaced(&replaced(&client, &document.id, "editor"), &document.id, "replacer");
    }
    let client = client.submit_address(home().unwrap(), &by("uploader")).unwrap().client;
    if evidence != Evidence::Reviewed {
        return client;
    }
    let client = client.review_document(&document.id, ReviewAction::Approve, None, &by("reviewer")).unwrap();
    let address = home().unwrap().id;
    client.client.review_address(&address, ReviewAction::Approve, None, &by("reviewer")).unwrap().client
}

impl Situation {
    /// The last line of its history, as far as it matters.
    pub const fn last(self) -> LastLine {
        match self {
            Self::Withdrawn => (EventKind::Withdrawn, Some(ClientState::PendingApproval)),
            Self::ExitedBlacklisted => (EventKind::Exited, Some(ClientState::BlackListed)),
            _ => (EventKind::Updated, None),
        }
    }

    /// Whether another client has returned from it.
    pub const fn has_returned(self) -> bool {
        matches!(self, Self::Returned)
    }

    /// A client in this situation. Its evidence is submitted while it waits for its first approval.
    pub fn client(self, evidence: Evidence) -> Client {
        let created = Client::onboard(application().unwrap(), &by("maker")).client;
        let waiting = edited(&with_evidence(created, evidence), "Abuja");
        let approved = || amended(&edited(&act(&waiting, Action::Approve, "approver"), "Kano"));
        match self {
            Self::Created => waiting,
            Self::Requested => waiting.request_approval(None, &by("requester")).unwrap().client,
            Self::Rejected => act(&waiting, Action::Reject, "approver"),
            Self::Withdrawn => act(&waiting, Action::Withdraw, "editor"),
            Self::Reopened => act(&act(&waiting, Action::Reject, "approver"), Action::UndoReject, "lifter"),
            Self::Approved => approved(),
            Self::Active => {
                let first = Transaction::of(TransactionReference::parse("TX-1").unwrap());
                approved().record_transaction(first, &by("ledger")).unwrap().change().unwrap().client
            }
            Self::BlackListed => act(&approved(), Action::Blacklist, "barrer"),
            Self::Lifted => {
                let barred = act(&approved(), Action::Blacklist, "barrer");
                act(&barred, Action::UndoBlacklist, "lifter")
            }
            Self::Exited | Self::Returned => act(&approved(), Action::Exit, "approver"),
            Self::ExitedBlacklisted => {
                act(&act(&approved(), Action::Blacklist, "barrer"), Action::Exit, "approver")
            }
        }
    }
}
