-- Writes the ids of deleted batches of a copy.
--
-- Parameters, one array a column: $1 batch_id, $2 ended_at.
INSERT INTO client_deleted_batch (batch_id, ended_at) SELECT * FROM unnest($1::text[], $2::timestamptz[]);
