use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use client_domain::Invalid;

use crate::ports::store::ClientStore;

/// A position in the log of the storage. Everything that was committed before it was taken is at or before it.
///
/// After a failover the log goes on as another timeline, with a greater number. What was written to the former one after
/// that is in no log with the new timeline, so only positions of one timeline say which has more.
///
/// ```
/// use client_app::ports::LogPosition;
///
/// let position = LogPosition::new(1, 0x3000148);
/// assert_eq!(position.to_string(), "000000010000000003000148");
/// assert_eq!(LogPosition::parse("000000010000000003000148")?, position);
/// assert!(LogPosition::new(2, 0x3000000).includes(LogPosition::new(2, 0x2000000)));
/// assert!(!LogPosition::new(2, 0x3000000).includes(LogPosition::new(1, 0x2000000)));
/// assert!(LogPosition::parse("3000148").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPosition {
    timeline: u32,
    number: u64,
}

impl LogPosition {
    /// The position with this number on this timeline.
    pub const fn new(timeline: u32, number: u64) -> Self {
        Self { timeline, number }
    }

    /// Whether a log that ends here has everything up to the other position, as far as that can be told: a position of
    /// another timeline is not known to be in it.
    pub const fn includes(self, other: Self) -> bool {
        self.is_comparable(other) && self.number >= other.number
    }

    /// Whether both are of one timeline.
    pub const fn is_comparable(self, other: Self) -> bool {
        self.timeline == other.timeline
    }

    /// Reads the text of a position: 24 lower-case hexadecimal characters, the timeline first.
    ///
    /// # Errors
    ///
    /// [`Invalid::Characters`] for every other text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_canonical =
            text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let parts = text.split_at_checked(8).filter(|_| is_canonical);
        let position = parts.and_then(|(timeline, number)| {
            let timeline = u32::from_str_radix(timeline, 16).ok()?;
            Some(Self::new(timeline, u64::from_str_radix(number, 16).ok()?))
        });
        position.ok_or(Invalid::Characters { allowed: "24 lower-case hexadecimal characters" })
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:016x}", self.timeline, self.number)
    }
}

/// A replica that was chosen for a read.
#[derive(Clone)]
pub struct Replica {
    /// Its clients. Nothing can be committed there.
    pub store: Arc<dyn ClientStore>,
    /// How far it can be behind: what was committed longer ago is there.
    pub age: Duration,
    /// The run of its server that was chosen, for [`Replicas::is_same_run`].
    pub run: ReplicaRun,
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica").field("age", &self.age).field("run", &self.run).finish_non_exhaustive()
    }
}

/// A run of the server of a replica, from its start to its end. Within one run a replica never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaRun {
    /// Which of the replicas.
    pub replica: usize,
    /// What tells this run from others of the same replica, such as the moment of its start.
    pub started: i64,
}

/// Copies of the storage that answer reads and may be behind it.
///
/// The storage itself decides about every command. Which queries a replica may answer, and what a caller has seen, is
/// decided by the application: see [`Query::MAY_LAG`](crate::queries::Query::MAY_LAG) and [`Seen`](crate::Seen).
#[async_trait]
pub trait Replicas: Send + Sync {
    /// A replica that answers, is not too far behind, and has everything up to `after`; `None` if there is none.
    async fn choose(&self, after: Option<LogPosition>) -> Option<Replica>;

    /// Whether the replica is still in the run in which it was chosen. Then every read in between had what the replica had
    /// when it was chosen; a server that starts again may have less for a moment.
    async fn is_same_run(&self, run: ReplicaRun) -> bool;

    /// Ends once the replica is not in this run any more, as far as it was noticed: it does not answer, or has started again.
    /// A read that waits for it is asked of the storage then.
    async fn lost(&self, run: ReplicaRun);

    /// The position of the storage after everything that was committed before the call. `None` if the storage does
    /// not say.
    async fn position(&self) -> Option<LogPosition>;
}
