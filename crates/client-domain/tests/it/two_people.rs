//! For every value in force, the person who entered it is not the person who approved it, nor is one who had confirmed it
//! beforehand as a row of a batch; and the person who verifies a phone number or an e-mail address has entered neither it
//! nor its spelling.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first unexpected value")]

use std::collections::{BTreeMap, BTreeSet};

use client_domain::client::{
    AmendmentDecision, Change, ContactEntries, ContactPoint, ContactVerification, Correction, DetailsPatch,
    FieldValue, Patch, TwoPersons, ValueChange,
};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, Country, CustomerType, EmailAddress, Gender,
    IdentificationNumber, IdentificationType, MaritalStatus, PersonName, PhoneNumber, PlaceName, Reason,
};
use client_domain::{Actor, AuditStamp, Client, ClientField, ClientSnapshot, ClientState, Decision, Person};

use crate::documents::TODAY;
use crate::fixtures::{pending, stamp, transaction, with_reason};

/// Ids of three persons; two of them have several spellings.
const IDS: [&str; 6] = ["ada", "ADA", "ada\u{200B}", "ben", "Ben", "chi"];
const STEPS: usize = 40;

/// Random numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// A control that a test weakens to see whether the invariant notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weakness {
    None,
    /// Amendments are decided without regard to their proposer.
    OwnAmendments,
    /// Clients are approved without regard to their makers.
    OwnClients,
    /// Updates take effect immediately.
    NoAmendments,
    /// Contact points are verified without regard to the person who entered them.
    OwnDetails,
    /// Who entered a contact point is forgotten, so that the makers since the last approval are all that is known.
    NoEntries,
    /// Who has confirmed an amendment replaces it as its proposer does.
    TakenOver,
    /// Who has confirmed an amendment is forgotten.
    NoConfirmers,
}

/// Who entered the value of a field, and who has approved it since. A client whose blacklisting was lifted is approved
/// again, and the person who entered a value that another has approved before may do that.
#[derive(Clone)]
struct Origin {
    entered: Person,
    /// Who entered the first spelling of a phone number or an e-mail address that is the same to this day.
    first: Person,
    approved: BTreeSet<Person>,
}

/// Who entered a value that waits, and who has confirmed it beforehand.
#[derive(Clone)]
struct Waiting {
    entered: Person,
    confirmed: BTreeSet<Person>,
}

struct Walk {
    client: Client,
    origins: BTreeMap<ClientField, Origin>,
    waiting: BTreeMap<ClientField, Waiting>,
    weakness: Weakness,
    /// A field that was verified by a person who entered its value, or approved by one who had confirmed it.
    alone: Option<ClientField>,
    verified: usize,
    confirmed: usize,
}

impl Walk {
    fn new(weakness: Weakness) -> Self {
        let client = pending();
        let maker = Person::of(&client.snapshot().created.by.id);
        let origin = Origin { entered: maker.clone(), first: maker, approved: BTreeSet::new() };
        let origins = FieldValue::FIELDS.into_iter().map(|field| (field, origin.clone())).collect();
        let waiting = BTreeMap::new();
        Self { client, origins, waiting, weakness, alone: None, verified: 0, confirmed: 0 }
    }

    fn facts(&self) -> Facts {
        let two_persons = match self.weakness {
            Weakness::NoAmendments => TwoPersons::default(),
            _ => TwoPersons::everywhere(),
        };
        let four_eyes = self.weakness != Weakness::OwnClients;
        Facts { two_persons, four_eyes, ..Facts::without_controls() }
    }

    fn step(&mut self, random: &mut Random) {
        let by = stamp(IDS[random.below(IDS.len())], 30);
        let person = Person::of(&by.by.id);
        match random.below(12) {
            0..=2 => {
                let decision = self.seen_by(&person).update(patch(random), &self.facts(), &by);
                self.entered(random, &person, decision);
            }
            3 => {
                let why = Reason::parse("typed wrongly").unwrap();
                let client = self.seen_by(&person);
                let decision = client.correct(correction(random), why, &self.facts(), &by);
                self.entered(random, &person, decision);
            }
            4 | 5 => self.decide(random, &by),
            6 => self.perform(Action::Approve, &by),
            7 => {
                let again = random.below(2) == 0;
                self.perform(if again { Action::Blacklist } else { Action::UndoBlacklist }, &by);
            }
            10 => self.verify(random, &by),
            // Mostly undone, so that the walk goes on.
            11 if self.client.state() == ClientState::Rejected => self.perform(Action::UndoReject, &by),
            11 if random.below(3) == 0 => self.perform(Action::Reject, &by),
            8 => {
                let paid =
                    self.client.record_transaction(transaction(&format!("TX-{}", random.below(50))), &by);
                if let Some(change) = paid.ok().and_then(Decision::change) {
                    self.client = change.client;
                }
            }
            _ => {
                if let Ok(change) = self.client.request_approval(None, &by) {
                    self.client = change.client;
                }
            }
        }
    }

    /// The client, in which this person has proposed what the person has confirmed, if that is the weakness.
    fn seen_by(&self, person: &Person) -> Client {
        let mut snapshot = self.client.snapshot().clone();
        for amendment in &mut snapshot.amendments {
            let confirmed = amendment.confirmed_by.as_ref().filter(|by| Person::of(by) == *person).cloned();
            if let (Weakness::TakenOver, Some(by)) = (self.weakness, confirmed) {
                amendment.proposed.by.id = by;
                amendment.confirmed_by = None;
            }
        }
        Client::restore(snapshot).unwrap()
    }

    /// What a person has entered, every third time as a row of a batch that another person has confirmed.
    fn entered(
        &mut self,
        random: &mut Random,
        person: &Person,
        decision: Result<Decision, client_domain::Refusal>,
    ) {
        let Some(mut change) = decision.ok().and_then(Decision::change) else { return };
        let second = stamp(IDS[random.below(IDS.len())], 30).by.id;
        let is_confirmed = random.below(3) == 0 && Person::of(&second) != *person;
        if is_confirmed {
            change = change.confirmed_by(&second);
            self.confirmed += change.proposed.len();
        }
        let confirmed = is_confirmed.then(|| Person::of(&second));
        let mut waiting = BTreeMap::new();
        for amendment in &change.client.snapshot().amendments {
            for value in &amendment.changes {
                let (field, was) = (value.field(), self.client.snapshot().amendment_of(value.field()));
                // A value that waited already was entered by who proposed it first.
                let known = was.is_some_and(|was| was.proposed_for(field) == Some(&value.after));
                let mut one = match self.waiting.get(&field).filter(|_| known) {
                    Some(known) => known.clone(),
                    None => Waiting { entered: person.clone(), confirmed: BTreeSet::new() },
                };
                if change.proposed.contains(value) {
                    one.confirmed.extend(confirmed.clone());
                }
                waiting.insert(field, one);
            }
        }
        self.follow(change, |_| person.clone(), None);
        self.waiting = waiting;
    }

    fn decide(&mut self, random: &mut Random, by: &AuditStamp) {
        let open = &self.client.snapshot().amendments;
        if open.is_empty() {
            return;
        }
        let amendment = open[random.below(open.len())].clone();
        let decision =
            if random.below(3) == 0 { AmendmentDecision::Reject } else { AmendmentDecision::Approve };
        let decider = match self.weakness {
            Weakness::OwnAmendments => &AuditStamp::new(Actor::parse("unknown").unwrap(), by.at),
            _ => by,
        };
        let mut snapshot = self.client.snapshot().clone();
        if self.weakness == Weakness::NoConfirmers {
            for amendment in &mut snapshot.amendments {
                amendment.confirmed_by = None;
                amendment.confirmed_before.clear();
            }
        }
        let client = Client::restore(snapshot).unwrap();
        let Ok(change) = client.decide_amendment(&amendment.id, decision, None, decider) else { return };
        let person = Person::of(&by.by.id);
        let mut approved = change.values.iter().map(ValueChange::field);
        self.alone = self.alone.or(approved.find(|field| self.waiting[field].confirmed.contains(&person)));
        let waiting = self.waiting.clone();
        self.follow(change, |field| waiting[&field].entered.clone(), Some(&person));
    }

    fn verify(&mut self, random: &mut Random, by: &AuditStamp) {
        let (point, field) = [
            (ContactPoint::Mobile, ClientField::PhoneNumber),
            (ContactPoint::Email, ClientField::EmailAddress),
        ][random.below(2)];
        let stamp = match self.weakness {
            Weakness::OwnDetails => AuditStamp::new(Actor::parse("unknown").unwrap(), by.at),
            _ => by.clone(),
        };
        let value = point.value(&self.client.snapshot().details);
        let means = Reason::parse("One-time code").unwrap();
        let verification = ContactVerification { value, stamp, means, reference: None };
        let mut client = self.client.clone();
        if self.weakness == Weakness::NoEntries {
            let forgotten =
                ClientSnapshot { contact_entries: ContactEntries::default(), ..client.snapshot().clone() };
            client = Client::restore(forgotten).unwrap();
        }
        let Ok(change) = client.verify_contact_point(verification) else { return };
        let (person, origin) = (Person::of(&by.by.id), &self.origins[&field]);
        if person == origin.entered || person == origin.first {
            self.alone = Some(field);
        }
        self.verified += 1;
        self.client = change.client;
    }

    fn follow(&mut self, change: Change, entered: impl Fn(ClientField) -> Person, approved: Option<&Person>) {
        for value in &change.values {
            let entered = entered(value.field());
            let first = if is_respelled(value) { &self.origins[&value.field()].first } else { &entered };
            let first = first.clone();
            let origin = Origin { entered, first, approved: approved.into_iter().cloned().collect() };
            self.origins.insert(value.field(), origin);
        }
        // What did not change by these values did not change at all.
        let named: Vec<_> = change.values.iter().map(|value| value.field()).collect();
        for field in FieldValue::FIELDS.into_iter().filter(|field| !named.contains(field)) {
            assert_eq!(
                change.client.snapshot().value(field),
                self.client.snapshot().value(field),
                "{field:?}"
            );
        }
        self.client = change.client;
    }

    fn perform(&mut self, action: Action, by: &AuditStamp) {
        let Ok(change) = self.client.perform(action, with_reason(), &self.facts(), by) else { return };
        self.client = change.client;
        if action == Action::Approve {
            let approved = Person::of(&by.by.id);
            self.origins.values_mut().for_each(|origin| {
                origin.approved.insert(approved.clone());
            });
        }
    }

    /// A field in force whose value no other person than the one who entered it has approved.
    fn violation(&self) -> Option<ClientField> {
        if self.alone.is_some() {
            return self.alone;
        }
        let in_force = TwoPersons::STATES.contains(&self.client.state());
        let alone = |origin: &Origin| origin.approved.iter().all(|approved| *approved == origin.entered);
        self.origins.iter().find(|(_, origin)| in_force && alone(origin)).map(|(field, _)| *field)
    }
}

/// Whether an e-mail address changes by capital letters alone; the numbers of these walks have one spelling each.
fn is_respelled(change: &ValueChange) -> bool {
    match (&change.before, &change.after) {
        (FieldValue::EmailAddress(before), FieldValue::EmailAddress(after)) => {
            before.as_str().eq_ignore_ascii_case(after.as_str())
        }
        _ => false,
    }
}

fn patch(random: &mut Random) -> DetailsPatch {
    let mut patch = DetailsPatch::default();
    let at = random.below(3);
    let name = PersonName::parse(["Ada", "Eze", "Obi"][at]).unwrap();
    let place = PlaceName::parse(["Ikeja", "Abuja", "Kano"][at]).unwrap();
    for _ in 0..=random.below(2) {
        match random.below(11) {
            0 => patch.first_name = Some(name.clone()),
            1 => patch.middle_name = if at == 0 { Patch::Clear } else { Patch::Set(name.clone()) },
            2 => patch.last_name = Some(name.clone()),
            3 => patch.email = Some(EmailAddress::parse(["a@x.com", "A@x.com", "c@x.com"][at]).unwrap()),
            4 => {
                patch.phone = Some(
                    PhoneNumber::parse(["+2348030000001", "+2348030000002", "+2348030000003"][at]).unwrap(),
                );
            }
            5 => patch.address = Some(AddressLine::parse(["1 A Road", "2 B Road", "3 C Road"][at]).unwrap()),
            6 => patch.city = Some(place.clone()),
            7 => patch.state = Some(place.clone()),
            8 => patch.country = Some(Country::parse(["NG", "GH", "KE"][at]).unwrap()),
            9 => patch.marital_status = Patch::Set(MaritalStatus::ALL[at]),
            _ => {
                patch.account_officer =
                    Patch::Set(AccountOfficerId::new(i64::try_from(at).unwrap() + 1).unwrap());
            }
        }
    }
    patch
}

fn correction(random: &mut Random) -> Correction {
    let mut correction = Correction::default();
    let at = random.below(3);
    match random.below(6) {
        0 => {
            correction.birth_date =
                Some(BirthDate::parse(["1990-01-01", "1991-01-01", "1992-01-01"][at], TODAY).unwrap());
        }
        1 => correction.gender = Some(Gender::ALL[at]),
        2 => {
            correction.identification_type =
                Some(IdentificationType::parse(["Passport", "National ID", "Other"][at]).unwrap());
        }
        3 => {
            correction.identification_number =
                Some(IdentificationNumber::parse(["A1234567", "B1234567", "C1234567"][at]).unwrap());
        }
        4 => correction.customer_type = Some(CustomerType::ALL[at % 2]),
        _ => correction.branch = Some(BranchKey::parse(["ikeja-01", "abuja-01", "kano-01"][at]).unwrap()),
    }
    correction
}

/// How many values of some histories were in force, verified, and confirmed before they waited.
#[derive(Default)]
struct Seen {
    in_force: usize,
    verified: usize,
    confirmed: usize,
}

/// The first of these histories in which a value in force has one person only.
fn first_violation(weakness: Weakness, histories: u64) -> (Option<(u64, ClientField)>, Seen) {
    let mut seen = Seen::default();
    for seed in 0..histories {
        let (mut random, mut walk) = (Random(seed), Walk::new(weakness));
        for _ in 0..STEPS {
            let version = walk.client.version();
            walk.step(&mut random);
            if walk.client.version() == version {
                continue;
            }
            if TwoPersons::STATES.contains(&walk.client.state()) {
                seen.in_force += FieldValue::FIELDS.len();
            }
            if let Some(field) = walk.violation() {
                return (Some((seed, field)), seen);
            }
        }
        seen.verified += walk.verified;
        seen.confirmed += walk.confirmed;
    }
    (None, seen)
}

#[test]
fn value_in_force_is_entered_and_approved_by_two_persons() {
    let (violation, Seen { in_force, verified, confirmed }) = first_violation(Weakness::None, 11_000);
    assert_eq!(violation, None);
    assert!(in_force > 500_000, "only {in_force} values in force were looked at");
    assert!(verified > 5_000, "only {verified} contact points were verified");
    assert!(confirmed > 4_000, "only {confirmed} values that wait were confirmed beforehand");
}

#[test]
fn weakened_control_is_found_within_1000_histories() {
    let weakened = [
        Weakness::OwnAmendments,
        Weakness::OwnClients,
        Weakness::NoAmendments,
        Weakness::OwnDetails,
        Weakness::NoEntries,
        Weakness::TakenOver,
        Weakness::NoConfirmers,
    ];
    for weakness in weakened {
        assert!(first_violation(weakness, 1_000).0.is_some(), "{weakness:?}");
    }
}
