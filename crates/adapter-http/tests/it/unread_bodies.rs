//! A response before the end of the body reaches callers that send the whole body first.

use std::process::Command;

use adapter_http::Limits;
use client_domain::Permissions;

use crate::fixture::{CMD, Running, bare, bearing, post, short, token, token_with};

const MIB: usize = 1024 * 1024;

/// Sends a body of this many bytes with Python's own HTTP client, and prints the status or the
/// error.
const SCRIPT: &str = "
import http.client, sys
method, path, port, size, token = sys.argv[1:]
connection = http.client.HTTPConnection('127.0.0.1', int(port), timeout=30)
headers = {'Content-Type': 'application/json' if method == 'POST' else 'application/pdf'}
if token:
    headers['Authorization'] = 'Bearer ' + token
try:
    connection.request(method, path, b'x' * int(size), headers)
    print(connection.getresponse().status)
except OSError as error:
    print(type(error).__name__)
";

fn python(method: &str, path: &str, port: u16, size: usize, token: &str) -> String {
    let output = Command::new("python3")
        .args(["-c", SCRIPT, method, path, &port.to_string(), &size.to_string(), token])
        .output()
        .expect("python3 is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn early_response_reaches_a_client_that_sends_the_whole_body_first() {
    let server = Running::start(short()).await;
    let port = server.address.port();
    let content = "/api/bpm/documents/d1/content";
    let (good, no_permissions) = (token("maker-1"), token_with("no-permissions", Permissions::default()));
    for (method, path, size, token, expected) in [
        ("PUT", content, 11 * MIB, &*good, "413"),
        ("PUT", content, 30 * MIB, &*good, "413"),
        ("POST", CMD, 20 * MIB, &*good, "413"),
        ("PUT", content, 11 * MIB, "", "401"),
        ("POST", CMD, 11 * MIB, "not.a.token", "401"),
        ("POST", CMD, 11 * MIB, &*no_permissions, "403"),
        ("POST", CMD, 2 * MIB, &*good, "400"),
        ("POST", "/no/such/path", 2 * MIB, &*good, "404"),
    ] {
        let (method, path, token) = (method.to_owned(), path.to_owned(), token.to_owned());
        let what = format!("{method} {path} of {size} bytes");
        let outcome =
            tokio::task::spawn_blocking(move || python(&method, &path, port, size, &token)).await.unwrap();
        // The body is no JSON object, which is found first if the length limit is not yet exceeded.
        let fits = outcome == expected || (expected == "400" && outcome == "413");
        assert!(fits, "{what}: {outcome} instead of {expected}");
    }
    server.stop().await;
}

#[tokio::test]
async fn caller_that_expects_100_continue_is_answered_without_its_body() {
    let server = Running::start(short()).await;
    let head = bare(CMD, "Expect: 100-continue\r\nContent-Type: application/json\r\n", "");
    let answer = server.request(head.replace("Content-Length: 0", "Content-Length: 1000000")).await;
    assert_eq!(answer.failure(401), ["token_missing"]);
    server.stop().await;
}

#[tokio::test]
async fn body_that_stops_arriving_is_not_waited_for() {
    let server = Running::start(Limits::default()).await;
    let bearer = token_with("no-permissions", Permissions::default());
    let begun = std::time::Instant::now();
    let request = bearing(&bearer, CMD, "", "").replace("Content-Length: 0", "Content-Length: 9000000");
    assert_eq!(server.request(request).await.failure(403), ["permission_missing"]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn caller_that_shuts_its_sending_half_is_answered() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    client.send(post(CMD, "", r#"{"cmd":"Echo"}"#)).await;
    client.finish_sending().await;
    client.read().await.success();
    server.stop().await;
}
