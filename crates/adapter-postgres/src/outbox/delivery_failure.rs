//! Why a delivery failed, as two columns.

use client_app::ports::DeliveryFailure;

/// The cause as it is stored.
pub(crate) const fn cause(why: DeliveryFailure) -> &'static str {
    match why {
        DeliveryFailure::Refused { .. } => "refused",
        DeliveryFailure::TimedOut => "timedOut",
        DeliveryFailure::Unreachable => "unreachable",
    }
}

/// The status of a refusal.
pub(crate) const fn status(why: DeliveryFailure) -> Option<i16> {
    match why {
        DeliveryFailure::Refused { status } => Some(status.cast_signed()),
        DeliveryFailure::TimedOut | DeliveryFailure::Unreachable => None,
    }
}

/// What was stored as a failure again.
pub(crate) fn failure(cause: &str, status: Option<i16>) -> Option<DeliveryFailure> {
    match (cause, status) {
        ("refused", Some(status)) => Some(DeliveryFailure::Refused { status: status.cast_unsigned() }),
        ("timedOut", None) => Some(DeliveryFailure::TimedOut),
        ("unreachable", None) => Some(DeliveryFailure::Unreachable),
        _ => None,
    }
}
