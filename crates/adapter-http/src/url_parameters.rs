//! Parameters in the URL of a request, of which the API has none.

use axum::http::Uri;
use client_wire::{Code, Item};

/// Longer names are not repeated.
const LONGEST_NAME_SHOWN: usize = 64;

/// Refuses every parameter: a request with `?dryRun=true` must not be done as if it were not there.
pub(crate) fn refuse(uri: &Uri, items: &mut Vec<Item>) {
    let parameters = uri.query().unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty());
    items.extend(parameters.map(|parameter| {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        let message = "The URL takes no parameters; members of a request belong into its body.";
        let item = Item::new(Code::UnknownMember, message);
        let shown = (1..=LONGEST_NAME_SHOWN).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_graphic());
        if shown { item.field(name) } else { item }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(uri: &str) -> Vec<Option<String>> {
        let mut items = Vec::new();
        refuse(&uri.parse().unwrap(), &mut items);
        assert!(items.iter().all(|item| item.code == Code::UnknownMember));
        items.into_iter().map(|item| item.field).collect()
    }

    #[test]
    fn every_parameter_is_refused_by_its_name() {
        assert!(refused("/api/bpm/cmd").is_empty() && refused("/api/bpm/cmd?").is_empty());
        assert_eq!(refused("/api/bpm/cmd?dryRun=true"), [Some("dryRun".to_owned())]);
        let both = [Some("a".to_owned()), Some("b%5B%5D".to_owned())];
        assert_eq!(refused("/api/bpm/cmd?a&b%5B%5D=1=2"), both);
        assert_eq!(refused(&format!("/api/bpm/cmd?=x&{}=1", "n".repeat(65))), [None, None]);
    }
}
