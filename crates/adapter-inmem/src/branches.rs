use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use client_app::ports::{Branch, BranchDirectory, StoreError};
use client_domain::value::{AccountOfficerId, BranchKey};

use crate::lock::lock;

/// A directory of branches and officers, filled by a test or from a configuration.
///
/// ```
/// use adapter_inmem::MemoryBranches;
/// use client_app::ports::{Branch, BranchDirectory};
/// use client_domain::value::{AccountOfficerId, BranchKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let branches = MemoryBranches::default();
/// let ikeja = BranchKey::parse("ikeja-01")?;
/// branches.set_branch(ikeja.clone(), Branch { id: Some(1), name: "Ikeja".to_owned() });
/// branches.set_officer(AccountOfficerId::new(7)?, "Bola Adeyemi");
///
/// assert_eq!(branches.branch(&ikeja).await?.map(|branch| branch.name).as_deref(), Some("Ikeja"));
/// assert_eq!(branches.officer_name(AccountOfficerId::new(8)?).await?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryBranches(Arc<Mutex<Names>>);

#[derive(Debug, Default)]
struct Names {
    branches: HashMap<BranchKey, Branch>,
    officers: HashMap<AccountOfficerId, String>,
    is_complete: bool,
}

impl MemoryBranches {
    /// Adds a branch.
    pub fn set_branch(&self, key: BranchKey, branch: Branch) {
        lock(&self.0).branches.insert(key, branch);
    }

    /// Adds an officer.
    pub fn set_officer(&self, id: AccountOfficerId, name: impl Into<String>) {
        lock(&self.0).officers.insert(id, name.into());
    }

    /// Makes the lists complete: no other branches exist if there is at least one, and no other officers likewise.
    pub fn set_complete(&self) {
        lock(&self.0).is_complete = true;
    }
}

#[async_trait]
impl BranchDirectory for MemoryBranches {
    fn lists_every_branch(&self) -> bool {
        let names = lock(&self.0);
        names.is_complete && !names.branches.is_empty()
    }

    fn lists_every_officer(&self) -> bool {
        let names = lock(&self.0);
        names.is_complete && !names.officers.is_empty()
    }

    async fn branch(&self, key: &BranchKey) -> Result<Option<Branch>, StoreError> {
        Ok(lock(&self.0).branches.get(key).cloned())
    }

    async fn branch_numbers(&self) -> Result<BTreeMap<BranchKey, i64>, StoreError> {
        let names = lock(&self.0);
        Ok(names.branches.iter().filter_map(|(key, branch)| Some((key.clone(), branch.id?))).collect())
    }

    async fn officer_name(&self, id: AccountOfficerId) -> Result<Option<String>, StoreError> {
        Ok(lock(&self.0).officers.get(&id).cloned())
    }
}
