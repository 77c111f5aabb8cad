//! The log of a server: lines wait a moment and are written together.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits at most. A system call for each line is a tenth of the processor time of a get.
const DELAY: Duration = Duration::from_millis(10);
/// How many bytes wait at most. The line that exceeds it is written by its own thread: no line is dropped.
const CAPACITY: usize = 256 * 1024;

/// Collects lines and writes them together, in the order in which they were logged.
///
/// A warning or an error is written at once, and everything that waits before it. A process that is killed loses the lines
/// below that level of the last 10 milliseconds.
pub(super) struct LineBuffer<W>(Arc<Shared<W>>);

struct Shared<W> {
    /// Locked before `waiting`, so that lines are written in their order.
    output: Mutex<Output<W>>,
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

struct Output<W> {
    writer: W,
    /// The lines that are written now; its memory is used again.
    lines: Vec<u8>,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    /// Whether each line is written at once, because the process ends.
    closed: bool,
}

impl<W: Write + Send + 'static> LineBuffer<W> {
    /// Collects lines for this writer. Where no thread can be started, each line is written at once.
    pub(super) fn new(writer: W) -> Self {
        let shared = Arc::new(Shared {
            output: Mutex::new(Output { writer, lines: Vec::new() }),
            waiting: Mutex::default(),
            filled: Condvar::new(),
        });
        let of_thread = shared.clone();
        let started =
            thread::Builder::new().name("log".to_owned()).spawn(move || of_thread.write_until_closed());
        locked(&shared.waiting).closed = started.is_err();
        Self(shared)
    }

    /// Writes what waits, and from now on each line at once.
    pub(super) fn close(&self) {
        locked(&self.0.waiting).closed = true;
        self.0.filled.notify_all();
        self.0.write_waiting();
    }
}

impl<W: Write> Shared<W> {
    fn add(&self, line: &[u8], at_once: bool) {
        let mut waiting = locked(&self.waiting);
        let is_first = waiting.lines.is_empty();
        waiting.lines.extend_from_slice(line);
        let due = at_once || waiting.closed || waiting.lines.len() >= CAPACITY;
        drop(waiting);
        if due {
            self.write_waiting();
        } else if is_first {
            self.filled.notify_one();
        }
    }

    /// Like standard error itself, a log that cannot be written fails no request.
    fn write_waiting(&self) {
        let mut output = locked(&self.output);
        let Output { writer, lines } = &mut *output;
        mem::swap(lines, &mut locked(&self.waiting).lines);
        let _ = writer.write_all(lines);
        lines.clear();
    }

    fn write_until_closed(&self) {
        loop {
            let idle = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.closed;
            let waiting = self.filled.wait_while(locked(&self.waiting), idle);
            if waiting.unwrap_or_else(PoisonError::into_inner).closed {
                return;
            }
            thread::sleep(DELAY);
            self.write_waiting();
        }
    }
}

/// A panic of another thread leaves whole lines behind.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<W> Clone for LineBuffer<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, W: Write + Send + 'static> MakeWriter<'a> for LineBuffer<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { buffer: &self.0, at_once: true }
    }

    fn make_writer_for(&'a self, line: &Metadata<'_>) -> Self::Writer {
        Line { buffer: &self.0, at_once: *line.level() <= Level::WARN }
    }
}

/// One line of the log.
pub(super) struct Line<'a, W> {
    buffer: &'a Shared<W>,
    at_once: bool,
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.buffer.add(line, self.at_once);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Sends each call of the buffer.
    struct Calls(Sender<String>);

    impl Write for Calls {
        fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
            self.0.send(String::from_utf8(lines.to_vec()).unwrap()).unwrap();
            Ok(lines.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn buffer() -> (LineBuffer<Calls>, Receiver<String>) {
        let (sender, written) = channel();
        (LineBuffer::new(Calls(sender)), written)
    }

    #[test]
    fn lines_that_wait_are_written_together_and_soon() {
        let (buffer, written) = buffer();
        // Held by this test, so that the thread cannot write between the two.
        let output = locked(&buffer.0.output);
        buffer.0.add(b"one\n", false);
        buffer.0.add(b"two\n", false);
        drop(output);
        assert_eq!(written.recv_timeout(Duration::from_secs(10)).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn warning_is_written_at_once_and_after_what_was_logged_before_it() {
        let (buffer, written) = buffer();
        let subscriber = tracing_subscriber::fmt().with_writer(buffer.clone()).without_time().finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("first");
            tracing::warn!("second");
        });
        // No waiting: the warning was written when its call returned.
        let lines: String = written.try_iter().collect();
        let (first, second) = (lines.find("first").unwrap(), lines.find("second").unwrap());
        assert!(first < second, "{lines}");
    }

    #[test]
    fn closed_buffer_writes_what_waits_and_then_each_line_at_once() {
        let (buffer, written) = buffer();
        buffer.0.add(b"before\n", false);
        buffer.close();
        buffer.0.add(b"after\n", false);
        assert_eq!(written.try_iter().collect::<String>(), "before\nafter\n");
    }

    #[test]
    fn full_buffer_is_written_by_the_thread_that_fills_it() {
        let (buffer, written) = buffer();
        buffer.0.add(&vec![b'a'; CAPACITY], false);
        // No waiting: it was written when the call returned.
        assert_eq!(written.try_iter().map(|lines| lines.len()).sum::<usize>(), CAPACITY);
    }
}
