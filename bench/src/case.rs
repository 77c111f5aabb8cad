//! The cases: what is measured, by which service, with how many concurrent callers.

use std::fmt;

use serde::Serialize;

use crate::back_office::QUESTIONS;
use crate::console_bed::PAGES;
use crate::search::SEARCHES;

/// The search that is measured on SQLite too, by words that many clients share.
pub(crate) const SHARED_WORD: &str = "one word";

/// The name of the batch, which is measured once, after the rounds.
const BATCH: &str = "batch";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    Create,
    Approve,
    Get,
    /// A search, by its index in the table.
    Search(usize),
    /// A query of the back office, by its index in the table.
    Ask(usize),
    /// A page of the console, by its index in the table.
    Page(usize),
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Who {
    /// pgbench: the service's own statements, or for a search the best SQL. Cases and reports call it `floor`.
    #[serde(rename = "floor")]
    Baseline,
    /// The application on the PostgreSQL adapter, called without HTTP.
    Adapter,
    /// The service.
    Service,
    /// Two instances of the service on one database, each with half of the connections.
    TwoInstances,
    /// Another binary of the service on the same database, such as that of the release before.
    Before,
    /// The service with its store in memory.
    Memory,
    /// The service on a data folder: one SQLite file with full sync.
    Sqlite,
    /// The application on the SQLite adapter, called without HTTP.
    SqliteAdapter,
    Fastapi,
    Postgraphile,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) task: Task,
    pub(crate) connections: usize,
    pub(crate) who: Who,
}

impl Task {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Approve => "approve",
            Self::Get => "get",
            Self::Search(at) => SEARCHES.get(at).map_or("search", |search| search.name),
            Self::Ask(at) => QUESTIONS.get(at).map_or("question", |question| question.name),
            Self::Page(at) => PAGES.get(at).map_or("page", |page| page.name),
        }
    }

    /// The search that peers are measured with, too.
    pub(crate) fn is_of_peers(self) -> bool {
        match self {
            Self::Create | Self::Get => true,
            Self::Search(_) => self.name() == "state and branch",
            Self::Approve | Self::Ask(_) | Self::Page(_) => false,
        }
    }
}

impl Who {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "floor",
            Self::Adapter => "adapter",
            Self::Service => "service",
            Self::TwoInstances => "two-instances",
            Self::Before => "before",
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::SqliteAdapter => "sqlite-adapter",
            Self::Fastapi => "fastapi",
            Self::Postgraphile => "postgraphile",
        }
    }
}

impl fmt::Display for Case {
    /// `create@8 service`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{} {}", self.task.name(), self.connections, self.who.name())
    }
}

/// What is measured, and how often.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) connections: Vec<usize>,
    pub(crate) search_connections: Vec<usize>,
    pub(crate) peers: Vec<Who>,
    /// Whether there is another binary to compare with.
    pub(crate) before: bool,
    /// Only cases with one of these prefixes, if there are any.
    pub(crate) only: Vec<String>,
}

impl Choice {
    /// The cases of a round in groups: those of one group are compared, so they are measured back to back.
    pub(crate) fn groups(&self) -> Vec<Vec<Case>> {
        let mut groups = Vec::new();
        for task in [Task::Create, Task::Get] {
            groups.extend(self.connections.iter().map(|connections| self.group(task, *connections)));
        }
        let approving = self.connections.iter().filter(|connections| [8, 32].contains(*connections));
        groups.extend(approving.map(|connections| self.group(Task::Approve, *connections)));
        for at in 0..SEARCHES.len() {
            let connections = self.search_connections.iter();
            groups.extend(connections.map(|connections| self.group(Task::Search(at), *connections)));
        }
        for at in 0..QUESTIONS.len() {
            let connections = self.search_connections.iter();
            groups.extend(connections.map(|connections| self.group(Task::Ask(at), *connections)));
        }
        groups.extend((0..PAGES.len()).map(|at| self.group(Task::Page(at), 8)));
        groups.retain(|group| !group.is_empty());
        groups
    }

    fn group(&self, task: Task, connections: usize) -> Vec<Case> {
        let mut who = match task {
            Task::Ask(_) => vec![Who::Service],
            // The console signs people in without a provider on a data folder only.
            Task::Page(_) => return self.wanted(vec![Who::Sqlite], task, connections),
            _ => vec![Who::Baseline, Who::Service],
        };
        who.extend(self.before.then_some(Who::Before));
        if !matches!(task, Task::Search(_) | Task::Ask(_)) && [8, 32].contains(&connections) {
            who.extend([Who::Adapter, Who::TwoInstances]);
        }
        if connections == 8 {
            if matches!(task, Task::Create | Task::Get) {
                who.extend([Who::Memory, Who::Sqlite]);
            }
            if task == Task::Create {
                who.push(Who::SqliteAdapter);
            }
            if task.name() == SHARED_WORD {
                who.push(Who::Sqlite);
            }
            who.extend(self.peers.iter().filter(|_| task.is_of_peers()));
        }
        self.wanted(who, task, connections)
    }

    fn wanted(&self, who: Vec<Who>, task: Task, connections: usize) -> Vec<Case> {
        let cases = who.into_iter().map(|who| Case { task, connections, who });
        cases.filter(|case| self.wants(case)).collect()
    }

    /// Whether a case needs the data folder.
    pub(crate) fn has_sqlite(&self) -> bool {
        self.groups().iter().flatten().any(|case| matches!(case.who, Who::Sqlite | Who::SqliteAdapter))
    }

    /// Whether a case needs a second instance.
    pub(crate) fn has_two_instances(&self) -> bool {
        self.groups().iter().flatten().any(|case| case.who == Who::TwoInstances)
    }

    /// Whether a page of the console is measured.
    pub(crate) fn has_pages(&self) -> bool {
        self.groups().iter().flatten().any(|case| matches!(case.task, Task::Page(_)))
    }

    /// Whether a query of the back office is measured.
    pub(crate) fn has_questions(&self) -> bool {
        self.groups().iter().flatten().any(|case| matches!(case.task, Task::Ask(_)))
    }

    /// Whether a batch is measured.
    pub(crate) fn has_batch(&self) -> bool {
        self.has(BATCH)
    }

    fn wants(&self, case: &Case) -> bool {
        self.has(&case.to_string())
    }

    fn has(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }
}

/// The same cases rotated, so that each round begins with another one.
pub(crate) fn rotated(group: &[Case], round: usize) -> impl Iterator<Item = Case> + '_ {
    let first = round.checked_rem(group.len()).unwrap_or(0);
    group.iter().cycle().skip(first).take(group.len()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(only: &[&str]) -> Choice {
        Choice {
            connections: vec![1, 8, 32, 64],
            search_connections: vec![8],
            peers: vec![Who::Fastapi],
            before: false,
            only: only.iter().map(|only| (*only).to_owned()).collect(),
        }
    }

    fn names(groups: &[Vec<Case>]) -> Vec<String> {
        groups.iter().flatten().map(ToString::to_string).collect()
    }

    #[test]
    fn compared_cases_are_grouped_with_their_baseline() {
        for group in choice(&[]).groups() {
            let has_baseline = !matches!(group[0].task, Task::Ask(_) | Task::Page(_));
            assert_eq!(group[0].who == Who::Baseline, has_baseline);
            assert!(
                group
                    .iter()
                    .all(|case| (case.task, case.connections) == (group[0].task, group[0].connections))
            );
        }
        let all = names(&choice(&[]).groups());
        for case in [
            "create@64 service",
            "get@8 memory",
            "approve@32 adapter",
            "one word@8 service",
            "get@8 fastapi",
            "create@8 sqlite-adapter",
            "get@8 sqlite",
            "one word@8 sqlite",
            "queue page@8 service",
            "create@32 two-instances",
            "console, clients@8 sqlite",
        ] {
            assert!(all.contains(&case.to_owned()), "{case}");
        }
        assert!(!all.iter().any(|case| case == "approve@8 fastapi" || case == "one word@8 fastapi"));
    }

    #[test]
    fn another_binary_is_measured_wherever_the_service_is() {
        let groups = Choice { before: true, ..choice(&[]) }.groups();
        for group in &groups {
            let has = |who| group.iter().any(|case| case.who == who);
            assert_eq!(has(Who::Before), has(Who::Service));
        }
        assert!(names(&groups).contains(&"one word@8 before".to_owned()));
        assert!(!names(&choice(&[]).groups()).iter().any(|case| case.ends_with(" before")));
    }

    #[test]
    fn only_requested_cases_are_measured() {
        assert_eq!(
            names(&choice(&["create@8 floor", "get@1 "]).groups()),
            ["create@8 floor", "get@1 floor", "get@1 service"]
        );
        assert!(
            choice(&[]).has_batch() && choice(&["batch"]).has_batch() && !choice(&["create"]).has_batch()
        );
        assert!(choice(&["create@8"]).has_sqlite() && !choice(&["create@8 floor", "get@1 "]).has_sqlite());
    }

    #[test]
    fn each_round_begins_with_another_case() {
        let group = choice(&["get@1 "]).groups().concat();
        let order = |round| names(&[rotated(&group, round).collect()]);
        assert_eq!(order(0), order(2));
        assert_eq!(order(1), ["get@1 service", "get@1 floor"]);
    }
}
