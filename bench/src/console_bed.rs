//! The console on a data folder of its own, and browsers that ask it for pages.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clients_campaigns::{Binary, RunError, Seeded};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::load::Calls;
use crate::wire::Wire;

/// How long the service may take until it signs a person in.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A page that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The name of the case.
    pub(crate) name: &'static str,
    /// Its address, by the key of some client.
    address: fn(&str) -> String,
    /// What the page must hold, by the same key.
    shows: fn(&str) -> String,
    /// How long one in a hundred may take at most, in milliseconds.
    pub(crate) limit_ms: f64,
}

/// Every page that is measured.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "console, work queue",
        address: |_| "/console/queue".to_owned(),
        shows: |_| "data-line".to_owned(),
        limit_ms: 50.0,
    },
    Page {
        name: "console, clients",
        address: |_| "/console/clients".to_owned(),
        shows: |_| "/console/clients/".to_owned(),
        limit_ms: 50.0,
    },
    Page {
        name: "console, a client",
        address: |key| format!("/console/clients/{key}"),
        shows: |key| key.to_owned(),
        limit_ms: 50.0,
    },
];

/// A service whose console signs people in without an identity provider, which one with a configured key does not. It ends
/// when this is dropped.
#[derive(Debug)]
pub(crate) struct ConsoleBed {
    service: tokio::process::Child,
    address: String,
    /// The session of the checker.
    cookie: Arc<str>,
    keys: Arc<Vec<String>>,
}

impl ConsoleBed {
    /// Starts it on a copy of a data folder, and signs the checker in.
    pub(crate) async fn start(
        binary: &Binary,
        folder: &Path,
        keys: &[String],
        out: &Path,
    ) -> Result<Self, RunError> {
        let (backup, own) = (out.join("console-backup"), out.join("console"));
        for old in [&backup, &own] {
            if old.exists() {
                std::fs::remove_dir_all(old)?;
            }
        }
        let [folder, backup, own] = [folder, &backup, &own].map(|path| path.display().to_string());
        binary
            .run(&["backup", "--data", &folder, "--to", &backup])
            .await
            .map_err(RunError::during("backup"))?;
        binary
            .run(&["restore", "--from", &backup, "--data", &own])
            .await
            .map_err(RunError::during("restore"))?;
        std::fs::remove_dir_all(backup)?;
        let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let address = free.to_string();
        let service =
            binary.begin(&["serve", "--data", &own, "--listen", &address, "--log-format", "json"])?;
        let begun = Instant::now();
        let cookie = loop {
            match sign_in(&address).await {
                Ok(cookie) => break cookie,
                Err(error) if begun.elapsed() > TIMEOUT => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        Ok(Self { service, address, cookie: cookie.into(), keys: Arc::new(keys.to_vec()) })
    }

    /// The process of the service.
    pub(crate) fn process(&self) -> Option<u32> {
        self.service.id()
    }

    /// Browsers that ask for a page of clients in no order.
    pub(crate) async fn browsers(&self, number: usize, page: Page) -> Result<Vec<Browser>, RunError> {
        let next = Arc::new(AtomicU64::new(0));
        let mut all = Vec::with_capacity(number);
        for _ in 0..number {
            let wire = Wire::open(&self.address).await?;
            let (cookie, keys, next) = (Arc::clone(&self.cookie), Arc::clone(&self.keys), Arc::clone(&next));
            all.push(Browser { wire, page, cookie, keys, next });
        }
        Ok(all)
    }
}

/// A signed-in browser that asks for one page again and again.
#[derive(Debug)]
pub(crate) struct Browser {
    wire: Wire,
    page: Page,
    cookie: Arc<str>,
    keys: Arc<Vec<String>>,
    next: Arc<AtomicU64>,
}

impl Calls for Browser {
    async fn call(&mut self) -> Result<bool, RunError> {
        let taken = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(key) = Seeded::new(taken).one_of(&self.keys) else { return Ok(false) };
        let headers = [("Cookie", &*self.cookie), ("Accept", "text/html")];
        let page = self.wire.get(&(self.page.address)(key), &headers).await?;
        let wanted = (self.page.shows)(key);
        let is_shown = page.windows(wanted.len()).any(|part| part == wanted.as_bytes());
        if is_shown {
            Ok(true)
        } else {
            Err(RunError::new(format!("{}: a page without {wanted}", self.page.name)))
        }
    }
}

/// Signs the checker in, who is a person for development: the cookie of the session.
async fn sign_in(address: &str) -> Result<String, RunError> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "POST /console/sign-in/checker HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    cookie_of(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| RunError::new("the console refused the sign-in"))
}

/// The pair of the cookie that an answer sets.
fn cookie_of(answer: &str) -> Option<String> {
    let set = answer.lines().filter_map(|line| line.split_once(':'));
    let mut set = set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.find_map(|(_, cookie)| {
        let pair = cookie.split(';').next()?.trim();
        pair.split_once('=').filter(|(_, value)| !value.is_empty()).map(|_| pair.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_is_the_pair_that_is_set_and_not_one_that_is_removed() {
        let answer = "HTTP/1.1 303 See Other\r\nSet-Cookie: old=; Max-Age=0\r\nset-cookie: clients-dev=abc; Path=/\r\n\r\n";
        assert_eq!(cookie_of(answer).as_deref(), Some("clients-dev=abc"));
        assert_eq!(cookie_of("HTTP/1.1 403 Forbidden\r\n\r\n"), None);
    }

    #[test]
    fn every_page_has_a_unique_name() {
        let names: std::collections::BTreeSet<_> = PAGES.iter().map(|page| page.name).collect();
        assert_eq!(names.len(), PAGES.len());
    }
}
