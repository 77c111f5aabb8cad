//! `--time-zone`: the program knows the zones itself, and its days are those of the bank.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::service::{Service, exports, first_creation, shell};

/// A time zone in which it is another day now than in UTC, and that day.
#[expect(clippy::disallowed_methods, reason = "the service that is tested reads the clock of the machine")]
fn another_day() -> (&'static str, Date) {
    let day_in = |zone: &str| TimeZone::get(zone).unwrap().to_datetime(Timestamp::now()).date();
    let zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago"];
    let zone = zones.into_iter().find(|zone| day_in(zone) != day_in("UTC")).unwrap();
    (zone, day_in(zone))
}

/// How many clients were created on a day, for a service with this environment.
fn created_on(day: Date, environment: &[(&str, &str)]) -> Value {
    let mut service = Service::start(&[], environment);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    let query = format!(
        "curl -s http://{}/api/bpm/qry -H 'Content-Type: application/json' -H \"Authorization: Bearer $MAKER\" \
         -d '{{\"queryName\":\"RetrieveContactListQuery\",\"data\":{{\"startDate\":\"{day}\",\"endDate\":\"{day}\"}}}}'",
        service.address
    );
    let answer: Value = serde_json::from_str(&shell(&query, &exports(&screen))).unwrap();
    answer.pointer("/data/totalCount").unwrap().clone()
}

#[test]
fn days_are_those_of_the_time_zone_without_time_zones_on_the_machine() {
    let (zone, day) = another_day();
    // A machine without time zones: nothing is found where they usually are.
    let environment = [("CLIENTS_TIME_ZONE", zone), ("TZDIR", "/nowhere")];
    assert_eq!(created_on(day, &environment), 1, "{zone}");
    assert_eq!(created_on(day, &[]), 0, "in UTC it is another day");
}
