use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use client_domain::kyc::KycPolicy;
use client_domain::search::{Predicate, search_text};
use client_domain::value::{BranchKey, ClientId, PersonName};
use client_domain::{Actor, AuditStamp, BankCalendar, Client, Permissions, example};
use client_wire::predicate;
use jiff::civil::{Date, date};

/// A machine may be busy, and what is wrong here takes minutes.
const LONG: Duration = Duration::from_secs(5);
const TODAY: Date = date(2026, 1, 5);

/// Filters that are accepted are written and read back the same, and are decided for any client; those that are refused
/// have a reason that names a place in them.
pub fn filters(data: &[u8]) {
    let begun = Instant::now();
    let Ok(value) = serde_json::from_slice(data) else { return };
    match predicate::read(&value, "filters", &Permissions::all(), &BankCalendar::utc()) {
        Ok(predicate) => accepted(&predicate),
        Err(faults) => {
            assert!(!faults.0.is_empty() && !faults.to_string().is_empty());
            assert!(faults.0.iter().all(|fault| fault.path.starts_with("filters")));
        }
    }
    assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
}

fn accepted(predicate: &Predicate) {
    let written = predicate::write(predicate);
    let again = predicate::read(&written, "filters", &Permissions::all(), &BankCalendar::utc());
    assert_eq!(again.as_ref(), Ok(predicate), "{written}");

    let branches: BTreeMap<_, _> = [(BranchKey::parse("ikeja-01").unwrap(), 7)].into();
    let with_branches = predicate.clone().with_branches(&branches);
    assert!(!with_branches.asks_of(client_domain::search::Property::BranchId));
    let with_policy = predicate.clone().with_kyc_policy(&KycPolicy::default());
    for client in clients() {
        let held = predicate.evaluate(client, TODAY);
        assert_eq!(predicate.evaluate_with(client, &search_text(client), TODAY), held);
        assert_eq!(with_policy.evaluate(client, TODAY), held, "nothing is demanded either way");
        assert_ne!(Predicate::Not(Box::new(predicate.clone())).evaluate(client, TODAY), held);
        for today in [Date::MIN, Date::ZERO, Date::MAX] {
            let _any = with_branches.evaluate(client, today);
        }
    }
}

/// One with everything that a client may lack, and one with everything that a client may have.
fn clients() -> &'static [Client; 2] {
    static CLIENTS: OnceLock<[Client; 2]> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let maker =
            AuditStamp::new(Actor::parse("maker-1").unwrap(), "2026-01-05T09:00:00Z".parse().unwrap());
        let plain = Client::onboard(example::application().unwrap(), &maker).client;
        let mut application = example::application().unwrap();
        application.id = ClientId::new(42).unwrap();
        application.branch = None;
        application.details.middle_name = Some(PersonName::parse("Zoë").unwrap());
        application.details.last_name = PersonName::parse("Weiß 50%\\").unwrap();
        let full = Client::onboard(application, &maker).client;
        let full = full.submit_document(example::passport(&maker).unwrap(), &maker).unwrap().client;
        [plain, full]
    })
}
