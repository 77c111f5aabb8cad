//! The context of a request.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, OnceLock};

use client_domain::value::Version;
use client_domain::{ActorId, Invalid};

use crate::caller::Caller;

/// Identifies one request in logs and history: 1 to 128 visible ASCII characters.
///
/// ```
/// use client_app::RequestId;
///
/// assert_eq!(RequestId::parse("a-1")?.as_str(), "a-1");
/// assert!(RequestId::parse("two words").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

/// The key under which a repeated command is done only once: 1 to 255 visible ASCII characters.
///
/// ```
/// use client_app::IdempotencyKey;
///
/// assert_eq!(IdempotencyKey::parse("9f1c-create")?.as_str(), "9f1c-create");
/// assert!(IdempotencyKey::parse("").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(String);

macro_rules! visible_ascii {
    ($name:ident, $max:literal) => {
        impl $name {
            /// The maximum number of characters.
            pub const MAX: usize = $max;

            /// Checks the characters and the length; nothing is trimmed.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                if raw.is_empty() {
                    Err(Invalid::TooShort { min: 1 })
                } else if raw.len() > Self::MAX {
                    Err(Invalid::TooLong { max: Self::MAX })
                } else if !raw.bytes().all(|b| b.is_ascii_graphic()) {
                    Err(Invalid::Characters { allowed: "visible ASCII characters" })
                } else {
                    Ok(Self(raw.to_owned()))
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

visible_ascii!(RequestId, 128);
visible_ascii!(IdempotencyKey, 255);

/// The context of a command.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The authenticated caller.
    pub caller: Caller,
    /// Identifies the request in logs and history.
    pub request_id: RequestId,
    /// Makes a repetition of the command safe.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The version of the client that the caller has seen; any other version is refused.
    pub expected_version: Option<Version>,
    /// Whether to check everything and return the outcome without writing.
    pub dry_run: bool,
    /// The row of a batch that it is, if it is one.
    pub batch_row: Option<BatchRow>,
}

/// A command that is a row of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchRow {
    /// Whether the batch was confirmed, so that the row is executed and not only checked.
    pub confirmed: bool,
    /// The other person who has confirmed the batch. It has touched every client that the batch changes, as the uploader has.
    pub second_person: Option<ActorId>,
}

impl RequestContext {
    /// A plain request: no idempotency key, no expected version, no dry run.
    pub const fn new(caller: Caller, request_id: RequestId) -> Self {
        Self {
            caller,
            request_id,
            idempotency_key: None,
            expected_version: None,
            dry_run: false,
            batch_row: None,
        }
    }
}

/// Where an adapter leaves the caller of a request as soon as it is known, for the line of the request in the log: also a
/// request that fails later has a caller.
///
/// ```
/// use client_app::CallerSlot;
/// use client_domain::Actor;
///
/// let (slot, actor) = (CallerSlot::default(), Actor::parse("maker-1")?);
/// slot.clone().set(&actor.id);
/// assert_eq!(slot.get(), Some(&actor.id));
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallerSlot(Arc<OnceLock<ActorId>>);

impl CallerSlot {
    /// Sets the caller; a request has one, so a second one changes nothing.
    pub fn set(&self, caller: &ActorId) {
        let _one = self.0.set(caller.clone());
    }

    /// The caller, once it is known.
    pub fn get(&self) -> Option<&ActorId> {
        self.0.get()
    }
}

/// The address that a request came from, as far as the adapter that received it can trust it: for limits of callers who are
/// not known yet, and for the log.
///
/// ```
/// use client_app::CallerAddress;
///
/// let of = |text: &str| CallerAddress(text.parse().unwrap());
/// assert_eq!(of("192.0.2.7").network(), of("192.0.2.7").0);
/// assert_eq!(of("2001:db8::7").network(), of("2001:db8::8:9").network());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallerAddress(pub IpAddr);

impl CallerAddress {
    /// The addresses that one caller has: this one, or the network of 56 bits that a subscriber of IPv6 commonly gets.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0).into()
            }
            address @ IpAddr::V4(_) => address,
        }
    }
}

impl fmt::Display for CallerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
