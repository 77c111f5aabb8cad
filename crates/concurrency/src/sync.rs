//! The synchronization primitives of this crate. `tests/schedules/src/sync.rs` has the same names.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
pub(crate) use tokio::time::timeout;
