use std::time::{Duration, Instant};

/// How often the progress is reported.
const INTERVAL: Duration = Duration::from_secs(2);

/// How far the copy of one table is, or of the files.
pub(super) struct Progress {
    what: &'static str,
    copied: u64,
    /// How many there are, where it is known.
    of: Option<u64>,
    /// When what was copied in this run was last reported.
    reported: Option<Instant>,
}

impl Progress {
    /// Begins with what an interrupted copy has left.
    pub(super) fn begin(what: &'static str, copied: u64, of: Option<u64>) -> Self {
        let progress = Self { what, copied, of, reported: None };
        progress.report();
        progress
    }

    /// Counts what was copied, and reports it now and then.
    pub(super) fn add(&mut self, number: usize) {
        self.copied += number as u64;
        if self.reported.is_none_or(|reported| reported.elapsed() >= INTERVAL) {
            self.reported = Some(Instant::now());
            self.report();
        }
    }

    /// Reports the end, and answers how many there are now.
    pub(super) fn end(self) -> u64 {
        self.report();
        self.copied
    }

    fn report(&self) {
        let Self { what, copied, of, reported: _ } = self;
        if let Some(of) = of {
            tracing::info!("{what}: {copied} of {of} are copied");
        } else {
            tracing::info!("{what}: {copied} are copied");
        }
    }
}
