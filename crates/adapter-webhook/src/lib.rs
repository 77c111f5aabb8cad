//! Delivery of events to a webhook: CloudEvents over HTTP, signed according to Standard Webhooks.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`Webhook`] | the [`EventReceiver`](client_app::ports::EventReceiver) behind a web address |
//! | [`Address`] | a web address that events may be sent to |
//! | [`SigningSecrets`] | the secrets that sign messages; several during a rotation |
//! | [`Limits`] | the timeouts of a delivery |
//!
//! A message is a `POST` of the event in structured mode (`application/cloudevents+json`) with the headers
//! `webhook-id`, `webhook-timestamp` and `webhook-signature`. Every attempt sends the same id and the same bytes, with a
//! timestamp and a signature of its own. A status from 200 to 299 acknowledges the event. Every other status refuses it,
//! a redirect too. The body of the answer is not evaluated.

mod retry_after;
mod webhook;

pub use signed_http::{Address, AddressError, SecretError, SigningSecrets};
pub use webhook::{Limits, Webhook, WebhookError};
