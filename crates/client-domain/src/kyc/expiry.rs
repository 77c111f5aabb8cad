use jiff::civil::Date;

use crate::value::Invalid;

/// The days of issue and expiry that a document states.
///
/// ```
/// use client_domain::kyc::Validity;
/// use jiff::civil::date;
///
/// let issued = Some(date(2020, 1, 2));
/// assert!(Validity::new(issued, Some(date(2030, 1, 2))).is_some());
/// assert!(Validity::new(issued, Some(date(2020, 1, 2))).is_none(), "it ends after it has begun");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "ValidityDates", into = "ValidityDates"))]
pub struct Validity {
    issued_on: Option<Date>,
    expires_on: Option<Date>,
}

impl Validity {
    /// The first day of issue that is allowed.
    pub const EARLIEST: Date = Date::constant(1900, 1, 1);

    /// Combines both days, if the day of expiry is after the day of issue.
    pub fn new(issued_on: Option<Date>, expires_on: Option<Date>) -> Option<Self> {
        let in_order = issued_on.zip(expires_on).is_none_or(|(issued, expires)| issued < expires);
        in_order.then_some(Self { issued_on, expires_on })
    }

    /// Reads a day of issue, which is not in the future and not before 1900-01-01.
    pub fn parse_issue(raw: &str, today: Date) -> Result<Date, Invalid> {
        Self::check_issue(crate::value::parse_date(raw)?, today)
    }

    /// Checks the limits of a day of issue.
    pub fn check_issue(date: Date, today: Date) -> Result<Date, Invalid> {
        if date < Self::EARLIEST {
            Err(Invalid::TooEarly { earliest: Self::EARLIEST })
        } else if date > today {
            Err(Invalid::InFuture)
        } else {
            Ok(date)
        }
    }

    /// The day of issue.
    pub const fn issued_on(self) -> Option<Date> {
        self.issued_on
    }

    /// The last day on which it is valid.
    pub const fn expires_on(self) -> Option<Date> {
        self.expires_on
    }

    /// The expiry on this day.
    pub fn expiry(self, today: Date, notice_days: u16) -> Expiry {
        Expiry::of(self.expires_on, today, notice_days)
    }

    /// Whether it is still valid on this day: up to and including the day of expiry, and always without one.
    pub fn is_good(self, today: Date) -> bool {
        self.expires_on.is_none_or(|last| today <= last)
    }
}

impl std::fmt::Debug for Validity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Validity(***)")
    }
}

/// The expiry of a document, as of one day.
///
/// ```
/// use client_domain::kyc::Expiry;
/// use jiff::civil::date;
///
/// let last = Some(date(2026, 3, 31));
/// assert_eq!(Expiry::of(last, date(2026, 1, 1), 30), Expiry::Valid { days: 89 });
/// assert_eq!(Expiry::of(last, date(2026, 3, 1), 30), Expiry::Expiring { days: 30 });
/// assert_eq!(Expiry::of(last, date(2026, 3, 31), 30), Expiry::Expiring { days: 0 });
/// assert_eq!(Expiry::of(last, date(2026, 4, 1), 30), Expiry::Expired { days: 1 });
/// assert_eq!(Expiry::of(None, date(2026, 4, 1), 30), Expiry::Never);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// It has no day of expiry.
    Never,
    /// It is valid for more than the notice period.
    Valid {
        /// Days until the day of expiry.
        days: i32,
    },
    /// It expires within the notice period.
    Expiring {
        /// Days until the day of expiry.
        days: i32,
    },
    /// It has expired.
    Expired {
        /// Days since the day of expiry.
        days: i32,
    },
}

impl Expiry {
    /// The expiry of a document with this last day, with notice this many days before.
    pub fn of(expires_on: Option<Date>, today: Date, notice_days: u16) -> Self {
        let Some(last) = expires_on else { return Self::Never };
        // The days between two calendar dates always fit.
        let days = last.duration_since(today).as_hours() / 24;
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        if days < 0 {
            Self::Expired { days: -days }
        } else if days <= i32::from(notice_days) {
            Self::Expiring { days }
        } else {
            Self::Valid { days }
        }
    }

    /// Whether it has expired.
    pub const fn is_expired(self) -> bool {
        matches!(self, Self::Expired { .. })
    }

    /// The days until the day of expiry; negative after it.
    pub const fn days_left(self) -> Option<i32> {
        match self {
            Self::Never => None,
            Self::Valid { days } | Self::Expiring { days } => Some(days),
            Self::Expired { days } => Some(-days),
        }
    }
}

/// The latest notice of expiry that was recorded for a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Notice {
    /// No notice yet.
    #[default]
    Nothing,
    /// It expires soon.
    Expiring,
    /// It has expired.
    Expired,
}

impl Notice {
    /// Every notice, in the order of its number.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Expiring, Self::Expired];

    /// The notice for this expiry.
    pub const fn of(expiry: Expiry) -> Self {
        match expiry {
            Expiry::Never | Expiry::Valid { .. } => Self::Nothing,
            Expiry::Expiring { .. } => Self::Expiring,
            Expiry::Expired { .. } => Self::Expired,
        }
    }

    /// The number as it is stored.
    pub const fn number(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Expiring => 1,
            Self::Expired => 2,
        }
    }

    /// The notice with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| i64::from(notice.number()) == number)
    }
}

/// The dates of a validity, as serde has them.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ValidityDates {
    #[serde(deserialize_with = "stored_date")]
    issued_on: Option<Date>,
    #[serde(deserialize_with = "stored_date")]
    expires_on: Option<Date>,
}

/// Reads a date; an error does not repeat it, as dates of a document are personal.
#[cfg(feature = "serde")]
fn stored_date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = crate::conversions::stored::optional_text(deserializer)?;
    text.map(|text| crate::value::parse_date(&text)).transpose().map_err(serde::de::Error::custom)
}

#[cfg(feature = "serde")]
impl From<Validity> for ValidityDates {
    fn from(Validity { issued_on, expires_on }: Validity) -> Self {
        Self { issued_on, expires_on }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<ValidityDates> for Validity {
    type Error = &'static str;

    fn try_from(dates: ValidityDates) -> Result<Self, Self::Error> {
        Self::new(dates.issued_on, dates.expires_on).ok_or("the document must be issued before it expires")
    }
}
