//! Reports: a list of them, and each as a table with a chart and as a file.

use askama::Template;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use client_app::Report;
use client_domain::Permission;
use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure, Item, ReportFile, find_operation};
use serde_json::Map;

use crate::bar_chart::{BarChart, MAX_BARS};
use crate::entered::Entered;
use crate::inquiry::{self, Inquiry, answer, members};
use crate::part::moment;
use crate::path_values::PathValues;
use crate::posted::Posted;
use crate::record::Record;
use crate::shell::{Shell, html};
use crate::stop::{Answer, Stop};
use crate::visit::Visit;

const QUERY: &str = "RetrieveReportQuery";
/// The field that says that the report is wanted as a file.
const FILE: &str = "as";
const PREVIEW: &str = "PreviewKycPolicyQuery";

#[derive(Template)]
#[template(path = "reports.html")]
struct ListPage {
    shell: Shell,
    reports: Vec<Listed>,
}

/// A report in the list.
struct Listed {
    path: String,
    label: String,
    about: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    shell: Shell,
    name: &'static str,
    about: String,
    inquiry: Inquiry,
    table: Option<Table>,
}

struct Table {
    labels: Vec<String>,
    measures: Vec<String>,
    rows: Vec<Row>,
    caption: String,
    chart: BarChart,
    as_of: String,
    moment: String,
    period: Option<String>,
    at_least: bool,
}

struct Row {
    labels: Vec<String>,
    numbers: Vec<u64>,
}

/// `GET /console/reports`: those that the person may see.
pub(crate) async fn list(visit: Visit) -> Answer {
    let permissions = &visit.caller().permissions;
    let is_open = |name: &str| find_operation(name).is_some_and(|spec| spec.is_open_to(permissions));
    if !is_open(QUERY) {
        let item = Item::new(Code::PermissionMissing, Code::PermissionMissing.meaning());
        return Err(visit.failed(&Failure::of(item.detail("permission", Permission::Read.name()))));
    }
    let seen =
        Report::ALL.into_iter().filter(|report| report.permissions().all(|one| visit.caller().may(one)));
    let mut reports: Vec<_> = seen
        .map(|report| Listed {
            path: path(report),
            label: visit.language.word("report", report.name()),
            about: visit.language.word("about", report.name()),
        })
        .collect();
    if is_open(PREVIEW) {
        reports.push(Listed {
            path: "/console/policy".to_owned(),
            label: visit.text("report.policy"),
            about: visit.text("report.policy.about"),
        });
    }
    Ok(html(StatusCode::OK, &ListPage { shell: visit.shell(visit.text("report.title")), reports }))
}

/// `GET /console/reports/{name}`, perhaps with what was filled in.
pub(crate) async fn page(
    visit: Visit,
    PathValues(name): PathValues<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let report = named(&visit, &name)?;
    respond(&visit, report, &visit.entered(query.as_deref())).await
}

/// `POST /console/reports/{name}`: of a branch or a period, or as a file.
pub(crate) async fn narrow(PathValues(name): PathValues<String>, posted: Posted) -> Answer {
    let Posted { visit, fields } = posted;
    let report = named(&visit, &name)?;
    // A file leaves the page where it is.
    let is_file = fields.has(FILE);
    let led =
        (!is_file).then(|| inquiry::lead(&visit, &path(report), &members_of(report), &fields)).flatten();
    match led {
        Some(led) => Ok(led),
        None => respond(&visit, report, &Entered::Fields(fields)).await,
    }
}

fn named(visit: &Visit, name: &str) -> Result<Report, Stop> {
    let absent = || Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning()));
    Report::parse(name).ok_or_else(|| visit.failed(&absent()))
}

fn path(report: Report) -> String {
    format!("/console/reports/{}", report.name())
}

/// The members of the query that this report takes.
fn members_of(report: Report) -> Vec<&'static FieldSpec> {
    let takes = |field: &&'static FieldSpec| match field.name {
        "startDate" | "endDate" => report.has_period(),
        "olderThanDays" => report.has_age(),
        name => name != "report",
    };
    members(QUERY).into_iter().filter(takes).collect()
}

async fn respond(visit: &Visit, report: Report, entered: &Entered) -> Answer {
    let this = Map::from_iter([("report".to_owned(), report.name().into())]);
    let (inquiry, found) = inquiry::ask(visit, QUERY, &members_of(report), entered, this).await;
    let as_file = matches!(entered, Entered::Fields(fields) if fields.text(FILE) == Some("csv"));
    if let (Ok(found), true) = (&found, as_file) {
        return Ok(file(found));
    }
    let page = ReportPage {
        shell: visit.shell(visit.language.word("report", report.name())),
        name: report.name(),
        about: visit.language.word("about", report.name()),
        table: found.as_ref().ok().map(|found| table(visit, report, found)),
        inquiry,
    };
    answer(visit, &page, found)
}

fn file(found: &Record) -> Response {
    let file = ReportFile::of(&found.clone().into_value());
    let mut response = Response::new(Body::from(file.bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(ReportFile::MEDIA_TYPE));
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name)).ok();
    response.headers_mut().extend(name.map(|name| (CONTENT_DISPOSITION, name)));
    response
}

fn table(visit: &Visit, report: Report, found: &Record) -> Table {
    let columns = found.names("labels");
    let label = |(column, label): (&String, &String)| said(visit, column, label);
    let rows: Vec<_> = found
        .records("rows")
        .iter()
        .map(|row| Row {
            labels: columns.iter().zip(&row.names("labels")).map(label).collect(),
            numbers: row.numbers("numbers"),
        })
        .collect();
    // Of numbers that include one another, the last one is the whole.
    let is_cumulative = report == Report::ExpiringDocuments;
    let height = |row: &Row| {
        if is_cumulative { row.numbers.last().copied().unwrap_or_default() } else { row.numbers.iter().sum() }
    };
    let bars = rows.iter().map(|row| (row.labels.join(" · "), height(row)));
    let as_of = found.text("asOf");
    let caption = if is_cumulative {
        visit.text("report.chart.last")
    } else if rows.len() > MAX_BARS {
        visit.language.filled("report.chart.first", &[("count", &MAX_BARS.to_string())])
    } else {
        visit.text("report.chart")
    };
    Table {
        labels: columns.iter().map(|column| visit.language.word("column", column)).collect(),
        measures: found.names("measures").iter().map(|name| measure(visit, name)).collect(),
        chart: BarChart::of(bars),
        rows,
        caption,
        moment: moment(&as_of),
        period: report.has_period().then(|| {
            let days = [("first", found.text("startDate")), ("last", found.text("endDate"))];
            visit.language.filled("report.period", &days.each_ref().map(|(name, day)| (*name, day.as_str())))
        }),
        as_of,
        at_least: found.flag("atLeast"),
    }
}

/// A label as people say it.
fn said(visit: &Visit, column: &str, label: &str) -> String {
    match column {
        "branchEncodedKey" if label.is_empty() => visit.text("count.nobranch"),
        "reasonCode" if label.is_empty() => visit.text("report.noreason"),
        "event" => visit.language.word("event", label),
        "kind" => visit.language.word("work", label),
        _ => label.to_owned(),
    }
}

/// The name of a number: a state, an age, an event, or a word of its own.
fn measure(visit: &Visit, name: &str) -> String {
    let mut known = ["state", "waitingAge", "event", "measure"].into_iter();
    let found = known.find_map(|group| visit.language.find_text(&format!("{group}.{name}")));
    found.unwrap_or(name).to_owned()
}
