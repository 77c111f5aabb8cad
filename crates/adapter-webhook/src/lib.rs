//! Events to a webhook: CloudEvents over HTTP, signed as Standard Webhooks says.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`Webhook`] | the [`EventReceiver`](client_app::ports::EventReceiver) behind a web address |
//! | [`Address`] | a web address that events may be sent to |
//! | [`SigningSecrets`] | what the messages are signed with; several while one is replaced |
//! | [`Limits`] | how long a receiver may take |
//!
//! A message is a `POST` of the event in structured mode (`application/cloudevents+json`) with the headers
//! `webhook-id`, `webhook-timestamp` and `webhook-signature`. However often an event is sent, its id and its bytes are
//! the same; timestamp and signature are those of the attempt. Any status from 200 to 299 accepts it. A redirect is a
//! refusal, and what the answer says is not looked at.

mod address;
mod retry_after;
mod secret;
mod webhook;

pub use address::{Address, AddressError};
pub use secret::{SecretError, SigningSecrets};
pub use webhook::{Limits, Webhook, WebhookError};
