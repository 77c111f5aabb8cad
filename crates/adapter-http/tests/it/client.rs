//! A caller that writes and reads bytes, so that it can also send malformed requests.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self::of(stream)
    }

    /// On a connection that is open.
    pub(crate) fn of(stream: TcpStream) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// From another address of this machine.
    pub(crate) async fn connect_from(from: &str, address: SocketAddr) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        let stream = socket.connect(address).await.expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self { stream, unread: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The server may have closed already; its answer is still to be read.
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Shuts the sending half, as `nc -N` does after a request.
    pub(crate) async fn finish_sending(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The next answer, or `None` if the server closes the connection before there is one.
    pub(crate) async fn try_read(&mut self) -> Option<Answer> {
        let head_end = loop {
            if let Some(at) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            if !self.fill().await {
                assert!(self.unread.is_empty(), "closed in the middle of an answer");
                return None;
            }
        };
        let head = String::from_utf8(self.unread.drain(..head_end + 4).collect()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Answer { status, headers, body: Vec::new() };
        if status == 100 {
            return Some(answer);
        }
        let length: usize = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.unread.len() < length {
            assert!(self.fill().await, "closed in the middle of a body");
        }
        answer.body = self.unread.drain(..length).collect();
        Some(answer)
    }

    pub(crate) async fn read(&mut self) -> Answer {
        self.try_read().await.expect("an answer")
    }

    pub(crate) async fn request(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request).await;
        self.read().await
    }

    /// Whether the server sends nothing for `time`.
    pub(crate) async fn silent_for(&mut self, time: Duration) -> bool {
        timeout(time, self.fill()).await.is_err()
    }

    /// Reads exactly this many bytes this many times, with a pause before each read.
    pub(crate) async fn read_slowly(&mut self, times: usize, bytes: usize, pause: Duration) {
        for _ in 0..times {
            tokio::time::sleep(pause).await;
            let read = (&mut self.stream).take(bytes as u64).read_to_end(&mut self.unread).await.unwrap();
            assert_eq!(read, bytes, "closed in the middle of an answer");
        }
    }

    async fn fill(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.unread);
        // A reset is an end as well.
        let read = timeout(TIMEOUT, read).await.expect("the server reacts in time").unwrap_or(0);
        read > 0
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Checks what every answer has.
    pub(crate) fn assert_common(&self) {
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()));
        assert_eq!(self.header("server"), None);
    }

    /// Checks the failure envelope and gives the codes in it.
    pub(crate) fn failure(&self, status: u16) -> Vec<String> {
        assert_eq!(self.status, status, "{}", self.text());
        self.assert_common();
        assert_eq!(self.header("content-type"), Some("application/json"));
        let body = self.json();
        let members: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["data", "errors", "isSuccessful", "message", "statusCode"]);
        assert_eq!(body["isSuccessful"], false);
        assert_eq!(body["statusCode"], format!("CBS_{status}"));
        assert_eq!(body["data"], Value::Null);
        assert!(!body["message"].as_str().unwrap().is_empty());
        let items = body["errors"].as_array().unwrap();
        assert!(!items.is_empty());
        for item in items {
            let members: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, ["code", "details", "field", "message"]);
            assert!(item["details"].is_object());
        }
        if status == 401 {
            let challenge = self.header("www-authenticate").expect("a challenge");
            assert!(["Bearer", "Bearer error=\"invalid_token\""].contains(&challenge), "{challenge}");
        }
        items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Checks the success envelope and gives its data.
    pub(crate) fn success(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.assert_common();
        let mut body = self.json();
        assert_eq!(body["isSuccessful"], true);
        assert_eq!(body["statusCode"], "00");
        body["data"].take()
    }
}
