use crate::permission::{Permission, Permissions};

/// The kinds of values that properties have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyKind {
    /// Text, compared without regard to case and accents.
    Text,
    /// A whole number.
    Number,
    /// A calendar day.
    Date,
    /// A moment.
    Time,
    /// One of a closed list.
    Choice,
    /// An opaque key, compared exactly.
    Key,
    /// Yes or no.
    YesNo,
}

impl PropertyKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Number, Self::Date, Self::Time, Self::Choice, Self::Key, Self::YesNo];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::Choice => "choice",
            Self::Key => "key",
            Self::YesNo => "yesNo",
        }
    }
}

macro_rules! properties {
    ($($variant:ident = $name:literal, $kind:ident, $permission:ident;)*) => {
        /// A property of a client that clients can be searched by, named as on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Property {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Property {
            /// Every property.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire, in `camelCase`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind of its values.
            pub const fn kind(self) -> PropertyKind {
                match self { $(Self::$variant => PropertyKind::$kind,)* }
            }

            /// The permission for searching and sorting by it. Finding a client by a value reveals the value, so it
            /// is the permission for seeing it.
            pub const fn permission(self) -> Permission {
                match self { $(Self::$variant => Permission::$permission,)* }
            }
        }
    };
}

properties! {
    Id = "id", Number, Read;
    EncodedKey = "encodedKey", Key, Read;
    CustomerNumber = "customerNumber", Text, Read;
    FirstName = "firstName", Text, Read;
    MiddleName = "middleName", Text, Read;
    LastName = "lastName", Text, Read;
    FullName = "fullName", Text, Read;
    FormerName = "formerName", Text, Read;
    EmailAddress = "emailAddress", Text, Read;
    PhoneNumber = "phoneNumber", Text, Read;
    DateOfBirth = "dateOfBirth", Date, Read;
    Age = "age", Number, Read;
    Gender = "gender", Choice, Read;
    MaritalStatus = "maritalStatus", Choice, Read;
    Address = "address", Text, Read;
    City = "city", Text, Read;
    State = "state", Text, Read;
    Country = "country", Text, Read;
    IdentificationType = "identificationType", Text, Read;
    IdentificationNumber = "identificationNumber", Text, Read;
    CustomerType = "customerType", Choice, Read;
    ClientState = "clientState", Choice, Read;
    ApprovalStatus = "approvalStatus", Choice, Read;
    IsBlacklisted = "isBlacklisted", YesNo, Read;
    HasOpenAmendment = "hasOpenAmendment", YesNo, Read;
    FormerClient = "formerContactEncodedKey", Key, Read;
    BranchId = "branchId", Number, Read;
    BranchEncodedKey = "branchEncodedKey", Key, Read;
    AccountOfficerId = "accountOfficerId", Number, Read;
    DateCreated = "dateCreated", Time, Read;
    LastModified = "lastModified", Time, Read;
    DateApproved = "dateApproved", Time, Read;
    DateActivated = "dateActivated", Time, Read;
    KycStatus = "kycStatus", Choice, KycRead;
    DocumentType = "documentType", Choice, KycRead;
    DocumentNumber = "documentNumber", Text, KycRead;
    DocumentExpiryDate = "documentExpiryDate", Date, KycRead;
    DocumentStatus = "documentStatus", Choice, KycRead;
}

impl Property {
    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|property| property.name().eq_ignore_ascii_case(raw.trim()))
    }

    /// Every property that a caller with these permissions may search by.
    pub fn open_to(permissions: &Permissions) -> impl Iterator<Item = Self> + '_ {
        Self::ALL.iter().copied().filter(|property| permissions.holds(property.permission()))
    }

    /// Every property that clients can be sorted by.
    pub fn sortable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|property| property.is_sortable())
    }

    /// Whether a client has a value of it for each document. A condition on it holds when one document meets it, and
    /// there is no value where no document has one.
    pub const fn is_of_documents(self) -> bool {
        matches!(
            self,
            Self::DocumentType | Self::DocumentNumber | Self::DocumentExpiryDate | Self::DocumentStatus
        )
    }

    /// Whether clients can be sorted by it: not by a property with several values, nor by one that is computed from
    /// the calendar or a directory. Age is the reverse of `dateOfBirth`.
    pub const fn is_sortable(self) -> bool {
        !matches!(self, Self::FormerName | Self::Age | Self::BranchId | Self::KycStatus)
            && !self.is_of_documents()
    }
}
