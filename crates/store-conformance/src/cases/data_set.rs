//! A data set to search in: every state, many scripts, empty values, equal sort keys, wildcards in names.

use client_app::ports::ClientStore;
use client_domain::client::{Change, DetailsPatch};
use client_domain::lifecycle::Action;
use client_domain::search::{Order, Position, Predicate};
use client_domain::value::{
    AccountOfficerId, BirthDate, BranchKey, ClientKey, Country, CustomerType, Gender, MaritalStatus,
    PersonName, PlaceName,
};
use client_domain::{Client, ClientState};
use jiff::civil::date;

use super::given::commit_path;
use super::observed::TODAY;
use crate::fixtures::documents::documents_of;
use crate::fixtures::{applicant, checker, path_with, performed, returned, updated};

/// First, middle and last name. U+FA0E sorts before U+20BB7 by code point and after it in UTF-16.
const NAMES: [(&str, Option<&str>, &str); 24] = [
    ("Ada", None, "Okafor"),
    ("ada", Some("B"), "okafor"),
    ("Ádà", None, "Ọkáfọ̀"),
    ("Zoë", Some("Ann-Marie"), "O'Brien"),
    ("100%", None, "Percent"),
    ("1000", None, "Percent"),
    ("under_score", None, "Under"),
    ("underXscore", None, "Under"),
    ("back\\slash", None, "Quote\"d"),
    ("李小龍", None, "李"),
    ("Nguyễn", Some("Thị"), "Hương"),
    ("محمد", None, "العلي"),
    ("Ёлкин", None, "Пётр"),
    ("ΟΔΥΣΣΕΥΣ", None, "Παπαδόπουλος"),
    ("Straße", None, "Weiß"),
    ("STRASSE", None, "Weiss"),
    ("İpek", None, "Yıldız"),
    ("नरेन्द्र", None, "मोदी"),
    ("かがみ", None, "カ"),
    ("𠮷田", None, "Yoshida"),
    ("\u{FA0E}", None, "Kan"),
    ("_c", None, "Zz"),
    ("Z", None, "Zz"),
    ("a", None, "Zz"),
];

/// Commits the data set and answers its clients, in no particular order.
pub(crate) async fn commit_data_set(store: &dyn ClientStore) -> Vec<Client> {
    let mut data_set = Vec::new();
    for (n, (first, middle, last)) in (1..).zip(NAMES) {
        let mut application = applicant(n);
        let details = &mut application.details;
        details.first_name = PersonName::parse(first).unwrap();
        details.middle_name = middle.map(|name| PersonName::parse(name).unwrap());
        details.last_name = PersonName::parse(last).unwrap();
        details.postal_address.city =
            PlaceName::parse(one_of(n, &["Ikeja", "ikeja", "Łódź", "Zürich"])).unwrap();
        details.postal_address.state = PlaceName::parse(one_of(n, &["Lagos", "Éire", "Abia"])).unwrap();
        details.postal_address.country = Country::parse(one_of(n, &["NG", "CI", "AX", "GB"])).unwrap();
        details.marital_status = one_of(n, &[None, Some(2), Some(1), Some(4), Some(3)])
            .map(|number| MaritalStatus::from_number(number).unwrap());
        details.account_officer =
            one_of(n, &[None, Some(10), Some(9)]).map(|number| AccountOfficerId::new(number).unwrap());
        application.branch = one_of(n, &[None, Some("ikeja-01"), Some("Ikeja-01"), Some("ikeja_01")])
            .map(|key| BranchKey::parse(key).unwrap());
        application.gender = one_of(n, &Gender::ALL);
        application.customer_type = one_of(n, &CustomerType::ALL);
        let day = date(1950 + i16::try_from(n % 5).unwrap(), 2, 28);
        application.birth_date = BirthDate::new(day, date(2026, 1, 1)).unwrap();
        if n % 6 == 0 {
            application.key =
                ClientKey::parse(&format!("{}-{n}", one_of(n / 6, &["Key", "key", "~"]))).unwrap();
        }
        // Half of the clients were onboarded at the same moment.
        let second = if n % 2 == 0 { 10 } else { n };
        // Every third client has no documents.
        // Every fourth client has had other names.
        let mut path = path_with(second, one_of(n, &ClientState::ALL), application, |client| {
            let mut changes = if n % 3 == 0 { Vec::new() } else { documents_of(n, client) };
            if n % 4 == 1 {
                let present = client.snapshot().details.last_name.clone();
                let last = changes.last().map_or(client, |change| &change.client);
                let renamed = named(last, PersonName::parse("Former Ọlá_100%").unwrap());
                let again = named(&renamed.client, present);
                changes.extend([renamed, again]);
            }
            changes
        });
        let last = path[path.len() - 1].client.clone();
        if last.state() == ClientState::PendingApproval && n % 4 == 0 {
            path.push(last.request_approval(None, &checker(n + 50)).unwrap());
        } else if last.state() == ClientState::BlackListed && n % 2 == 1 {
            path.push(performed(&last, Action::UndoBlacklist, &checker(n + 50)));
        }
        data_set.push(commit_path(store, &path).await);
    }
    let exited: Vec<_> =
        data_set.iter().filter(|client| client.state() == ClientState::Exited).take(2).cloned().collect();
    for (n, former) in (1 + data_set.len()..).zip(&exited) {
        data_set.push(commit_path(store, &[returned(former, i64::try_from(n).unwrap())]).await);
    }
    data_set
}

fn named(client: &Client, last_name: PersonName) -> Change {
    updated(client, DetailsPatch { last_name: Some(last_name), ..DetailsPatch::default() })
}

fn one_of<T: Copy>(n: i64, choices: &[T]) -> T {
    choices[usize::try_from(n).unwrap() % choices.len()]
}

/// The clients of a data set for which the predicate holds, in this order: the oracle of every search.
pub(crate) fn expected(data_set: &[Client], predicate: &Predicate, order: &Order) -> Vec<Client> {
    let mut found: Vec<(Position, &Client)> = data_set
        .iter()
        .filter(|client| predicate.evaluate(client, TODAY))
        .map(|client| (order.position(client), client))
        .collect();
    found.sort_by(|(one, _), (other, _)| order.compare(one, other));
    found.into_iter().map(|(_, client)| client.clone()).collect()
}
