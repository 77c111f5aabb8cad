use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::condition::Condition;
use super::forms::search_text;
use super::property::Property;
use super::sortable::Sortable;
use super::word::Word;
use crate::bank_calendar::BankCalendar;
use crate::client::Client;
use crate::kyc::KycPolicy;
use crate::lifecycle::ClientState;
use crate::permission::{Permission, Permissions};
use crate::value::BranchKey;

/// A condition on clients. Every condition in it is valid, so adapters need no checks.
///
/// It is written with [`field`](super::field), or built from [`Condition::new`] and the variants.
///
/// ```
/// use client_domain::search::field;
/// use client_domain::{Actor, Client, ClientState, AuditStamp, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// let wanted = field::LAST_NAME
///     .starts_with("OKA")
///     .and(field::CLIENT_STATE.is_in(vec![ClientState::PendingApproval, ClientState::Active]))
///     .and(!field::CITY.contains("abuja"))
///     .check()?;
/// assert!(wanted.evaluate(&client, "2026-02-01".parse()?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Every one of these holds; an empty list matches every client.
    All(Vec<Self>),
    /// One of these holds; an empty list matches no client.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// The condition holds.
    Where(Condition),
    /// The search text of the client holds this word.
    Mentions(Word),
}

impl Predicate {
    /// The predicate that holds for every client.
    pub const fn every_client() -> Self {
        Self::All(Vec::new())
    }

    /// The search text of the client holds each of these words.
    pub fn of_words(mut words: Vec<Word>) -> Self {
        match words.pop() {
            Some(only) if words.is_empty() => Self::Mentions(only),
            last => Self::All(words.into_iter().chain(last).map(Self::Mentions).collect()),
        }
    }

    /// The same without a group of one around it.
    pub(super) fn without_needless_groups(mut self) -> Self {
        loop {
            self = match self {
                Self::All(mut all) if all.len() == 1 => all.pop().unwrap_or(Self::every_client()),
                other => return other,
            }
        }
    }

    /// The client is in one of these states; an empty list matches no client.
    pub fn in_states(states: impl IntoIterator<Item = ClientState>) -> Self {
        Self::Where(Condition::of_states(states))
    }

    /// The client belongs to this branch.
    pub fn of_branch(branch: BranchKey) -> Self {
        Self::Where(Condition::of_branches(std::iter::once(branch)))
    }

    /// The meaning of the predicate: whether it holds for this client when today is this day.
    ///
    /// Days are those of UTC, or of the calendar that [`Predicate::with_calendar`] was given.
    ///
    /// ```
    /// use client_domain::search::{Predicate, Word};
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let today = "2026-02-01".parse()?;
    /// let words = Word::split("OKAFOR 0803-123")?.into_iter().map(Predicate::Mentions).collect();
    /// assert!(!Predicate::All(words).evaluate(&client, today), "the number is stored with its country code");
    /// let words = Word::split("OKAFOR 803-123")?.into_iter().map(Predicate::Mentions).collect();
    /// assert!(Predicate::All(words).evaluate(&client, today));
    /// # Ok(())
    /// # }
    /// ```
    pub fn evaluate(&self, client: &Client, today: Date) -> bool {
        let text = OnceCell::new();
        self.decide(client, today, &|word| word.occurs_in(text.get_or_init(|| search_text(client))))
    }

    /// The same, for a store that keeps the search texts of clients beside them.
    pub fn evaluate_with(&self, client: &Client, search_text: &str, today: Date) -> bool {
        self.decide(client, today, &|word| word.occurs_in(search_text))
    }

    fn decide(&self, client: &Client, today: Date, mentions: &dyn Fn(&Word) -> bool) -> bool {
        match self {
            Self::All(all) => all.iter().all(|predicate| predicate.decide(client, today, mentions)),
            Self::Any(any) => any.iter().any(|predicate| predicate.decide(client, today, mentions)),
            Self::Not(other) => !other.decide(client, today, mentions),
            Self::Where(condition) => condition.holds(client, today),
            Self::Mentions(word) => mentions(word),
        }
    }

    /// Whether it finds this client by a former name: it holds, and would not if the client had never had another name.
    pub fn finds_by_former_name(&self, client: &Client, today: Date) -> bool {
        !client.snapshot().former_names.is_empty()
            && self.evaluate(client, today)
            && !self.evaluate(&client.without_former_names(), today)
    }

    /// Whether former names of a client can make a difference.
    pub fn looks_at_former_names(&self) -> bool {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().any(Self::looks_at_former_names),
            Self::Not(other) => other.looks_at_former_names(),
            Self::Where(condition) => condition.property() == Property::FormerName,
            Self::Mentions(_) => true,
        }
    }

    /// Whether it has a condition on this property.
    pub fn asks_of(&self, property: Property) -> bool {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().any(|one| one.asks_of(property)),
            Self::Not(other) => other.asks_of(property),
            Self::Where(condition) => condition.property() == property,
            Self::Mentions(_) => false,
        }
    }

    /// The permissions that the predicate needs: those of every property in it.
    ///
    /// ```
    /// use client_domain::Permission;
    /// use client_domain::search::field;
    ///
    /// let wanted = field::CITY.equals("Ikeja").or(!field::KYC_STATUS.equals("Verified")).check()?;
    /// assert!(wanted.permissions().iter().eq([Permission::Read, Permission::KycRead]));
    /// # Ok::<(), client_domain::search::Faults>(())
    /// ```
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::All(several) | Self::Any(several) => {
                several.iter().flat_map(|one| one.permissions().iter().collect::<Vec<_>>()).collect()
            }
            Self::Not(other) => other.permissions(),
            Self::Where(condition) => [condition.property().permission()].into_iter().collect(),
            // The search text has only properties that every reader may see.
            Self::Mentions(_) => [Permission::Read].into_iter().collect(),
        }
    }

    /// The same predicate under this policy, for its conditions on the KYC status ([`Property::KycStatus`]). Without it
    /// nothing is required, and one verified document of any kind is enough.
    ///
    /// ```
    /// use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, Requirement};
    /// use client_domain::search::field;
    /// use client_domain::value::CustomerType;
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let client = client.submit_document(example::passport(&maker)?, &maker)?.client;
    /// let bill = Requirement::any_of([Evidence::Document(DocumentKind::UtilityBill)]).unwrap();
    /// let policy = KycPolicy { required: [(CustomerType::Individual, vec![bill])].into(), ..KycPolicy::default() };
    ///
    /// let today = "2026-02-01".parse()?;
    /// let pending = field::KYC_STATUS.equals("Pending").check()?;
    /// assert!(pending.evaluate(&client, today));
    /// assert!(!pending.with_kyc_policy(&policy).evaluate(&client, today), "now something is missing");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_kyc_policy(self, policy: &KycPolicy) -> Self {
        let several =
            |several: Vec<Self>| several.into_iter().map(|one| one.with_kyc_policy(policy)).collect();
        match self {
            Self::All(all) => Self::All(several(all)),
            Self::Any(any) => Self::Any(several(any)),
            Self::Not(other) => Self::Not(Box::new(other.with_kyc_policy(policy))),
            Self::Where(condition) => Self::Where(condition.with_kyc_policy(policy)),
            other @ Self::Mentions(_) => other,
        }
    }

    /// The same predicate by this calendar, for its conditions that compare a moment with a day or with today. Without
    /// this, and unless it was read by another calendar, days are those of UTC.
    ///
    /// ```
    /// use client_domain::search::field;
    /// use client_domain::{Actor, AuditStamp, BankCalendar, Client, example};
    /// use jiff::civil::date;
    /// use jiff::tz::{TimeZone, offset};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let evening = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T23:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &evening).client;
    /// let (today, lagos) = (date(2026, 1, 6), BankCalendar::new(TimeZone::fixed(offset(1))));
    /// let created_today = field::DATE_CREATED.today().check()?;
    /// assert!(!created_today.evaluate(&client, today));
    /// assert!(created_today.with_calendar(&lagos).evaluate(&client, today));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_calendar(self, calendar: &BankCalendar) -> Self {
        let several =
            |several: Vec<Self>| several.into_iter().map(|one| one.with_calendar(calendar)).collect();
        match self {
            Self::All(all) => Self::All(several(all)),
            Self::Any(any) => Self::Any(several(any)),
            Self::Not(other) => Self::Not(Box::new(other.with_calendar(calendar))),
            Self::Where(condition) => Self::Where(condition.with_calendar(calendar)),
            other @ Self::Mentions(_) => other,
        }
    }

    /// The same predicate with its conditions on numbers of branches ([`Property::BranchId`]) replaced by conditions on
    /// their keys.
    ///
    /// A directory knows the number of a branch and the client does not, so without this no client has one.
    ///
    /// ```
    /// use client_domain::search::{Property, field};
    ///
    /// let numbers = [("ikeja-01".to_owned(), 7)].map(|(key, id)| Ok::<_, client_domain::Invalid>((client_domain::value::BranchKey::parse(&key)?, id)));
    /// let numbers = numbers.into_iter().collect::<Result<_, _>>()?;
    /// let wanted = field::BRANCH_ID.greater_than(5).check()?.with_branches(&numbers);
    /// assert_eq!(wanted, field::BRANCH_ENCODED_KEY.is_in(vec!["ikeja-01"]).check()?);
    /// assert!(!wanted.asks_of(Property::BranchId));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_branches(self, numbers: &BTreeMap<BranchKey, i64>) -> Self {
        let several =
            |several: Vec<Self>| several.into_iter().map(|one| one.with_branches(numbers)).collect();
        match self {
            Self::All(all) => Self::All(several(all)),
            Self::Any(any) => Self::Any(several(any)),
            Self::Not(other) => Self::Not(Box::new(other.with_branches(numbers))),
            Self::Where(condition) if condition.property() == Property::BranchId => {
                // A condition that holds without a number holds for every client except those of the branches for whose
                // numbers it does not hold.
                let asked = condition.asked(Date::ZERO);
                let holds = |value: &Sortable| asked.criterion.is_met_by_value(value) != asked.negated;
                let of_nothing = holds(&Sortable::Nothing);
                let keys = numbers.iter().filter(|(_, id)| holds(&Sortable::Number(**id)) != of_nothing);
                let of_branches = Self::Where(Condition::of_branches(keys.map(|(key, _)| key.clone())));
                if of_nothing { Self::Not(Box::new(of_branches)) } else { of_branches }
            }
            other => other,
        }
    }
}
