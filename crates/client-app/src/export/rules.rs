use std::time::Duration;

/// The bank's settings of exports.
///
/// ```
/// use client_app::export::ExportRules;
///
/// assert_eq!(ExportRules::default().max_at_once, 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportRules {
    /// How many exports one instance runs at a time. Each holds a connection of its own and a point in time.
    pub max_at_once: usize,
    /// How long an export may take.
    pub time_limit: Duration,
}

impl Default for ExportRules {
    fn default() -> Self {
        Self { max_at_once: 2, time_limit: Duration::from_mins(30) }
    }
}
