//! Refuses unknown branches and account officers if the directory is complete.

use crate::clients::Clients;
use crate::error::Error;
use crate::spine::plan::NamedInDirectory;

impl Clients {
    /// Refuses a command with a branch or an account officer that a complete directory does not contain.
    pub(super) async fn check_directory(&self, named: NamedInDirectory<'_>) -> Result<(), Error> {
        let (mut branch, mut officer) = (false, false);
        if let Some(key) = named.branch.filter(|_| self.branches.lists_every_branch()) {
            branch = self.branches.branch(key).await.map_err(Error::of_load)?.is_none();
        }
        if let Some(id) = named.officer.filter(|_| self.branches.lists_every_officer()) {
            officer = self.branches.officer_name(id).await.map_err(Error::of_load)?.is_none();
        }
        if branch || officer { Err(Error::NotInDirectory { branch, officer }) } else { Ok(()) }
    }
}
