//! The permissions of a caller.

use std::collections::BTreeSet;

/// One permission, named as in a token.
///
/// Each row of the lifecycle table names its permission, so there is no second list.
///
/// ```
/// use client_domain::Permission;
///
/// assert_eq!(Permission::parse("customers.approve"), Some(Permission::Approve));
/// assert_eq!(Permission::parse("customers.fly"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// `customers.read`: find clients, see them and the operations on them.
    Read,
    /// `customers.write`: create, update and correct clients, request their approval.
    Write,
    /// `customers.approve`: approve and reject clients, and amendments of them.
    Approve,
    /// `customers.blacklist`: blacklist and remove from the blacklist.
    Blacklist,
    /// `customers.exit`: end the relationship.
    Exit,
    /// `customers.transactions`: record transactions of the ledger.
    Transactions,
    /// `customers.kyc.read`: see KYC documents.
    KycRead,
    /// `customers.kyc.write`: submit KYC documents.
    KycWrite,
    /// `customers.kyc.review`: approve and reject KYC documents.
    KycReview,
    /// `customers.history`: see the history.
    History,
    /// `customers.history.values`: see in it the values before and after each change.
    HistoryValues,
    /// `customers.operations`: see how the service stands, resend and discard dead letters.
    Operations,
    /// `customers.views.share`: share saved views with everybody who may find clients, and delete those that others share.
    ViewsShare,
    /// `customers.batches`: upload batches of commands, see and handle one's own.
    Batches,
    /// `customers.batches.confirm`: see the batches of others, and confirm them.
    BatchesConfirm,
    /// `customers.export`: export clients as files.
    Export,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::Read,
        Self::Write,
        Self::Approve,
        Self::Blacklist,
        Self::Exit,
        Self::Transactions,
        Self::KycRead,
        Self::KycWrite,
        Self::KycReview,
        Self::History,
        Self::HistoryValues,
        Self::Operations,
        Self::ViewsShare,
        Self::Batches,
        Self::BatchesConfirm,
        Self::Export,
    ];

    /// The name in a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "customers.read",
            Self::Write => "customers.write",
            Self::Approve => "customers.approve",
            Self::Blacklist => "customers.blacklist",
            Self::Exit => "customers.exit",
            Self::Transactions => "customers.transactions",
            Self::KycRead => "customers.kyc.read",
            Self::KycWrite => "customers.kyc.write",
            Self::KycReview => "customers.kyc.review",
            Self::History => "customers.history",
            Self::HistoryValues => "customers.history.values",
            Self::Operations => "customers.operations",
            Self::ViewsShare => "customers.views.share",
            Self::Batches => "customers.batches",
            Self::BatchesConfirm => "customers.batches.confirm",
            Self::Export => "customers.export",
        }
    }

    /// Reads an exact name; a permission of another service gives `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == name)
    }
}

/// A set of permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    /// Every permission.
    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    /// Whether the set holds `permission`.
    pub fn holds(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The permissions in the order of [`Permission::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

crate::conversions::name_conversions!(Permission, "the name of a permission");
crate::conversions::display_name!(Permission);
