use jiff::civil::Date;

use crate::value::Invalid;

/// From when to when a document is good, as far as it says so itself.
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
pub struct Validity {
    issued_on: Option<Date>,
    expires_on: Option<Date>,
}

impl Validity {
    /// The first day of issue that is allowed.
    pub const EARLIEST: Date = Date::constant(1900, 1, 1);

    /// Puts the two together, if the second lies after the first.
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

    /// The last day on which it is good.
    pub const fn expires_on(self) -> Option<Date> {
        self.expires_on
    }

    /// How it stands today.
    pub fn expiry(self, today: Date, notice_days: u16) -> Expiry {
        Expiry::of(self.expires_on, today, notice_days)
    }

    /// Whether it is still good today: up to and with the day of expiry, and for ever without one.
    pub fn is_good(self, today: Date) -> bool {
        self.expires_on.is_none_or(|last| today <= last)
    }
}

impl std::fmt::Debug for Validity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Validity(***)")
    }
}

/// How a document stands on a day.
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
    /// It has no last day.
    Never,
    /// It is good for so many days more, which is long enough.
    Valid {
        /// From today until its last day.
        days: i32,
    },
    /// It is good for so many days more, which is not long.
    Expiring {
        /// From today until its last day.
        days: i32,
    },
    /// It is no longer good.
    Expired {
        /// From its last day until today.
        days: i32,
    },
}

impl Expiry {
    /// How a document with this last day stands today, when notice is given so many days before.
    pub fn of(expires_on: Option<Date>, today: Date, notice_days: u16) -> Self {
        let Some(last) = expires_on else { return Self::Never };
        // Days between two dates that a calendar has always fit.
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

    /// Whether it is no longer good.
    pub const fn is_expired(self) -> bool {
        matches!(self, Self::Expired { .. })
    }

    /// How many days are left until the last one; negative once it has passed.
    pub const fn days_left(self) -> Option<i32> {
        match self {
            Self::Never => None,
            Self::Valid { days } | Self::Expiring { days } => Some(days),
            Self::Expired { days } => Some(-days),
        }
    }
}

/// What has been told of the end of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// Nothing yet.
    #[default]
    Nothing,
    /// That it will end soon.
    Expiring,
    /// That it has ended.
    Expired,
}

impl Notice {
    /// Every one, in the order of its number.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Expiring, Self::Expired];

    /// The number as it is stored.
    pub const fn number(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Expiring => 1,
            Self::Expired => 2,
        }
    }

    /// The one with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| i64::from(notice.number()) == number)
    }
}
