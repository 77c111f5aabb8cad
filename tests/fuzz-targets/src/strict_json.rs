use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use axum::Router;
use client_app::{Caller, OpenedContent, Readiness, RequestContext};
use client_wire::{Failure, IncomingContent, Operations, Outcome, Reply};
use serde_json::{Map, Value};

use crate::answer::{bearer, post, router, run};

/// Bodies beyond this are for commands with files only.
const LONGEST: usize = 60 * 1024;
/// More values than a request may have.
const MOST_VALUES: usize = 20_000;
/// How deep values may lie in each other.
const DEEPEST: usize = 128;

/// The body of a query is accepted just as `serde_json` reads it, and only if no member occurs twice, it has at most
/// 20,000 values, is at most 128 levels deep, and is an envelope.
pub fn strict_json(data: &[u8]) {
    static ROUTER: OnceLock<(Router, Arc<Taker>, String)> = OnceLock::new();
    let (router, taker, bearer) = ROUTER.get_or_init(|| {
        let taker = Arc::new(Taker::default());
        (router(taker.clone()), taker, bearer("fuzzer"))
    });
    let data = data.get(..LONGEST).unwrap_or(data);
    let piece = 1 + data.iter().map(|byte| usize::from(*byte)).sum::<usize>() % 700;
    let answer = run(post(router, "/api/bpm/qry", bearer, data, piece));
    let asked = taker.take();
    assert_eq!(answer.status == 200, asked.is_some());

    if values_begun(data) > MOST_VALUES {
        assert_eq!(answer.codes(), ["too_complex"]);
        return;
    }
    // One byte order mark is ignored, as RFC 8259 allows.
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let read = match serde_json::from_slice::<Value>(text) {
        Ok(value @ Value::Object(_)) if members_kept(&value) == members_written(text) => value,
        _ => {
            assert_eq!(answer.codes(), ["malformed_json"], "{}", String::from_utf8_lossy(data));
            return;
        }
    };
    assert!(depth(&read) <= DEEPEST, "{} levels", depth(&read));
    assert!(!answer.codes().contains(&"malformed_json"), "{}", String::from_utf8_lossy(data));
    assert_eq!(asked, envelope(&read), "{}", String::from_utf8_lossy(data));
}

/// The name and data of a value that is a query.
fn envelope(value: &Value) -> Option<(String, Map<String, Value>)> {
    let members = value.as_object()?;
    let name = match (members.get("queryName"), members.get("cmd")) {
        (Some(name), None) | (None, Some(name)) => name.as_str().filter(|name| !name.is_empty())?,
        _ => return None,
    };
    let data = match members.get("data") {
        None => Map::new(),
        Some(data) => data.as_object()?.clone(),
    };
    let known = |name: &String| ["queryName", "cmd", "data"].contains(&name.as_str());
    members.keys().all(known).then(|| (name.to_owned(), data))
}

/// How often one of these bytes occurs outside of the strings of a text.
fn outside_of_strings(text: &[u8], wanted: &[u8]) -> usize {
    let (mut in_string, mut escaped, mut count) = (false, false, 0);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            byte if !in_string && wanted.contains(byte) => count += 1,
            _ => {}
        }
    }
    count
}

fn values_begun(text: &[u8]) -> usize {
    outside_of_strings(text, b"{[,")
}

/// How many members a text that is JSON has, in all its objects.
fn members_written(text: &[u8]) -> usize {
    outside_of_strings(text, b":")
}

fn members_kept(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(members_kept).sum::<usize>(),
        Value::Array(items) => items.iter().map(members_kept).sum(),
        _ => 0,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// An application that records its requests.
#[derive(Default)]
struct Taker(Mutex<Option<(String, Map<String, Value>)>>);

impl Taker {
    fn take(&self) -> Option<(String, Map<String, Value>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Operations for Taker {
    fn known_name(&self, _name: &str) -> Option<&'static str> {
        None
    }

    async fn command_by_name(
        &self,
        _: &str,
        _: Map<String, Value>,
        _: RequestContext,
    ) -> Result<Reply, Failure> {
        unreachable!("only queries are sent")
    }

    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        _caller: Caller,
    ) -> Result<Reply, Failure> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((name.to_owned(), data));
        Ok(Reply {
            message: "Taken.".to_owned(),
            data: Value::Null.into(),
            version: None,
            outcome: Outcome::Done,
        })
    }

    async fn document_content(&self, _document: &str, _caller: Caller) -> Result<OpenedContent, Failure> {
        unreachable!("no file is asked for")
    }

    async fn replace_document_content(
        &self,
        _document: &str,
        _bytes: IncomingContent,
        _context: RequestContext,
    ) -> Result<Reply, Failure> {
        unreachable!("no file is sent")
    }

    async fn ready(&self) -> Readiness {
        Readiness::new(Vec::new())
    }
}
