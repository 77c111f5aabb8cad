-- Which client an outcome is about, so that what is stored of a client can be found.
--
-- Only an addition. What is answered is sealed from this release on: `data` is then a JSON string, which the key derived from the
-- request opens. An instance of the release before answers the replay of such a request with that string instead of the data;
-- nothing is done twice. No index: outcomes are kept for days, and are looked for by client once in a while.

ALTER TABLE client_idempotency ADD COLUMN client_key text COLLATE "C";
COMMENT ON COLUMN client_idempotency.client_key IS 'The client that the command was about; null where the release before wrote it.';
COMMENT ON COLUMN client_idempotency.data IS 'The data that was answered, sealed (a string; an object in plain where the release before wrote it).';
