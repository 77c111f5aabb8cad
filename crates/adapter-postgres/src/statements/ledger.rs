//! The statements of the content ledger that are not part of a commit.

use super::statements;

statements! {
    /// Queues a content that may be an orphan.
    QUEUE_CONTENT = "INSERT INTO client_content_candidate (content_key, queued_at) VALUES ($1, $2)
        ON CONFLICT ON CONSTRAINT client_content_candidate_pkey DO NOTHING";

    /// Contents that have been queued for long.
    QUEUED_CONTENTS = "SELECT content_key FROM client_content_candidate
        WHERE trashed_at IS NULL AND queued_at < $1 AND ($2::text IS NULL OR content_key > $2)
        ORDER BY content_key LIMIT $3";

    /// Contents that have been in the trash for long.
    TRASHED_CONTENTS = "SELECT content_key FROM client_content_candidate
        WHERE trashed_at < $1 AND ($2::text IS NULL OR content_key > $2)
        ORDER BY content_key LIMIT $3";

    /// Writes down that contents are in the trash.
    SET_TRASHED = "UPDATE client_content_candidate SET trashed_at = $2
        WHERE content_key = ANY($1) AND trashed_at IS NULL";

    /// Takes contents from the queue and the trash list.
    DEQUEUE_CONTENTS = "DELETE FROM client_content_candidate WHERE content_key = ANY($1)";

    /// How many documents there are.
    COUNT_DOCUMENTS = "SELECT count(*) AS documents FROM client_document";

    /// Makes the id of the installation, if there is none.
    MAKE_INSTALLATION = "INSERT INTO client_installation (installation_id) VALUES ($1)
        ON CONFLICT ON CONSTRAINT client_installation_pkey DO NOTHING";

    /// The id of the installation.
    INSTALLATION = "SELECT installation_id FROM client_installation";
}
