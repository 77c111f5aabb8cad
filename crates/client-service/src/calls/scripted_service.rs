//! A service whose answers a test has written down.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use super::connection::{Connection, ConnectionArgs};
use super::output::Output;

/// Gives one answer to each connection, and ends after the last.
pub(crate) struct ScriptedService {
    address: SocketAddr,
}

impl ScriptedService {
    /// Answers with these after `pause`.
    pub(crate) fn start(pause: Duration, answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Vec<_> = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        thread::spawn(move || {
            for (status, body) in answers {
                let (mut caller, _) = listener.accept().unwrap();
                let _ = caller.read(&mut [0; 4096]).unwrap();
                thread::sleep(pause);
                let length = body.len();
                let media_type =
                    if body.starts_with("event:") { "text/event-stream" } else { "application/json" };
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\
                     Connection: close\r\n\r\n{body}"
                );
                // A caller that has waited long enough is gone.
                let _ = caller.write_all(answer.as_bytes());
            }
        });
        Self { address }
    }
}

/// A connection to the service.
pub(crate) fn connection(
    service: &ScriptedService,
    made: impl FnOnce(&ConnectionArgs) -> Connection,
) -> Connection {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "token").unwrap();
    made(&ConnectionArgs {
        url: format!("http://{}", service.address),
        token_file: Some(token.path().to_str().unwrap().to_owned()),
        person: None,
        data: None,
        ca_file: None,
        output: Output::Json,
    })
}
