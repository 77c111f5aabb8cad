use std::collections::BTreeSet;

use client_app::batch::{BatchForm, BatchFormat};
use client_domain::{Permission, Permissions};
use workbook::{Limits, Rejection};

use super::cell::unguarded;
use super::columns::{self, command};
use super::csv_rows::CsvRows;
use super::limits::{MAX_COLUMNS, MAX_ROW_BYTES};
use super::line_rows::LineRows;
use super::upload_fault::{at_row, file};
use crate::failure::Failure;
use crate::spec::OperationSpec;
use crate::strict_json;

/// UTF-8 begins with it, if with anything; UTF-16 in either order with the others.
const MARK: &[u8] = b"\xef\xbb\xbf";
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
/// Archives, to which workbooks belong.
const ARCHIVES: [&[u8]; 4] = [b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf"];

/// Reads the rows of a file as its bytes arrive. Each row becomes one line of JSON.
pub(super) struct Rows {
    form: BatchForm,
    reading: Reading,
    /// The first bytes, until there are enough to know what they are; `None` afterwards.
    start: Option<Vec<u8>>,
    commands: BTreeSet<&'static str>,
    /// Whether a row names no command that a batch can hold.
    has_others: bool,
    head_is_read: bool,
}

enum Reading {
    Csv(Box<CsvRows>, &'static OperationSpec),
    Lines(LineRows),
    /// A workbook, which is read when it is whole: the list of its parts is at its end.
    Workbook(Vec<u8>, &'static OperationSpec),
}

/// A workbook has at most 20 MiB, and 100,000 rows with 200 MiB of text.
const TABLE: Limits = Limits { columns: MAX_COLUMNS, row_bytes: MAX_ROW_BYTES, ..Limits::STANDARD };

/// What is known in the end.
pub(super) struct Head {
    pub(super) columns: Vec<String>,
    pub(super) needs: Permissions,
    /// The command of every row, if it is the same.
    pub(super) command: Option<String>,
}

impl Rows {
    pub(super) fn new(form: &BatchForm) -> Result<Self, Failure> {
        let spec = || {
            let name = form.command.as_deref().unwrap_or_default();
            Ok(command(name).ok_or_else(|| file("A batch cannot hold this command."))?.spec)
        };
        let reading = match form.format {
            BatchFormat::Csv => Reading::Csv(Box::new(CsvRows::new(form.delimiter)), spec()?),
            BatchFormat::NdJson => Reading::Lines(LineRows::new()),
            BatchFormat::Xlsx => Reading::Workbook(Vec::new(), spec()?),
        };
        let commands = match &reading {
            Reading::Csv(_, spec) | Reading::Workbook(_, spec) => BTreeSet::from([spec.name]),
            Reading::Lines(_) => BTreeSet::new(),
        };
        let (start, form) = (Some(Vec::new()), form.clone());
        Ok(Self { form, reading, start, commands, has_others: false, head_is_read: false })
    }

    /// Reads these bytes; the rows that end in them are added to `rows`.
    pub(super) fn push(&mut self, bytes: &[u8], rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        match self.start.take() {
            None => self.read(bytes, rows),
            Some(mut start) => {
                start.extend_from_slice(bytes);
                if start.len() < 4 {
                    self.start = Some(start);
                    return Ok(());
                }
                self.begin(&start, rows)
            }
        }
    }

    /// The file ends here.
    pub(super) fn finish(mut self, rows: &mut Vec<Vec<u8>>) -> Result<Head, Failure> {
        if let Some(start) = self.start.take() {
            self.begin(&start, rows)?;
        }
        let mut head = Vec::new();
        match &mut self.reading {
            Reading::Workbook(bytes, spec) => {
                let mut names = None;
                let keep = |record: Vec<String>| match &names {
                    None => names = Some(record),
                    Some(_) => keep_records(&[record], rows),
                };
                workbook::read(std::mem::take(bytes), &TABLE, keep).map_err(rejected)?;
                head = names.unwrap_or_default();
                for name in &mut head {
                    *name = unguarded(name).into_owned();
                }
                columns::read(&self.form, spec, &head)?;
            }
            Reading::Csv(csv, _) => {
                let mut records = Vec::new();
                csv.finish(&mut records)?;
                self.check_head()?;
                keep_records(&records, rows);
            }
            Reading::Lines(lines) => {
                let mut read = Vec::new();
                lines.finish(&mut read)?;
                self.keep_lines(read, rows);
            }
        }
        // A dry run needs it besides the permission of the command.
        let permissions = self.commands.iter().filter_map(|name| command(name)?.spec.permission);
        let needs = permissions.chain([Permission::Read]).collect();
        let columns = match self.reading {
            Reading::Csv(csv, _) => csv.into_head()?,
            Reading::Lines(_) | Reading::Workbook(..) => head,
        };
        let command = match self.commands.iter().copied().collect::<Vec<_>>()[..] {
            [one] if !self.has_others => Some(one.to_owned()),
            _ => None,
        };
        Ok(Head { columns, needs, command })
    }

    fn begin(&mut self, start: &[u8], rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        if matches!(self.reading, Reading::Workbook(..)) {
            return self.read(start, rows);
        }
        if UTF_16.iter().any(|mark| start.starts_with(mark)) {
            return Err(file("The file is UTF-16. Save it in UTF-8."));
        }
        if ARCHIVES.iter().any(|mark| start.starts_with(mark)) {
            return Err(file(
                "The file is an archive or a workbook, and announced as something else. Announce an XLSX workbook as xlsx.",
            ));
        }
        self.read(start.strip_prefix(MARK).unwrap_or(start), rows)
    }

    fn read(&mut self, bytes: &[u8], rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        match &mut self.reading {
            Reading::Workbook(file, _) => {
                if file.len() + bytes.len() > TABLE.file_bytes {
                    return Err(rejected(Rejection::TooLarge { max: TABLE.file_bytes }));
                }
                file.extend_from_slice(bytes);
            }
            Reading::Csv(csv, _) => {
                let mut records = Vec::new();
                csv.push(bytes, &mut records)?;
                // The head is refused before the rest of the file arrives.
                if csv.head().is_some() {
                    self.check_head()?;
                }
                keep_records(&records, rows);
            }
            Reading::Lines(lines) => {
                let mut read = Vec::new();
                lines.push(bytes, &mut read)?;
                self.keep_lines(read, rows);
            }
        }
        Ok(())
    }

    fn check_head(&mut self) -> Result<(), Failure> {
        if let (Reading::Csv(csv, spec), false) = (&self.reading, self.head_is_read)
            && let Some(head) = csv.head()
        {
            columns::read(&self.form, spec, head)?;
            self.head_is_read = true;
        }
        Ok(())
    }

    /// A line that is no command is a row that is refused, and not the end of the file.
    fn keep_lines(&mut self, lines: Vec<Vec<u8>>, rows: &mut Vec<Vec<u8>>) {
        for line in lines {
            let members = strict_json::object(&line).unwrap_or_default();
            let name = members.get("commandName").or_else(|| members.get("cmd"));
            let known = name.and_then(|name| name.as_str()).and_then(command);
            self.commands.extend(known.map(|operation| operation.spec.name));
            self.has_others |= known.is_none();
            rows.push(line);
        }
    }
}

fn rejected(rejection: Rejection) -> Failure {
    match rejection.row() {
        Some(row) => at_row(row, &rejection.to_string()),
        None => file(rejection.to_string()),
    }
}

fn keep_records(records: &[Vec<String>], rows: &mut Vec<Vec<u8>>) {
    rows.extend(records.iter().map(|record| serde_json::json!(record).to_string().into_bytes()));
}
