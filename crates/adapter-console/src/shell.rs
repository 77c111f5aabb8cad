//! What every page has: the frame with its navigation, in a language.

use std::fmt::Display;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::assets;
use crate::language::Language;
use crate::navigation::Entry;

/// The frame of a page.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) language: &'static Language,
    pub(crate) title: String,
    /// The person who is signed in.
    pub(crate) person: Option<String>,
    /// The pages that the person may see.
    pub(crate) entries: Vec<&'static Entry>,
    /// The path of the page.
    pub(crate) path: String,
    /// Proves that a form is from a page of this session.
    pub(crate) csrf: String,
    pub(crate) development: bool,
}

impl Shell {
    /// The text with this key.
    pub(crate) fn t(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// The text with this key and one value in it.
    pub(crate) fn tf(&self, key: &str, name: &str, value: impl Display) -> String {
        self.language.filled(key, &[(name, &value.to_string())])
    }

    /// A word of the wire as people say it.
    pub(crate) fn word(&self, group: &str, word: &str) -> String {
        self.language.word(group, word)
    }

    /// The path of an asset.
    #[expect(clippy::unused_self, reason = "templates know the frame only")]
    pub(crate) fn asset(&self, name: &str) -> String {
        format!("/console/assets/{}/{name}", assets::VERSION)
    }
}

/// A page as an answer.
pub(crate) fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
