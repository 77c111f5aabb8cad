//! The metrics of the program are those of docs/observability.md, and alerts and dashboard use no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use throwaway_postgres::Cluster;

use crate::service::{Service, shell, wait_a_moment};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const POLICY: &str = r#"{"version": "test", "lapseAfterDays": 90}"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The names in the exposition of a service, whose histograms have three series each.
fn exposed(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

/// The names in the table of the page.
fn documented() -> BTreeSet<String> {
    let page = read("docs/observability.md");
    let metrics = page.split("## Metrics\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = metrics.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.flat_map(|line| line.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    cells.map(|name| name.split('{').next().unwrap().to_owned()).collect()
}

/// The words of these expressions that are the name of a series: those before a selector, a range or an operator that no
/// function and no label is.
fn used(expressions: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = BTreeSet::new();
    let mut text = String::new();
    // Selectors and lists of labels hold labels only, and ranges hold times.
    let (mut depth, mut labels) = (0_u32, false);
    for c in expressions.chars() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ if depth > 0 => {}
            '(' if ["by", "on", "without", "ignoring"].iter().any(|list| text.trim_end().ends_with(list)) => {
                labels = true;
            }
            ')' if labels => {
                labels = false;
                text.push(',');
                continue;
            }
            _ if labels => {}
            c => {
                text.push(c);
                continue;
            }
        }
        text.push(' ');
    }
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_lowercase()) {
        let from = &rest[start..];
        let end = from.find(|c: char| !word(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        let is_function = after.trim_start().starts_with('(');
        let is_number = rest[..start].ends_with(|c: char| c.is_ascii_digit());
        if name.contains('_') && !is_function && !is_number {
            names.insert(name.to_owned());
        }
        rest = after;
    }
    names
}

/// A series of a histogram belongs to its metric.
fn metric_of(series: &str, known: &BTreeSet<String>) -> String {
    let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| series.strip_suffix(end));
    histogram.filter(|name| known.contains(*name)).unwrap_or(series).to_owned()
}

fn expressions_of_dashboard(panel: &Value, found: &mut Vec<String>) {
    match panel {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name == "expr" => found.push(text.clone()),
                    value => expressions_of_dashboard(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| expressions_of_dashboard(item, found)),
        _ => {}
    }
}

#[test]
fn page_lists_the_metrics_of_the_program_and_alerts_and_dashboard_use_no_others() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let standby = cluster.standby(&["-c", "fsync=off"]);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (secret, policy) = (file("secret", SECRET), file("policy.json", POLICY));
    let service = Service::start(
        &["--development", "on", "--accept-data-loss", "on", "--kyc-policy", &policy],
        &[
            ("DATABASE_URL", &cluster.url("postgres")),
            ("CLIENTS_REPLICA_URL", &standby.url("postgres")),
            ("CLIENTS_JWT_HS256_SECRET_FILE", &secret),
            ("CLIENTS_WEBHOOK", "http://127.0.0.1:9/"),
            ("CLIENTS_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("CLIENTS_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ],
    );
    let token = crate::service::call(&["token"], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    let token = String::from_utf8(token.stdout).unwrap();
    let script = format!(
        "for name in NoSuchQuery RetrieveContactByIdQuery; do
           curl -s http://{0}/api/bpm/qry -H 'Content-Type: application/json' -H 'Authorization: Bearer {1}' \
             -d '{{\"queryName\":\"'$name'\",\"data\":{{\"contactEncodedKey\":\"no-such-client\"}}}}'
         done
         curl -s http://{0}/api/bpm/qry -H 'Content-Type: application/json' -H 'Authorization: Bearer x' -d '{{}}'",
        service.address,
        token.trim()
    );
    shell(&script, &[]);

    let documented = documented();
    let began = Instant::now();
    // Jobs begin their first round at different times.
    let (metrics, text) = loop {
        let text = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
        let metrics = exposed(&text);
        if metrics.is_superset(&documented) || began.elapsed() > Duration::from_secs(40) {
            break (metrics, text);
        }
        wait_a_moment();
    };
    assert_eq!(metrics, documented, "on the left the program, on the right docs/observability.md");
    assert!(text.contains("clients{state=\"Active\"} 0"), "{text}");
    assert!(text.contains("db_statement_duration_seconds_count{statement=\"find_by_key\"}"), "{text}");
    assert!(text.contains("http_refusals_total{code=\"token_invalid\"} 1"), "{text}");

    let alerts = read("deploy/prometheus/alerts.yml");
    let of_alerts: Vec<_> =
        alerts.split("expr: >-\n").skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    assert!(of_alerts.len() > 20);
    let mut of_dashboard = Vec::new();
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana/clients.json")).unwrap();
    expressions_of_dashboard(&dashboard, &mut of_dashboard);
    assert!(of_dashboard.len() > 20);
    for expression in of_alerts.into_iter().chain(of_dashboard.iter().map(String::as_str)) {
        let unknown: Vec<_> = used(expression)
            .into_iter()
            .map(|series| metric_of(&series, &metrics))
            .filter(|name| !metrics.contains(name))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?} in {expression}");
    }
}

#[test]
fn page_lists_every_alert_with_what_to_do() {
    let (page, alerts, tests) = (
        read("docs/observability.md"),
        read("deploy/prometheus/alerts.yml"),
        read("deploy/prometheus/alerts_test.yml"),
    );
    let names = |text: &str| -> BTreeSet<String> {
        text.lines().filter_map(|line| Some(line.trim().strip_prefix("- alert: ")?.to_owned())).collect()
    };
    let alerts = names(&alerts);
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `Clients")?.split('`').next());
    let rows: BTreeSet<String> = rows.map(|name| format!("Clients{name}")).collect();
    assert_eq!(alerts, rows);
    for alert in &alerts {
        for kind in ["fires", "is quiet"] {
            assert!(tests.contains(&format!("- name: {alert} {kind}\n")), "{alert} {kind}");
        }
    }
}

#[test]
fn names_of_series_are_found_in_expressions() {
    let expression =
        "sum by (job, le) (rate(a_bucket{x=\"b_c\"}[5m])) / on (job, d_e) max(f_g) > 7 * 86400 and i_j";
    let expected = ["a_bucket", "f_g", "i_j"].map(str::to_owned);
    assert_eq!(used(expression), BTreeSet::from(expected));
}
