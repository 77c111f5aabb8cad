//! The authenticated caller of a request.

use client_domain::value::BranchKey;
use client_domain::{Actor, Permission, Permissions};

/// An authenticated caller: an actor with permissions and, perhaps, a branch.
///
/// ```
/// use client_app::Caller;
/// use client_domain::{Actor, Permission};
///
/// let caller = Caller::new(Actor::parse("maker-1")?, [Permission::Read].into_iter().collect());
/// assert!(caller.may(Permission::Read) && !caller.may(Permission::Approve));
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The actor, whose id four eyes compares.
    pub actor: Actor,
    /// The permissions of the caller.
    pub permissions: Permissions,
    /// The caller's own branch, the default of a client created without one.
    pub branch: Option<BranchKey>,
}

impl Caller {
    /// A caller without a branch.
    pub const fn new(actor: Actor, permissions: Permissions) -> Self {
        Self { actor, permissions, branch: None }
    }

    /// Whether the caller holds `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.holds(permission)
    }
}
