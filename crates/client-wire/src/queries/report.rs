use client_app::queries::{GetReport, ReportRow};
use client_app::{Caller, Clients, PeriodFault, Report, ReportPeriod};
use client_domain::value::{BranchKey, parse_date};
use client_domain::{Invalid, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

/// The age of applications, in days, if none is given.
const DEFAULT_AGE: u16 = 30;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveReportQuery",
    kind: OperationKind::Query,
    about: "Answers a report: a table of numbers about clients, what waits, and decisions. It names no client, and no person \
         but who decided.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::required("report", Shape::Choice(NAMES), "Which report."),
        FieldSpec::optional(
            "branchEncodedKey",
            shape::BRANCH,
            "Only clients that belong to this branch now.",
        ),
        FieldSpec::optional(
            "startDate",
            Shape::Date,
            "The first day, by the bank's calendar, of a report about a period: at most 24 months, the last twelve by default. \
             It comes with endDate.",
        ),
        FieldSpec::optional("endDate", Shape::Date, "The last day of that period. It comes with startDate."),
        FieldSpec::optional(
            "olderThanDays",
            Shape::Integer { min: 1, max: 3650 },
            "For incompleteApplications: only those created more than so many days ago, 30 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required("report", Shape::Choice(NAMES), "Which report."),
        FieldSpec::required("asOf", Shape::DateTime, "When it was counted."),
        FieldSpec::nullable("startDate", Shape::Date, "The first day; null for a report without a period."),
        FieldSpec::nullable("endDate", Shape::Date, "The last day; null for a report without a period."),
        FieldSpec::required(
            "atLeast",
            Shape::Flag,
            "Whether the numbers are lower bounds, because there was more to count than a report may read, or rows are left \
             out.",
        ),
        FieldSpec::required("labels", NAMES_OF_COLUMNS, "What the labels of each row are."),
        FieldSpec::required("measures", NAMES_OF_COLUMNS, "What the numbers of each row are."),
        FieldSpec::required(
            "rows",
            Shape::List { of: &ROW, max: GetReport::MAX_ROWS },
            "The rows: in the order of months, otherwise those with the largest numbers first.",
        ),
    ],
    refusals: &[Code::EndBeforeStart, Code::TooEarly, Code::PermissionMissing],
    example: r#"{ "report": "clientsByMonth", "startDate": "2026-01-01", "endDate": "2026-03-31" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const NAMES: &[&str] = &names();

const NAMES_OF_COLUMNS: Shape = Shape::List { of: &shape::ANY_TEXT, max: 10 };

const ROW: Shape = Shape::Object(&[
    FieldSpec::required(
        "labels",
        NAMES_OF_COLUMNS,
        "What the row is about; an empty text for clients without a branch, and for decisions without the code of a reason.",
    ),
    FieldSpec::required("numbers", Shape::List { of: &shape::COUNT, max: 10 }, "The numbers."),
]);

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn names() -> [&'static str; Report::ALL.len()] {
    let mut names = [""; Report::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Report::ALL[at].name();
        at += 1;
    }
    names
}

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let asked = read(form)?;
    let report = asked.report;
    let found = ask(clients, caller, asked).await?;
    let data = json!({
        "report": report.name(),
        "asOf": found.as_of.to_string(),
        "startDate": found.period.map(|period| period.first().to_string()),
        "endDate": found.period.map(|period| period.last().to_string()),
        "atLeast": !found.is_complete,
        "labels": report.labels(),
        "measures": report.measures(),
        "rows": found.rows.iter().map(row_json).collect::<Vec<_>>(),
    });
    Ok(reply("Report retrieved successfully.", data))
}

fn row_json(row: &ReportRow) -> Value {
    let labels: Vec<_> = row.labels.iter().map(|label| label.as_deref().unwrap_or_default()).collect();
    json!({ "labels": labels, "numbers": row.numbers })
}

fn read(mut form: Form<'_>) -> Result<GetReport, Failure> {
    let known = |name: &str| Report::parse(name).ok_or(Invalid::Choice { choices: NAMES });
    let report = form.required("report", known);
    let branch = form.optional("branchEncodedKey", BranchKey::parse);
    let period = period(&mut form);
    let days = form.integer("olderThanDays", age);
    if let Some(report) = report {
        let of_period = ["startDate", "endDate"].map(|name| (name, report.has_period()));
        for (name, is_taken) in of_period.into_iter().chain([("olderThanDays", report.has_age())]) {
            if !is_taken && !form.is_absent(name) {
                // Left unsaid, it would seem to narrow the report.
                form.fail(name, Item::new(Code::UnknownMember, "This report has no such member."));
            }
        }
    }
    let older_than_days = days.unwrap_or(DEFAULT_AGE);
    form.finish(report.map(|report| GetReport { report, branch, period, older_than_days }))
}

fn age(raw: i64) -> Result<u16, Invalid> {
    let days = u16::try_from(raw).ok().filter(|days| (1..=3650).contains(days));
    days.ok_or(Invalid::OutOfRange { min: 1, max: 3650 })
}

/// The days of the period; `None` if the request has none, or has wrong ones, whose errors are collected.
fn period(form: &mut Form<'_>) -> Option<ReportPeriod> {
    for (one, other) in [("startDate", "endDate"), ("endDate", "startDate")] {
        if !form.is_absent(one) && form.is_absent(other) {
            form.fail(other, Item::new(Code::Required, format!("is required with {one}")));
        }
    }
    let (first, last) = (form.optional("startDate", parse_date), form.optional("endDate", parse_date));
    match ReportPeriod::new(first?, last?) {
        Ok(period) => Some(period),
        Err(PeriodFault::EndBeforeStart) => {
            form.fail("endDate", Item::new(Code::EndBeforeStart, "must not be before startDate"));
            None
        }
        Err(PeriodFault::TooLong(earliest)) => {
            let months = ReportPeriod::MAX_MONTHS;
            let message = format!("must be in one of the {months} months that end with that of endDate");
            form.fail(
                "startDate",
                Item::new(Code::TooEarly, message).detail("earliest", earliest.to_string()),
            );
            None
        }
    }
}
