//! Replaces what may differ between two services: keys, numbers and times.

use serde_json::Value;

use crate::Order;

/// The clients of one side in the order in which they were made, by the names that this side gave them.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Client>);

#[derive(Debug)]
struct Client {
    key: String,
    number: String,
    id: i64,
}

/// The placeholder of the n-th client in a step.
pub(super) fn placeholder(client: usize) -> String {
    format!("client#{client}#")
}

impl Names {
    /// The order in the words of this side.
    pub(super) fn order(&self, order: &Order) -> Order {
        Order { data: self.resolved(&order.data), ..order.clone() }
    }

    /// Data in the words of this side: `client#0#` becomes the key, `id#0#` the id.
    pub(super) fn resolved(&self, data: &Value) -> Value {
        match data {
            Value::String(text) => {
                for (at, client) in self.0.iter().enumerate() {
                    if *text == placeholder(at) {
                        return Value::from(client.key.as_str());
                    }
                    if *text == format!("id#{at}#") {
                        return Value::from(client.id);
                    }
                }
                data.clone()
            }
            Value::Array(items) => items.iter().map(|item| self.resolved(item)).collect(),
            Value::Object(members) => Value::Object(
                members.iter().map(|(name, value)| (name.clone(), self.resolved(value))).collect(),
            ),
            other => other.clone(),
        }
    }

    /// An answer in the words of both sides. A client that it names for the first time is learned.
    pub(super) fn learned(&mut self, answer: &Value) -> Value {
        let text = |name: &str| answer.pointer(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(key), Some(number), Some(id)) = (
            text("/data/contactEncodedKey"),
            text("/data/customerNumber"),
            answer.pointer("/data/id").and_then(Value::as_i64),
        ) && !self.0.iter().any(|client| client.key == key)
        {
            self.0.push(Client { key, number, id });
        }
        self.comparable("", answer)
    }

    fn comparable(&self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members.iter().map(|(name, value)| (name.clone(), self.comparable(name, value))).collect(),
            ),
            Value::Array(items) => items.iter().map(|item| self.comparable(name, item)).collect(),
            Value::Number(id) if name == "id" => {
                let at = self.0.iter().position(|client| Some(client.id) == id.as_i64());
                at.map_or_else(|| value.clone(), |at| Value::from(format!("id#{at}#")))
            }
            // A cursor is opaque; whether there is one is not.
            Value::String(_) if name == "nextCursor" => Value::from("a cursor"),
            Value::String(text) if name != "dateOfBirth" && is_time(text) => Value::from("a time"),
            Value::String(text) => Value::from(self.without_names(text)),
            other => other.clone(),
        }
    }

    fn without_names(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (at, client) in self.0.iter().enumerate() {
            text =
                text.replace(&client.key, &placeholder(at)).replace(&client.number, &format!("number#{at}#"));
            text = text.replace(&format!("ID {} ", client.id), &format!("ID #{at}# "));
        }
        text
    }
}

/// `2026-11-22T18:23:50.512239Z`
fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_sides_get_the_same_client_placeholder() {
        let created = |key: &str, id: i64| {
            json!({"data": {
                "contactEncodedKey": key, "customerNumber": format!("CUST{}", 1_000_000 + id), "id": id,
                "dateCreated": format!("2026-11-22T18:23:50.{id}Z"), "version": 1,
            }})
        };
        let (mut one, mut other) = (Names::default(), Names::default());
        assert_eq!(one.learned(&created("aa", 1)), other.learned(&created("bb", 33)));
        let found = |id: i64| json!({"message": format!("Client with ID {id} found."), "data": {"id": id}});
        assert_eq!(one.learned(&found(1)), other.learned(&found(33)));
        assert_eq!(one.resolved(&json!([placeholder(0), "id#0#"])), json!(["aa", 1]));
        assert_ne!(one.learned(&json!({"version": 1})), other.learned(&json!({"version": 2})));
    }
}
