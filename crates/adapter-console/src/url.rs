//! Paths of the console. A client is named by its key, and nothing personal is ever in one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stay as it is in a part of a path (RFC 3986, section 2.3). A part of dots alone is written out as well.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The page of a client.
pub(crate) fn client(key: &str) -> String {
    format!("/console/clients/{}", part(key))
}

/// The form of a command about a client.
pub(crate) fn command(key: &str, slug: &str) -> String {
    format!("{}/do/{slug}", client(key))
}

/// The form of a command about a document, an address or an amendment.
pub(crate) fn item_command(key: &str, slug: &str, item: &str) -> String {
    format!("{}/do/{slug}/{}", client(key), part(item))
}

/// The page of a document.
pub(crate) fn document(key: &str, id: &str) -> String {
    format!("{}/documents/{}", client(key), part(id))
}

/// The page of a batch.
pub(crate) fn batch(id: &str) -> String {
    format!("/console/batches/{}", part(id))
}

/// How far a batch is that the page shows in this state.
pub(crate) fn batch_live(id: &str, state: &str) -> String {
    format!("{}?live={}", batch(id), part(state))
}

/// Rows of a batch as a file.
pub(crate) fn batch_file(id: &str, kind: &str) -> String {
    format!("{}/files/{kind}", batch(id))
}

/// The address of the next page of a list that nothing personal is looked for in; none after the last one.
pub(crate) fn next_page(page: &str, cursor: &str) -> Option<String> {
    (!cursor.is_empty()).then(|| format!("{page}?cursor={}", part(cursor)))
}

/// The cursor in the query of such an address.
pub(crate) fn cursor_of(query: &str) -> Option<String> {
    let pair = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "cursor");
    pair.map(|(_, cursor)| cursor.into_owned()).filter(|cursor| !cursor.is_empty())
}

/// The file of a document.
pub(crate) fn file(id: &str) -> String {
    format!("/console/files/{}", part(id))
}

/// Where the person gives another proof and comes back to this page.
pub(crate) fn sign_in_again(page: &str) -> String {
    format!("/console/sign-in/again?{}", page_parameter(page))
}

/// The parameter of a sign-in that says which page it leads to.
pub(crate) fn page_parameter(page: &str) -> String {
    format!("page={}", part(page))
}

/// The parameter of a decision that says where the person comes from.
pub(crate) fn from_parameter(from: &str) -> String {
    format!("from={}", part(from))
}

fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_to_come_back_to_is_one_value() {
        let again = "/console/sign-in/again?page=%2Fconsole%2Fclients%2Fk%2Fdo%2Fapprove%3Ffrom%3Dqueue";
        assert_eq!(sign_in_again("/console/clients/k/do/approve?from=queue"), again);
    }

    #[test]
    fn a_key_is_one_part_of_a_path() {
        assert_eq!(client("8a8e86a5"), "/console/clients/8a8e86a5");
        assert_eq!(client("../a?b#c%d"), "/console/clients/%2E%2E%2Fa%3Fb%23c%25d");
        assert_eq!(
            item_command("k", "approve-amendment", "k.7"),
            "/console/clients/k/do/approve-amendment/k%2E7"
        );
    }
}
