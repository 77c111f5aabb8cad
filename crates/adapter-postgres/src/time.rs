//! Moments and days of jiff as `timestamptz` and `date`.
//!
//! In the binary format a moment is its microseconds and a day its days since 1 January 2000. jiff's own bridge to sqlx is
//! bound to an older jiff than the one that the ports use.

use jiff::SignedDuration;
use sqlx::decode::Decode;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::types::Type;

/// 1 January 2000, midnight UTC, in microseconds since 1970.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;
const EPOCH_DAY: jiff::civil::Date = jiff::civil::date(2000, 1, 1);
const HOURS_PER_DAY: i64 = 24;
/// In a second.
const MICROSECONDS: i64 = 1_000_000;
/// In a microsecond.
const NANOSECONDS: i32 = 1_000;

/// A moment as PostgreSQL stores it, in whole microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp(jiff::Timestamp);

/// A day as PostgreSQL stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(jiff::civil::Date);

/// What can be bound as a parameter.
pub(crate) trait ToSql {
    type Sql;

    fn to_sql(&self) -> Self::Sql;
}

impl ToSql for jiff::Timestamp {
    type Sql = Timestamp;

    fn to_sql(&self) -> Timestamp {
        Timestamp(*self)
    }
}

impl ToSql for jiff::civil::Date {
    type Sql = Date;

    fn to_sql(&self) -> Date {
        Date(*self)
    }
}

impl Timestamp {
    pub(crate) const fn to_jiff(self) -> jiff::Timestamp {
        self.0
    }
}

impl Date {
    pub(crate) const fn to_jiff(self) -> jiff::civil::Date {
        self.0
    }
}

// The object ids are those of every PostgreSQL server (pg_type.dat).
impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1184))
    }
}

impl PgHasArrayType for Timestamp {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1185))
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.as_microsecond() - EPOCH_MICROSECONDS, buffer)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                let microseconds = <i64 as Decode<'_, Postgres>>::decode(value)?;
                let since_1970 = microseconds.checked_add(EPOCH_MICROSECONDS).ok_or("out of range")?;
                let (seconds, rest) =
                    (since_1970.div_euclid(MICROSECONDS), since_1970.rem_euclid(MICROSECONDS));
                // `from_microsecond` refuses the last second that jiff has.
                Ok(Self(jiff::Timestamp::new(seconds, i32::try_from(rest)? * NANOSECONDS)?))
            }
            PgValueFormat::Text => Ok(Self(value.as_str()?.parse()?)),
        }
    }
}

impl Type<Postgres> for Date {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1082))
    }
}

impl PgHasArrayType for Date {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1182))
    }
}

impl Encode<'_, Postgres> for Date {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let days = self.0.duration_since(EPOCH_DAY).as_hours() / HOURS_PER_DAY;
        Encode::<Postgres>::encode(i32::try_from(days)?, buffer)
    }
}

impl Decode<'_, Postgres> for Date {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                let days = <i32 as Decode<'_, Postgres>>::decode(value)?;
                let since = SignedDuration::from_hours(i64::from(days) * HOURS_PER_DAY);
                Ok(Self(EPOCH_DAY.checked_add(since)?))
            }
            PgValueFormat::Text => Ok(Self(value.as_str()?.parse()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn encoded(value: &impl for<'q> Encode<'q, Postgres>) -> Vec<u8> {
        let mut buffer = PgArgumentBuffer::default();
        let null = value.encode_by_ref(&mut buffer).unwrap();
        assert!(matches!(null, IsNull::No));
        buffer.to_vec()
    }

    /// PostgreSQL's own examples: the epoch is zero, and a day before it is negative.
    #[test]
    fn moments_and_days_are_counted_from_the_year_2000() {
        let moment = |text: &str| text.parse::<jiff::Timestamp>().unwrap().to_sql();
        assert_eq!(encoded(&moment("2000-01-01T00:00:00Z")), 0_i64.to_be_bytes());
        assert_eq!(encoded(&moment("1999-12-31T23:59:59.999999Z")), (-1_i64).to_be_bytes());
        assert_eq!(encoded(&moment("2026-01-05T09:00:00.000001Z")), 820_918_800_000_001_i64.to_be_bytes());
        assert_eq!(encoded(&date(2000, 1, 1).to_sql()), 0_i32.to_be_bytes());
        assert_eq!(encoded(&date(1999, 12, 31).to_sql()), (-1_i32).to_be_bytes());
        assert_eq!(encoded(&date(1900, 1, 1).to_sql()), (-36_524_i32).to_be_bytes());
        assert_eq!(encoded(&date(2026, 3, 1).to_sql()), 9_556_i32.to_be_bytes());
    }
}
