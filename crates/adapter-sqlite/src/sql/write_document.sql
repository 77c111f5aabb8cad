-- Writes a document. Of one that is there its file, its review and its notice may change.
INSERT INTO client_document (
    client_key, document_id, place, kind, number, number_folded, issuer, issued_on, expires_on, content_key,
    extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, uploaders, submitted_by,
    submitted_by_email, submitted_at, status, reviewed_by, reviewed_by_email, reviewed_by_normal, reviewed_at,
    comment, verified, rejection, notice
) VALUES (
    :client_key, :document_id, :place, :kind, :number, :number_folded, :issuer, :issued_on, :expires_on,
    :content_key, :extension, :size, :sha256, :uploaded_by, :uploaded_by_email, :uploaded_at, :uploaders,
    :submitted_by, :submitted_by_email, :submitted_at, :status, :reviewed_by, :reviewed_by_email,
    :reviewed_by_normal, :reviewed_at, :comment, :verified, :rejection, :notice
)
ON CONFLICT (client_key, document_id) DO UPDATE SET
    content_key = excluded.content_key, extension = excluded.extension, size = excluded.size,
    sha256 = excluded.sha256, uploaded_by = excluded.uploaded_by, uploaded_by_email = excluded.uploaded_by_email,
    uploaded_at = excluded.uploaded_at, uploaders = excluded.uploaders, status = excluded.status,
    reviewed_by = excluded.reviewed_by, reviewed_by_email = excluded.reviewed_by_email,
    reviewed_by_normal = excluded.reviewed_by_normal, reviewed_at = excluded.reviewed_at, comment = excluded.comment,
    verified = excluded.verified, rejection = excluded.rejection, notice = excluded.notice;
