//! Branches and account officers that do not exist are refused where a directory lists all there are.

use super::Command;
use crate::failure::{During, unanswered};
use crate::{Clients, Code, Failure, Item};

impl Clients {
    /// Refuses a command that names a branch or an account officer whom a complete directory does not know.
    pub(crate) async fn check_names(&self, command: &Command) -> Result<(), Failure> {
        let named = command.names();
        let mut items = Vec::new();
        if let Some(key) = named.branch.filter(|_| self.branches.lists_every_branch()) {
            let known = self.branches.branch(key).await.map_err(|error| unanswered(&error, During::Load))?;
            if known.is_none() {
                let message = "The bank's directory has no branch with this key.";
                items.push(Item::new(Code::UnknownBranch, message).field("branchEncodedKey"));
            }
        }
        if let Some(id) = named.officer.filter(|_| self.branches.lists_every_officer()) {
            let known =
                self.branches.officer_name(id).await.map_err(|error| unanswered(&error, During::Load))?;
            if known.is_none() {
                let message = "The bank's directory has no account officer with this number.";
                items.push(Item::new(Code::UnknownOfficer, message).field("accountOfficerId"));
            }
        }
        if items.is_empty() { Ok(()) } else { Err(Failure::invalid(items)) }
    }
}
