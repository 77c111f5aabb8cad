//! The header `traceparent` (W3C Trace Context).

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};

/// The name of the header.
pub const HEADER: &str = "traceparent";

/// A span of another system, and whether its trace is recorded there.
///
/// ```
/// use trace_context::TraceParent;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let parent = TraceParent::parse(text).unwrap();
/// assert!(parent.is_sampled);
/// assert_eq!(parent.to_string(), text);
/// assert_eq!(TraceParent::parse("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace_id: NonZeroU128,
    /// The span in it.
    pub span_id: NonZeroU64,
    /// Whether the trace is recorded.
    pub is_sampled: bool,
}

impl TraceParent {
    /// Reads the header. A version that is not known yet may have more members, which are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let mut members = text.split('-');
        let version = members.next().filter(|version| *version != "ff" && is_hex(version, 2))?;
        let trace_id = members.next().filter(|id| is_hex(id, 32))?;
        let span_id = members.next().filter(|id| is_hex(id, 16))?;
        let flags = members.next().filter(|flags| is_hex(flags, 2))?;
        if version == "00" && members.next().is_some() {
            return None;
        }
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self {
            trace_id: NonZeroU128::new(u128::from_str_radix(trace_id, 16).ok()?)?,
            span_id: NonZeroU64::new(u64::from_str_radix(span_id, 16).ok()?)?,
            is_sampled: flags & 1 == 1,
        })
    }
}

/// Whether this is a number of so many lower-case hexadecimal digits.
fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace_id, span_id, is_sampled } = self;
        write!(f, "00-{trace_id:032x}-{span_id:016x}-{:02x}", u8::from(*is_sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::TraceParent;

    #[test]
    fn only_what_the_recommendation_allows_is_read() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for (text, sampled) in [
            (good.to_owned(), Some(true)),
            (good.replace("-01", "-00"), Some(false)),
            (good.replace("-01", "-03"), Some(true)),
            (good.replace("00-4b", "01-4b"), Some(true)),
            (good.replace("00-4b", "cc-4b") + "-more", Some(true)),
            (good.to_owned() + "-more", None),
            (good.replace("00-4b", "ff-4b"), None),
            (good.replace("4bf", "4BF"), None),
            (good.replace("4bf", "bf"), None),
            (good.replace("00f067aa0ba902b7", "0000000000000000"), None),
            (good.replace("-01", "-1"), None),
            (good.replace("-01", "-+1"), None),
            (good.replace("-01", ""), None),
            (good.replace('-', "_"), None),
            ("é".repeat(30), None),
            (String::new(), None),
        ] {
            let parent = TraceParent::parse(&text);
            assert_eq!(parent.map(|parent| parent.is_sampled), sampled, "{text}");
        }
    }
}
