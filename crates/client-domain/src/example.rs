//! A made-up applicant, for documentation, tests and first steps.

use jiff::civil::date;

use crate::client::{Application, Details};
use crate::value::{
    AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType, EmailAddress, Gender,
    Identification, IdentificationNumber, IdentificationType, Invalid, MaritalStatus, PersonName,
    PhoneNumber, PlaceName, PostalAddress,
};

/// Adaeze Okafor of Ikeja, who does not exist, applies as the bank's first client.
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
