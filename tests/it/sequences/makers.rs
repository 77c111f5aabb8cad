//! Who may approve, derived from the history alone, to check the set of makers that a client carries.

use std::collections::BTreeSet;

use client_app::ports::HistoryEntry;
use client_domain::client::Approval;
use client_domain::{Actor, Blocker, Client, Refusal};

use super::order::Order;
use super::step::What;

/// The commands that make their caller a maker of a client.
const TOUCHES: [&str; 10] = [
    "CreateContactCommand",
    "ReturnCustomerCommand",
    "UpdateContactCommand",
    "CorrectContactCommand",
    "RequestCustomerApprovalCommand",
    "CreateIdentityDocumentCommand",
    "CreateAddressInformationCommand",
    "UndoRejectCustomerCommand",
    "BlacklistCustomerCommand",
    "UndoBlacklistCustomerCommand",
];

/// Whether the order changes what a request for approval was made for.
pub const fn changes_the_client(order: &Order) -> bool {
    matches!(
        order.what,
        What::Update(_) | What::Correct(_) | What::SubmitDocument(_) | What::SubmitAddress(_)
    )
}

/// Whether it withdraws an open request for approval.
pub fn withdraws(order: &Order, before: &Client) -> bool {
    changes_the_client(order) && matches!(before.snapshot().approval, Approval::Requested(_))
}

/// Panics unless an approval is refused for four eyes exactly if its caller has touched the client.
pub fn agree(refusal: Option<&Refusal>, history: &[HistoryEntry], by: &Actor, four_eyes: bool) {
    let blocker = refusal.iter().flat_map(|refusal| &refusal.blockers);
    let refused = blocker.filter(|blocker| matches!(blocker, Blocker::FourEyes { .. })).count() > 0;
    let touched = since_last_approval(history).contains(&person(by));
    assert_eq!(refused, four_eyes && touched, "four eyes of {by:?}: refused {refused}, touched {touched}");
}

/// The sample callers differ by more than case, except those that are meant to look alike.
fn person(actor: &Actor) -> String {
    actor.id.as_str().to_ascii_lowercase()
}

fn since_last_approval(history: &[HistoryEntry]) -> BTreeSet<String> {
    let mut makers = BTreeSet::new();
    for line in history {
        let by = person(&line.event.by);
        match line.command.as_str() {
            command if TOUCHES.contains(&command) => {
                makers.insert(by);
            }
            "ApproveCustomerCommand" => makers.retain(|maker| *maker == by),
            _ => {}
        }
    }
    makers
}
