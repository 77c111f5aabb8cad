/// The kind of a claimed value: a value that should belong to one client only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// The document that identifies the client: its type and its number.
    Identification,
    /// The e-mail address.
    Email,
    /// The phone number.
    Phone,
    /// The former record of a client that has returned: one record returns once.
    FormerClient,
}

impl ClaimKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Identification, Self::Email, Self::Phone, Self::FormerClient];

    /// The name as it is stored and configured.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identification => "identification",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::FormerClient => "formerClient",
        }
    }
}

crate::conversions::display_name!(ClaimKind);
