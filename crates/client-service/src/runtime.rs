//! The threads that the program runs on.

use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::exit::ExitError;
use crate::shutdown;

/// How long threads may take to end after everything else has ended.
const THREADS_TIMEOUT: Duration = Duration::from_millis(250);

/// Starts the threads of a command that ends by itself, or at a signal.
pub(crate) fn start() -> Result<Runtime, ExitError> {
    let runtime = start_until_stopped()?;
    let entered = runtime.enter();
    shutdown::end_first_process()?;
    drop(entered);
    Ok(runtime)
}

/// Starts the threads of a command that stops in order at [`shutdown::on_signal`], which it is to call first.
pub(crate) fn start_until_stopped() -> Result<Runtime, ExitError> {
    Runtime::new().map_err(|error| ExitError::Failed(format!("the threads cannot be started: {error}")))
}

/// Runs `work` to its end and returns its output.
///
/// A thread that is blocked, such as by a file on a disk that does not answer, cannot be cancelled. It is abandoned, so
/// that it does not keep the process alive.
///
/// The runtime has a loop for one thread and one for several, and each would hold a copy of all that `work` does: it sees
/// the work by a pointer only, which keeps the program small.
pub(crate) fn run_to_end<T>(runtime: Runtime, work: impl Future<Output = T>) -> T {
    let mut work: Pin<Box<dyn Future<Output = T> + '_>> = Box::pin(work);
    let output = runtime.block_on(work.as_mut());
    runtime.shutdown_timeout(THREADS_TIMEOUT);
    output
}
