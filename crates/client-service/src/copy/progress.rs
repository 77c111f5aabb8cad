//! How far a copy is: one line that is written anew on a terminal, and otherwise a line of the log now and then.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the progress is logged.
const LOGGED_EVERY: Duration = Duration::from_secs(2);
/// How often the line of a terminal is written.
const SHOWN_EVERY: Duration = Duration::from_millis(100);
/// How many signs the bar has.
const BAR: u64 = 24;

/// How far the copy of one table is, or of the files.
pub(super) struct Progress {
    what: &'static str,
    count: Count,
    begun: Instant,
    /// When what was copied in this run was last reported.
    reported: Option<Instant>,
    on_terminal: bool,
}

/// Numbers of rows.
#[derive(Clone, Copy)]
struct Count {
    /// What an interrupted copy has left.
    before: u64,
    copied: u64,
    /// How many there are, where it is known.
    of: Option<u64>,
}

impl Progress {
    /// Begins with what an interrupted copy has left.
    pub(super) fn begin(what: &'static str, copied: u64, of: Option<u64>) -> Self {
        let count = Count { before: copied, copied, of };
        let on_terminal = std::io::stderr().is_terminal();
        let progress = Self { what, count, begun: Instant::now(), reported: None, on_terminal };
        progress.report();
        progress
    }

    /// Counts what was copied, and reports it now and then.
    pub(super) fn add(&mut self, number: usize) {
        self.count.copied += number as u64;
        let interval = if self.on_terminal { SHOWN_EVERY } else { LOGGED_EVERY };
        if self.reported.is_none_or(|reported| reported.elapsed() >= interval) {
            self.reported = Some(Instant::now());
            self.report();
        }
    }

    /// Reports the end, and answers how many there are now.
    pub(super) fn end(self) -> u64 {
        self.report();
        if self.on_terminal {
            show("\n");
        }
        self.count.copied
    }

    fn report(&self) {
        let line = self.count.line(self.what, self.begun.elapsed());
        if self.on_terminal {
            // To the start of the line, and nothing of the longer line before.
            show(&format!("\r{line}{}\x1b[K", self.count.bar()));
        } else {
            tracing::info!("{line}");
        }
    }
}

impl Count {
    /// The numbers in words, after this time.
    fn line(self, what: &str, elapsed: Duration) -> String {
        let Self { before, copied, of } = self;
        let mut parts = vec![match of {
            Some(of) => format!("{what}: {copied} of {of} are copied"),
            None => format!("{what}: {copied} are copied"),
        }];
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let per_second = ((copied - before) * 1_000).checked_div(millis).unwrap_or_default();
        if per_second > 0 {
            parts.push(format!("{per_second} a second"));
            let left = of.map(|of| of.saturating_sub(copied)).filter(|left| *left > 0);
            parts.extend(left.map(|left| format!("{} left", time(left.div_ceil(per_second)))));
        }
        parts.join(", ")
    }

    /// The copied part as a bar, where it is known how much there is.
    fn bar(self) -> String {
        let Some(of) = self.of.filter(|of| *of > 0) else { return String::new() };
        let full = usize::try_from((self.copied.min(of) * BAR) / of).unwrap_or_default();
        format!(" [{:<width$}]", "#".repeat(full), width = usize::try_from(BAR).unwrap_or_default())
    }
}

/// A number of seconds as minutes and seconds.
fn time(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// Writes to the terminal. One that is gone is not an error of the copy.
fn show(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(before: u64, copied: u64, of: Option<u64>, milliseconds: u64) -> String {
        Count { before, copied, of }.line("claims", Duration::from_millis(milliseconds))
    }

    #[test]
    fn a_line_has_the_rate_of_this_run_and_what_is_left() {
        assert_eq!(line(0, 0, Some(900), 0), "claims: 0 of 900 are copied");
        assert_eq!(line(100, 300, Some(900), 2_000), "claims: 300 of 900 are copied, 100 a second, 6 s left");
        assert_eq!(
            line(0, 10, Some(9_010), 1_000),
            "claims: 10 of 9010 are copied, 10 a second, 15 min 0 s left"
        );
        assert_eq!(line(0, 900, Some(900), 3_000), "claims: 900 of 900 are copied, 300 a second");
        assert_eq!(line(0, 5, None, 1_000), "claims: 5 are copied, 5 a second");
    }

    #[test]
    fn the_bar_is_as_full_as_the_copy() {
        let bar = |copied, of| Count { before: 0, copied, of }.bar();
        assert_eq!(bar(0, Some(8)), format!(" [{}]", " ".repeat(24)));
        assert_eq!(bar(3, Some(8)), format!(" [{}{}]", "#".repeat(9), " ".repeat(15)));
        assert_eq!(bar(9, Some(8)), format!(" [{}]", "#".repeat(24)), "more than were counted");
        assert_eq!(bar(0, Some(0)) + &bar(7, None), "");
    }
}
