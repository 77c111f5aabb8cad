//! A connection with a minimal HTTP/1.1, so that it costs little compared with the service.

use clients_campaigns::RunError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How much is read in one call.
const READ_BUFFER: usize = 16 * 1024;
/// More than any answer that is asked for here.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    address: String,
    out: Vec<u8>,
    read: Vec<u8>,
}

/// The beginning of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins, and how long it is.
    begin: usize,
    length: usize,
    /// Whether it is marked as a replay.
    replayed: bool,
}

impl Wire {
    /// Connects to `address:port`.
    pub(crate) async fn open(address: &str) -> Result<Self, RunError> {
        let stream = TcpStream::connect(address).await.map_err(RunError::during(address))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address: address.to_owned(), out: Vec::new(), read: Vec::new() })
    }

    /// Sends a body and waits for the body of the answer, which must be a success and no replay.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<&[u8], RunError> {
        self.write_head("POST", path, headers);
        let length = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        self.out.extend_from_slice(length.as_bytes());
        self.out.extend_from_slice(body);
        self.exchange().await
    }

    /// Asks for a page, which must be a success.
    pub(crate) async fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Result<&[u8], RunError> {
        self.write_head("GET", path, headers);
        self.out.extend_from_slice(b"\r\n");
        self.exchange().await
    }

    fn write_head(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) {
        self.out.clear();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        self.out.extend_from_slice(head.as_bytes());
        for (name, value) in headers {
            self.out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }

    /// Sends what was written and reads the answer to its end.
    async fn exchange(&mut self) -> Result<&[u8], RunError> {
        self.stream.write_all(&self.out).await?;
        self.read.clear();
        let mut known = None;
        loop {
            if known.is_none() {
                known = head_of(&self.read)?;
            }
            if let Some(head) = known
                && self.read.len() >= head.begin + head.length
            {
                return self.body(head);
            }
            if self.read.len() > MAX_ANSWER {
                return Err(RunError::new("an answer without end"));
            }
            self.read.reserve(READ_BUFFER);
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(RunError::new("the connection was closed in the middle of an answer"));
            }
        }
    }

    fn body(&self, head: Head) -> Result<&[u8], RunError> {
        let body = self.read.get(head.begin..head.begin + head.length).unwrap_or_default();
        if self.read.len() > head.begin + head.length {
            return Err(RunError::new("an answer without a request"));
        }
        if !matches!(head.status, 200 | 201) {
            let said = String::from_utf8_lossy(body.get(..body.len().min(500)).unwrap_or_default());
            return Err(RunError::new(format!("status {}: {said}", head.status)));
        }
        if head.replayed {
            return Err(RunError::new("the answer is that of an earlier request"));
        }
        Ok(body)
    }
}

/// The beginning of an answer, once all of it is there.
fn head_of(read: &[u8]) -> Result<Option<Head>, RunError> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let wrong = || RunError::new("an answer that is no HTTP with a length");
    let text = std::str::from_utf8(read.get(..end).unwrap_or_default()).map_err(|_| wrong())?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(wrong)?;
    let mut head = Head { status, begin: end + 4, length: usize::MAX, replayed: false };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            head.length = value.trim().parse().map_err(|_| wrong())?;
        } else if name.eq_ignore_ascii_case("idempotency-replayed") {
            head.replayed = true;
        }
    }
    if head.length > MAX_ANSWER { Err(wrong()) } else { Ok(Some(head)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_head_is_parsed_when_complete() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nidempotency-replayed: true\r\n\r\n{}";
        let head = Head { status: 200, begin: text.len() - 2, length: 2, replayed: true };
        assert_eq!(head_of(text).unwrap(), Some(head));
        assert_eq!(head_of(&text[..30]).unwrap(), None);
    }

    #[test]
    fn response_without_a_length_is_rejected() {
        assert!(head_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(head_of(b"SSH-2.0\r\n\r\n").is_err());
    }
}
