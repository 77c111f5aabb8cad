//! A ledger over plain TCP, which can give answers that no HTTP library would send.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The answer to one question.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes.
    Text(String),
    /// This head, and then one byte of the body every 20 ms without end.
    Drip(String),
    /// No answer, with the connection open.
    Silence,
    /// No answer, with the connection closed.
    Close,
}

impl Answer {
    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self::Text(format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    }
}

/// A question that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) head: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// A ledger on this machine, which answers by a script.
#[derive(Clone, Default)]
pub(crate) struct Server {
    script: Arc<Mutex<VecDeque<Answer>>>,
    questions: Arc<Mutex<Vec<Question>>>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> (Self, SocketAddr) {
        let server = Self::default();
        server.script.lock().unwrap().extend(script);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let all = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = all.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        (server, address)
    }

    pub(crate) fn questions(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Some(question) = read(&mut stream).await {
            self.questions.lock().unwrap().push(question);
            let answer = self.script.lock().unwrap().pop_front();
            match answer.unwrap_or(Answer::Close) {
                Answer::Text(text) => {
                    if stream.write_all(text.as_bytes()).await.is_err() {
                        return;
                    }
                }
                Answer::Drip(head) => {
                    let mut text = head;
                    while stream.write_all(text.as_bytes()).await.is_ok() {
                        " ".clone_into(&mut text);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    return;
                }
                Answer::Silence => tokio::time::sleep(Duration::from_mins(1)).await,
                Answer::Close => return,
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Question> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<_, _> =
        lines.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length: usize = headers["content-length"].parse().unwrap();
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some(Question { head, headers, body: String::from_utf8(body).unwrap() })
}
