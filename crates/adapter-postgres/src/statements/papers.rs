//! The part of a commit that writes papers.

/// Papers that are new or not as they were read, as JSON arrays of rows. What never changes is written once. The contents
/// that documents name are no orphans; those that they named before may be.
macro_rules! papers {
    ($documents:literal, $addresses:literal, $replaced:literal, $replaced_at:literal) => {
        concat!(
            ", documents AS (
            INSERT INTO client_document
                (client_key, document_id, place, kind, number, number_folded, issuer, issued_on, expires_on,
                 content_key, extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at,
                 submitted_by, submitted_by_email, submitted_at, status, reviewed_by, reviewed_by_email,
                 reviewed_at, comment, notice, uploaders)
            SELECT d.client_key, d.document_id, d.place, d.kind, d.number, d.number_folded, d.issuer, d.issued_on,
                d.expires_on, d.content_key, d.extension, d.size, d.sha256, d.uploaded_by, d.uploaded_by_email,
                d.uploaded_at, d.submitted_by, d.submitted_by_email, d.submitted_at, d.status, d.reviewed_by,
                d.reviewed_by_email, d.reviewed_at, d.comment, d.notice, d.uploaders
            FROM written, json_populate_recordset(NULL::client_document, ",
            $documents,
            "::text::json) d
            ON CONFLICT ON CONSTRAINT client_document_pkey DO UPDATE SET (
                content_key, extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, status,
                reviewed_by, reviewed_by_email, reviewed_at, comment, notice, uploaders
            ) = (
                excluded.content_key, excluded.extension, excluded.size, excluded.sha256, excluded.uploaded_by,
                excluded.uploaded_by_email, excluded.uploaded_at, excluded.status, excluded.reviewed_by,
                excluded.reviewed_by_email, excluded.reviewed_at, excluded.comment, excluded.notice,
                excluded.uploaders
            )
        ), addresses AS (
            INSERT INTO client_address
                (client_key, address_id, place, line1, line2, city, region, country, postal_code, submitted_by,
                 submitted_by_email, submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment)
            SELECT a.client_key, a.address_id, a.place, a.line1, a.line2, a.city, a.region, a.country,
                a.postal_code, a.submitted_by, a.submitted_by_email, a.submitted_at, a.status, a.reviewed_by,
                a.reviewed_by_email, a.reviewed_at, a.comment
            FROM written, json_populate_recordset(NULL::client_address, ",
            $addresses,
            "::text::json) a
            ON CONFLICT ON CONSTRAINT client_address_pkey DO UPDATE SET (
                status, reviewed_by, reviewed_by_email, reviewed_at, comment
            ) = (
                excluded.status, excluded.reviewed_by, excluded.reviewed_by_email, excluded.reviewed_at,
                excluded.comment
            )
        ), dequeued AS (
            DELETE FROM client_content_candidate q
            USING written, json_populate_recordset(NULL::client_document, ",
            $documents,
            "::text::json) d
            WHERE q.content_key = d.content_key
        ), queued AS (
            INSERT INTO client_content_candidate (content_key, queued_at)
            SELECT r.content_key, r.queued_at FROM written, unnest(",
            $replaced,
            "::text[], ",
            $replaced_at,
            "::timestamptz[]) r (content_key, queued_at)
            ON CONFLICT ON CONSTRAINT client_content_candidate_pkey DO NOTHING
        )"
        )
    };
}
pub(crate) use papers;
