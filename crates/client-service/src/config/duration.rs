//! Durations on the command line.

use std::time::Duration;

use super::error::SettingsError;

/// A number and a unit, such as `90m`; zero is refused.
pub(crate) fn duration(flag: &str, text: &str) -> Result<Duration, SettingsError> {
    let duration = duration_or_zero(flag, text)?;
    if duration.is_zero() {
        return Err(SettingsError(format!("{flag} must be a number and s, m, h or d, such as 90m")));
    }
    Ok(duration)
}

/// A number and a unit, such as `90m` or `0s`.
pub(crate) fn duration_or_zero(flag: &str, text: &str) -> Result<Duration, SettingsError> {
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
    fn duration_is_a_number_and_a_unit() {
        assert_eq!(duration("--x", "90m").unwrap(), Duration::from_mins(90));
        for wrong in ["", "h", "0h", "1", "1.5h", "-1h", "1w", "٣h", "99999999999d"] {
            assert!(duration("--x", wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration_or_zero("--x", "0s").unwrap(), Duration::ZERO);
    }
}
