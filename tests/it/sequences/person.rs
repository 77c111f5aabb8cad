//! Applicants and changes of their details, as a caller sends them and as the domain takes them.

use client_domain::client::{Application, Correction, Details, DetailsPatch, Patch};
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType,
    EmailAddress, Gender, Identification, IdentificationNumber, IdentificationType, MaritalStatus,
    PersonName, PhoneNumber, PlaceName, PostalAddress,
};
use jiff::civil::Date;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::order::object;
use super::samples::{
    APPLICANTS, BIRTHDAYS, BRANCHES, EMAILS, IDENTIFICATIONS, NAMES, PHONES, email, identification, phone,
};
use super::step::{Renewed, What};

/// Each number is a place in a list of made-up values.
#[derive(Clone, Debug)]
pub struct Applicant {
    pub first_name: usize,
    pub last_name: usize,
    pub email: usize,
    pub phone: usize,
    pub identification: usize,
    pub born: usize,
    pub branch: Option<usize>,
    pub married: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub last_name: Option<usize>,
    pub email: Option<usize>,
    pub phone: Option<usize>,
    pub city: Option<usize>,
    pub officer: Patch<i64>,
}

/// What an update cannot change.
#[derive(Clone, Debug)]
pub struct Fix {
    pub born: Option<usize>,
    pub gender: Option<usize>,
    pub identification: Option<usize>,
    pub branch: Option<usize>,
}

const GENDERS: [&str; 2] = ["Female", "Other"];

fn city(place: usize) -> String {
    format!("{} Town", NAMES[place])
}

pub fn create_one() -> BoxedStrategy<What> {
    let names = (0..NAMES.len(), 0..NAMES.len());
    let claims = (0..EMAILS.len(), 0..PHONES.len(), 0..IDENTIFICATIONS.len());
    // The last day is in the future, sometimes.
    let born = prop_oneof![19 => 0..BIRTHDAYS.len() - 1, 1 => Just(BIRTHDAYS.len() - 1)];
    let rest = (born, of(0..BRANCHES.len()), of(1..5_i64));
    (0..APPLICANTS, names, claims, rest)
        .prop_map(|(n, (first_name, last_name), (email, phone, identification), (born, branch, married))| {
            // Half of them share no value with another applicant.
            let own = |shared: usize, all: usize| if n % 2 == 0 { shared } else { all + n };
            What::Create(Applicant {
                first_name,
                last_name,
                email: own(email, EMAILS.len()),
                phone: own(phone, PHONES.len()),
                identification: own(identification, IDENTIFICATIONS.len()),
                born,
                branch,
                married,
            })
        })
        .boxed()
}

pub fn update() -> impl Strategy<Value = What> {
    let claims = (weighted(0.3, 0..EMAILS.len()), weighted(0.2, 0..PHONES.len()));
    let officer =
        prop_oneof![4 => Just(Patch::Keep), 1 => Just(Patch::Clear), 2 => (1..4_i64).prop_map(Patch::Set)];
    let rest = (of(0..NAMES.len()), officer);
    (weighted(0.4, 0..NAMES.len()), claims, rest).prop_map(|(last_name, (email, phone), (city, officer))| {
        What::Update(Change { last_name, email, phone, city, officer })
    })
}

pub fn correct() -> impl Strategy<Value = What> {
    // The last day is in the future, sometimes.
    let born = prop_oneof![19 => 0..BIRTHDAYS.len() - 1, 1 => Just(BIRTHDAYS.len() - 1)];
    let rest = (weighted(0.3, 0..IDENTIFICATIONS.len() + 2), weighted(0.3, 0..BRANCHES.len()));
    (weighted(0.4, born), weighted(0.4, 0..GENDERS.len()), rest).prop_map(
        |(born, gender, (identification, branch))| {
            What::Correct(Fix { born, gender, identification, branch })
        },
    )
}

/// A return, half of them with the values of the former record.
pub fn renew() -> BoxedStrategy<What> {
    (any::<bool>(), update(), correct())
        .prop_map(|(same, update, correct)| {
            let none = Change { last_name: None, email: None, phone: None, city: None, officer: Patch::Keep };
            let nothing = Fix { born: None, gender: None, identification: None, branch: None };
            What::Return(match (same, update, correct) {
                (false, What::Update(change), What::Correct(fix)) => Renewed { change, fix },
                _ => Renewed { change: none, fix: nothing },
            })
        })
        .boxed()
}

impl Fix {
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        let identification = self.identification.map(identification);
        set("dateOfBirth", self.born.map(|at| BIRTHDAYS[at].into()));
        set("gender", self.gender.map(|at| GENDERS[at].into()));
        set("identificationType", identification.as_ref().map(|(kind, _)| kind.as_str().into()));
        set("identificationNumber", identification.as_ref().map(|(_, number)| number.as_str().into()));
        set("branchEncodedKey", self.branch.map(|at| BRANCHES[at].into()));
        members
    }

    pub fn correction(&self, today: Date) -> Correction {
        let identification = self.identification.map(identification);
        Correction {
            birth_date: self.born.map(|at| BirthDate::parse(BIRTHDAYS[at], today).unwrap()),
            gender: self.gender.map(|at| Gender::parse(GENDERS[at]).unwrap()),
            identification_type: identification
                .as_ref()
                .map(|(kind, _)| IdentificationType::parse(kind).unwrap()),
            identification_number: identification
                .as_ref()
                .map(|(_, number)| IdentificationNumber::parse(number).unwrap()),
            customer_type: None,
            branch: self.branch.map(|at| BranchKey::parse(BRANCHES[at]).unwrap()),
        }
    }
}

impl Applicant {
    pub fn members(&self) -> Map<String, Value> {
        let (kind, number) = identification(self.identification);
        object(json!({
            "firstName": NAMES[self.first_name], "lastName": NAMES[self.last_name],
            "emailAddress": email(self.email), "phoneNumber": phone(self.phone),
            "dateOfBirth": BIRTHDAYS[self.born], "gender": "Other", "address": "12 Allen Avenue",
            "city": "Ikeja", "state": "Lagos", "country": "Nigeria", "maritalStatus": self.married,
            "identificationType": kind, "identificationNumber": number,
            "branchEncodedKey": self.branch.map(|at| BRANCHES[at]),
        }))
    }

    /// The same as the domain takes it; `branch` is that of the caller.
    pub fn application(
        &self,
        (key, id): (ClientKey, ClientId),
        middle_name: Option<PersonName>,
        branch: Option<BranchKey>,
        today: Date,
    ) -> Application {
        let (kind, number) = identification(self.identification);
        let place = |text: &str| PlaceName::parse(text).unwrap();
        Application {
            key,
            id,
            details: Details {
                first_name: PersonName::parse(NAMES[self.first_name]).unwrap(),
                middle_name,
                last_name: PersonName::parse(NAMES[self.last_name]).unwrap(),
                email: EmailAddress::parse(&email(self.email)).unwrap(),
                phone: PhoneNumber::parse(&phone(self.phone)).unwrap(),
                postal_address: PostalAddress {
                    address: AddressLine::parse("12 Allen Avenue").unwrap(),
                    city: place("Ikeja"),
                    state: place("Lagos"),
                    country: Country::parse("NG").unwrap(),
                },
                marital_status: self.married.map(|number| MaritalStatus::from_number(number).unwrap()),
                account_officer: None,
            },
            birth_date: BirthDate::parse(BIRTHDAYS[self.born], today).unwrap(),
            gender: Gender::Other,
            identification: Identification {
                kind: IdentificationType::parse(&kind).unwrap(),
                number: IdentificationNumber::parse(&number).unwrap(),
            },
            customer_type: CustomerType::default(),
            branch: self.branch.map(|at| BranchKey::parse(BRANCHES[at]).unwrap()).or(branch),
        }
    }
}

impl Change {
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        set("lastName", self.last_name.map(|at| NAMES[at].into()));
        set("emailAddress", self.email.map(|at| email(at).into()));
        set("phoneNumber", self.phone.map(|at| phone(at).into()));
        set("city", self.city.map(|at| city(at).into()));
        set(
            "accountOfficerId",
            match self.officer {
                Patch::Keep => None,
                Patch::Clear => Some(Value::Null),
                Patch::Set(id) => Some(id.into()),
            },
        );
        members
    }

    pub fn patch(&self, middle_name: Option<PersonName>) -> DetailsPatch {
        DetailsPatch {
            last_name: self.last_name.map(|at| PersonName::parse(NAMES[at]).unwrap()),
            middle_name: middle_name.map_or(Patch::Keep, Patch::Set),
            email: self.email.map(|at| EmailAddress::parse(&email(at)).unwrap()),
            phone: self.phone.map(|at| PhoneNumber::parse(&phone(at)).unwrap()),
            city: self.city.map(|at| PlaceName::parse(&city(at)).unwrap()),
            account_officer: match self.officer {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(id) => Patch::Set(AccountOfficerId::new(id).unwrap()),
            },
            ..DetailsPatch::default()
        }
    }
}
