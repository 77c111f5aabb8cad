//! The queries, one file each: a struct of parsed values and its result. None of them writes.

mod get_actions;
mod get_amendments;
mod get_client;
mod get_history;
mod get_kyc;
mod get_kyc_policy;
mod get_look_alikes;
mod preview_kyc_policy;
mod search_clients;

pub use crate::query::Query;
pub use get_actions::{ClientActions, GetActions};
pub use get_amendments::{ClientAmendments, GetAmendments};
pub use get_client::{ClientDetails, GetClient};
pub use get_history::{ClientHistory, GetHistory, shows_values};
pub use get_kyc::{ClientKyc, GetKyc};
pub use get_kyc_policy::GetKycPolicy;
pub use get_look_alikes::{ClientLookAlikes, GetLookAlikes, LookAlike};
pub use preview_kyc_policy::{AffectedClient, KycAssessment, KycPolicyPreview, PreviewKycPolicy};
pub use search_clients::{ClientPage, SearchClients};
