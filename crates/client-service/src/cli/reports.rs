//! `client-service reports`: tables of numbers of a service, over HTTP.

use clap::Args;
use clap::builder::PossibleValuesParser;
use client_app::Report;
use client_wire::ReportRecords;
use serde_json::{Value, json};

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::output::Output;
use crate::calls::request::without_nothing;
use crate::exit::ExitError;
use crate::runtime;

/// What the list of reports shows.
const COLUMNS: &[&str] = &["report", "rows", "options"];

#[derive(Args, Debug)]
pub(crate) struct ReportsArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    /// Which report; without it the reports that the caller may see
    #[arg(value_name = "REPORT", value_parser = PossibleValuesParser::new(Report::ALL.map(Report::name)))]
    report: Option<String>,
    /// Only clients that belong to this branch now
    #[arg(long, value_name = "BRANCH", requires = "report")]
    branch: Option<String>,
    /// The first day of a report about a period, such as 2026-01-31; the last twelve months by default
    #[arg(long, value_name = "DAY", requires_all = ["report", "to"])]
    from: Option<String>,
    /// The last day of that period
    #[arg(long, value_name = "DAY", requires_all = ["report", "from"])]
    to: Option<String>,
    /// For incompleteApplications: only applications created more than this number of days ago
    #[arg(long, value_name = "DAYS", requires = "report")]
    older_than_days: Option<u16>,
}

/// Asks for the report, and returns what is printed.
pub(crate) fn run(arguments: &ReportsArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let output = arguments.connection.output;
    runtime::run_to_end(runtime::start()?, async {
        let Some(report) = &arguments.report else {
            let myself = connection.ask("RetrieveMyselfQuery", json!({})).await?;
            return Ok(output.list(&listed(&myself), COLUMNS));
        };
        let data = without_nothing(json!({
            "report": report,
            "branchEncodedKey": arguments.branch,
            "startDate": arguments.from,
            "endDate": arguments.to,
            "olderThanDays": arguments.older_than_days,
        }));
        let answer = connection.ask("RetrieveReportQuery", data).await?;
        Ok(printed(output, &answer))
    })
}

/// The reports that a caller with these permissions may see.
fn listed(myself: &Value) -> Vec<Value> {
    let permissions = myself.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let held = permissions.filter(|one| one.get("held").and_then(Value::as_bool) == Some(true));
    let held: Vec<_> = held.filter_map(|one| one.get("permission")?.as_str()).collect();
    let seen =
        Report::ALL.into_iter().filter(|report| report.permissions().all(|one| held.contains(&one.name())));
    seen.map(|report| {
        let period = report.has_period().then_some(["--from", "--to"]).into_iter().flatten();
        let options =
            ["--branch"].into_iter().chain(period).chain(report.has_age().then_some("--older-than-days"));
        json!({ "report": report.name(), "rows": report.labels(), "options": options.collect::<Vec<_>>() })
    })
    .collect()
}

/// The answer as it is, or its rows as objects with a member for each column.
fn printed(output: Output, answer: &Value) -> String {
    if output == Output::Json {
        return output.object(answer);
    }
    let records = ReportRecords::of(answer);
    let columns = records.columns.clone();
    output.list(&records.objects(), &columns.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use client_wire::ReportFile;

    use super::*;

    #[test]
    fn csv_is_that_of_the_service_and_a_line_names_its_numbers() {
        let answer = json!({
            "report": "decisions", "labels": ["actorId", "event"], "measures": ["count"], "atLeast": true,
            "rows": [{ "labels": ["=ada", "ClientApproved"], "numbers": [2] }, { "labels": ["bo, b", ""], "numbers": [1] }],
        });
        assert_eq!(printed(Output::Csv, &answer).as_bytes(), ReportFile::of(&answer).bytes);
        let lines = printed(Output::Ndjson, &answer);
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(
            first,
            json!({ "actorId": "=ada", "event": "ClientApproved", "count": 2, "atLeast": true })
        );
        assert!(printed(Output::Table, &answer).starts_with("actorId  event           count  atLeast\n"));
        let json: Value = serde_json::from_str(&printed(Output::Json, &answer)).unwrap();
        assert_eq!(json, answer);
    }

    #[test]
    fn list_has_what_the_caller_may_see() {
        let holds = |names: &[&str]| {
            let permissions: Vec<_> =
                names.iter().map(|name| json!({ "permission": name, "held": true })).collect();
            listed(&json!({ "permissions": permissions })).len()
        };
        assert_eq!((holds(&[]), holds(&["customers.history"])), (0, 0));
        assert_eq!((holds(&["customers.read"]), holds(&["customers.read", "customers.kyc.read"])), (3, 5));
        assert_eq!(holds(&["customers.read", "customers.kyc.read", "customers.history"]), Report::ALL.len());
    }
}
