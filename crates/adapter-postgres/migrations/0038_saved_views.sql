-- Searches that people have saved.
--
-- Only additions: an instance of the release before knows none.

CREATE TABLE client_saved_view (
    owner       text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    owner_email text COLLATE "C",
    shared      boolean NOT NULL,
    search      text COLLATE "C" NOT NULL,
    columns     text COLLATE "C" NOT NULL,
    saved_at    timestamptz NOT NULL,
    CONSTRAINT client_saved_view_pkey PRIMARY KEY (owner, name)
);
COMMENT ON TABLE client_saved_view IS 'Searches of clients that people have saved, for themselves or for everybody who may find clients.';
COMMENT ON COLUMN client_saved_view.owner IS 'The id of the person who saved it; personal, as are the name, the e-mail address and the search.';
COMMENT ON COLUMN client_saved_view.name IS 'The name, which no other view of this person has.';
COMMENT ON COLUMN client_saved_view.owner_email IS 'The e-mail address of that person, if known.';
COMMENT ON COLUMN client_saved_view.shared IS 'Whether others see it.';
COMMENT ON COLUMN client_saved_view.search IS 'What is searched for and in which order, in JSON as on the wire. It is read anew each time.';
COMMENT ON COLUMN client_saved_view.columns IS 'The names of the columns, in JSON.';
COMMENT ON COLUMN client_saved_view.saved_at IS 'When it was saved last.';
CREATE INDEX client_saved_view_shared ON client_saved_view (owner, name) WHERE shared;
