-- Three lines for each client: its creation, and two later ones. One in ten was approved, and a few clients have a rare event, by
-- a rare actor.
--
-- Parameters: $1 the number of clients.
INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state, to_state, changed)
SELECT md5(n::text), line, CASE WHEN line = 3 AND n % 500 = 277 THEN 'ClientBlacklisted'
        WHEN n % 10 = 3 THEN (ARRAY['ClientCreated', 'ClientApprovalRequested', 'ClientApproved'])[line]
        ELSE (ARRAY['ClientCreated', 'ClientUpdated', 'ClientUpdated'])[line] END,
    'UpdateContactCommand', 'r-' || n, CASE WHEN line = 3 AND n % 500 = 277 THEN 'rare-1' ELSE 'maker-' || n % 30 END,
    TIMESTAMPTZ '2019-01-01 00:00:00Z' + n * INTERVAL '200 seconds' + line * INTERVAL '1 hour', 3, 3, ''
FROM generate_series(1, $1::bigint) n, generate_series(1, 3) line
