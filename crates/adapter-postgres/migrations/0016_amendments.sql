-- Values that wait for a second person, corrections, what a review was given for, and the values before and after in a
-- place of their own.
--
-- Expand only. A release before this one neither reads nor writes the new columns. What it changes on the live row while
-- an amendment is open is a conflict when the amendment is approved; what it bars or ends has no open amendments, whatever
-- the column says. A review that it accepts is bound to the values of that moment by a trigger.

ALTER TABLE client
    ADD COLUMN amendments jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN client.amendments IS 'The open amendments: version of the proposal, proposer, reason, and triples of field, value before and proposed value. Personal.';

-- Few clients have one, so the index costs the others nothing.
CREATE INDEX client_by_open_amendment ON client (created_at, id)
    WHERE (state IN (1, 4) AND amendments <> '[]')::integer = 1;

ALTER TABLE client_history
    ADD COLUMN amendment_version bigint;
COMMENT ON COLUMN client_history.amendment_version IS 'The version that proposed the amendment which the line proposes, decides about or withdraws.';

CREATE TABLE client_history_value (
    client_key text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    data       jsonb NOT NULL,
    CONSTRAINT client_history_value_pkey PRIMARY KEY (client_key, version)
);
COMMENT ON TABLE client_history_value IS 'The values before and after of a line of history. In a table of its own, so that they can be sealed or erased while the line stays.';
COMMENT ON COLUMN client_history_value.client_key IS 'To whom.';
COMMENT ON COLUMN client_history_value.version IS 'The version of the line.';
COMMENT ON COLUMN client_history_value.data IS 'Triples of field, value before and value after: those that changed, and those that were proposed. Personal.';

-- A correction changes what was written once before; the rest still never changes.
DROP TRIGGER client_onboarded_for_good ON client;
CREATE TRIGGER client_onboarded_for_good AFTER UPDATE ON client
    FOR EACH ROW WHEN ((
        old.client_key, old.id, old.created_by, old.created_by_email, old.created_at
    ) IS DISTINCT FROM (
        new.client_key, new.id, new.created_by, new.created_by_email, new.created_at
    ))
    EXECUTE FUNCTION client_refuse_change();

-- The bit of an event; 0 if its actor is no maker.
CREATE OR REPLACE FUNCTION client_touch(event text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE event
        WHEN 'ClientCreated' THEN 1
        WHEN 'ClientApprovalRequested' THEN 2
        WHEN 'ClientUpdated' THEN 4
        WHEN 'ClientCorrected' THEN 4
        WHEN 'AmendmentProposed' THEN 4
        WHEN 'AmendmentWithdrawn' THEN 4
        WHEN 'KycDocumentSubmitted' THEN 8
        WHEN 'KycDocumentReplaced' THEN 8
        WHEN 'AddressSubmitted' THEN 16
        WHEN 'ClientBlacklisted' THEN 32
        WHEN 'ClientBlacklistRemoved' THEN 64
        ELSE 0
    END
$$;

-- What a review was given for.
ALTER TABLE client_document ADD COLUMN verified jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN client_document.verified IS 'The values of the client that an approval was given for; if one of them changes, the approval is outdated. Personal.';
ALTER TABLE client_address ADD COLUMN verified jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN client_address.verified IS 'The values of the client that an approval was given for; if one of them changes, the approval is outdated. Personal.';

-- What was looked at stays what it was, but for what is told of its end. What was approved may be reviewed again where the
-- values that it was approved for have changed: the new review names others, or none.
DROP TRIGGER client_document_reviewed_for_good ON client_document;
CREATE TRIGGER client_document_reviewed_for_good BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.status <> 0 AND ((
        old.client_key, old.document_id, old.place, old.kind, old.number, old.issuer, old.issued_on, old.expires_on,
        old.content_key, old.extension, old.size, old.sha256, old.uploaded_by, old.submitted_by
    ) IS DISTINCT FROM (
        new.client_key, new.document_id, new.place, new.kind, new.number, new.issuer, new.issued_on, new.expires_on,
        new.content_key, new.extension, new.size, new.sha256, new.uploaded_by, new.submitted_by
    ) OR (old.status <> 1 OR new.status = 0 OR new.verified = old.verified) AND (
        old.status, old.reviewed_by, old.reviewed_at, old.comment
    ) IS DISTINCT FROM (
        new.status, new.reviewed_by, new.reviewed_at, new.comment
    )))
    EXECUTE FUNCTION client_refuse_change();
DROP TRIGGER client_address_reviewed_for_good ON client_address;
CREATE TRIGGER client_address_reviewed_for_good BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (old.status <> 0 AND ((
        old.client_key, old.address_id, old.place, old.line1, old.line2, old.city, old.region, old.country,
        old.postal_code, old.submitted_by, old.submitted_at
    ) IS DISTINCT FROM (
        new.client_key, new.address_id, new.place, new.line1, new.line2, new.city, new.region, new.country,
        new.postal_code, new.submitted_by, new.submitted_at
    ) OR (old.status <> 1 OR new.status = 0 OR new.verified = old.verified) AND (
        old.status, old.reviewed_by, old.reviewed_at, old.comment
    ) IS DISTINCT FROM (
        new.status, new.reviewed_by, new.reviewed_at, new.comment
    )))
    EXECUTE FUNCTION client_refuse_change();

-- The checks of persons look at a second review too.
DROP TRIGGER client_document_reviewed_by_another_person ON client_document;
CREATE TRIGGER client_document_reviewed_by_another_person BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (new.status <> 0 AND (old.status, old.reviewed_by, old.reviewed_at)
            IS DISTINCT FROM (new.status, new.reviewed_by, new.reviewed_at)
        AND new.reviewed_by NOT IN (new.submitted_by, new.uploaded_by)
        AND client_person(new.reviewed_by) IN (client_person(new.submitted_by), client_person(new.uploaded_by)))
    EXECUTE FUNCTION client_refuse_change();
DROP TRIGGER client_address_reviewed_by_another_person ON client_address;
CREATE TRIGGER client_address_reviewed_by_another_person BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (new.status <> 0 AND (old.status, old.reviewed_by, old.reviewed_at)
            IS DISTINCT FROM (new.status, new.reviewed_by, new.reviewed_at)
        AND new.reviewed_by <> new.submitted_by
        AND client_person(new.reviewed_by) = client_person(new.submitted_by))
    EXECUTE FUNCTION client_refuse_change();
DROP TRIGGER client_document_reviewed_by_no_uploader ON client_document;
CREATE TRIGGER client_document_reviewed_by_no_uploader BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (new.status <> 0 AND (old.status, old.reviewed_by, old.reviewed_at)
            IS DISTINCT FROM (new.status, new.reviewed_by, new.reviewed_at)
        AND new.reviewed_by NOT IN (new.submitted_by, new.uploaded_by)
        AND (client_person(new.reviewed_by) = ANY (old.uploaders)
            OR (new.status = 1 AND cardinality(old.uploaders) >= 50)))
    EXECUTE FUNCTION client_refuse_change();

CREATE FUNCTION client_verified_values(c client, document client_document) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN document.document_id IS NULL THEN '{}' ELSE jsonb_build_object(
            'firstName', c.first_name, 'middleName', c.middle_name, 'lastName', c.last_name,
            'dateOfBirth', to_char(c.birth_date, 'YYYY-MM-DD'), 'gender', c.gender
        ) END
        || CASE WHEN regexp_replace(document.number_folded, '[^[:alnum:]]', '', 'g')
                = regexp_replace(c.identification_number_folded, '[^[:alnum:]]', '', 'g') THEN jsonb_build_object(
            'identificationType', c.identification_type, 'identificationNumber', c.identification_number
        ) ELSE '{}' END
        -- A utility bill and a bank statement prove an address, and address information is one.
        || CASE WHEN document.document_id IS NULL OR document.kind IN (5, 6) THEN jsonb_build_object(
            'address', c.address, 'city', c.city, 'state', c.region, 'country', c.country
        ) ELSE '{}' END
$$;
COMMENT ON FUNCTION client_verified_values(client, client_document) IS 'The values of a client that an approval of this document, or of address information where it is null, is given for.';

-- An approval without values comes from a release that does not know the column.
CREATE FUNCTION client_bind_document_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT client_verified_values(c, new) INTO new.verified FROM client c WHERE c.client_key = new.client_key;
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_bind_document_review() IS 'Binds the approval of a document to the values that the client has now.';
CREATE TRIGGER client_document_review_bound BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (new.status = 1 AND old.status <> 1 AND new.verified = '{}')
    EXECUTE FUNCTION client_bind_document_review();
CREATE FUNCTION client_bind_address_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT client_verified_values(c, NULL) INTO new.verified FROM client c WHERE c.client_key = new.client_key;
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_bind_address_review() IS 'Binds the approval of address information to the values that the client has now.';
CREATE TRIGGER client_address_review_bound BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (new.status = 1 AND old.status <> 1 AND new.verified = '{}')
    EXECUTE FUNCTION client_bind_address_review();

-- What was approved before counts as approved for the values of today.
UPDATE client_document d SET verified = client_verified_values(c, d)
FROM client c WHERE c.client_key = d.client_key AND d.status = 1;
UPDATE client_address a SET verified = client_verified_values(c, NULL)
FROM client c WHERE c.client_key = a.client_key AND a.status = 1;
