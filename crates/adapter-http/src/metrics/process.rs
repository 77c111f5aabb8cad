//! The metrics of the process itself, as every client library of Prometheus names them. They are read from `/proc` when they are
//! asked for; on a system without it there are none.

use std::fmt::Write as _;
use std::fs;
use std::sync::OnceLock;

/// Where the system says what it knows of this process.
const PROC: &str = "/proc/self";

/// When the system was started. What it says of that moves while its clock is corrected, and the start of this process is not to.
static BOOT: OnceLock<Option<f64>> = OnceLock::new();

/// What the system knows of this process.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Process {
    /// Processor time, in clock ticks.
    ticks: u64,
    /// The moment of the start, in clock ticks after the start of the system.
    started: u64,
    threads: u64,
    virtual_bytes: u64,
    resident_bytes: u64,
}

/// The metrics in the text format of Prometheus.
pub(super) fn render() -> String {
    let mut text = String::new();
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let page = rustix::param::page_size() as u64;
    let stat = fs::read_to_string(format!("{PROC}/stat")).ok();
    if let Some(process) = stat.as_deref().and_then(|stat| Process::parse(stat, page)) {
        let seconds = |ticks: u64| seconds_of(ticks, per_second);
        metric(&mut text, "process_cpu_seconds_total", "counter", "Processor time.", seconds(process.ticks));
        metric(&mut text, "process_threads", "gauge", "Threads.", process.threads);
        let resident = "Memory that is in use.";
        metric(&mut text, "process_resident_memory_bytes", "gauge", resident, process.resident_bytes);
        let reserved = "Memory that is reserved.";
        metric(&mut text, "process_virtual_memory_bytes", "gauge", reserved, process.virtual_bytes);
        let read = || fs::read_to_string("/proc/stat").ok().as_deref().and_then(boot_time);
        if let Some(boot) = *BOOT.get_or_init(read) {
            let started = boot + seconds(process.started);
            metric(
                &mut text,
                "process_start_time_seconds",
                "gauge",
                "The start, in seconds since 1970.",
                started,
            );
        }
    }
    if let Ok(open) = fs::read_dir(format!("{PROC}/fd")) {
        // One is the folder that is being read.
        let open = open.count().saturating_sub(1);
        metric(
            &mut text,
            "process_open_fds",
            "gauge",
            "Open file descriptors, connections among them.",
            open,
        );
    }
    let limits = fs::read_to_string(format!("{PROC}/limits")).ok();
    if let Some(limit) = limits.as_deref().and_then(max_files) {
        metric(&mut text, "process_max_fds", "gauge", "The limit on open file descriptors.", limit);
    }
    text
}

fn metric(text: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
}

#[expect(clippy::cast_precision_loss, reason = "a process does not run for 2^52 ticks")]
fn seconds_of(ticks: u64, per_second: u64) -> f64 {
    ticks as f64 / per_second as f64
}

impl Process {
    /// Reads `/proc/self/stat` (proc(5)). The name of the program, in brackets, may hold anything.
    fn parse(stat: &str, page: u64) -> Option<Self> {
        let (_, members) = stat.rsplit_once(')')?;
        let members: Vec<u64> =
            members.split_whitespace().skip(1).map(|text| text.parse().unwrap_or(0)).collect();
        // The first of them is member 4 of the manual.
        let member = |number: usize| members.get(number - 4).copied();
        Some(Self {
            ticks: member(14)? + member(15)?,
            threads: member(20)?,
            started: member(22)?,
            virtual_bytes: member(23)?,
            resident_bytes: member(24)?.saturating_mul(page),
        })
    }
}

/// When the system was started, from `/proc/stat`.
fn boot_time(stat: &str) -> Option<f64> {
    stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok())
}

/// The soft limit on open files, from `/proc/self/limits`.
fn max_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_those_of_the_manual() {
        let stat = "4711 (client) service) S 1 4711 4711 0 -1 4194304 2500 0 3 0 120 30 0 0 20 0 9 0 5000 123456789 2048 \
                    18446744073709551615 1 1 0 0 0 0 0 4096 17642 0 0 0 17 1 0 0 0 0 0";
        let expected = Process {
            ticks: 150,
            threads: 9,
            started: 5000,
            virtual_bytes: 123_456_789,
            resident_bytes: 2048 * 4096,
        };
        assert_eq!(Process::parse(stat, 4096), Some(expected));
        assert_eq!(Process::parse("4711 (client", 4096), None);
        assert_eq!(Process::parse("4711 (client) S 1 2", 4096), None);
        assert_eq!(boot_time("cpu 1 2\nbtime 1764400000\nctxt 1\n"), Some(1_764_400_000.0));
        assert_eq!(
            max_files("Limit Soft Hard\nMax open files            1024                 4096   files\n"),
            Some(1024)
        );
        assert_eq!(
            max_files("Max open files            unlimited            unlimited            files\n"),
            None
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_all_of_them() {
        let text = render();
        let value = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
            line.unwrap_or_else(|| panic!("{name} in {text}")).parse().unwrap()
        };
        assert!(value("process_resident_memory_bytes") > 1e6 && value("process_threads") >= 1.0);
        assert!(value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"));
        assert!(value("process_open_fds") >= 3.0 && value("process_start_time_seconds") > 1.6e9);
        assert!(value("process_cpu_seconds_total") >= 0.0);
    }
}
