//! Events of a service, as they arrive (`text/event-stream`).

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, Response};

use super::connection::{Connection, Sent};

/// An event that is longer is none of this service.
const MAX_BYTES: usize = 256 * 1024;

/// An event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// What it is.
    pub(crate) name: String,
    pub(crate) data: String,
}

/// A stream of events.
#[derive(Debug)]
pub(crate) struct Events {
    answer: Response,
    silence: Duration,
    /// What has arrived of lines that have not ended.
    bytes: Vec<u8>,
    name: String,
    data: Vec<String>,
}

/// Why there is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoEvent {
    /// The stream has ended, or was broken off.
    Ended,
    /// Nothing arrives, or what arrives is no stream of events.
    Useless,
}

impl Connection {
    /// The events of a path, of which something comes at least this often. It is not repeated: a query says the same.
    pub(crate) async fn events(&self, path: &str, silence: Duration) -> Result<Events, NoEvent> {
        const MEDIA_TYPE: &str = "text/event-stream";
        let request = self.request(Method::GET, path).header(ACCEPT, MEDIA_TYPE);
        let sent = tokio::time::timeout(silence, self.send(request)).await;
        match sent.map_err(|_| NoEvent::Useless)? {
            Sent::Done(answer) => {
                let media_type = answer.headers().get(CONTENT_TYPE).and_then(|name| name.to_str().ok());
                let is_stream = media_type.is_some_and(|name| name.starts_with(MEDIA_TYPE));
                if is_stream { Ok(Events::of(answer, silence)) } else { Err(NoEvent::Useless) }
            }
            Sent::Refused(refusal) if !refusal.is_passing() => Err(NoEvent::Useless),
            Sent::Refused(_) | Sent::Failed(_) => Err(NoEvent::Ended),
        }
    }
}

impl Events {
    /// The events of an answer, which sends something at least this often.
    const fn of(answer: Response, silence: Duration) -> Self {
        Self { answer, silence, bytes: Vec::new(), name: String::new(), data: Vec::new() }
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Result<Event, NoEvent> {
        loop {
            while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.bytes.drain(..=end).collect();
                if let Some(event) = self.line(&line) {
                    return Ok(event);
                }
            }
            let arrived = tokio::time::timeout(self.silence, self.answer.chunk()).await;
            match arrived.map_err(|_| NoEvent::Useless)? {
                Ok(Some(piece)) => self.bytes.extend_from_slice(&piece),
                Ok(None) | Err(_) => return Err(NoEvent::Ended),
            }
            if self.bytes.len() + self.data.iter().map(String::len).sum::<usize>() > MAX_BYTES {
                return Err(NoEvent::Useless);
            }
        }
    }

    /// Reads a line; an empty one ends an event.
    fn line(&mut self, line: &[u8]) -> Option<Event> {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            return (!data.is_empty()).then(|| Event { name, data: data.join("\n") });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => self.data.push(value.to_owned()),
            // A comment, or nothing that is needed.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted_service::{ScriptedService, connection};
    use super::*;

    async fn of(pause: Duration, text: &str) -> Result<Events, NoEvent> {
        let service = ScriptedService::start(pause, &[(200, text)]);
        let from = connection(&service, |arguments| Connection::new(arguments).unwrap());
        from.events("/", Duration::from_secs(1)).await
    }

    #[tokio::test]
    async fn events_are_read_whatever_ends_their_lines() {
        let text = "event: progress\ndata: {}\n\n: comment\n\nevent: failure\r\ndata: one\r\ndata:two\r\n\r\ndata: cut";
        let mut events = of(Duration::ZERO, text).await.unwrap();
        let event = |name: &str, data: &str| Event { name: name.to_owned(), data: data.to_owned() };
        assert_eq!(events.next().await, Ok(event("progress", "{}")));
        assert_eq!(events.next().await, Ok(event("failure", "one\ntwo")));
        assert_eq!(events.next().await, Err(NoEvent::Ended), "an event without its end is none");
    }

    #[tokio::test]
    async fn answer_that_a_proxy_keeps_back_is_no_stream() {
        let late = of(Duration::from_secs(2), "event: progress\ndata: {}\n\n").await;
        assert_eq!(late.unwrap_err(), NoEvent::Useless);
        let other = of(Duration::ZERO, "<html>").await;
        assert_eq!(other.unwrap_err(), NoEvent::Useless);
    }

    #[tokio::test]
    async fn line_without_end_is_no_event() {
        let text = format!("event: progress\ndata: {}", "x".repeat(MAX_BYTES));
        assert_eq!(of(Duration::ZERO, &text).await.unwrap().next().await, Err(NoEvent::Useless));
    }
}
