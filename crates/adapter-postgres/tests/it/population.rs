//! Generated clients with generated documents, full of edge cases of the search.

use client_app::ports::{ClientStore, Committed};
use client_domain::client::{Application, Change, DetailsPatch};
use client_domain::kyc::{
    AddressDraft, AddressId, DocumentDraft, DocumentKind, Evidence, KycPolicy, Requirement, ReviewAction,
    Validity,
};
use client_domain::lifecycle::Action;
use client_domain::value::{
    AccountOfficerId, BirthDate, BranchKey, Country, CustomerType, Gender, IdentificationNumber,
    MaritalStatus, Notes, PersonName, PlaceName,
};
use client_domain::{AuditStamp, Client, example};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use store_conformance::fixtures::documents::{document, reviewer};
use store_conformance::fixtures::{applicant, creation, maker, performed, replacement, updated};

/// Edge cases of patterns, quoting, folding and collations.
fn part() -> impl Strategy<Value = String> {
    let parts = [
        "a",
        "A",
        "á",
        "a\u{301}",
        "b",
        "ß",
        "ss",
        "ø",
        "o",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "%a",
        "\\_",
        "李",
        "小",
        "\u{FA0E}",
        "𠮷",
        "Я",
        "я",
        "Ω",
        "ό",
        "か",
        "が",
        "ﬁ",
        "İ",
        "ı",
        "i",
        "I",
        "q\u{307}\u{323}",
        "1",
        "-",
        "(1)",
        "z",
        "~",
        "{",
        " ",
        "ada",
        "okafor",
        "مُحَمَّد",
        "עִבְרִית",
        "कि",
    ];
    select(parts.to_vec()).prop_map(str::to_owned)
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(part(), 1..5).prop_map(|parts| parts.concat())
}

/// The day that is today, which is also the day on which some of the clients come.
pub(crate) const DAYS: [Date; 5] =
    [date(2026, 1, 5), date(2026, 1, 31), date(2025, 2, 28), date(2024, 2, 29), date(2026, 12, 31)];

/// Moments around the edges of days, weeks, months and years; many are equal.
pub(crate) fn created() -> impl Strategy<Value = Timestamp> {
    let moments = [
        "2023-12-31T23:59:59.999999Z",
        "2024-02-29T00:00:00Z",
        "2024-02-29T12:00:00.5Z",
        "2025-02-28T23:59:59.999999Z",
        "2025-03-01T00:00:00Z",
        "2025-12-31T23:59:59.999999Z",
        "2026-01-01T00:00:00Z",
        "2026-01-05T00:00:00Z",
        "2026-01-05T09:00:00.123456Z",
        "2026-01-11T23:59:59.999999Z",
        "2026-01-31T23:30:00Z",
    ];
    select(moments.map(|moment| moment.parse().unwrap()).to_vec())
}

fn born() -> impl Strategy<Value = BirthDate> {
    let days = [
        date(1900, 1, 1),
        date(1950, 2, 28),
        date(1960, 2, 29),
        date(1960, 3, 1),
        date(1990, 12, 31),
        date(1991, 1, 1),
        date(2000, 2, 29),
        date(2004, 2, 29),
        date(2008, 1, 5),
    ];
    select(days.to_vec()).prop_map(|day| BirthDate::new(day, date(2026, 1, 1)).unwrap())
}

pub(crate) fn application(n: i64) -> impl Strategy<Value = Application> {
    let texts = (text(), prop::option::of(text()), text(), text(), text());
    let branch = prop::option::of(select(&["b%", "B%", "b_1", "b-1"][..]));
    let status = prop::option::of(select(&MaritalStatus::ALL[..]));
    let officer = prop::option::of(1_i64..4);
    let country = select(&["NG", "CI", "AX", "GB"][..]);
    let person = (select(&Gender::ALL[..]), select(&CustomerType::ALL[..]), country);
    let others = (branch, status, officer, born(), person);
    (texts, others).prop_map(
        move |(
            (first, middle, last, city, address),
            (branch, status, officer, born, (gender, customer_type, country)),
        )| {
            let mut application = applicant(n);
            // An invalid name (a blank, say) leaves the name of the applicant.
            let details = &mut application.details;
            details.first_name = PersonName::parse(&first).unwrap_or_else(|_| details.first_name.clone());
            details.middle_name = middle.and_then(|text| PersonName::parse(&text).ok());
            details.last_name = PersonName::parse(&last).unwrap_or_else(|_| details.last_name.clone());
            let place = &mut details.postal_address;
            place.city = PlaceName::parse(&city).unwrap_or_else(|_| place.city.clone());
            place.state = PlaceName::parse(&address).unwrap_or_else(|_| place.state.clone());
            place.country = Country::parse(country).unwrap();
            details.marital_status = status;
            details.account_officer = officer.map(|number| AccountOfficerId::new(number).unwrap());
            application.branch = branch.map(|key| BranchKey::parse(key).unwrap());
            application.birth_date = born;
            application.gender = gender;
            application.customer_type = customer_type;
            application
        },
    )
}

/// Documents and addresses of one client, in the order of their submission.
#[derive(Clone, Debug)]
pub(crate) struct KycItems {
    documents: Vec<(DocumentKind, String, Option<Date>, Option<ReviewAction>)>,
    addresses: Vec<Option<ReviewAction>>,
}

/// Nothing, something, or several of the same.
pub(crate) fn kyc_items() -> impl Strategy<Value = KycItems> {
    let review = || select(&[None, Some(ReviewAction::Approve), Some(ReviewAction::Reject)][..]);
    let number = prop::collection::vec(part(), 2..7).prop_map(|parts| parts.concat());
    let document = (select(&DocumentKind::ALL[..]), number, last_day(), review()).boxed();
    let documents = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(document.clone(), 1),
        3 => prop::collection::vec(document, 2..5),
    ];
    let addresses = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(review(), 1..3)];
    (documents, addresses).prop_map(|(documents, addresses)| KycItems { documents, addresses })
}

/// The last day of a document: none, a leap day, or one that lies close to a day that is today, or to the days of notice
/// after it.
fn last_day() -> impl Strategy<Value = Option<Date>> {
    let mut days = vec![None, Some(date(2024, 2, 29)), Some(date(2028, 2, 29)), Some(date(2029, 12, 31))];
    for today in DAYS {
        days.extend([-1, 0, 1, 30, 31].map(|after| today.checked_add(after.days()).ok()));
    }
    prop_oneof![1 => Just(None), 4 => select(days)]
}

/// KYC requirements: none, the same for every client, or others for each type of customer.
pub(crate) fn policy() -> impl Strategy<Value = KycPolicy> {
    let all: Vec<_> = Evidence::all().collect();
    let requirement =
        subsequence(all, 1..5).prop_map(|evidence| Requirement::any_of(evidence).unwrap()).boxed();
    let required = prop::collection::vec(requirement, 0..4);
    let of_each = (required.clone(), required.clone()).prop_map(|(one, other)| [one, other]);
    let required = prop_oneof![
        1 => Just([Vec::new(), Vec::new()]),
        2 => required.prop_map(|same| [same.clone(), same]),
        3 => of_each,
    ];
    required.prop_map(|required| KycPolicy {
        required: CustomerType::ALL.into_iter().zip(required).collect(),
        ..KycPolicy::default()
    })
}

type KycStep = Box<dyn Fn(&Client) -> Change + Send>;

impl KycItems {
    /// The changes that give a client these documents. The reviewer is never the submitter.
    fn steps(self, n: i64, by: &AuditStamp) -> Vec<KycStep> {
        let mut steps: Vec<KycStep> = Vec::new();
        for (place, (kind, number, last, review)) in (0..).zip(self.documents) {
            let mut draft: DocumentDraft = document(10 * n + place, None, by);
            draft.kind = kind;
            // An invalid number (two letters, say) leaves the number of the document.
            draft.number = IdentificationNumber::parse(&number).unwrap_or(draft.number);
            draft.validity = Validity::new(None, last).unwrap();
            let (id, by) = (draft.id.clone(), by.clone());
            let reviewer = reviewed(last, &by);
            steps.push(Box::new(move |client| client.submit_document(draft.clone(), &by).unwrap()));
            steps.extend(review.map(|action| -> KycStep {
                Box::new(move |client| {
                    client.review_document(&id, action, Some(comment()), &reviewer).unwrap()
                })
            }));
        }
        for (place, review) in (0..).zip(self.addresses) {
            let id = AddressId::from_bits(u128::from((10 * n + place).unsigned_abs()));
            let draft = AddressDraft { id: id.clone(), ..example::home().unwrap() };
            let (by, reviewer) = (by.clone(), reviewed(None, by));
            steps.push(Box::new(move |client| client.submit_address(draft.clone(), &by).unwrap()));
            steps.extend(review.map(|action| -> KycStep {
                Box::new(move |client| {
                    client.review_address(&id, action, Some(comment()), &reviewer).unwrap()
                })
            }));
        }
        steps
    }
}

fn comment() -> Notes {
    Notes::parse("seen").unwrap()
}

/// A reviewer that reviews a document at its submission, or before it has expired.
fn reviewed(last: Option<Date>, by: &AuditStamp) -> AuditStamp {
    let good = last.is_none_or(|last| by.at.to_zoned_datetime(TimeZone::UTC).date() <= last);
    let before = date(2010, 1, 1).at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp();
    AuditStamp::new(reviewer(0).by, if good { by.at } else { before })
}

/// Commits applicant `n` with these documents, and the transitions that its number selects.
pub(crate) async fn settle(
    store: &dyn ClientStore,
    n: i64,
    (created, application, kyc_items): (Timestamp, Application, KycItems),
) -> Client {
    let stamp = AuditStamp::new(maker(0).by, created);
    let mut change = Client::onboard(application, &stamp);
    assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
    for step in kyc_items.steps(n, &stamp) {
        let next = step(&change.client);
        assert_eq!(store.commit(replacement(&change.client, &next)).await.unwrap(), Committed::Done);
        change = next;
    }
    // Some have had other names.
    let former: &[&str] = if n % 3 == 0 { &["Müller-O’Brien", "100%_\\", "李"] } else { &[] };
    for name in former {
        let first_name = Some(PersonName::parse(name).unwrap());
        let next = updated(&change.client, DetailsPatch { first_name, ..DetailsPatch::default() });
        assert_eq!(store.commit(replacement(&change.client, &next)).await.unwrap(), Committed::Done);
        change = next;
    }
    let actions: &[Action] = match n % 4 {
        0 => &[],
        1 => &[Action::Approve],
        2 => &[Action::Approve, Action::Activate],
        _ => &[Action::Reject],
    };
    for action in actions {
        let next = performed(&change.client, *action, &maker(2_000_000 + n / 3));
        assert_eq!(store.commit(replacement(&change.client, &next)).await.unwrap(), Committed::Done);
        change = next;
    }
    change.client
}
