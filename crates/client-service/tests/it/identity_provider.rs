//! An identity provider in a process of its own, which is hostile on demand.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::service::Service;
use crate::web::send;

/// The secret of the console at the provider.
pub const SECRET: &str = "a secret of the console: %&+ and more";

pub struct Provider {
    child: Option<Child>,
    address: String,
    folder: tempfile::TempDir,
}

impl Provider {
    pub fn start() -> Self {
        let mut provider = Self::absent("127.0.0.1:0".to_owned());
        provider.come();
        provider
    }

    /// One that is away, at an address without a listener.
    pub fn away() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::absent(listener.local_addr().unwrap().to_string())
    }

    fn absent(address: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
        Self { child: None, address, folder }
    }

    /// From now on it answers.
    pub fn come(&mut self) {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/identity_provider.py");
        let mut child = Command::new("python3")
            .args(["-B", program, self.address.rsplit(':').next().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        self.address = format!("127.0.0.1:{}", port.trim());
        self.child = Some(child);
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The arguments of a service whose people sign in here.
    pub fn arguments(&self, issuer: &str) -> Vec<String> {
        let secret = self.folder.path().join("secret").display().to_string();
        let pairs = [
            ("--oidc-issuer", issuer),
            ("--oidc-client-id", "the-console"),
            ("--oidc-client-secret-file", &secret),
            ("--console-url", "http://127.0.0.1:1"),
        ];
        pairs.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]).collect()
    }

    /// A service whose people sign in here.
    pub fn service(&self, more: &[&str]) -> Service {
        let arguments = self.arguments(&self.issuer());
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        Service::start(&all, &[])
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> String {
        let answer = send(&self.address, method, path, &[], &body.to_string());
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// From now on it is hostile in this way; `honest` ends it.
    pub fn is(&self, case: &str) {
        self.ask("POST", "/test/case", &json!({ "case": case }));
    }

    /// From now on it signs with another key, and has its keys and its endpoint for codes at this place and nowhere else.
    pub fn moves(&self, place: &str) {
        self.ask("POST", "/test/place", &json!({ "place": place }));
    }

    /// From now on this person signs in, with these permissions.
    pub fn has(&self, person: &str, permissions: &[&str]) {
        let claims = json!({ "permissions": permissions });
        self.ask("POST", "/test/case", &json!({ "person": person, "claims": claims }));
    }

    /// A logout token, which is wrong in this way.
    pub fn logout_token(&self, case: &str, claims: &Value) -> String {
        self.ask("POST", "/test/logout-token", &json!({ "case": case, "claims": claims }))
    }

    /// What no log may show.
    pub fn secrets(&self) -> Vec<String> {
        serde_json::from_str(&self.ask("GET", "/test/secrets", &Value::Null)).unwrap()
    }

    /// The paths that were asked for.
    pub fn seen(&self) -> Vec<String> {
        serde_json::from_str(&self.ask("GET", "/test/seen", &Value::Null)).unwrap()
    }

    /// What the last browser was sent with.
    pub fn authorized(&self) -> Value {
        serde_json::from_str(&self.ask("GET", "/test/authorized", &Value::Null)).unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// No secret of the provider and nothing personal is in the log.
pub fn assert_discreet(log: &str, provider: &Provider) {
    let secrets = provider.secrets();
    assert!(secrets.len() > 3, "the provider was not asked");
    for secret in secrets.iter().map(String::as_str).chain([SECRET, "marker"]) {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
