//! The KYC policy in force.

use std::sync::{Arc, PoisonError, RwLock};

use client_domain::kyc::KycPolicy;

/// The KYC policy in force, which may be replaced while the service runs.
///
/// Who decides takes the policy once, so that one decision follows one policy.
#[derive(Debug, Default)]
pub(crate) struct PolicyInForce(RwLock<Arc<KycPolicy>>);

impl PolicyInForce {
    pub(crate) fn new(policy: KycPolicy) -> Self {
        Self(RwLock::new(Arc::new(policy)))
    }

    /// The policy at this moment.
    pub(crate) fn now(&self) -> Arc<KycPolicy> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another policy in force.
    pub(crate) fn replace(&self, policy: KycPolicy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }
}
