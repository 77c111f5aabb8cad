-- Reads the documents of a client, in the order in which they were submitted.
SELECT document_id, kind, number, issuer, issued_on, expires_on, content_key, extension, size, sha256, uploaded_by,
    uploaded_by_email, uploaded_at, uploaders, submitted_by, submitted_by_email, submitted_at, status, reviewed_by,
    reviewed_by_email, reviewed_at, comment, verified, rejection, notice
FROM client_document WHERE client_key = :client_key ORDER BY place;
