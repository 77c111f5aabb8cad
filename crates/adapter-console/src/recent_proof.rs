//! Decisions need a recent proof of the person, where the bank wants it.

use askama::Template;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use client_app::jiff::SignedDuration;
use client_domain::Permission;
use client_wire::rights::CONDITIONS;
use client_wire::{Code, Failure, Item, find_operation};

use crate::session::{REFRESH, is_recent};
use crate::shell::{Shell, html};
use crate::url;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    shell: Shell,
    path: String,
}

/// Lets rows be executed again, as a confirmation does.
const RESUME: &str = "ResumeBatchCommand";

/// Whether a command decides about what another person has done: it needs the permission of a checker, for every client or
/// for some, or it sets a batch going.
fn decides(command: &str) -> bool {
    let always = find_operation(command).and_then(|spec| spec.permission);
    let of_command = CONDITIONS.iter().filter(|condition| condition.operations.contains(&command));
    command == RESUME
        || always.into_iter().chain(of_command.map(|condition| condition.permission)).any(is_of_a_checker)
}

fn is_of_a_checker(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::Approve
            | Permission::BatchesConfirm
            | Permission::Blacklist
            | Permission::Exit
            | Permission::KycReview
    )
}

/// What a person sees who opens the page of a decision without a proof that is recent enough. A person who has half of the
/// time left or less gives another one first, so that it does not run out while the page is read; but not at once after a
/// sign-in, because a provider may give a proof that is as old as that.
///
/// It is a page that leads on and no redirect, because browsers compare every address that a form leads to with the policy of
/// the page that it was on, and a decision leads to the next item of the queue.
pub(crate) fn before(visit: &Visit, command: &str, page: &str) -> Option<Response> {
    let fresh = visit.console.provider().and_then(|sign_in| sign_in.fresh)?;
    let since_sign_in = visit.console.clock.now().duration_since(visit.session.opened_at);
    let within = if since_sign_in > fresh / 2 { fresh / 2 } else { fresh };
    if !lacks(visit, command, within) {
        return None;
    }
    let (path, mut response) = again(visit, StatusCode::OK, page);
    let refresh = HeaderValue::from_str(&format!("0; url={path}"));
    response.headers_mut().extend(refresh.ok().map(|value| (REFRESH, value)));
    Some(response)
}

/// The answer to a decision without a proof that is recent enough; afterwards the person comes back to this page.
pub(crate) fn refusal(visit: &Visit, command: &str, page: &str) -> Option<Response> {
    let failure = missing(visit, command)?;
    let (_, mut response) = again(visit, StatusCode::FORBIDDEN, page);
    response.extensions_mut().insert(failure);
    Some(response)
}

/// The page with the link to another sign-in, and where that is.
fn again(visit: &Visit, status: StatusCode, page: &str) -> (String, Response) {
    let (shell, path) = (visit.shell(visit.text("signin.again")), url::sign_in_again(page));
    let response = html(status, &AgainPage { shell, path: path.clone() });
    (path, response)
}

/// Why the person may not give this command now, if a recent proof is missing. No page gives a command without this question.
pub(crate) fn missing(visit: &Visit, command: &str) -> Option<Failure> {
    let fresh = visit.console.provider().and_then(|sign_in| sign_in.fresh)?;
    let failure = || Failure::of(Item::new(Code::TokenExpired, Code::TokenExpired.meaning()));
    lacks(visit, command, fresh).then(failure)
}

/// Whether the bank wants recent proofs.
pub(crate) fn is_wanted(visit: &Visit) -> bool {
    visit.console.provider().is_some_and(|sign_in| sign_in.fresh.is_some())
}

fn lacks(visit: &Visit, command: &str, within: SignedDuration) -> bool {
    decides(command) && !is_recent(&visit.session, visit.console.clock.now(), within)
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
        ];
        assert_eq!(others, makers);
    }
}
