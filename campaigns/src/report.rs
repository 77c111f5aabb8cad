//! The report at the end of a campaign.

use serde_json::{Map, Value, json};

use crate::findings::{Findings, Oracle};

/// How much of an example is shown; the history has all of it.
const EXAMPLE: usize = 1_000;

/// What a campaign measured and found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The name of the campaign.
    pub campaign: &'static str,
    /// Repeats it.
    pub seed: u64,
    /// When it began.
    pub date: String,
    /// What a negative control must bring about; none for the campaign itself.
    pub control: Option<Oracle>,
    /// What was measured, in the order in which it is shown.
    pub measures: Vec<(String, Value)>,
    /// What was found.
    pub findings: Findings,
}

impl Report {
    /// A report of a campaign that begins now.
    pub fn begin(campaign: &'static str, seed: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a report carries its date; nothing else looks at it")]
        let date = jiff::Timestamp::now().to_string();
        let date = date.split('.').next().unwrap_or_default().to_owned() + "Z";
        Self { campaign, seed, date, control: None, measures: Vec::new(), findings: Findings::default() }
    }

    /// Adds a figure.
    pub fn measure(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.measures.push((name.into(), value.into()));
    }

    /// Adds the median, the 99th percentile and the largest of some durations, in seconds.
    pub fn measure_times(&mut self, name: &str, mut times: Vec<std::time::Duration>) {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            times.get(index).map_or(Value::Null, |time| json!((time.as_secs_f64() * 1e4).round() / 1e4))
        };
        self.measure(name, json!({ "n": times.len(), "p50": at(50), "p99": at(99), "max": at(100) }));
    }

    /// Whether it ended as it should: nothing found, or, for a control, what it brings about.
    pub fn holds(&self) -> bool {
        self.control.map_or(self.findings.is_empty(), |oracle| self.findings.count(oracle) > 0)
    }

    /// The report for people.
    pub fn block(&self) -> String {
        let kind = if self.control.is_some() { " (negative control)" } else { "" };
        let mut lines = vec![format!("{}{kind}  seed {}  {}", self.campaign, self.seed, self.date)];
        lines.extend(self.measures.iter().map(|(name, value)| format!("  {name:<28} {value}")));
        for (oracle, count, examples) in self.findings.iter() {
            lines.push(format!("  {:<28} {count}", format!("RED {oracle:?}")));
            lines.extend(examples.iter().map(|example| format!("      {}", beginning(example))));
        }
        lines.push(format!("  {}", self.verdict()));
        lines.join("\n") + "\n"
    }

    fn verdict(&self) -> String {
        match (self.control, self.holds()) {
            (None, true) => "green: nothing was found".to_owned(),
            (None, false) => "RED".to_owned(),
            (Some(oracle), true) => format!("red as it should be: {oracle:?} was found"),
            (Some(oracle), false) => format!("THE CONTROL FAILED: {oracle:?} was not found"),
        }
    }

    /// The report for programs, in one line.
    pub fn json(&self) -> String {
        let measures: Map<String, Value> = self.measures.iter().cloned().collect();
        let found: Map<String, Value> =
            self.findings.iter().map(|(oracle, count, _)| (format!("{oracle:?}"), json!(count))).collect();
        json!({
            "campaign": self.campaign, "seed": self.seed, "date": self.date,
            "control": self.control.map(|oracle| format!("{oracle:?}")),
            "measures": measures, "found": found, "holds": self.holds(),
        })
        .to_string()
    }
}

fn beginning(example: &str) -> String {
    let mut beginning: String = example.chars().take(EXAMPLE).collect();
    if beginning.len() < example.len() {
        beginning.push('…');
    }
    beginning
}
