//! The settings of a command, which can be read once more.

use std::sync::Arc;

use super::effective::EffectiveSettings;
use super::error::SettingsError;

/// Reads the settings of this process as they are now.
pub(crate) type ReadAgain<A> = Arc<dyn Fn() -> Result<(A, EffectiveSettings), SettingsError> + Send + Sync>;

/// The settings that a command was started with.
pub(crate) struct Reading<A> {
    pub(crate) arguments: A,
    pub(crate) effective: EffectiveSettings,
    pub(crate) again: ReadAgain<A>,
}
