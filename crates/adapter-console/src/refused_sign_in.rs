//! Why a sign-in at the provider opens no session.

use axum::http::StatusCode;
use axum::response::Response;
use client_app::ports::SignInRefusal;
use client_wire::{Code, Failure, Item, Status};

use crate::sentence::Sentence;
use crate::shell::Shell;
use crate::visit::refusal_page;

/// Why a sign-in at the provider opens no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedSignIn {
    /// The answer is of no attempt of this browser that could still be finished; the word is for the log.
    Unknown(&'static str),
    /// The provider says so.
    ByProvider,
    /// The answer names no person.
    Redeeming(SignInRefusal),
    /// The answer names another person than the one who is signed in.
    AnotherPerson,
    /// Too many answers are redeemed at the moment. Nothing was redeemed, so the same answer can be sent again.
    Busy,
}

impl RefusedSignIn {
    /// The reason for the log, from a closed list of words.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::ByProvider => "refused_by_provider",
            Self::AnotherPerson => "another_person",
            Self::Busy => "busy",
            Self::Unknown(reason)
            | Self::Redeeming(
                SignInRefusal::Unavailable(reason)
                | SignInRefusal::Spent(reason)
                | SignInRefusal::Unproven(reason)
                | SignInRefusal::NotRecent(reason),
            ) => reason,
        }
    }

    fn text(self, shell: &Shell) -> String {
        match self {
            Self::Unknown(_) | Self::Redeeming(SignInRefusal::Spent(_)) => shell.t("signin.unknown"),
            Self::ByProvider => shell.t("signin.refused"),
            Self::AnotherPerson => shell.t("signin.another"),
            Self::Busy => shell.t("signin.busy"),
            Self::Redeeming(SignInRefusal::Unavailable(_)) => shell.t("signin.unavailable"),
            Self::Redeeming(SignInRefusal::Unproven(_)) => shell.t("signin.unproven"),
            Self::Redeeming(SignInRefusal::NotRecent(_)) => shell.t("signin.notrecent"),
        }
    }

    /// The page that says so.
    pub(crate) fn page(self, shell: &Shell) -> Response {
        let failure = Failure::of(Item::new(Code::TokenInvalid, Code::TokenInvalid.meaning()));
        let (status, failure) = match self {
            Self::Redeeming(SignInRefusal::Unavailable(reason)) => {
                let cause = Some(format!("identity provider: {reason}"));
                (StatusCode::SERVICE_UNAVAILABLE, Failure { status: Status::Unavailable, cause, ..failure })
            }
            Self::Busy => {
                let code = Code::TooManyInProgress;
                (StatusCode::TOO_MANY_REQUESTS, Failure::of(Item::new(code, code.meaning())))
            }
            _ => (StatusCode::FORBIDDEN, failure),
        };
        let sentence = Sentence::plain(self.text(shell));
        let mut response = refusal_page(shell, status, shell.t("signin.failed"), vec![sentence]);
        response.extensions_mut().insert(failure);
        response
    }
}
