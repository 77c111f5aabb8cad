//! Under which name of a host the console answers while everybody can sign in to it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::Response;
use client_wire::{Code, Failure, Item};

use crate::origin::One;
use crate::sentence::Sentence;
use crate::settings::Console;
use crate::visit::{language, refusal_page, shell_of};

/// The names of the machine itself.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Refuses a request under another name while people sign in without a proof: a name of another site that leads to this
/// machine would make that site's pages pages of the console.
pub(crate) async fn local_only(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let host = match One::of(request.headers(), &HOST) {
        One::Text(host) => Some(host),
        // HTTP/2 names it in the address.
        One::Absent => request.uri().authority().map(|authority| authority.as_str()),
        One::Unclear => None,
    };
    if !console.is_development() || host.is_some_and(is_local) {
        return next.run(request).await;
    }
    let shell = shell_of(&console, language(request.headers()));
    let text = shell.t("signin.elsewhere");
    let sentence = Sentence::plain(text);
    let heading = shell.t("failure.CBS_403");
    let mut page = refusal_page(&shell, StatusCode::FORBIDDEN, heading, vec![sentence]);
    // Under this name there is no console; with a failure the page stays a page.
    page.extensions_mut().insert(Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning())));
    page
}

/// Whether the host without its port is this machine.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        // No port: also the last colon of an IPv6 address, which has a bracket behind it.
        _ => host,
    };
    LOCAL.iter().any(|local| local.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for good in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8443"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "localhost.evil.example:8080",
            "localhost:8080.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:127.0.0.1",
            "localhost:",
            "localhost:80:80",
            "[::1].evil.example",
            "[::2]",
            "::1",
            "192.168.0.1",
        ] {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
