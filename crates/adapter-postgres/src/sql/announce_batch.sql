-- Stores a batch, unless one has its id.
--
-- Parameters: $1 batch_id, $2 uploader, $3 state, $4 version, $5 upload, $6 announced_at, $7 ended_at, $8 details.
INSERT INTO client_batch (batch_id, uploader, state, version, upload, announced_at, ended_at, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT client_batch_pkey DO NOTHING;
