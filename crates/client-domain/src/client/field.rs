use crate::newer;

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
    /// `dateOfBirth`
    DateOfBirth,
    /// `gender`
    Gender,
    /// `identificationType`
    IdentificationType,
    /// `identificationNumber`
    IdentificationNumber,
    /// `customerType`
    CustomerType,
    /// `branchEncodedKey`
    BranchEncodedKey,
    /// `clientState`
    ClientState,
    /// `approvalStatus`
    ApprovalStatus,
    /// `identityDocuments`
    IdentityDocuments,
    /// `addressInformation`
    AddressInformation,
    /// `amendments`
    Amendments,
    /// `mobileVerification`
    MobileVerification,
    /// `emailVerification`
    EmailVerification,
    /// A field of a newer release, by its name.
    Newer(&'static str),
}

impl ClientField {
    /// Every field that can change.
    pub const ALL: [Self; 24] = [
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
        Self::DateOfBirth,
        Self::Gender,
        Self::IdentificationType,
        Self::IdentificationNumber,
        Self::CustomerType,
        Self::BranchEncodedKey,
        Self::ClientState,
        Self::ApprovalStatus,
        Self::IdentityDocuments,
        Self::AddressInformation,
        Self::Amendments,
        Self::MobileVerification,
        Self::EmailVerification,
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
            Self::DateOfBirth => "dateOfBirth",
            Self::Gender => "gender",
            Self::IdentificationType => "identificationType",
            Self::IdentificationNumber => "identificationNumber",
            Self::CustomerType => "customerType",
            Self::BranchEncodedKey => "branchEncodedKey",
            Self::ClientState => "clientState",
            Self::ApprovalStatus => "approvalStatus",
            Self::IdentityDocuments => "identityDocuments",
            Self::AddressInformation => "addressInformation",
            Self::Amendments => "amendments",
            Self::MobileVerification => "mobileVerification",
            Self::EmailVerification => "emailVerification",
            Self::Newer(name) => name,
        }
    }

    /// Whether only a correction changes it, and never an update.
    pub const fn is_corrected(self) -> bool {
        matches!(
            self,
            Self::DateOfBirth
                | Self::Gender
                | Self::IdentificationType
                | Self::IdentificationNumber
                | Self::CustomerType
                | Self::BranchEncodedKey
        )
    }

    /// The field with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The field with this name, as a release has stored it; a newer release may have stored one that this one does not
    /// know. Such names stay until the program ends, so there are at most 256 of them.
    ///
    /// ```
    /// use client_domain::ClientField;
    ///
    /// assert_eq!(ClientField::restore("lastName"), Some(ClientField::LastName));
    /// assert_eq!(ClientField::restore("riskRating").map(ClientField::name), Some("riskRating"));
    /// ```
    pub fn restore(name: &str) -> Option<Self> {
        Self::parse(name).or_else(|| newer::name(name).map(Self::Newer))
    }
}

crate::conversions::name_conversions!(ClientField, "the name of a field of a client", restore);
crate::conversions::display_name!(ClientField);
