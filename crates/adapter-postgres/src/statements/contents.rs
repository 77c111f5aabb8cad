//! The statements of files.

use super::statements;

statements! {
    /// Keeps a file of one piece, if its key is free.
    KEEP_SMALL_CONTENT = "WITH head AS (
            INSERT INTO client_content (content_key, size) VALUES ($1, $2)
            ON CONFLICT ON CONSTRAINT client_content_pkey DO NOTHING RETURNING content_key
        )
        INSERT INTO client_content_piece (content_key, place, bytes) SELECT content_key, 0, $3 FROM head RETURNING place";

    /// Begins a file, if its key is free.
    START_CONTENT = "INSERT INTO client_content (content_key) VALUES ($1)
        ON CONFLICT ON CONSTRAINT client_content_pkey DO NOTHING RETURNING content_key";

    /// One piece of a file.
    ADD_CONTENT_PIECE = "INSERT INTO client_content_piece (content_key, place, bytes) VALUES ($1, $2, $3)";

    /// Makes a file whole.
    END_CONTENT = "UPDATE client_content SET size = $2 WHERE content_key = $1 AND size IS NULL RETURNING size";

    /// A whole file, and its first piece.
    OPEN_CONTENT = "SELECT c.size, p.bytes FROM client_content c
        LEFT JOIN client_content_piece p ON p.content_key = c.content_key AND p.place = 0
        WHERE c.content_key = $1 AND c.size IS NOT NULL";

    /// Another piece of a file.
    CONTENT_PIECE = "SELECT bytes FROM client_content_piece WHERE content_key = $1 AND place = $2";

    /// The keys of files, whole or not.
    CONTENT_KEYS = "SELECT content_key FROM client_content WHERE $1::text IS NULL OR content_key > $1
        ORDER BY content_key LIMIT $2";

    /// Whether there is a content, whole or not.
    CONTENT_EXISTS = "SELECT content_key FROM client_content WHERE content_key = $1";

    /// Deletes a content, whole or not; its pieces go with it.
    DELETE_CONTENT = "DELETE FROM client_content WHERE content_key = $1";
}
