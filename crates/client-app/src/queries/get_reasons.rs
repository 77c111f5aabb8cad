use client_domain::Permission;
use client_domain::kyc::PolicyVersion;
use client_domain::reason::{ReasonEntry, ReasonedOperation};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The codes of reasons that the KYC policy in force lists, for every operation that has a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetReasons;

/// The catalogue of reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// The version of the policy.
    pub policy: Option<PolicyVersion>,
    /// Every operation that has a reason, also one without codes.
    pub operations: Vec<OperationReasons>,
}

/// The codes of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationReasons {
    /// The operation.
    pub operation: ReasonedOperation,
    /// Its codes, in the order of the policy, also those that are retired; none if the policy lists none.
    pub codes: Vec<ReasonEntry>,
}

impl OperationReasons {
    /// Whether the operation needs one of the codes that are not retired. Otherwise it takes none.
    pub fn is_code_needed(&self) -> bool {
        self.codes.iter().any(|entry| !entry.is_retired)
    }
}

impl Sealed for GetReasons {}

impl Query for GetReasons {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = Reasons;

    async fn answer(self, clients: &Clients, _caller: &Caller, _now: Timestamp) -> Result<Reasons, Error> {
        let policy = clients.kyc_policy();
        let codes = |operation| {
            let lists = policy.reasons.lists().filter(|(listed, _)| *listed == operation);
            lists.flat_map(|(_, entries)| entries).cloned().collect()
        };
        let operations = ReasonedOperation::ALL.into_iter();
        let operations = operations.map(|operation| OperationReasons { operation, codes: codes(operation) });
        Ok(Reasons { policy: policy.version.clone(), operations: operations.collect() })
    }
}
