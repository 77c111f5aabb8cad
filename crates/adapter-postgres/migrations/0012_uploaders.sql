-- Who has submitted a document or uploaded a file for it, also a file that was replaced: none of them reviews it.
--
-- Only additions. A release before this one neither reads nor writes the column: the submitter and the latest uploader are in
-- columns of their own and always count, and a trigger keeps the uploader whose file such a release replaces. A review that
-- such a release accepts and that the trigger refuses is answered 500 there.

ALTER TABLE client_document ADD COLUMN uploaders text[] COLLATE "C" NOT NULL DEFAULT '{}';
COMMENT ON COLUMN client_document.uploaders IS 'The normal forms of the ids of everybody who has submitted the document or uploaded a file for it. Reviews by them are refused.';

-- Only what waits for a review can still be reviewed by the wrong person.
UPDATE client_document d SET uploaders = (
    SELECT coalesce(array_agg(u.person ORDER BY u.first), '{}')
    FROM (
        SELECT client_person(h.actor) AS person, min(h.version) AS first
        FROM client_history h
        WHERE h.client_key = d.client_key AND h.document_id = d.document_id
            AND h.event IN ('KycDocumentSubmitted', 'KycDocumentReplaced')
        GROUP BY client_person(h.actor)
        ORDER BY min(h.version)
        -- The domain holds as many.
        LIMIT 50
    ) u
)
WHERE d.status = 0;

CREATE FUNCTION client_keep_former_uploader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.uploaders := array_append(new.uploaders, client_person(old.uploaded_by));
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_keep_former_uploader() IS 'Keeps the uploader whose file is replaced among the uploaders of the document.';

CREATE TRIGGER client_document_former_uploader_kept BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.uploaded_by <> new.uploaded_by
        AND client_person(old.uploaded_by) <> ALL (new.uploaders))
    EXECUTE FUNCTION client_keep_former_uploader();

-- The submitter and the latest uploader are those of the checks of 0005 and 0008. A set of 50 may lack somebody, so what it
-- belongs to is not approved.
CREATE TRIGGER client_document_reviewed_by_no_uploader BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.status = 0 AND new.status <> 0 AND new.reviewed_by NOT IN (new.submitted_by, new.uploaded_by)
        AND (client_person(new.reviewed_by) = ANY (old.uploaders)
            OR (new.status = 1 AND cardinality(old.uploaders) >= 50)))
    EXECUTE FUNCTION client_refuse_change();
