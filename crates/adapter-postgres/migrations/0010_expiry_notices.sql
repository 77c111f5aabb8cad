-- An index for notices about the end of documents that were given too early, and are taken back.
--
-- Only an addition; the release before does not notice. Building it keeps writers of client_document waiting for one pass
-- over the table.

-- By notice first: what was told is right for nearly all of them, and the few that end later lie at the end of each range.
CREATE INDEX client_document_noticed ON client_document (notice, expires_on) WHERE notice > 0 AND status <> 2;
