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
    /// An opaque key, compared to the letter.
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
    ($($variant:ident = $name:literal, $kind:ident;)*) => {
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

            /// What kind of value it has.
            pub const fn kind(self) -> PropertyKind {
                match self { $(Self::$variant => PropertyKind::$kind,)* }
            }
        }
    };
}

properties! {
    Id = "id", Number;
    EncodedKey = "encodedKey", Key;
    CustomerNumber = "customerNumber", Text;
    FirstName = "firstName", Text;
    MiddleName = "middleName", Text;
    LastName = "lastName", Text;
    FullName = "fullName", Text;
    EmailAddress = "emailAddress", Text;
    PhoneNumber = "phoneNumber", Text;
    DateOfBirth = "dateOfBirth", Date;
    Age = "age", Number;
    Gender = "gender", Choice;
    MaritalStatus = "maritalStatus", Choice;
    Address = "address", Text;
    City = "city", Text;
    State = "state", Text;
    Country = "country", Text;
    IdentificationType = "identificationType", Text;
    IdentificationNumber = "identificationNumber", Text;
    CustomerType = "customerType", Choice;
    ClientState = "clientState", Choice;
    ApprovalStatus = "approvalStatus", Choice;
    IsBlacklisted = "isBlacklisted", YesNo;
    BranchId = "branchId", Number;
    BranchEncodedKey = "branchEncodedKey", Key;
    AccountOfficerId = "accountOfficerId", Number;
    DateCreated = "dateCreated", Time;
    LastModified = "lastModified", Time;
    DateApproved = "dateApproved", Time;
    DateActivated = "dateActivated", Time;
    KycStatus = "kycStatus", Choice;
    DocumentType = "documentType", Choice;
    DocumentNumber = "documentNumber", Text;
    DocumentExpiryDate = "documentExpiryDate", Date;
    DocumentStatus = "documentStatus", Choice;
}

impl Property {
    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|property| property.name().eq_ignore_ascii_case(raw.trim()))
    }

    /// Every property that found clients can be sorted by.
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

    /// Whether found clients can be sorted by it: not by what a client has several of, and not by what is
    /// worked out from the calendar or from a directory. Age sorts as `dateOfBirth` does the other way round.
    pub const fn is_sortable(self) -> bool {
        !matches!(self, Self::Age | Self::BranchId | Self::KycStatus) && !self.is_of_documents()
    }
}
