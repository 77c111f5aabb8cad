use serde_json::{Value, json};

use crate::applicant;

/// Who sends a command. Each has all permissions; four eyes distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// Makes clients.
    Maker,
    /// Decides on them.
    Checker,
    /// A third caller.
    Other,
}

impl Actor {
    /// All actors.
    pub const ALL: [Self; 3] = [Self::Maker, Self::Checker, Self::Other];

    /// The subject of the token.
    pub const fn subject(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Checker => "checker",
            Self::Other => "other",
        }
    }
}

/// A command that is to be done once, however often it has to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Finds what it did: sent as the request id, which the service keeps in the client's history.
    pub tag: String,
    /// The idempotency key.
    pub key: String,
    /// Who sends it.
    pub by: Actor,
    /// The name of the command.
    pub command: &'static str,
    /// Its fields.
    pub data: Value,
    /// The version that the client must have.
    pub if_match: Option<u64>,
}

impl Order {
    /// An order whose key is its tag.
    pub fn new(tag: impl Into<String>, by: Actor, command: &'static str, data: Value) -> Self {
        let tag = tag.into();
        Self { key: tag.clone(), tag, by, command, data, if_match: None }
    }

    /// The order to onboard a client.
    pub fn create(tag: impl Into<String>, by: Actor) -> Self {
        let tag = tag.into();
        let data = applicant(&tag);
        Self::new(tag, by, "CreateContactCommand", data)
    }

    /// An order about one client, with these further fields.
    pub fn about(
        tag: impl Into<String>,
        by: Actor,
        command: &'static str,
        client: &str,
        more: Value,
    ) -> Self {
        let mut data = json!({ "contactEncodedKey": client });
        if let (Some(members), Value::Object(more)) = (data.as_object_mut(), more) {
            members.extend(more);
        }
        Self::new(tag, by, command, data)
    }

    /// The same order in a form that no service can recognise as a repetition, as a caller without keys would send it.
    #[must_use]
    pub fn with_fresh_key(&self, number: u32) -> Self {
        let key = format!("{}-x{number}", self.tag);
        let mut data = self.data.clone();
        if self.command == "CreateContactCommand"
            && let (Some(members), Value::Object(other)) = (data.as_object_mut(), applicant(&key))
        {
            for name in ["emailAddress", "identificationNumber"] {
                members.extend(other.get(name).map(|value| (name.to_owned(), value.clone())));
            }
        }
        Self { key, data, ..self.clone() }
    }

    /// The body of the request.
    pub fn body(&self) -> String {
        json!({ "commandName": self.command, "data": self.data }).to_string()
    }
}
