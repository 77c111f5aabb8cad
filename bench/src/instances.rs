//! What is started beside the first instance where a case needs it: a second one on the same database, and the console.

use std::path::Path;
use std::sync::Arc;

use clients_campaigns::{Binary, RunError, Service, Storage};

use crate::callers::OverHttp;
use crate::console_bed::ConsoleBed;
use crate::load::{self, Length};
use crate::request::{Requests, Source};
use crate::test_bed::{SERVICE_ARGUMENTS, TestBed};

/// How many approvals are requested.
const WAITING: usize = 400;

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

    /// Starts the console on a copy of the data folder, once some approvals were requested there, so that work waits.
    pub(crate) async fn start_console(&mut self, binary: &Binary, out: &Path) -> Result<(), RunError> {
        let sqlite = self.sqlite()?;
        let keys = sqlite.keys.iter().take(WAITING).cloned().collect();
        let requests = Arc::new(Requests::new(Source::RequestApproval(keys), "console".to_owned()));
        let callers = OverHttp::several(16, sqlite.service.address(), &self.tokens, &requests).await?;
        load::run(callers, Length::Requests(u64::MAX)).await?;
        self.console = Some(ConsoleBed::start(binary, &sqlite.folder, &sqlite.keys, out).await?);
        Ok(())
    }

    /// The console.
    pub(crate) fn console(&self) -> Result<&ConsoleBed, RunError> {
        self.console.as_ref().ok_or_else(|| RunError::new("no console was started"))
    }
}
