-- The types of the documents that a client was asked for.
--
-- Expand only. A release before this one neither reads nor writes the new column: it shows that documents were requested,
-- and not which.

ALTER TABLE client_history ADD COLUMN requested_documents text;
COMMENT ON COLUMN client_history.requested_documents IS 'The numbers of the types of documents that the client was asked for, with commas.';
