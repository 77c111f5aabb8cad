//! Parameters in the URL of a request. The API has none, so each one is an error.

use axum::http::Uri;
use client_wire::{Code, Item};

/// A longer name is not repeated in the error.
const MAX_SHOWN_NAME: usize = 64;

/// An error for each parameter: a request with `?dryRun=true` must not be executed as if it had none.
pub(crate) fn reject(uri: &Uri, items: &mut Vec<Item>) {
    let parameters = uri.query().unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty());
    items.extend(parameters.map(|parameter| {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        let message = "The URL takes no parameters; send the members of a request in its body.";
        let item = Item::new(Code::UnknownMember, message);
        let shown =
            (1..=MAX_SHOWN_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
        if shown { item.field(name) } else { item }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(uri: &str) -> Vec<Option<String>> {
        let mut items = Vec::new();
        reject(&uri.parse().unwrap(), &mut items);
        assert!(items.iter().all(|item| item.code == Code::UnknownMember));
        items.into_iter().map(|item| item.field).collect()
    }

    #[test]
    fn each_parameter_is_an_error_with_its_name() {
        assert!(rejected("/api/bpm/cmd").is_empty() && rejected("/api/bpm/cmd?").is_empty());
        assert_eq!(rejected("/api/bpm/cmd?dryRun=true"), [Some("dryRun".to_owned())]);
        let both = [Some("a".to_owned()), Some("b%5B%5D".to_owned())];
        assert_eq!(rejected("/api/bpm/cmd?a&b%5B%5D=1=2"), both);
        assert_eq!(rejected(&format!("/api/bpm/cmd?=x&{}=1", "n".repeat(65))), [None, None]);
    }
}
