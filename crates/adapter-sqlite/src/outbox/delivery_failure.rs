//! Why a delivery failed, as two columns.

use client_app::ports::DeliveryFailure;

/// The cause as it is stored.
pub(super) const fn cause(why: DeliveryFailure) -> &'static str {
    match why {
        DeliveryFailure::Refused { .. } => "refused",
        DeliveryFailure::TimedOut => "timedOut",
        DeliveryFailure::Unreachable => "unreachable",
    }
}

/// The status of a refusal.
pub(super) fn status(why: DeliveryFailure) -> Option<i64> {
    match why {
        DeliveryFailure::Refused { status } => Some(status.into()),
        DeliveryFailure::TimedOut | DeliveryFailure::Unreachable => None,
    }
}

/// What was stored as a failure again.
pub(crate) fn failure(cause: &str, status: Option<u16>) -> Option<DeliveryFailure> {
    match (cause, status) {
        ("refused", Some(status)) => Some(DeliveryFailure::Refused { status }),
        ("timedOut", None) => Some(DeliveryFailure::TimedOut),
        ("unreachable", None) => Some(DeliveryFailure::Unreachable),
        _ => None,
    }
}
