-- The files of documents, where they are kept beside the clients: one backup holds everything.
--
-- Only additions. A file is written piece by piece, each in a statement of its own, and is there once its size is.

CREATE TABLE client_content (
    content_key text COLLATE "C" NOT NULL,
    size        bigint,
    CONSTRAINT client_content_pkey PRIMARY KEY (content_key),
    CONSTRAINT client_content_size_possible CHECK (size IS NULL OR size >= 0),
    CONSTRAINT client_content_key_length CHECK (length(content_key) = 32)
);
COMMENT ON TABLE client_content IS 'The files of documents, and what is left of files that never came whole, which is swept.';
COMMENT ON COLUMN client_content.content_key IS 'Under which key it is kept. The first 12 characters are the millisecond it was begun in.';
COMMENT ON COLUMN client_content.size IS 'How many bytes it has; null while it is not whole.';

CREATE TABLE client_content_piece (
    content_key text COLLATE "C" NOT NULL,
    place       integer NOT NULL,
    bytes       bytea NOT NULL,
    CONSTRAINT client_content_piece_pkey PRIMARY KEY (content_key, place),
    CONSTRAINT client_content_piece_content_fkey FOREIGN KEY (content_key)
        REFERENCES client_content (content_key) ON DELETE CASCADE,
    CONSTRAINT client_content_piece_place_possible CHECK (place >= 0)
);
-- The files are compressed already: to try it again costs time and gains nothing.
ALTER TABLE client_content_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE client_content_piece IS 'The bytes of files, in pieces of 256 KiB.';
COMMENT ON COLUMN client_content_piece.content_key IS 'Of which file.';
COMMENT ON COLUMN client_content_piece.place IS 'Which piece of it, from 0.';
COMMENT ON COLUMN client_content_piece.bytes IS 'The bytes. Personal.';

CREATE TRIGGER client_content_whole_for_good BEFORE UPDATE ON client_content
    FOR EACH ROW WHEN (old.size IS NOT NULL)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_content_piece_unchanged BEFORE UPDATE ON client_content_piece
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
