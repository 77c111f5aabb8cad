use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::caller::{Answer, Caller};
use crate::documents::pdf;
use crate::history::Outcome;
use crate::{RunError, Seeded, applicant};

/// For how long an upload with a key is repeated.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The number of uploads to one document before the next one is created.
const REPLACEMENTS: u64 = 6;

/// A document, and what its file may be.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: String,
    /// What was acknowledged last.
    acknowledged: Vec<u8>,
    /// What was sent after that, with an unknown outcome.
    unanswered: Vec<Vec<u8>>,
}

impl Document {
    pub(super) fn may_be(&self, bytes: &[u8]) -> bool {
        self.acknowledged == bytes || self.unanswered.iter().any(|sent| sent == bytes)
    }
}

/// The outcomes of uploads.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many attempts were answered so; 0 is no answer.
    pub(super) answers: BTreeMap<u16, u64>,
    pub(super) acknowledged: u64,
    /// Of those, how many needed more than one attempt.
    pub(super) retried: u64,
    pub(super) refused: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        for (status, count) in &other.answers {
            *self.answers.entry(*status).or_default() += count;
        }
        self.acknowledged += other.acknowledged;
        self.retried += other.retried;
        self.refused.extend(other.refused.iter().cloned());
    }
}

/// A caller that creates documents and replaces their files, one upload after the other.
pub(super) struct Uploader {
    caller: Caller,
    base: String,
    number: u64,
    random: Seeded,
    sent: u64,
    tally: Tally,
}

/// How an upload travels.
enum Upload<'a> {
    /// In the JSON of a command that creates a document of this client.
    Create(&'a str),
    /// By itself, in the place of this document's file.
    Replace(&'a str),
}

impl Uploader {
    pub(super) fn new(caller: Caller, base: String, number: u64, random: Seeded) -> Self {
        Self { caller, base, number, random, sent: 0, tally: Tally::default() }
    }

    /// Uploads until it is stopped.
    pub(super) async fn work(mut self, stop: Arc<AtomicBool>) -> (Vec<Document>, Tally) {
        let mut documents = Vec::new();
        let mut clients = 0;
        while !stop.load(Relaxed) {
            clients += 1;
            let Some(client) = self.client(clients).await else { continue };
            for _ in 0..3 {
                documents.extend(self.document(&client, &stop).await);
            }
        }
        (documents, self.tally)
    }

    async fn client(&mut self, number: u64) -> Option<String> {
        let label = format!("uploader-{}-{number}", self.number);
        let body = json!({ "commandName": "CreateContactCommand", "data": applicant(&label) });
        let key = format!("client-{label}");
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            let sent = self.caller.command(&self.base, &body, Some(&key)).await;
            if let Some(answer) = sent.ok().filter(|answer| answer.outcome() == Outcome::Done) {
                return text(&answer, "/data/customerNumber");
            }
            sleep(self.random.millis(20, 100)).await;
        }
        None
    }

    /// A document, and its file replaced a few times.
    async fn document(&mut self, client: &str, stop: &AtomicBool) -> Option<Document> {
        let file = self.file();
        let created = self.upload(&Upload::Create(client), &file).await.ok()?;
        let id = text(&created, "/data/identityId")?;
        let mut document = Document { id: id.clone(), acknowledged: file, unanswered: Vec::new() };
        for _ in 0..REPLACEMENTS {
            if stop.load(Relaxed) {
                break;
            }
            let file = self.file();
            match self.upload(&Upload::Replace(&id), &file).await {
                Ok(_) => {
                    document.acknowledged = file;
                    document.unanswered.clear();
                }
                Err(Outcome::Unknown) => document.unanswered.push(file),
                Err(_) => {}
            }
        }
        Some(document)
    }

    /// Uploads a file: with a key until the outcome is known, without a key once.
    async fn upload(&mut self, how: &Upload<'_>, file: &[u8]) -> Result<Answer, Outcome> {
        let key = self.random.chance(70).then(|| format!("upload-{}-{}", self.number, self.sent));
        let begun = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let sent = self.send(how, file, key.as_deref()).await;
            let status = sent.as_ref().map_or(0, |answer| answer.status);
            *self.tally.answers.entry(status).or_default() += 1;
            match sent.as_ref().map_or(Outcome::Unknown, Answer::outcome) {
                Outcome::Done => {
                    self.tally.acknowledged += 1;
                    self.tally.retried += u64::from(attempts > 1);
                    return sent.map_err(|_| Outcome::Unknown);
                }
                Outcome::Refused => {
                    let body = sent.map(|answer| answer.body).unwrap_or_default();
                    self.tally.refused.push(format!("{status} {body}"));
                    return Err(Outcome::Refused);
                }
                Outcome::Unknown if key.is_none() || begun.elapsed() > TIMEOUT => {
                    return Err(Outcome::Unknown);
                }
                Outcome::Unknown => sleep(self.random.millis(5, 60)).await,
            }
        }
    }

    async fn send(&self, how: &Upload<'_>, file: &[u8], key: Option<&str>) -> Result<Answer, RunError> {
        match how {
            Upload::Replace(document) => self.caller.upload(&self.base, document, key, file.to_vec()).await,
            Upload::Create(client) => {
                let data = json!({
                    "contactEncodedKey": client, "identityType": 5, "idNumber": format!("BILL-{}", self.sent),
                    "docExtension": ".pdf", "base64Doc": STANDARD.encode(file),
                });
                let body = json!({ "commandName": "CreateIdentityDocumentCommand", "data": data });
                self.caller.command(&self.base, &body, key).await
            }
        }
    }

    /// A PDF that is like no other, of up to 600 KiB.
    fn file(&mut self) -> Vec<u8> {
        self.sent += 1;
        let size = if self.random.chance(30) { self.random.below(600_000) } else { self.random.below(4_000) };
        pdf(&format!("{} {}", self.number, self.sent), size).into_bytes()
    }
}

fn text(answer: &Answer, pointer: &str) -> Option<String> {
    answer.json().pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
