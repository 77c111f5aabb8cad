-- Who exported which clients.
--
-- Only additions: an instance of the release before knows none.

CREATE TABLE client_export (
    export_id text COLLATE "C" NOT NULL,
    exporter  text COLLATE "C" NOT NULL,
    begun_at  timestamptz NOT NULL,
    ended_at  timestamptz,
    details   text COLLATE "C" NOT NULL,
    CONSTRAINT client_export_pkey PRIMARY KEY (export_id)
);
COMMENT ON TABLE client_export IS 'Who exported which clients, and how it ended.';
COMMENT ON COLUMN client_export.export_id IS 'The id.';
COMMENT ON COLUMN client_export.exporter IS 'The id of the person or program that asked; personal, as are the details.';
COMMENT ON COLUMN client_export.begun_at IS 'When it began.';
COMMENT ON COLUMN client_export.ended_at IS 'When it ended; null while it runs, and for ever if the process ended before it.';
COMMENT ON COLUMN client_export.details IS 'The whole line in JSON, with what was searched for; the other columns are for statements.';
CREATE INDEX client_export_by_age ON client_export (begun_at, export_id);
CREATE INDEX client_export_by_exporter ON client_export (exporter, begun_at, export_id);
