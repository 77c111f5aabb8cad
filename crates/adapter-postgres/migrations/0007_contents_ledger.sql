-- Which attempt an outcome is of, contents that may be orphans, and which installation this is.
--
-- Only additions: an instance of the release before writes no attempt, queues nothing and reads none of this. What such an
-- instance replaces or leaves behind is found by `client-service collect-garbage --find-untracked`.

ALTER TABLE client_idempotency ADD COLUMN attempt text COLLATE "C";
COMMENT ON COLUMN client_idempotency.attempt IS 'The id of the event of the attempt that wrote this; null where the release before wrote it.';

-- Of every content there is a row here, or a document names it. The row is written before the content is, and by the
-- commit that replaces a content; the commit that names a content deletes its row.
CREATE TABLE client_content_candidate (
    content_key text COLLATE "C" NOT NULL,
    queued_at   timestamptz NOT NULL,
    trashed_at  timestamptz,
    CONSTRAINT client_content_candidate_pkey PRIMARY KEY (content_key),
    CONSTRAINT client_content_candidate_key_length CHECK (length(content_key) = 32)
);
COMMENT ON TABLE client_content_candidate IS 'Contents that may be orphans: stored and not committed yet, or replaced. Garbage collection reads these and nothing else.';
COMMENT ON COLUMN client_content_candidate.content_key IS 'The key of the content.';
COMMENT ON COLUMN client_content_candidate.queued_at IS 'When the upload began, or when the content was replaced.';
COMMENT ON COLUMN client_content_candidate.trashed_at IS 'When it was moved to the trash; null while it is not there.';

-- One row: which installation this is. Places for contents outside of the database carry the same id.
CREATE TABLE client_installation (
    only_one        boolean NOT NULL DEFAULT true,
    installation_id text COLLATE "C" NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT client_installation_pkey PRIMARY KEY (only_one),
    CONSTRAINT client_installation_one_row CHECK (only_one),
    CONSTRAINT client_installation_id_length CHECK (length(installation_id) = 32)
);
COMMENT ON TABLE client_installation IS 'Which installation this database belongs to. A copy of the database for another environment needs an id of its own.';
COMMENT ON COLUMN client_installation.only_one IS 'Always true: there is one row.';
COMMENT ON COLUMN client_installation.installation_id IS 'The id, 32 hexadecimal characters, made when it was first asked for.';
COMMENT ON COLUMN client_installation.created_at IS 'When it was made.';
CREATE TRIGGER client_installation_unchanged BEFORE UPDATE ON client_installation
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
