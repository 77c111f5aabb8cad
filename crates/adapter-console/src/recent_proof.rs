//! Decisions need a recent proof of the person, where the bank wants it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use client_app::jiff::SignedDuration;
use client_domain::Permission;
use client_wire::{Code, Failure, Item, find_operation};

use crate::session::is_recent;
use crate::shell::{Shell, html};
use crate::url;
use crate::visit::{Visit, see_other};

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    shell: Shell,
    path: String,
}

/// Whether a command decides about what another person has done: it needs the permission of a checker.
fn decides(command: &str) -> bool {
    let permission = find_operation(command).and_then(|spec| spec.permission);
    permission.is_some_and(|permission| {
        matches!(
            permission,
            Permission::Approve | Permission::Blacklist | Permission::Exit | Permission::KycReview
        )
    })
}

/// Where a person goes who opens the page of a decision without a proof that is recent enough. A person who has half of the
/// time left or less gives another one first, so that it does not run out while the page is read.
pub(crate) fn before(visit: &Visit, command: &str, page: &str) -> Option<Response> {
    lacks(visit, command, |fresh| fresh / 2).then(|| see_other(&url::sign_in_again(page)))
}

/// The answer to a decision without a proof that is recent enough; afterwards the person comes back to this page.
///
/// It is a page with a link and no redirect, because browsers compare every address that a form leads to with the policy of the
/// page.
pub(crate) fn refusal(visit: &Visit, command: &str, page: &str) -> Option<Response> {
    let failure = missing(visit, command)?;
    let shell = visit.shell(visit.text("signin.again"));
    let mut response = html(StatusCode::FORBIDDEN, &AgainPage { shell, path: url::sign_in_again(page) });
    response.extensions_mut().insert(failure);
    Some(response)
}

/// Why the person may not give this command now, if a recent proof is missing. No page gives a command without this question.
pub(crate) fn missing(visit: &Visit, command: &str) -> Option<Failure> {
    let failure = || Failure::of(Item::new(Code::TokenExpired, Code::TokenExpired.meaning()));
    lacks(visit, command, |fresh| fresh).then(failure)
}

fn lacks(visit: &Visit, command: &str, within: fn(SignedDuration) -> SignedDuration) -> bool {
    let fresh = visit.console.provider().and_then(|sign_in| sign_in.fresh);
    let now = visit.console.clock.now();
    decides(command) && fresh.is_some_and(|fresh| !is_recent(&visit.session, now, within(fresh)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::table::FORMS;

    #[test]
    fn a_decision_is_what_a_checker_does() {
        let others: Vec<_> =
            FORMS.iter().filter(|form| !decides(form.command)).map(|form| form.slug).collect();
        let makers = [
            "update",
            "correct",
            "submit-document",
            "submit-address",
            "request-approval",
            "withdraw",
            "record-transaction",
            "return",
        ];
        assert_eq!(others, makers);
    }
}
