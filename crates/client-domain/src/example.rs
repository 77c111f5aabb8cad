//! A fictitious applicant, for documentation, tests and first steps.

use jiff::civil::date;

use crate::actor::AuditStamp;
use crate::client::{Application, Details};
use crate::kyc::{
    AddressDraft, AddressId, Content, ContentKey, DocumentDraft, DocumentId, DocumentKind, FileExtension,
    Sha256, Validity,
};
use crate::value::{
    AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType, EmailAddress, Gender,
    Identification, IdentificationNumber, IdentificationType, Invalid, IssuingAuthority, MaritalStatus,
    PersonName, PhoneNumber, PlaceName, PostalAddress, PostalCode,
};

/// Adaeze Okafor of Ikeja, a fictitious person, applies as the bank's first client.
///
/// ```
/// let application = client_domain::example::application()?;
/// assert_eq!(application.details.first_name.as_str(), "Adaeze");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
pub fn application() -> Result<Application, Invalid> {
    Ok(Application {
        key: ClientKey::from_bits(0x8a8e_86a5_0000_0000_0000_0000_0000_0001),
        id: ClientId::new(1)?,
        details: Details {
            first_name: PersonName::parse("Adaeze")?,
            middle_name: None,
            last_name: PersonName::parse("Okafor")?,
            email: EmailAddress::parse("adaeze.okafor@example.com")?,
            phone: PhoneNumber::parse("+2348031234567")?,
            postal_address: PostalAddress {
                address: AddressLine::parse("12 Allen Avenue")?,
                city: PlaceName::parse("Ikeja")?,
                state: PlaceName::parse("Lagos")?,
                country: Country::parse("NG")?,
            },
            marital_status: Some(MaritalStatus::Single),
            account_officer: None,
        },
        birth_date: BirthDate::new(date(1991, 4, 23), date(2026, 1, 1))?,
        gender: Gender::Female,
        identification: Identification {
            kind: IdentificationType::parse("International Passport")?,
            number: IdentificationNumber::parse("A01234567")?,
        },
        customer_type: CustomerType::Individual,
        branch: Some(BranchKey::parse("ikeja-01")?),
    })
}

/// Her passport, valid until the end of 2029, with its submitter and time.
///
/// ```
/// use client_domain::{Actor, AuditStamp, example};
///
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, jiff::Timestamp::UNIX_EPOCH);
/// assert_eq!(example::passport(&maker)?.kind.name(), "International Passport");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
pub fn passport(handed_in: &AuditStamp) -> Result<DocumentDraft, Invalid> {
    Ok(DocumentDraft {
        id: DocumentId::from_bits(0xd0c1),
        kind: DocumentKind::InternationalPassport,
        number: IdentificationNumber::parse("A01234567")?,
        issuer: Some(IssuingAuthority::parse("Nigeria Immigration Service")?),
        validity: Validity::new(Some(date(2020, 1, 1)), Some(date(2029, 12, 31))).unwrap_or_default(),
        content: Content {
            key: ContentKey::from_bits(handed_in.at, 1),
            extension: FileExtension::Pdf,
            size: 2048,
            sha256: Sha256([0x5a; 32]),
            uploaded: handed_in.clone(),
        },
    })
}

/// Her home address.
///
/// ```
/// assert_eq!(client_domain::example::home()?.city.as_str(), "Ikeja");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
pub fn home() -> Result<AddressDraft, Invalid> {
    Ok(AddressDraft {
        id: AddressId::from_bits(0xadd1),
        line1: AddressLine::parse("12 Allen Avenue")?,
        line2: None,
        city: PlaceName::parse("Ikeja")?,
        state: PlaceName::parse("Lagos")?,
        country: Country::parse("NG")?,
        postal_code: Some(PostalCode::parse("100271")?),
    })
}
