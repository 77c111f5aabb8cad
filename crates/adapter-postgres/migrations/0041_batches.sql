-- Batches of commands, and their rows in pieces.
--
-- Only additions: an instance of the release before knows none.

CREATE TABLE client_batch (
    batch_id     text COLLATE "C" NOT NULL,
    uploader     text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    upload       text COLLATE "C",
    announced_at timestamptz NOT NULL,
    ended_at     timestamptz,
    details      text COLLATE "C" NOT NULL,
    CONSTRAINT client_batch_pkey PRIMARY KEY (batch_id),
    CONSTRAINT client_batch_state_known CHECK (
        state IN ('announced', 'received', 'checked', 'confirmed', 'running', 'paused', 'stopping', 'finished', 'stopped')
    )
);
COMMENT ON TABLE client_batch IS 'Lists of commands that people have uploaded.';
COMMENT ON COLUMN client_batch.batch_id IS 'The id, which follows from the uploader and the file.';
COMMENT ON COLUMN client_batch.uploader IS 'The id of the person who uploaded it; personal, as are the details.';
COMMENT ON COLUMN client_batch.state IS 'Where it is in its life.';
COMMENT ON COLUMN client_batch.version IS 'The number of its changes.';
COMMENT ON COLUMN client_batch.upload IS 'The upload that may add pieces; the latest one.';
COMMENT ON COLUMN client_batch.announced_at IS 'When it was announced.';
COMMENT ON COLUMN client_batch.ended_at IS 'When it was finished or stopped.';
COMMENT ON COLUMN client_batch.details IS 'The whole batch in JSON; the other columns are for statements.';
CREATE INDEX client_batch_by_age ON client_batch (announced_at, batch_id);
CREATE INDEX client_batch_by_uploader ON client_batch (uploader, announced_at, batch_id);
CREATE INDEX client_batch_by_end ON client_batch (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX client_batch_at_work ON client_batch (announced_at, batch_id)
    WHERE state IN ('received', 'confirmed', 'running', 'stopping');
CREATE UNIQUE INDEX client_batch_runs_alone ON client_batch (uploader) WHERE state = 'running';

CREATE TABLE client_batch_piece (
    batch_id     text COLLATE "C" NOT NULL,
    number       integer NOT NULL,
    first_row    bigint NOT NULL,
    row_count    integer NOT NULL,
    stage        smallint NOT NULL,
    leased_until timestamptz,
    lease        bigint NOT NULL,
    begun_at     timestamptz,
    done         integer,
    already_done integer,
    refused      integer,
    not_tried    integer,
    results      text COLLATE "C",
    content      bytea NOT NULL,
    CONSTRAINT client_batch_piece_pkey PRIMARY KEY (batch_id, number),
    CONSTRAINT client_batch_piece_batch_fkey FOREIGN KEY (batch_id) REFERENCES client_batch ON DELETE CASCADE,
    CONSTRAINT client_batch_piece_stage_known CHECK (stage BETWEEN 0 AND 2)
);
COMMENT ON TABLE client_batch_piece IS 'Rows of batches that are leased and settled together; personal data of clients.';
COMMENT ON COLUMN client_batch_piece.batch_id IS 'The batch.';
COMMENT ON COLUMN client_batch_piece.number IS 'The number of the piece in its batch, from 0.';
COMMENT ON COLUMN client_batch_piece.first_row IS 'The number of its first row, from 1.';
COMMENT ON COLUMN client_batch_piece.row_count IS 'How many rows it has.';
COMMENT ON COLUMN client_batch_piece.stage IS 'Before its check 0, after it 1, after its execution 2.';
COMMENT ON COLUMN client_batch_piece.leased_until IS 'Until when an instance works on it.';
COMMENT ON COLUMN client_batch_piece.lease IS 'The number of its last lease.';
COMMENT ON COLUMN client_batch_piece.begun_at IS 'When the work on it was first begun that has no result yet.';
COMMENT ON COLUMN client_batch_piece.done IS 'How many rows were done.';
COMMENT ON COLUMN client_batch_piece.already_done IS 'How many an earlier attempt had done.';
COMMENT ON COLUMN client_batch_piece.refused IS 'How many were refused.';
COMMENT ON COLUMN client_batch_piece.not_tried IS 'How many were not tried.';
COMMENT ON COLUMN client_batch_piece.results IS 'What became of each row, in JSON without values.';
COMMENT ON COLUMN client_batch_piece.content IS 'The rows as they were sent.';
CREATE INDEX client_batch_piece_open ON client_batch_piece (batch_id, stage, number) WHERE stage < 2;
