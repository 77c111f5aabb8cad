//! Exports as the use cases reach them.

use std::sync::Arc;

use super::rules::ExportRules;
use crate::clients::Clients;
use crate::error::Error;
use crate::export_office::ExportOffice;
use crate::ports::export_log::ExportLog;

impl Clients {
    /// Offers exports, whose lines this log keeps. Without it they answer that they are unavailable.
    #[must_use]
    pub fn with_exports(mut self, log: Arc<dyn ExportLog>, rules: ExportRules) -> Self {
        self.export_office = Some(ExportOffice::new(log, rules));
        self
    }

    /// The settings of exports, if the program offers them.
    pub fn export_rules(&self) -> Option<&ExportRules> {
        self.export_office.as_ref().map(|office| &office.rules)
    }

    pub(crate) fn export_office(&self) -> Result<&ExportOffice, Error> {
        let missing = || Error::Unavailable { cause: "this program has no exports".to_owned() };
        self.export_office.as_ref().ok_or_else(missing)
    }
}
