/// A field of a client, named as on the wire. Events list the changed fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientField {
    /// `firstName`
    FirstName,
    /// `middleName`
    MiddleName,
    /// `lastName`
    LastName,
    /// `emailAddress`
    EmailAddress,
    /// `phoneNumber`
    PhoneNumber,
    /// `address`
    Address,
    /// `city`
    City,
    /// `state`
    State,
    /// `country`
    Country,
    /// `maritalStatus`
    MaritalStatus,
    /// `accountOfficerId`
    AccountOfficerId,
    /// `clientState`
    ClientState,
    /// `approvalStatus`
    ApprovalStatus,
    /// `identityDocuments`
    IdentityDocuments,
    /// `addressInformation`
    AddressInformation,
    /// A field of a newer release, by its name.
    Newer(&'static str),
}

impl ClientField {
    /// Every field that can change.
    pub const ALL: [Self; 15] = [
        Self::FirstName,
        Self::MiddleName,
        Self::LastName,
        Self::EmailAddress,
        Self::PhoneNumber,
        Self::Address,
        Self::City,
        Self::State,
        Self::Country,
        Self::MaritalStatus,
        Self::AccountOfficerId,
        Self::ClientState,
        Self::ApprovalStatus,
        Self::IdentityDocuments,
        Self::AddressInformation,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstName => "firstName",
            Self::MiddleName => "middleName",
            Self::LastName => "lastName",
            Self::EmailAddress => "emailAddress",
            Self::PhoneNumber => "phoneNumber",
            Self::Address => "address",
            Self::City => "city",
            Self::State => "state",
            Self::Country => "country",
            Self::MaritalStatus => "maritalStatus",
            Self::AccountOfficerId => "accountOfficerId",
            Self::ClientState => "clientState",
            Self::ApprovalStatus => "approvalStatus",
            Self::IdentityDocuments => "identityDocuments",
            Self::AddressInformation => "addressInformation",
            Self::Newer(name) => name,
        }
    }

    /// The field with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
