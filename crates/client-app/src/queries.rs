//! The queries, one file each: a struct of parsed values and its result. None of them writes.

mod get_actions;
mod get_activity;
mod get_amendments;
mod get_client;
mod get_client_view;
mod get_history;
mod get_kyc;
mod get_kyc_policy;
mod get_look_alikes;
mod get_myself;
mod get_operations;
mod get_reasons;
mod get_work_queue;
mod list_clients;
mod preview_kyc_policy;
mod search_clients;

pub use crate::query::Query;
pub use get_actions::{ClientActions, GetActions};
pub use get_activity::{ActivityLine, GetActivity, RecentActivity};
pub use get_amendments::{ClientAmendments, GetAmendments};
pub use get_client::{ClientDetails, GetClient};
pub use get_client_view::{ClientView, GetClientView, KycStanding, Panel};
pub use get_history::{ClientHistory, GetHistory, shows_values};
pub use get_kyc::{ClientKyc, GetKyc};
pub use get_kyc_policy::GetKycPolicy;
pub use get_look_alikes::{ClientLookAlikes, GetLookAlikes, LookAlike};
pub use get_myself::{GetMyself, Myself};
pub use get_operations::{GetOperations, OperationsReport, Undelivered};
pub use get_reasons::{GetReasons, OperationReasons, Reasons};
pub use get_work_queue::{GetWorkQueue, QueuedWork, WorkQueue};
pub use list_clients::{ClientRow, ClientRows, ListClients};
pub use preview_kyc_policy::{AffectedClient, KycAssessment, KycPolicyPreview, PreviewKycPolicy};
pub use search_clients::{ClientPage, SearchClients};
