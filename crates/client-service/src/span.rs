//! Lengths of time on the command line.

use std::time::Duration;

use crate::settings::SettingsError;

/// A number and a unit, such as `90m`; never nothing.
pub(crate) fn span(flag: &str, text: &str) -> Result<Duration, SettingsError> {
    let span = span_or_zero(flag, text)?;
    if span.is_zero() {
        return Err(SettingsError(format!("{flag} must be a number and s, m, h or d, such as 90m")));
    }
    Ok(span)
}

/// A number and a unit, such as `90m` or `0s`.
pub(crate) fn span_or_zero(flag: &str, text: &str) -> Result<Duration, SettingsError> {
    let wrong = || SettingsError(format!("{flag} must be a number and s, m, h or d, such as 90m"));
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds_each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(wrong)?;
    Ok(Duration::from_secs(u64::from(number) * seconds_each))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(span("--x", "90m").unwrap(), Duration::from_mins(90));
        for wrong in ["", "h", "0h", "1", "1.5h", "-1h", "1w", "٣h", "99999999999d"] {
            assert!(span("--x", wrong).is_err(), "{wrong}");
        }
        assert_eq!(span_or_zero("--x", "0s").unwrap(), Duration::ZERO);
    }
}
