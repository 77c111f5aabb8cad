use std::sync::{Arc, OnceLock};

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_app::{Clients, RequestContext, RequestId};
use client_wire::{Code, Operations as _, Reply};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::{caller, now, run};

/// How many bytes of a cursor are its digest.
const DIGEST: usize = 8;
/// The number of clients, and of entries in the history of the first one.
const CLIENTS: usize = 7;

/// A cursor is refused as one, or it is the only text for its bytes, has the right digest, and leads to a run of what the
/// query finds without it.
///
/// The first byte chooses the query and whether the rest is the text of the cursor or what is inside it.
pub fn cursor(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else { return };
    let text = if choice & 1 == 0 {
        let Ok(text) = std::str::from_utf8(rest) else { return };
        text.to_owned()
    } else {
        seal(rest)
    };
    let ground = ground();
    let walk = &ground.walks[usize::from(choice >> 1) % ground.walks.len()];
    let mut asked = walk.query.clone();
    asked.insert("cursor".to_owned(), text.clone().into());
    match run(ground.clients.query_by_name(walk.name, asked, caller("fuzzer"))) {
        Ok(reply) => {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(&text).expect("what is accepted is base64url");
            assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(&bytes), text, "a second text for one cursor");
            assert_eq!(seal(&bytes[DIGEST..]), text, "a digest that is not that of the rest");
            let entries = walk.entries(&reply);
            let is_run = entries.is_empty() || walk.all.windows(entries.len()).any(|run| run == entries);
            assert!(is_run, "entries that the query does not find in this order");
            if let Some(next) = reply.data["nextCursor"].as_str() {
                let mut next_page = walk.query.clone();
                next_page.insert("cursor".to_owned(), next.into());
                run(ground.clients.query_by_name(walk.name, next_page, caller("fuzzer")))
                    .expect("the next page");
            }
        }
        Err(failure) => {
            let codes: Vec<_> = failure.items.iter().map(|item| item.code).collect();
            let of_the_text = [Code::CursorInvalid, Code::TooLong, Code::TooShort, Code::Required];
            assert!(codes.iter().all(|code| of_the_text.contains(code)), "{codes:?} for {text:?}");
        }
    }
}

/// A cursor with this inside.
fn seal(inside: &[u8]) -> String {
    let digest = Sha256::digest(inside);
    BASE64_URL_SAFE_NO_PAD.encode([&digest[..DIGEST], inside].concat())
}

/// Clients, and the queries whose cursors are tried.
struct Ground {
    clients: Clients,
    walks: Vec<Walk>,
}

struct Walk {
    name: &'static str,
    query: Map<String, Value>,
    /// Where in the answer the entries are.
    list: &'static str,
    all: Vec<Value>,
}

impl Walk {
    fn entries(&self, reply: &Reply) -> Vec<Value> {
        reply.data[self.list].as_array().expect("a list").clone()
    }
}

/// The texts of cursors that the service itself gives, each with its choice before it.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let ground = ground();
    let mut seeds = Vec::new();
    for (at, walk) in ground.walks.iter().enumerate() {
        let reply =
            run(ground.clients.query_by_name(walk.name, walk.query.clone(), caller("fuzzer"))).unwrap();
        let text = reply.data["nextCursor"].as_str().expect("there is more than a page").to_owned();
        let inside = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap().split_off(DIGEST);
        let choice = u8::try_from(at * 2).unwrap();
        seeds.push([&[choice], text.as_bytes()].concat());
        seeds.push([vec![choice + 1], inside].concat());
    }
    seeds
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| run(lay_ground()))
}

async fn lay_ground() -> Ground {
    let clock = Arc::new(FixedClock::new(now()));
    let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
    for at in 0..CLIENTS {
        let last_name = ["Okafor", "Bello", "Eze"][at % 3];
        let data = json!({
            "firstName": "Adaeze", "lastName": last_name,
            "emailAddress": format!("client-{at}@example.com"), "phoneNumber": format!("+234803123456{at}"),
            "dateOfBirth": "1991-04-23", "gender": "Female", "address": "12 Allen Avenue", "city": "Ikeja",
            "state": "Lagos", "country": "NG", "identificationType": "International Passport",
            "identificationNumber": format!("A0123456{at}"),
        });
        order(&clients, "CreateContactCommand", data).await;
    }
    for at in 1..CLIENTS {
        let data = json!({ "contactEncodedKey": "CUST1000001", "city": format!("Ikeja {at}") });
        order(&clients, "UpdateContactCommand", data).await;
    }
    let mut ground = Ground { clients, walks: Vec::new() };
    let list = |sort: Value| json!({ "pageSize": 2, "sort": sort });
    let queries = [
        ("RetrieveContactListQuery", list(json!([])), "contacts"),
        (
            "RetrieveContactListQuery",
            list(json!([{ "propertyName": "lastName", "direction": "asc" }])),
            "contacts",
        ),
        (
            "RetrieveContactListQuery",
            list(json!([
                { "propertyName": "dateOfBirth", "direction": "desc" },
                { "propertyName": "middleName", "direction": "asc" },
                { "propertyName": "dateCreated", "direction": "desc" },
            ])),
            "contacts",
        ),
        (
            "RetrieveContactHistoryQuery",
            json!({ "contactEncodedKey": "CUST1000001", "pageSize": 2 }),
            "entries",
        ),
    ];
    for (name, query, list) in queries {
        let query = query.as_object().unwrap().clone();
        let mut large = query.clone();
        large.insert("pageSize".to_owned(), 100.into());
        let reply = ground.clients.query_by_name(name, large, caller("fuzzer")).await.unwrap();
        let mut walk = Walk { name, query, list, all: Vec::new() };
        walk.all = walk.entries(&reply);
        assert_eq!(walk.all.len(), CLIENTS);
        ground.walks.push(walk);
    }
    ground
}

async fn order(clients: &Clients, name: &str, data: Value) {
    let context = RequestContext::new(caller("maker-1"), RequestId::parse("r-1").unwrap());
    let done = clients.command_by_name(name, data.as_object().unwrap().clone(), context).await;
    done.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
}
