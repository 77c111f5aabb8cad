//! The open accounts of a client, asked of the bank's ledger over HTTP.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`HttpLedger`] | the [`AccountDirectory`](client_app::ports::AccountDirectory) behind a web address |
//! | [`LedgerError`] | why the ledger gave no answer |
//!
//! A question is a signed `POST` of the client's key; the answer is 200 with exactly `{ "openAccounts": n }`.

mod answer;
mod error;
mod ledger;
mod pause;

pub use error::LedgerError;
pub use ledger::HttpLedger;
