//! Processor time by consumer: the service, the database, this program, and other processes on the machine.

use std::collections::BTreeMap;
use std::fs::read_to_string;

/// Ticks in a second of what `/proc` counts: on Linux the same for every program, whatever the kernel's own clock.
const TICKS: f64 = 100.0;

/// What one process and those of its children that have ended have used, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Used {
    parent: u32,
    ticks: u64,
}

/// The processor time used up to one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    processes: BTreeMap<u32, Used>,
    machine: Machine,
}

/// What the whole machine has used and could have used, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Machine {
    busy: u64,
    all: u64,
}

/// What was used between two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spent {
    /// Seconds of the service's processes.
    pub(crate) service: f64,
    /// Seconds of the database's processes.
    pub(crate) database: f64,
    /// Seconds of this program and of the load generators that it started.
    pub(crate) load: f64,
    /// How much of the machine others had, from 0 to 1.
    pub(crate) foreign: f64,
}

impl Reading {
    /// Reads it now.
    pub(crate) fn now() -> Self {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let used = numbers.filter_map(|number| {
            Some((number, used(&read_to_string(format!("/proc/{number}/stat")).ok()?)?))
        });
        let machine = read_to_string("/proc/stat").ok().and_then(|text| machine(&text)).unwrap_or_default();
        Self { processes: used.collect(), machine }
    }

    /// What a process and its descendants have used.
    fn family(&self, root: u32) -> u64 {
        let own = self.processes.get(&root).map_or(0, |used| used.ticks);
        let children = self.processes.iter().filter(|(number, used)| used.parent == root && **number != root);
        own + children.map(|(number, _)| self.family(*number)).sum::<u64>()
    }

    /// What one process and those of its children that have ended have used.
    fn alone(&self, process: u32) -> u64 {
        self.processes.get(&process).map_or(0, |used| used.ticks)
    }

    /// What was used since an earlier reading by the families of the services and of the database, and by this program with
    /// a load generator that it has started.
    pub(crate) fn since(
        &self,
        before: &Self,
        services: &[u32],
        database: Option<u32>,
        generator: Option<u32>,
    ) -> Spent {
        let family =
            |root: Option<u32>| root.map_or(0, |root| self.family(root).saturating_sub(before.family(root)));
        let service: u64 = services.iter().map(|process| family(Some(*process))).sum();
        let database = family(database);
        let me = std::process::id();
        let load = self.alone(me).saturating_sub(before.alone(me)) + family(generator);
        let busy = self.machine.busy.saturating_sub(before.machine.busy);
        let all = self.machine.all.saturating_sub(before.machine.all).max(1);
        let foreign = busy.saturating_sub(service + database + load);
        Spent {
            service: seconds(service),
            database: seconds(database),
            load: seconds(load),
            foreign: ratio(foreign, all),
        }
    }
}

/// Resident memory of a process in MiB.
pub(crate) fn resident(process: u32) -> Option<f64> {
    resident_in(&read_to_string(format!("/proc/{process}/status")).ok()?)
}

fn resident_in(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kibibytes) / 1024.0)
}

/// `pid (name) state parent …`, where the name may hold anything; user and system time, own and of ended children.
fn used(stat: &str) -> Option<Used> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let times = fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok());
    Some(Used { parent, ticks: times.sum::<Option<u64>>()? })
}

/// `cpu user nice system idle iowait irq softirq steal …`: what the machine's host takes away is work of others too.
fn machine(stat: &str) -> Option<Machine> {
    let fields: Option<Vec<u64>> =
        stat.lines().next()?.split_whitespace().skip(1).take(8).map(|field| field.parse().ok()).collect();
    let fields = fields.filter(|fields| fields.len() == 8)?;
    let all = fields.iter().sum();
    let idle: u64 = fields.iter().skip(3).take(2).sum();
    Some(Machine { busy: all - idle, all })
}

#[expect(clippy::cast_precision_loss, reason = "ticks of one run are far fewer than a double counts exactly")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS
}

#[expect(clippy::cast_precision_loss, reason = "ticks of one run are far fewer than a double counts exactly")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a) (b c) S 7 42 42 0 -1 4194560 1 0 0 0 110 22 3 1 20 0 8 0 100 1000 200 0";

    #[test]
    fn process_with_any_name_is_parsed() {
        assert_eq!(used(STAT), Some(Used { parent: 7, ticks: 136 }));
        assert_eq!(used("42 (a"), None);
        assert_eq!(used("42 (a) S 7"), None);
    }

    #[test]
    fn io_wait_is_idle_and_steal_is_busy() {
        let stat = "cpu  10 1 5 100 20 1 2 3 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(machine(stat), Some(Machine { busy: 22, all: 142 }));
        assert_eq!(machine("cpu 1 2"), None);
    }

    #[test]
    fn resident_memory_is_in_mebibytes() {
        assert_eq!(resident_in("Name:\tx\nVmRSS:\t   20480 kB\n"), Some(20.0));
        assert_eq!(resident_in("Name:\tx\n"), None);
    }

    #[test]
    fn processor_time_is_assigned_by_process_tree() {
        let reading = |service, child, database, busy, all| Reading {
            processes: [
                (1, Used { parent: 0, ticks: 999_999 }),
                (10, Used { parent: 1, ticks: service }),
                (11, Used { parent: 10, ticks: child }),
                (20, Used { parent: 1, ticks: database }),
            ]
            .into(),
            machine: Machine { busy, all },
        };
        let (before, after) = (reading(5, 5, 100, 1_000, 10_000), reading(15, 25, 150, 1_100, 10_200));
        let spent = after.since(&before, &[10], Some(20), None);
        let generator = after.since(&before, &[], None, Some(20));
        assert_eq!(generator, Spent { load: 0.5, foreign: 0.25, ..Spent::default() });
        assert_eq!(spent, Spent { service: 0.3, database: 0.5, load: 0.0, foreign: 0.1 });
    }

    #[test]
    fn processor_time_of_this_machine_is_readable() {
        let reading = Reading::now();
        assert!(reading.machine.all > 0);
        assert!(reading.processes.contains_key(&std::process::id()));
        assert!(resident(std::process::id()).is_some_and(|mebibytes| mebibytes > 0.5));
    }
}
