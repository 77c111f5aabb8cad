//! Documents that a client was asked for, and that were not submitted since.

use serde_json::Value;

use crate::record::Record;

/// A type of document that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenRequest {
    /// The number of the type.
    pub(crate) kind: u64,
    /// Who has asked for it last.
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) notes: String,
}

/// What lines of the history, newest first, ask for: the last request of each type after which no document of the type was
/// submitted.
pub(crate) fn open_requests(lines: &[Record], documents: &[Record]) -> Vec<OpenRequest> {
    let mut open: Vec<OpenRequest> = Vec::new();
    for line in lines.iter().rev() {
        if line.text("event") == "KycDocumentSubmitted" {
            let id = line.text("identityId");
            let submitted = documents.iter().find(|document| document.text("identityId") == id);
            let kind = submitted.and_then(|document| document.number("identityType"));
            open.retain(|request| Some(request.kind) != kind);
        }
        let requested = line.value("identityTypes").and_then(Value::as_array);
        for kind in requested.into_iter().flatten().filter_map(Value::as_u64) {
            open.retain(|request| request.kind != kind);
            let by =
                [line.text("actorEmail"), line.text("actorId")].into_iter().find(|name| !name.is_empty());
            let by = by.unwrap_or_default();
            open.push(OpenRequest { kind, by, at: line.text("at"), notes: line.text("notes") });
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn records(list: Value) -> Vec<Record> {
        serde_json::from_value(list).unwrap()
    }

    #[test]
    fn request_is_open_until_a_document_of_its_type_comes_after_it() {
        let requested = |by: &str, kinds: &[u64]| json!({ "event": "KycDocumentsRequested", "actorId": by, "identityTypes": kinds });
        let submitted = |id: &str| json!({ "event": "KycDocumentSubmitted", "identityId": id });
        let documents = records(json!([
            { "identityId": "a", "identityType": 2 }, { "identityId": "b", "identityType": 5 },
        ]));
        let open = |lines: Vec<Value>| {
            let found = open_requests(&records(lines.into()), &documents);
            found.into_iter().map(|request| (request.kind, request.by)).collect::<Vec<_>>()
        };
        let one = |kind: u64, by: &str| (kind, by.to_owned());
        assert_eq!(open(vec![requested("x", &[2, 5])]), [one(2, "x"), one(5, "x")]);
        assert_eq!(open(vec![submitted("b"), requested("x", &[2, 5])]), [one(2, "x")]);
        assert_eq!(open(vec![requested("x", &[5]), submitted("b")]), [one(5, "x")]);
        assert_eq!(open(vec![requested("y", &[2]), requested("x", &[2, 5])]), [one(5, "x"), one(2, "y")]);
        assert_eq!(open(vec![submitted("a"), submitted("b"), requested("x", &[5, 2])]), []);
    }
}
