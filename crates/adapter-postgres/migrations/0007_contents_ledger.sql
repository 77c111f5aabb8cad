-- Which attempt an outcome is of.
--
-- Only additions: an instance of the release before writes no attempt, and reads none of this.

ALTER TABLE client_idempotency ADD COLUMN attempt text COLLATE "C";
COMMENT ON COLUMN client_idempotency.attempt IS 'The id of the event of the attempt that wrote this; null where the release before wrote it.';
