use std::collections::BTreeMap;

use async_trait::async_trait;
use client_domain::value::{AccountOfficerId, BranchKey};

use crate::ports::error::StoreError;

/// A branch with the data that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The number of the branch, if it has one.
    pub id: Option<i64>,
    /// The name of the branch.
    pub name: String,
}

/// The directory of branches and account officers.
#[async_trait]
pub trait BranchDirectory: Send + Sync {
    /// The branch with this key, if it is known.
    async fn branch(&self, key: &BranchKey) -> Result<Option<Branch>, StoreError>;

    /// The number of every branch that has one.
    async fn branch_numbers(&self) -> Result<BTreeMap<BranchKey, i64>, StoreError>;

    /// The name of the officer with this number, if it is known.
    async fn officer_name(&self, id: AccountOfficerId) -> Result<Option<String>, StoreError>;

    /// Whether it lists every branch, so that an unknown branch is refused. Otherwise it only provides names.
    fn lists_every_branch(&self) -> bool {
        false
    }

    /// The same for account officers.
    fn lists_every_officer(&self) -> bool {
        false
    }
}

/// The directory of a bank that has not configured one: it knows no names.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBranches;

#[async_trait]
impl BranchDirectory for NoBranches {
    async fn branch(&self, _key: &BranchKey) -> Result<Option<Branch>, StoreError> {
        Ok(None)
    }

    async fn branch_numbers(&self) -> Result<BTreeMap<BranchKey, i64>, StoreError> {
        Ok(BTreeMap::new())
    }

    async fn officer_name(&self, _id: AccountOfficerId) -> Result<Option<String>, StoreError> {
        Ok(None)
    }
}
