//! What holds for every page: its headers, its labels, and that no address holds anything personal.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use crate::page::Page;

/// What must be true of every page.
pub(crate) fn check_page(page: &Page, path: &str, personal: &[String]) {
    let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let policy = header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(header(name).as_deref(), Some(value), "{path} {name}");
    }
    for element in page.elements() {
        let inline = element.attributes.iter().find(|(name, _)| name.starts_with("on") || name == "style");
        assert!(inline.is_none(), "{path}: {element:?}");
        let is_link = element.name == "a" && element.get("href").is_some();
        assert!(!is_link || element.get("role").is_none(), "{path}: a link that says it is a button");
        assert!(element.name != "style", "{path}: a style in the page");
        assert!(element.name != "script" || element.get("src").is_some(), "{path}: a script in the page");
    }
    for address in page.addresses() {
        let own = address.starts_with("/console") || address.starts_with('#') || address == "data:,";
        assert!(own, "{path} leads to {address}");
        for value in personal {
            assert!(!says(&address, value), "{path} leads to {address}");
        }
    }
    assert_eq!(page.all("h1").len(), 1, "{path}");
    assert_eq!(page.all("main").len(), 1, "{path}");
    let switch = page.elements().into_iter().find(|element| element.get("id") == Some("keys-used"));
    assert_eq!(switch.unwrap().get("type"), Some("checkbox"), "{path}: keys that cannot be switched off");
    check_labels(page, path);
}

/// Whether an address holds a value, however it is encoded. What a session has sealed in it can be decoded, but not read.
pub(crate) fn says(address: &str, value: &str) -> bool {
    let decoded = percent_decode_str(address).decode_utf8_lossy().into_owned();
    let form = percent_decode_str(&address.replace('+', " ")).decode_utf8_lossy().into_owned();
    let parts =
        address.split(['?', '&', '=', '/']).filter_map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let parts: Vec<_> = parts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    [address, &decoded, &form]
        .into_iter()
        .chain(parts.iter().map(String::as_str))
        .any(|text| text.contains(value))
}

#[test]
fn an_encoded_value_is_found_in_an_address() {
    let encoded = format!("/console?s={}", BASE64_URL_SAFE_NO_PAD.encode(r#"[["term","+234 8"]]"#));
    for address in [
        "/console?a=+234 8",
        "/console?a=%2B234+8",
        "/console?a=%2B234%208",
        "/console/%2b2%33%34%208",
        &encoded,
    ] {
        assert!(says(address, "+234 8"), "{address}");
    }
    assert!(!says("/console?a=234", "+234 8"));
}

/// Every field has a label, and what describes it is there.
fn check_labels(page: &Page, path: &str) {
    let elements = page.elements();
    let ids: BTreeSet<_> = elements.iter().filter_map(|element| element.get("id")).collect();
    let labelled: BTreeSet<_> = elements.iter().filter_map(|element| element.get("for")).collect();
    let wrapped = page.text.split("<label>").skip(1).filter_map(|rest| rest.split("</label>").next());
    let wrapped: Vec<_> = wrapped.collect();
    for element in &elements {
        if matches!(element.name.as_str(), "input" | "select" | "textarea")
            && element.get("type") != Some("hidden")
        {
            let name = element.get("name").unwrap_or_default();
            let has = element.get("id").is_some_and(|id| labelled.contains(id))
                || wrapped.iter().any(|label| label.contains(&format!("name=\"{name}\"")));
            assert!(has, "{path}: {name} has no label");
        }
        for list in ["aria-describedby", "aria-labelledby"] {
            for id in element.get(list).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{path}: {list} {id}");
            }
        }
    }
}
