//! The lines that `strace -f -ttt -y -xx` writes, as system calls.

use std::collections::HashMap;
use std::time::Duration;

use crate::RunError;

/// A system call that has returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemCall {
    /// Its name.
    pub name: String,
    /// The number of the open file that it is about, and the file's path.
    pub file: Option<(i32, String)>,
    /// The texts that it was given, in their order: bytes to write, or names of files.
    pub texts: Vec<Vec<u8>>,
    /// Whether it makes the file that it opens.
    pub creates: bool,
    /// Its other numbers, in their order.
    pub numbers: Vec<u64>,
    /// What it returned; negative after an error.
    pub result: i64,
    /// Whether strace has answered it instead of the system.
    pub injected: bool,
    /// The line on which it began, and the one on which it returned.
    pub lines: (u64, u64),
    /// When it returned, since 1970.
    pub at: Duration,
}

impl SystemCall {
    /// The bytes that it writes.
    pub fn bytes(&self) -> &[u8] {
        self.texts.first().map_or(&[], Vec::as_slice)
    }

    /// The names of files that it was given.
    pub fn names(&self) -> Vec<String> {
        self.texts.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }
}

/// Reads the lines of one trace, in their order.
#[derive(Debug, Default)]
pub struct TraceReader {
    line: u64,
    /// What each thread has begun: its line, and its text so far.
    begun: HashMap<u32, (u64, String)>,
}

impl TraceReader {
    /// The call that returned on the next line, if one did.
    pub fn read(&mut self, line: &str) -> Result<Option<SystemCall>, RunError> {
        let number = self.line;
        self.line += 1;
        let strange = || RunError::new(format!("line {number} of the trace is not what strace writes"));
        let (thread, rest) = line.trim_start().split_once(' ').ok_or_else(strange)?;
        let thread = thread.parse().map_err(|_| strange())?;
        let (moment, text) = rest.trim_start().split_once(' ').ok_or_else(strange)?;
        let at = moment_of(moment).ok_or_else(strange)?;
        // An exit or a signal.
        if text.starts_with("+++") || text.starts_with("---") {
            return Ok(None);
        }
        if let Some(first_part) = text.strip_suffix(" <unfinished ...>") {
            self.begun.insert(thread, (number, first_part.to_owned()));
            return Ok(None);
        }
        let (begun, whole) = match text.strip_prefix("<... ") {
            Some(rest) => {
                let (_, end) = rest.split_once(" resumed>").ok_or_else(strange)?;
                // Without its beginning it began before strace was attached.
                let Some((begun, first_part)) = self.begun.remove(&thread) else { return Ok(None) };
                (begun, first_part + end)
            }
            None => (number, text.to_owned()),
        };
        call(&whole, (begun, number), at).map(Some).ok_or_else(strange)
    }
}

/// `name(argument, …) = result`.
fn call(text: &str, lines: (u64, u64), at: Duration) -> Option<SystemCall> {
    let (name, rest) = text.split_once('(')?;
    // The last one: a text has no plain characters.
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let injected = result.ends_with("(INJECTED)");
    // A call that was interrupted returns a question mark, and is begun again. An opened file has its path behind it.
    let result = result.split([' ', '<']).next()?.parse().unwrap_or(-1);
    let mut call = SystemCall {
        name: name.to_owned(),
        file: None,
        texts: Vec::new(),
        creates: false,
        numbers: Vec::new(),
        result,
        injected,
        lines,
        at,
    };
    for argument in arguments.split(", ") {
        if let Some(text) = argument.strip_prefix('"') {
            call.texts.push(bytes(text.strip_suffix('"')?)?);
        } else if let Some((file, path)) = argument.split_once('<') {
            // A socket is no file, and the folder that names are relative to has no number.
            if let Ok(file) = file.parse() {
                let path = path.strip_suffix("(deleted)").unwrap_or(path).strip_suffix('>')?;
                call.file = Some((file, String::from_utf8(bytes(path)?).ok()?));
            }
        } else if let Ok(number) = argument.parse() {
            call.numbers.push(number);
        } else {
            call.creates |= argument.split('|').any(|flag| flag == "O_CREAT");
        }
    }
    Some(call)
}

/// `\x2f\x74`: every byte is written like this.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(4)
        .map(|four| match four {
            [b'\\', b'x', high, low] => Some(digit(*high)? * 16 + digit(*low)?),
            _ => None,
        })
        .collect()
}

/// `1795938139.400933`.
fn moment_of(text: &str) -> Option<Duration> {
    let (seconds, micros) = text.split_once('.')?;
    Some(Duration::from_secs(seconds.parse().ok()?) + Duration::from_micros(micros.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "1795938139.400933";

    fn read(lines: &[&str]) -> Vec<SystemCall> {
        let mut reader = TraceReader::default();
        lines.iter().filter_map(|line| reader.read(line).unwrap()).collect()
    }

    #[test]
    fn a_write_has_its_file_its_bytes_and_what_was_written() {
        let calls = read(&[&format!(r#"12 {AT} pwrite64(4<\x2f\x61>, "\x61\x22\x0a\x00", 4, 4096) = 3"#)]);
        let expected = SystemCall {
            name: "pwrite64".to_owned(),
            file: Some((4, "/a".to_owned())),
            texts: vec![b"a\"\n\0".to_vec()],
            creates: false,
            numbers: vec![4, 4096],
            result: 3,
            injected: false,
            lines: (0, 0),
            at: Duration::new(1_795_938_139, 400_933_000),
        };
        assert_eq!(calls, [expected]);
    }

    #[test]
    fn a_call_that_others_interrupt_returns_where_it_is_resumed() {
        let calls = read(&[
            &format!(r"12 {AT} fdatasync(5<\x2f\x62> <unfinished ...>"),
            &format!(r"13 {AT} lseek(4<\x2f\x61>, 10, SEEK_SET) = 10"),
            &format!("12 {AT} <... fdatasync resumed>)          = 0"),
        ]);
        let short: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.result, call.lines)).collect();
        assert_eq!(short, [("lseek", 10, (1, 1)), ("fdatasync", 0, (0, 2))]);
        assert_eq!(calls.first().unwrap().numbers, [10]);
        assert_eq!(calls.last().unwrap().file, Some((5, "/b".to_owned())));
    }

    #[test]
    fn names_of_files_are_texts() {
        let calls = read(&[
            &format!(
                r#"12 {AT} openat(AT_FDCWD<\x2f>, "\x2f\x61", O_WRONLY|O_CREAT|O_EXCL, 0600) = 5<\x2f\x61>"#
            ),
            &format!(
                r#"12 {AT} openat(AT_FDCWD<\x2f>, "\x2f\x61", O_RDONLY) = -1 ENOENT (No such file or directory)"#
            ),
            &format!(r#"12 {AT} link("\x2f\x61", "\x2f\x62") = 0"#),
            &format!(r#"12 {AT} write(5<\x2f\x61>(deleted), "\x61", 1) = 1"#),
        ]);
        let short: Vec<_> = calls.iter().map(|call| (call.creates, call.result, call.names())).collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            short,
            [
                (true, 5, names(&["/a"])),
                (false, -1, names(&["/a"])),
                (false, 0, names(&["/a", "/b"])),
                (false, 1, names(&["a"])),
            ]
        );
        assert_eq!(calls.last().unwrap().file, Some((5, "/a".to_owned())));
    }

    #[test]
    fn an_answer_of_strace_and_an_error_are_told_apart() {
        let calls = read(&[
            &format!(r"12 {AT} fdatasync(4<\x2f\x61>) = 0 (INJECTED)"),
            &format!(r"12 {AT} fdatasync(4<\x2f\x61>) = -1 EIO (Input/output error)"),
            &format!(r"12 {AT} fdatasync(4<\x2f\x61>) = ? ERESTARTSYS (To be restarted)"),
        ]);
        let short: Vec<_> = calls.iter().map(|call| (call.result, call.injected)).collect();
        assert_eq!(short, [(0, true), (-1, false), (-1, false)]);
    }

    #[test]
    fn exits_signals_and_ends_of_unseen_beginnings_are_no_calls() {
        let lines = [
            format!("12 {AT} +++ exited with 0 +++"),
            format!("12 {AT} --- SIGSTOP {{si_signo=SIGSTOP, si_code=SI_USER}} ---"),
            format!("12 {AT} <... write resumed>) = 3"),
        ];
        assert_eq!(read(&lines.each_ref().map(String::as_str)), []);
    }

    #[test]
    fn other_text_is_refused() {
        let cut = format!(r#"12 {AT} write(4<\x2f\x61>, "\x61"..., 9) = 9"#);
        for line in ["strace: Process 12 attached", cut.as_str(), "12 write(4"] {
            assert!(TraceReader::default().read(line).is_err(), "{line}");
        }
    }
}
