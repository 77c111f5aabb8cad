//! What an answer of the service means for a person, and for the exit code.

use client_wire::Code;
use serde_json::Value;

use super::visible;
use crate::config::error::SettingsError;
use crate::exit::{ExitError, FailureClass};

/// A refusal as the service has answered it.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    codes: Vec<Code>,
    sentence: String,
    /// After how many seconds it can be tried again, if the service has said so.
    pub(super) retry_after: Option<u64>,
}

impl Refusal {
    /// Reads an answer that is no success.
    pub(super) fn read(status: u16, retry_after: Option<u64>, body: &[u8]) -> Self {
        let envelope: Value = serde_json::from_slice(body).unwrap_or_default();
        let errors = || envelope.get("errors").and_then(Value::as_array).into_iter().flatten();
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(visible::line);
        let codes = errors().filter_map(|error| {
            let name = error.get("code")?.as_str()?;
            Code::ALL.iter().copied().find(|code| code.name() == name)
        });
        let items = errors().filter_map(|error| {
            let message = text(error, "message")?;
            Some(text(error, "field").map_or_else(|| message.clone(), |field| format!("{field}: {message}")))
        });
        let items: Vec<_> = items.collect();
        let sentence = match (text(&envelope, "message"), items.is_empty()) {
            (Some(message), true) => message,
            (Some(message), false) => format!("{message}: {}", items.join("; ")),
            (None, _) => {
                format!("the answer with status {status} is not one of this service; is --url its address?")
            }
        };
        Self { status, codes: codes.collect(), sentence, retry_after }
    }

    /// Whether the same request can succeed later. The outcome of a command may be unknown, so it is repeated under its key only.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 429 | 503 | 504) && !self.has(&[Code::DuplicateQuota, Code::ReadOnly])
    }

    fn has(&self, codes: &[Code]) -> bool {
        self.codes.iter().any(|code| codes.contains(code))
    }

    /// The class of the failure; none for one of the service itself, and for a request that is wrong.
    fn class(&self) -> Option<FailureClass> {
        const CHANGED: &[Code] = &[
            Code::StaleVersion,
            Code::ContentChanged,
            Code::ContactPointChanged,
            Code::AmendmentConflict,
            Code::IdempotencyKeyReused,
        ];
        // A proxy answers with the same numbers, and says nothing about a client.
        if self.codes.is_empty() && !matches!(self.status, 408 | 429 | 502..=504) {
            return None;
        }
        Some(match self.status {
            403 if self.has(&[Code::FourEyes]) => FailureClass::Refused,
            401 | 403 => FailureClass::Permission,
            404 if self.has(&[Code::PathNotFound]) => return None,
            404 => FailureClass::NotFound,
            409 if self.has(CHANGED) => FailureClass::Changed,
            409 => FailureClass::Refused,
            429 if self.has(&[Code::DuplicateQuota]) => FailureClass::Refused,
            408 | 429 | 502..=504 => FailureClass::Unavailable,
            _ => return None,
        })
    }
}

impl From<Refusal> for ExitError {
    fn from(refusal: Refusal) -> Self {
        match refusal.class() {
            Some(class) => Self::Answered { class, sentence: refusal.sentence },
            None if refusal.has(&[Code::PathNotFound]) => {
                let sentence = format!("{}; is --url the address of the service?", refusal.sentence);
                Self::Usage(SettingsError(sentence))
            }
            None if (400..500).contains(&refusal.status) && !refusal.codes.is_empty() => {
                Self::Usage(SettingsError(refusal.sentence))
            }
            None => Self::Failed(refusal.sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use client_wire::Status;
    use serde_json::json;

    use super::*;

    fn code_of(refusal: Refusal) -> u8 {
        ExitError::from(refusal).code()
    }

    fn refused(code: Code) -> Refusal {
        let body = json!({ "message": "No", "errors": [{ "code": code.name(), "message": "because", "field": null }] });
        Refusal::read(code.status().http(), None, body.to_string().as_bytes())
    }

    #[test]
    fn every_code_has_the_exit_code_of_its_class() {
        for code in Code::ALL.iter().copied() {
            let expected = match code.status() {
                Status::Unauthorized => 5,
                Status::Forbidden => {
                    if code == Code::FourEyes {
                        3
                    } else {
                        5
                    }
                }
                Status::NotFound => {
                    if code == Code::PathNotFound {
                        2
                    } else {
                        4
                    }
                }
                Status::RequestTimeout | Status::Unavailable | Status::UnknownOutcome => 7,
                Status::TooManyRequests => {
                    if code == Code::DuplicateQuota {
                        3
                    } else {
                        7
                    }
                }
                Status::Internal => 1,
                Status::Conflict => match code.name() {
                    "stale_version"
                    | "content_changed"
                    | "contact_point_changed"
                    | "amendment_conflict"
                    | "idempotency_key_reused" => 6,
                    _ => 3,
                },
                _ => 2,
            };
            assert_eq!(code_of(refused(code)), expected, "{code:?}");
        }
    }

    #[test]
    fn sentence_has_every_field_and_no_control_character() {
        let body = json!({ "message": "Validation error", "errors": [
            { "code": "required", "field": "firstName", "message": "This field is mandatory." },
            { "code": "choice", "field": "gender\u{1b}[2J", "message": "must be one of Male, Female, Other" },
        ]});
        let error = ExitError::from(Refusal::read(400, None, body.to_string().as_bytes()));
        assert_eq!(
            error.sentence(),
            "Validation error: firstName: This field is mandatory.; gender\\u{1b}[2J: must be one of Male, Female, Other"
        );
        let path = ExitError::from(refused(Code::PathNotFound));
        assert!(path.sentence().contains("--url"), "{path:?}");
    }

    #[test]
    fn answer_of_a_proxy_says_nothing_about_a_client() {
        let pages: [&[u8]; 3] =
            [b"<html>No</html>", b"{\"message\": \"No\"}", b"{\"errors\": [{\"code\": \"another\"}]}"];
        for page in pages {
            for (status, code) in [
                (400, 1),
                (401, 1),
                (403, 1),
                (404, 1),
                (409, 1),
                (500, 1),
                (429, 7),
                (502, 7),
                (503, 7),
                (504, 7),
            ] {
                assert_eq!(code_of(Refusal::read(status, None, page)), code, "{status}");
            }
        }
        let error = ExitError::from(Refusal::read(502, None, b"<html>Bad gateway</html>"));
        assert!(error.sentence().contains("--url"), "{error:?}");
    }
}
