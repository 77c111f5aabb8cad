//! A command as it is sent, and the same as the domain takes it.

use client_app::ports::{ClientRef, RequestKey};
use client_app::{IdempotencyKey, RequestContext, RequestId};
use client_domain::client::{Application, Details, DetailsPatch, Patch, Transaction};
use client_domain::lifecycle::Action;
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType,
    EmailAddress, Gender, Identification, IdentificationNumber, IdentificationType, MaritalStatus, Notes,
    PersonName, PhoneNumber, PlaceName, PostalAddress, Reason, TransactionReference, Version, parse_date,
};
use client_domain::{Grounds, Permission};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::made_up::{BIRTHDAYS, BRANCHES, NAMES, REASON, Who, email, paper, phone};
use super::step::{Applicant, Change, Spoilt, What};

/// Who or what is wrong with a request: the code, and the field where one is to blame.
pub type Wrong = (String, Option<String>);

/// A member that is another in a broken body; none where it is taken away.
type Member = (&'static str, Option<Value>);

#[derive(Clone, Debug)]
pub struct Order {
    pub who: Who,
    pub what: What,
    pub named: Named,
    pub remark: u8,
    pub key: Option<u8>,
    pub if_match: Option<Version>,
    pub dry: bool,
    pub spoilt: Option<Spoilt>,
}

/// How the request names its client.
#[derive(Clone, Debug)]
pub struct Named {
    pub client: ClientRef,
    pub member: &'static str,
    pub text: String,
}

pub fn wrong(code: &str, field: &str) -> Wrong {
    (code.to_owned(), Some(field.to_owned()))
}

fn city(place: usize) -> String {
    format!("{} Town", NAMES[place])
}

impl Order {
    /// The command's name, its permission, its action, and its members for a reason and a remark.
    fn table(&self) -> (&'static str, Permission, Option<Action>, Option<&'static str>, &'static str) {
        let reason = Some("reason");
        match self.what {
            What::Create(_) => ("CreateContactCommand", Permission::Write, None, None, "middleName"),
            What::Update(_) => ("UpdateContactCommand", Permission::Write, None, None, "middleName"),
            What::RequestApproval => {
                ("RequestCustomerApprovalCommand", Permission::Write, None, None, "notes")
            }
            What::Approve => {
                ("ApproveCustomerCommand", Permission::Approve, Some(Action::Approve), None, "approvalNotes")
            }
            What::Reject => (
                "RejectCustomerCommand",
                Permission::Approve,
                Some(Action::Reject),
                Some("rejectionReason"),
                "rejectionNotes",
            ),
            What::Blacklist => {
                ("BlacklistCustomerCommand", Permission::Blacklist, Some(Action::Blacklist), reason, "notes")
            }
            What::UndoBlacklist => (
                "UndoBlacklistCustomerCommand",
                Permission::Blacklist,
                Some(Action::UndoBlacklist),
                reason,
                "notes",
            ),
            What::Exit => ("ExitCustomerCommand", Permission::Exit, Some(Action::Exit), reason, "notes"),
            What::Transaction(_) => {
                ("RecordCustomerTransactionCommand", Permission::Transactions, None, None, "transactionDate")
            }
        }
    }

    pub fn name(&self) -> &'static str {
        self.table().0
    }

    pub fn permission(&self) -> Permission {
        self.table().1
    }

    pub fn action(&self) -> Option<Action> {
        self.table().2
    }

    pub fn request_key(&self) -> Option<RequestKey> {
        let key = IdempotencyKey::parse(&format!("key-{}", self.key?)).unwrap();
        Some(RequestKey { actor: self.who.caller().actor.id, command: self.name().to_owned(), key })
    }

    pub fn context(&self, request_id: RequestId) -> RequestContext {
        RequestContext {
            idempotency_key: self.request_key().map(|request| request.key),
            if_match: self.if_match,
            dry_run: self.dry,
            ..RequestContext::new(self.who.caller(), request_id)
        }
    }

    /// The remark as it is sent.
    fn remark(&self) -> Option<String> {
        let day = matches!(self.what, What::Transaction(_));
        let text = if day { format!("2026-01-0{}", self.remark) } else { format!("Remark {}", self.remark) };
        (self.remark > 0).then_some(text)
    }

    /// The body, broken or not.
    pub fn data(&self) -> Map<String, Value> {
        let (_, _, _, reason, remark) = self.table();
        let mut data = match &self.what {
            What::Create(applicant) => applicant.members(),
            What::Update(change) => change.members(),
            What::Transaction(n) => object(json!({ "transactionReference": format!("TX-{n}") })),
            _ => Map::new(),
        };
        if !matches!(self.what, What::Create(_)) {
            data.insert(self.named.member.to_owned(), self.named.text.clone().into());
        }
        data.extend(reason.map(|name| (name.to_owned(), REASON.into())));
        data.extend(self.remark().map(|text| (remark.to_owned(), text.into())));
        if let Some((broken, _)) = self.broken() {
            for (name, value) in broken {
                match value {
                    Some(value) => data.insert(name.to_owned(), value),
                    None => data.remove(name),
                };
            }
        }
        data
    }

    /// What of the body is another (none: away), and how it is told.
    fn broken(&self) -> Option<(Vec<Member>, Wrong)> {
        let (_, _, _, reason, remark) = self.table();
        let create = matches!(self.what, What::Create(_));
        let target = self.named.member;
        // What is mandatory and neither the client nor a remark.
        let main = match self.what {
            What::Create(_) => "lastName",
            What::Transaction(_) => "transactionReference",
            _ => reason.unwrap_or(target),
        };
        // A client that is named wrongly is named not at all.
        let blamed = if main == target { "contactEncodedKey" } else { main };
        let with = |name, value: Value, code: &str| (vec![(name, Some(value))], wrong(code, name));
        let other = if target == "customerNumber" { "contactEncodedKey" } else { "customerNumber" };
        Some(match self.spoilt? {
            Spoilt::UnknownMember => with("nickname", "Ada".into(), "unknown_member"),
            Spoilt::Missing => (vec![(main, None)], wrong("required", blamed)),
            Spoilt::WrongType => with(main, 7.into(), "wrong_type"),
            Spoilt::TooLong if matches!(self.what, What::Transaction(_)) => {
                with("transactionDate", "the day before".into(), "format")
            }
            Spoilt::TooLong => with(remark, "x".repeat(501).into(), "too_long"),
            Spoilt::Twice if create => with("customerNumber", "CUST1000001".into(), "unknown_member"),
            Spoilt::Twice => {
                (vec![(other, Some("CUST1000001".into()))], wrong("exactly_one", "customerNumber"))
            }
            Spoilt::Null if matches!(self.what, What::Update(_)) => {
                with("lastName", Value::Null, "cannot_be_cleared")
            }
            Spoilt::Null => (vec![(main, Some(Value::Null))], wrong("required", blamed)),
            Spoilt::Empty if main == target => {
                (vec![(target, None), ("contactEncodedKey", Some("".into()))], wrong("too_short", blamed))
            }
            Spoilt::Empty => with(main, " ".into(), "too_short"),
        })
    }

    /// Everything that is wrong with the body.
    pub fn wrong(&self, today: Date) -> Vec<Wrong> {
        let mut all: Vec<_> = self.broken().map(|(_, told)| told).into_iter().collect();
        match &self.what {
            What::Create(applicant) if BirthDate::parse(BIRTHDAYS[applicant.born], today).is_err() => {
                all.push(wrong("in_future", "dateOfBirth"));
            }
            What::Update(_) => {
                let nothing = ["contactEncodedKey", "customerNumber", "nickname"];
                if self.data().keys().all(|name| nothing.contains(&name.as_str())) {
                    all.push(("nothing_to_update".to_owned(), None));
                }
            }
            _ => {}
        }
        all.sort();
        all
    }

    pub fn grounds(&self) -> Grounds {
        let reason = self.table().3.map(|_| Reason::parse(REASON).unwrap());
        Grounds { reason, notes: self.notes() }
    }

    pub fn notes(&self) -> Option<Notes> {
        self.remark().map(|text| Notes::parse(&text).unwrap())
    }

    pub fn transaction(&self, n: u8) -> Transaction {
        let reference = TransactionReference::parse(&format!("TX-{n}")).unwrap();
        Transaction { reference, date: self.remark().map(|day| parse_date(&day).unwrap()) }
    }

    fn middle_name(&self) -> Option<PersonName> {
        self.remark().map(|text| PersonName::parse(&text).unwrap())
    }

    pub fn patch(&self, change: &Change) -> DetailsPatch {
        DetailsPatch {
            last_name: change.last_name.map(|at| PersonName::parse(NAMES[at]).unwrap()),
            middle_name: self.middle_name().map_or(Patch::Keep, Patch::Set),
            email: change.email.map(|at| EmailAddress::parse(&email(at)).unwrap()),
            phone: change.phone.map(|at| PhoneNumber::parse(&phone(at)).unwrap()),
            city: change.city.map(|at| PlaceName::parse(&city(at)).unwrap()),
            account_officer: match change.officer {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(id) => Patch::Set(AccountOfficerId::new(id).unwrap()),
            },
            ..DetailsPatch::default()
        }
    }

    pub fn application(&self, from: &Applicant, key: ClientKey, id: ClientId, today: Date) -> Application {
        let (kind, number) = paper(from.paper);
        let place = |text: &str| PlaceName::parse(text).unwrap();
        Application {
            key,
            id,
            details: Details {
                first_name: PersonName::parse(NAMES[from.first_name]).unwrap(),
                middle_name: self.middle_name(),
                last_name: PersonName::parse(NAMES[from.last_name]).unwrap(),
                email: EmailAddress::parse(&email(from.email)).unwrap(),
                phone: PhoneNumber::parse(&phone(from.phone)).unwrap(),
                postal_address: PostalAddress {
                    address: AddressLine::parse("12 Allen Avenue").unwrap(),
                    city: place("Ikeja"),
                    state: place("Lagos"),
                    country: Country::parse("NG").unwrap(),
                },
                marital_status: from.married.map(|number| MaritalStatus::from_number(number).unwrap()),
                account_officer: None,
            },
            birth_date: BirthDate::parse(BIRTHDAYS[from.born], today).unwrap(),
            gender: Gender::Other,
            identification: Identification {
                kind: IdentificationType::parse(&kind).unwrap(),
                number: IdentificationNumber::parse(&number).unwrap(),
            },
            customer_type: CustomerType::default(),
            branch: from
                .branch
                .map(|at| BranchKey::parse(BRANCHES[at]).unwrap())
                .or_else(|| self.who.caller().branch),
        }
    }
}

impl Applicant {
    fn members(&self) -> Map<String, Value> {
        let (kind, number) = paper(self.paper);
        object(json!({
            "firstName": NAMES[self.first_name], "lastName": NAMES[self.last_name],
            "emailAddress": email(self.email), "phoneNumber": phone(self.phone),
            "dateOfBirth": BIRTHDAYS[self.born], "gender": "Other", "address": "12 Allen Avenue",
            "city": "Ikeja", "state": "Lagos", "country": "Nigeria", "maritalStatus": self.married,
            "identificationType": kind, "identificationNumber": number,
            "branchEncodedKey": self.branch.map(|at| BRANCHES[at]),
        }))
    }
}

impl Change {
    fn members(&self) -> Map<String, Value> {
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
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}
