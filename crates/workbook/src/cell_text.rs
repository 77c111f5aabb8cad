use calamine::{DataRef, ExcelDateTime};

use crate::rejection::Rejection;

/// A spreadsheet keeps so many digits of a number.
const KEPT: f64 = 1e15;

/// The numbers of the days from 1900-01-01 to 9999-12-31.
const DATES: std::ops::Range<f64> = 1.0..2_958_466.0;

/// The text of a cell as a person who reads the sheet would type it: dates as `2026-11-30`, numbers without an exponent.
pub(crate) fn of(value: DataRef<'_>, row: u64) -> Result<String, Rejection> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) | DataRef::DurationIso(text) => Ok(text),
        DataRef::SharedString(text) => Ok(text.to_owned()),
        DataRef::Bool(flag) => Ok(flag.to_string()),
        DataRef::Int(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => {
            Err(Rejection::LongNumber { row })
        }
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) if number.abs() >= KEPT => Err(Rejection::LongNumber { row }),
        DataRef::Float(number) => Ok(rounded(number)),
        DataRef::DateTime(time) => date(&time).ok_or(Rejection::NoDate { row }),
        // Written by other programs than Excel; the text is ISO 8601 already.
        DataRef::DateTimeIso(text) => Ok(text.strip_suffix("T00:00:00").unwrap_or(&text).to_owned()),
        DataRef::Error(_) => Err(Rejection::ErrorValue { row }),
    }
}

/// The number with the digits that a spreadsheet keeps: 0.3 and not 0.30000000000000004.
fn rounded(number: f64) -> String {
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    // There is no negative zero in a sheet.
    if kept == 0.0 { "0".to_owned() } else { kept.to_string() }
}

fn date(time: &ExcelDateTime) -> Option<String> {
    if !time.is_datetime() || !DATES.contains(&time.as_f64()) {
        return None;
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    Some(if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    })
}
