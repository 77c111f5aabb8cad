//! The requests of a case in the words of a peer, and what it answers.

use std::sync::Arc;

use clients_campaigns::RunError;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::answer::{Data, Expected};
use crate::callers::Tokens;
use crate::case::Who;
use crate::load::Calls;
use crate::person::Person;
use crate::request::{Request, Requests};
use crate::wire::Wire;

/// A connection to a peer.
#[derive(Debug)]
pub(crate) struct Asks {
    who: Who,
    wire: Wire,
    token: Arc<str>,
    requests: Arc<Requests>,
}

impl Asks {
    pub(super) async fn open(
        who: Who,
        address: String,
        tokens: &Tokens,
        requests: &Arc<Requests>,
    ) -> Result<Self, RunError> {
        let wire = Wire::open(&address).await?;
        Ok(Self { who, wire, token: Arc::clone(&tokens.maker), requests: Arc::clone(requests) })
    }
}

impl Calls for Asks {
    async fn call(&mut self) -> Result<bool, RunError> {
        let Some(request) = self.requests.next() else { return Ok(false) };
        let (path, body) = match self.who {
            Who::Postgraphile => ("/graphql", graphql(&request)?.to_string()),
            _ => (path(&request), Value::Object(request.data.clone()).to_string()),
        };
        let mut headers = vec![("Authorization", &*self.token)];
        if self.who == Who::Postgraphile {
            // It has no keys for our tokens, and would refuse them.
            headers.clear();
        }
        headers.extend(request.key.as_deref().map(|key| ("Idempotency-Key", key)));
        let answer = self.wire.post(path, &headers, body.as_bytes()).await?;
        let answer: Value = serde_json::from_slice(answer).map_err(RunError::during("an answer"))?;
        let answer = if self.who == Who::Postgraphile { translated(&answer)? } else { answer };
        let data = Data::deserialize(&answer).map_err(RunError::during("an answer"))?;
        data.check(&request.expected).map(|()| true)
    }
}

const fn path(request: &Request) -> &'static str {
    match request.expected {
        Expected::Created => "/create",
        Expected::List(..) => "/search",
        _ => "/get",
    }
}

const ALL: &str = "clientKey id version state firstName middleName lastName email phone address city region country \
    maritalStatus accountOfficer birthDate gender identificationType identificationNumber customerType branch approval \
    createdBy createdAt modifiedAt";
const SHOWN: &str = "clientKey id firstName lastName email phone state branch createdAt modifiedAt version";

fn graphql(request: &Request) -> Result<Value, RunError> {
    Ok(match &request.expected {
        Expected::Created => json!({
            "query": "mutation($i: ClientInput!){createClient(input:{client:$i}){client{clientKey id version state}}}",
            "variables": { "i": row(&request.data)? },
        }),
        Expected::List(..) => json!({
            "query": format!("query($b: String!){{allClients(condition:{{state:1,branch:$b}},\
                orderBy:[CREATED_AT_DESC,ID_DESC],first:51){{nodes{{{SHOWN}}}}}}}"),
            "variables": { "b": request.data.get("branchEncodedKey") },
        }),
        _ => json!({
            "query": format!("query($k: String!){{clientByClientKey(clientKey:$k){{{ALL}}}}}"),
            "variables": { "k": request.data.get("contactEncodedKey") },
        }),
    })
}

/// The row of a new client, all of which the caller has to supply, since the peer fills in nothing.
fn row(data: &Map<String, Value>) -> Result<Value, RunError> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = text("identificationNumber").trim_start_matches('Q').parse::<u64>();
    let number = number.map_err(RunError::during("the number of a person"))?;
    let person = Person(number);
    let low = |name: &str| text(name).to_lowercase();
    let (first, last) = (person.first_name(), person.last_name());
    let search =
        [first, &last, &format!("CUST{}", 1_000_000 + number), text("emailAddress"), text("phoneNumber")];
    Ok(json!({
        "clientKey": format!("{number:032x}"), "id": number.to_string(), "version": "1", "state": 3, "firstName": first,
        "lastName": last, "email": text("emailAddress"), "phone": text("phoneNumber"), "address": text("address"),
        "city": text("city"), "region": text("state"), "country": "NG", "maritalStatus": 2, "accountOfficer": "17",
        "birthDate": text("dateOfBirth"), "gender": text("gender"), "identificationType": text("identificationType"),
        "identificationNumber": text("identificationNumber"), "customerType": text("customerType"),
        "branch": text("branchEncodedKey"), "activations": [], "createdBy": "maker",
        "createdAt": "2026-11-24T00:00:00Z", "modifiedAt": "2026-11-24T00:00:00Z",
        "firstNameFolded": low("firstName"), "lastNameFolded": low("lastName"),
        "fullNameFolded": format!("{first} {last}").to_lowercase(), "emailFolded": low("emailAddress"),
        "addressFolded": low("address"), "cityFolded": low("city"), "regionFolded": low("state"),
        "countryFolded": low("country"), "identificationTypeFolded": low("identificationType"),
        "identificationNumberFolded": low("identificationNumber"),
        "searchText": format!("{}\n{}", search.join("\n"), text("identificationNumber")).to_lowercase(),
    }))
}

/// An answer of GraphQL in the form of the service, as far as it is checked.
fn translated(answer: &Value) -> Result<Value, RunError> {
    if answer.get("errors").is_some() {
        return Err(RunError::new(format!("an answer that is no success: {answer}")));
    }
    let number =
        |client: &Value, name: &str| client.get(name).and_then(|value| value.as_str()?.parse::<u64>().ok());
    if let Some(nodes) = answer.pointer("/data/allClients/nodes").and_then(Value::as_array) {
        let ids = nodes.iter().take(50).map(|node| json!({ "id": number(node, "id") }));
        return Ok(json!({ "contacts": ids.collect::<Vec<_>>() }));
    }
    let client =
        answer.pointer("/data/createClient/client").or_else(|| answer.pointer("/data/clientByClientKey"));
    let client = client.ok_or_else(|| RunError::new(format!("an answer without a client: {answer}")))?;
    let id = number(client, "id").unwrap_or_default();
    Ok(json!({
        "contactEncodedKey": client.get("clientKey"), "encodedKey": client.get("clientKey"), "id": id,
        "customerNumber": format!("CUST{}", 1_000_000 + id), "version": number(client, "version"),
        "clientState": client.get("state"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_error_with_status_200_is_no_success() {
        assert!(translated(&json!({ "errors": [], "data": null })).is_err());
        assert!(
            translated(&json!({ "data": { "clientByClientKey": null } })).is_ok_and(|data| data["id"] == 0)
        );
        let node = json!({ "id": "7", "clientKey": "k", "version": "2", "state": 1 });
        let data = translated(&json!({ "data": { "clientByClientKey": node } })).unwrap();
        assert_eq!((data["id"].as_u64(), data["encodedKey"].as_str()), (Some(7), Some("k")));
    }

    #[test]
    fn peer_row_describes_the_same_person() {
        let row = row(&Person(1_234).data()).unwrap();
        assert_eq!(
            (row["email"].as_str(), row["lastName"].as_str()),
            (Some("n1234@example.com"), Some("Ezeogun"))
        );
    }
}
