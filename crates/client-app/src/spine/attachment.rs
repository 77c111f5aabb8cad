use futures_util::{StreamExt as _, stream};

use super::execution::Execution;
use super::plan::Attachment;
use crate::error::Error;

impl Execution<'_> {
    /// Stores the file of a command once, before the commit, so that no document names a missing file. If the
    /// commit fails, the file is an orphan for the garbage collection.
    pub(super) async fn store_attachment(
        &self,
        attachment: Option<Attachment>,
        stored: &mut bool,
    ) -> Result<(), Error> {
        let Some(attachment) = attachment.filter(|_| !*stored) else { return Ok(()) };
        let bytes = stream::iter([Ok(attachment.bytes)]).boxed();
        let put = self.clients.store_content(&attachment.key, bytes, self.stamp.at).await;
        put.map_err(Error::of_load)?;
        *stored = true;
        Ok(())
    }
}
