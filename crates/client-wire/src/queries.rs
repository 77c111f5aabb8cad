//! The queries on the wire, one file each: its specification, its parser, its answer.

pub(crate) mod actions;
pub(crate) mod activity;
pub(crate) mod address_details;
pub(crate) mod amendments;
pub(crate) mod batch;
pub(crate) mod batch_rows;
pub(crate) mod contact_by_id;
pub(crate) mod contact_counts;
pub(crate) mod contact_list;
mod cursor;
pub(crate) mod export_request;
pub(crate) mod exports;
mod filters;
pub(crate) mod history;
pub(crate) mod identity_details;
pub(crate) mod kyc_information;
pub(crate) mod kyc_policy;
pub(crate) mod kyc_policy_preview;
pub(crate) mod lifecycle;
pub(crate) mod list_fields;
pub(crate) mod look_alikes;
pub(crate) mod myself;
pub(crate) mod operation;
pub(crate) mod operations_report;
pub(crate) mod panels;
pub(crate) mod reasons;
pub(crate) mod report;
pub(crate) mod saved_search;
pub(crate) mod search_as_text;
pub(crate) mod search_fields;
mod search_members;
mod sort;
mod totals;
pub(crate) mod views;
pub(crate) mod work_queue;

use operation::QueryOperation;

/// Every query but that of the catalogue itself, in the order of the contract.
pub(crate) const QUERIES: [&QueryOperation; 25] = [
    &contact_by_id::OPERATION,
    &contact_list::OPERATION,
    &contact_counts::OPERATION,
    &report::OPERATION,
    &actions::OPERATION,
    &look_alikes::OPERATION,
    &amendments::OPERATION,
    &history::OPERATION,
    &search_fields::OPERATION,
    &lifecycle::OPERATION,
    &kyc_information::OPERATION,
    &identity_details::OPERATION,
    &address_details::OPERATION,
    &kyc_policy::OPERATION,
    &kyc_policy_preview::OPERATION,
    &reasons::OPERATION,
    &panels::OPERATION,
    &activity::OPERATION,
    &work_queue::OPERATION,
    &views::OPERATION,
    &operations_report::OPERATION,
    &batch::OPERATION,
    &batch::LIST_OPERATION,
    &batch_rows::OPERATION,
    &exports::OPERATION,
];

#[cfg(test)]
mod tests {
    use client_app::queries::Query;
    use client_app::queries::{
        CountClients, GetActions, GetActivity, GetAmendments, GetBatch, GetBatchRows, GetBatches, GetClient,
        GetClientView, GetExports, GetHistory, GetKyc, GetKycPolicy, GetLookAlikes, GetOperations,
        GetReasons, GetReport, GetViews, GetWorkQueue, PreviewKycPolicy, SearchClients,
    };
    use client_domain::Permission;

    use super::*;

    #[test]
    fn operations_have_the_permissions_of_their_queries() {
        let expected = [
            GetClient::PERMISSION,
            SearchClients::PERMISSION,
            CountClients::PERMISSION,
            GetReport::PERMISSION,
            GetActions::PERMISSION,
            GetLookAlikes::PERMISSION,
            GetAmendments::PERMISSION,
            GetHistory::PERMISSION,
            // These two read no client.
            Some(Permission::Read),
            Some(Permission::Read),
            GetKyc::PERMISSION,
            GetKyc::PERMISSION,
            GetKyc::PERMISSION,
            GetKycPolicy::PERMISSION,
            PreviewKycPolicy::PERMISSION,
            GetReasons::PERMISSION,
            GetClientView::PERMISSION,
            GetActivity::PERMISSION,
            GetWorkQueue::PERMISSION,
            GetViews::PERMISSION,
            GetOperations::PERMISSION,
            GetBatch::PERMISSION,
            GetBatches::PERMISSION,
            GetBatchRows::PERMISSION,
            GetExports::PERMISSION,
        ];
        assert_eq!(QUERIES.map(|operation| operation.spec.permission), expected);
    }
}
