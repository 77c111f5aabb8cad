//! Applicants of ten countries, with names, numbers and addresses as people of those countries have them.

mod cultures;

use client_app::commands::CreateClient;
use client_domain::client::Details;
use client_domain::value::{
    AddressLine, BirthDate, Country, CustomerType, EmailAddress, Gender, Identification,
    IdentificationNumber, IdentificationType, Invalid, MaritalStatus, PersonName, PhoneNumber, PlaceName,
    PostalAddress,
};
use fastrand::Rng;
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};

use self::cultures::{CULTURES, Culture};

/// The day after the last birthday of a person.
const ADULTS_UNTIL: Date = date(2007, 1, 1);

/// Made-up applicants without end: the same ones for the same seed, and no two with the same e-mail address, phone number or
/// identification.
///
/// Their names are written in six scripts, with accents, apostrophes, hyphens, particles and several family names; the
/// phone numbers are possible mobile numbers of their countries.
///
/// ```
/// use clients_testkit::{People, as_form};
///
/// let people: Vec<_> = People::seeded(7).take(50).collect();
/// assert_eq!(people, People::seeded(7).take(50).collect::<Vec<_>>());
/// assert_ne!(people[0], people[1]);
/// assert!(as_form(&people[0])["emailAddress"].as_str().unwrap().ends_with(".example.com"));
/// ```
#[derive(Clone, Debug)]
pub struct People {
    random: Rng,
    /// Differs for seeds below 900, so that people of two such seeds can be in one bank.
    family: u64,
    next: u64,
}

impl People {
    /// The applicants of this seed.
    pub fn seeded(seed: u64) -> Self {
        let random = Rng::with_seed(seed);
        Self { family: seed % 900, random, next: 0 }
    }

    fn person(&mut self) -> Result<CreateClient, Invalid> {
        let number = self.next;
        self.next += 1;
        let culture = self.pick(CULTURES);
        let female = self.random.bool();
        let first = self.pick(if female { culture.women } else { culture.men });
        let middle = if self.random.u8(0..4) == 0 {
            Some(self.pick(if female { culture.women } else { culture.men }))
        } else {
            None
        };
        let last = self.pick(culture.families);
        let (city, state) = *self.pick(culture.cities);
        let street = self.pick(culture.streets);
        let house = self.random.u16(1..200);
        let gender = match self.random.u8(0..50) {
            0 => Gender::Other,
            _ if female => Gender::Female,
            _ => Gender::Male,
        };
        let days = self.random.i32(0..60 * 365);
        let born = ADULTS_UNTIL.saturating_sub(jiff::Span::new().days(days + 1));
        Ok(CreateClient {
            details: Details {
                first_name: PersonName::parse(first)?,
                middle_name: middle
                    .filter(|name| **name != *first)
                    .map(|name| PersonName::parse(name))
                    .transpose()?,
                last_name: PersonName::parse(last)?,
                email: EmailAddress::parse(&format!("person{number}@family{}.example.com", self.family))?,
                phone: self.phone(culture, number)?,
                postal_address: PostalAddress {
                    address: AddressLine::parse(&street.replace('#', &house.to_string()))?,
                    city: PlaceName::parse(city)?,
                    state: PlaceName::parse(state)?,
                    country: Country::parse(culture.country)?,
                },
                marital_status: self.random.bool().then(|| *self.pick(&MaritalStatus::ALL)),
                account_officer: None,
            },
            birth_date: BirthDate::new(born, ADULTS_UNTIL)?,
            gender,
            identification: self.identification(number)?,
            customer_type: CustomerType::Individual,
            branch: None,
        })
    }

    /// A number of seven digits after the prefix of a mobile network, no two the same within a seed.
    fn phone(&self, culture: &Culture, number: u64) -> Result<PhoneNumber, Invalid> {
        let digits = 2_000_000 + (self.family * 10_007 + number * 7_919) % 7_900_000;
        PhoneNumber::parse(&format!("{}{digits:07}", culture.mobile))
    }

    /// A passport or a national identity card.
    fn identification(&mut self, number: u64) -> Result<Identification, Invalid> {
        let letter = char::from(b'A' + self.random.u8(0..26));
        let (kind, text) = if self.random.bool() {
            ("International Passport", format!("{letter}{:03}{number:05}", self.family))
        } else {
            ("National ID", format!("{:03}{letter}{number:07}", self.family))
        };
        Ok(Identification {
            kind: IdentificationType::parse(kind)?,
            number: IdentificationNumber::parse(&text)?,
        })
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        #[expect(clippy::indexing_slicing, reason = "every list has an item")]
        &among[self.random.usize(0..among.len())]
    }
}

impl Iterator for People {
    type Item = CreateClient;

    /// The next applicant. There always is one: a test reads thousands of every list.
    fn next(&mut self) -> Option<CreateClient> {
        self.person().ok()
    }
}

/// The applicant as `data` of `CreateContactCommand`.
///
/// ```
/// use clients_testkit::{People, as_form};
///
/// let person = People::seeded(7).next().unwrap();
/// let data = as_form(&person);
/// assert_eq!(data["lastName"], person.details.last_name.as_str());
/// ```
pub fn as_form(person: &CreateClient) -> Value {
    let CreateClient { details, birth_date, gender, identification, customer_type, branch } = person;
    let mut form = Map::new();
    let mut put = |name: &str, value: Value| form.insert(name.to_owned(), value);
    put("firstName", json!(details.first_name.as_str()));
    if let Some(name) = &details.middle_name {
        put("middleName", json!(name.as_str()));
    }
    put("lastName", json!(details.last_name.as_str()));
    put("emailAddress", json!(details.email.as_str()));
    put("phoneNumber", json!(details.phone.as_str()));
    put("dateOfBirth", json!(birth_date.get().to_string()));
    put("gender", json!(gender.name()));
    put("address", json!(details.postal_address.address.as_str()));
    put("city", json!(details.postal_address.city.as_str()));
    put("state", json!(details.postal_address.state.as_str()));
    put("country", json!(details.postal_address.country.alpha2()));
    put("identificationType", json!(identification.kind.as_str()));
    put("identificationNumber", json!(identification.number.as_str()));
    put("customerType", json!(customer_type.name()));
    if let Some(status) = details.marital_status {
        put("maritalStatus", json!(status.number()));
    }
    if let Some(officer) = details.account_officer {
        put("accountOfficerId", json!(officer.get()));
    }
    if let Some(branch) = branch {
        put("branchEncodedKey", json!(branch.as_str()));
    }
    Value::Object(form)
}
