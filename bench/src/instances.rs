//! A second instance of the service on the same database.

use std::path::Path;

use clients_campaigns::{Binary, RunError, Service, Storage};

use crate::test_bed::{SERVICE_ARGUMENTS, TestBed};

impl TestBed {
    /// Starts a second instance of the service.
    pub(crate) async fn start_second(&mut self, binary: &Binary, out: &Path) -> Result<(), RunError> {
        let (url, log) = (self.cluster.url(), out.join("service-second.log"));
        self.second = Some(Service::start(binary, Storage::Url(&url), &SERVICE_ARGUMENTS, &log).await?);
        Ok(())
    }

    /// Both instances.
    pub(crate) fn instances(&self) -> Result<[&Service; 2], RunError> {
        let second = self.second.as_ref().ok_or_else(|| RunError::new("there is no second instance"))?;
        Ok([&self.service, second])
    }
}
