use client_domain::Permission;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::branches::Branch;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The caller of this query. Every caller may ask, also one without any permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetMyself;

/// A caller as the service knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Myself {
    /// The actor, its permissions and its branch.
    pub caller: Caller,
    /// The caller's branch, if the directory knows it.
    pub branch: Option<Branch>,
}

impl Myself {
    /// Every permission, and whether the caller holds it.
    pub fn permissions(&self) -> impl Iterator<Item = (Permission, bool)> + '_ {
        Permission::ALL.into_iter().map(|permission| (permission, self.caller.may(permission)))
    }
}

impl Sealed for GetMyself {}

impl Query for GetMyself {
    const PERMISSION: Option<Permission> = None;
    type Answer = Myself;

    async fn answer(self, clients: &Clients, caller: &Caller, _now: Timestamp) -> Result<Myself, Error> {
        let branch = match &caller.branch {
            Some(key) => clients.branches.branch(key).await.map_err(Error::of_query)?,
            None => None,
        };
        Ok(Myself { caller: caller.clone(), branch })
    }
}
