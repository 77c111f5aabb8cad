//! A receiver over plain TCP, which can give answers that no HTTP library would send.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The answer of the receiver to one message.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes.
    Text(String),
    /// A head that announces a body, and then one byte of the body every 50 ms without end.
    Drip(&'static str),
    /// No answer, with the connection open.
    Silence,
    /// No answer, with the connection closed.
    Close,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self::Text(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"))
    }
}

/// A message that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) head: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    /// The number of its connection, from 0.
    pub(crate) connection: usize,
}

/// A receiver on this machine. After the answers of its script it answers 204.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    script: Arc<Mutex<VecDeque<Answer>>>,
    messages: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> (Self, SocketAddr) {
        let receiver = Self::default();
        receiver.script.lock().unwrap().extend(script);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let all = receiver.clone();
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let receiver = all.clone();
                tokio::spawn(async move { receiver.serve(stream, connection).await });
            }
        });
        (receiver, address)
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream, connection: usize) {
        while let Some(message) = read(&mut stream, connection).await {
            self.messages.lock().unwrap().push(message);
            let answer = self.script.lock().unwrap().pop_front();
            match answer.unwrap_or_else(|| Answer::status(204)) {
                Answer::Text(text) => {
                    if stream.write_all(text.as_bytes()).await.is_err() {
                        return;
                    }
                }
                Answer::Drip(head) => {
                    let mut text = head;
                    while stream.write_all(text.as_bytes()).await.is_ok() {
                        text = "x";
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    return;
                }
                Answer::Silence => tokio::time::sleep(Duration::from_mins(1)).await,
                Answer::Close => return,
            }
        }
    }
}

async fn read(stream: &mut TcpStream, connection: usize) -> Option<Message> {
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
    let headers: BTreeMap<_, _> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers["content-length"].parse().unwrap();
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some(Message { head, headers, body, connection })
}
